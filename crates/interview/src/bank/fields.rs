//! Reading TOML tables strictly: every fault is noted with its line, and reading goes on, so that authors see all of them at once.

use std::cell::RefCell;
use std::fmt::Display;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, SourceFile};

/// A file that is being read, and the faults found so far.
pub(super) struct Reading<'f> {
    file: &'f SourceFile,
    faults: RefCell<Vec<Fault>>,
}

impl<'f> Reading<'f> {
    pub(super) fn of(file: &'f SourceFile) -> Self {
        Self { file, faults: RefCell::default() }
    }

    /// Notes what is wrong at the byte `offset`.
    pub(super) fn fault(&self, offset: usize, message: impl Into<String>) {
        self.faults.borrow_mut().push(Fault::new(self.file, self.file.line_at(offset), message));
    }

    /// Every fault so far, by line.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| fault.line);
        faults
    }
}

/// A value and the byte at which it stands.
#[derive(Clone, Copy)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) offset: usize,
}

/// The fields of one table, each to be taken once; [`Fields::finish`] refuses what nobody took.
pub(super) struct Fields<'r, 'd> {
    pub(super) reading: &'r Reading<'r>,
    name: String,
    /// Where the table starts.
    pub(super) offset: usize,
    rest: Vec<(&'d str, &'d Spanned<DeValue<'d>>, usize)>,
}

impl<'r, 'd> Fields<'r, 'd> {
    /// The fields of `table`, which messages call `name` and which starts at byte `offset`.
    pub(super) fn of(reading: &'r Reading<'r>, name: impl Into<String>, offset: usize, table: &'d DeTable<'d>) -> Self {
        let rest = table.iter().map(|(key, value)| (key.get_ref().as_ref(), value, key.span().start)).collect();
        Self { reading, name: name.into(), offset, rest }
    }

    /// The text of a field that must be there and must not be blank.
    pub(super) fn text(&mut self, key: &str) -> Option<At<&'d str>> {
        let at = self.verbatim(key)?;
        if at.value.trim().is_empty() {
            self.reading.fault(at.offset, format!("`{key}` of {} is blank", self.name));
            return None;
        }
        Some(at)
    }

    /// The text of a field that must be there and may be empty, such as what a silent program prints.
    pub(super) fn verbatim(&mut self, key: &str) -> Option<At<&'d str>> {
        self.required(key, "text in quotes", DeValue::as_str)
    }

    /// The text of a field that may be missing.
    pub(super) fn optional_text(&mut self, key: &str) -> Option<At<&'d str>> {
        self.has(key).then(|| self.text(key)).flatten()
    }

    /// The text of a field that may be missing, turned into `T`.
    pub(super) fn optional_parsed<T: FromStr<Err: Display>>(&mut self, key: &str) -> Option<At<T>> {
        self.has(key).then(|| self.parsed(key)).flatten()
    }

    /// The texts of a list that may be missing, each turned into `T`.
    pub(super) fn all_parsed<T: FromStr<Err: Display>>(&mut self, key: &str) -> Vec<T> {
        let texts = self.optional_texts(key).into_iter();
        texts.filter_map(|At { value, offset }| self.converted(key, offset, value.parse::<T>())).collect()
    }

    /// The text of a field, turned into `T`; the conversion's error is the fault.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&mut self, key: &str) -> Option<At<T>> {
        let At { value, offset } = self.text(key)?;
        Some(At { value: self.converted(key, offset, value.parse::<T>())?, offset })
    }

    /// A whole number, turned into `T`; the conversion's error is the fault.
    pub(super) fn number<N: TryFrom<i64>, T: TryFrom<N, Error: Display>>(&mut self, key: &str) -> Option<T> {
        let whole = |value: &DeValue<'_>| {
            value.as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok())
        };
        let At { value, offset } = self.required(key, "a whole number", whole)?;
        let Ok(number) = N::try_from(value) else {
            self.reading.fault(offset, format!("`{key}` of {} is out of range", self.name));
            return None;
        };
        self.converted(key, offset, T::try_from(number))
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, key: &str) -> Option<bool> {
        self.required(key, "true or false", DeValue::as_bool).map(|at| at.value)
    }

    /// A list of texts, none of them blank; a missing list is a fault.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<At<&'d str>>> {
        let list = self.required(key, "a list of texts", DeValue::as_array)?;
        let texts: Vec<At<&str>> = list
            .value
            .iter()
            .filter_map(|item| {
                let text = item.get_ref().as_str().filter(|text| !text.trim().is_empty());
                if text.is_none() {
                    self.reading
                        .fault(item.span().start, format!("`{key}` of {} holds something that is not text", self.name));
                }
                text.map(|value| At { value, offset: item.span().start })
            })
            .collect();
        Some(texts)
    }

    /// A list of texts that may be missing.
    pub(super) fn optional_texts(&mut self, key: &str) -> Vec<At<&'d str>> {
        self.has(key).then(|| self.texts(key)).flatten().unwrap_or_default()
    }

    /// A table that must be there.
    pub(super) fn table(&mut self, key: &str) -> Option<Fields<'r, 'd>> {
        let at = self.required(key, "a table", DeValue::as_table)?;
        Some(Fields::of(self.reading, format!("`{key}`"), at.offset, at.value))
    }

    /// A table that may be missing.
    pub(super) fn optional_table(&mut self, key: &str) -> Option<Fields<'r, 'd>> {
        self.has(key).then(|| self.table(key)).flatten()
    }

    /// The tables of `[[key]]`; none when there is no such list.
    pub(super) fn tables(&mut self, key: &str) -> Vec<Fields<'r, 'd>> {
        if !self.has(key) {
            return Vec::new();
        }
        let Some(list) = self.required(key, "a list of tables", DeValue::as_array) else { return Vec::new() };
        let tables = list.value.iter().enumerate().filter_map(|(index, item)| {
            let name = format!("`{key}` number {}", index + 1);
            let Some(table) = item.get_ref().as_table() else {
                self.reading.fault(item.span().start, format!("{name} is not a table"));
                return None;
            };
            Some(Fields::of(self.reading, name, item.span().start, table))
        });
        tables.collect()
    }

    /// Refuses the fields that nobody took.
    pub(super) fn finish(self) {
        for (key, _, offset) in self.rest {
            self.reading.fault(offset, format!("`{key}` is not a field of {}; see docs/questions.md", self.name));
        }
    }

    fn converted<T, E: Display>(&self, key: &str, offset: usize, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.reading.fault(offset, format!("`{key}` of {}: {error}", self.name))).ok()
    }

    fn has(&self, key: &str) -> bool {
        self.rest.iter().any(|(name, ..)| *name == key)
    }

    fn required<T>(&mut self, key: &str, kind: &str, read: impl Fn(&'d DeValue<'d>) -> Option<T>) -> Option<At<T>> {
        let Some(place) = self.rest.iter().position(|(name, ..)| *name == key) else {
            self.reading.fault(self.offset, format!("{} has no `{key}`", self.name));
            return None;
        };
        let (_, value, _) = self.rest.swap_remove(place);
        let offset = value.span().start;
        match read(value.get_ref()) {
            Some(value) => Some(At { value, offset }),
            None => {
                self.reading.fault(offset, format!("`{key}` of {} must be {kind}", self.name));
                None
            }
        }
    }
}
