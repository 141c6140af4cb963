//! The topics that questions may name.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::fault::{Fault, SourceFile};
use super::fields::Reading;
use crate::id::TopicId;

/// A topic and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Names it in questions, flags and the API.
    pub id: TopicId,
    /// Its name for people.
    pub title: String,
    /// The subject it belongs to: the folder its questions stand in.
    pub subject: String,
}

/// Every known topic, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topics(BTreeMap<TopicId, Topic>);

impl Topics {
    /// The topic of that id, if there is one.
    pub fn get(&self, id: &TopicId) -> Option<&Topic> {
        self.0.get(id)
    }

    /// Every topic, ordered by id.
    pub fn iter(&self) -> impl Iterator<Item = &Topic> {
        self.0.values()
    }

    /// Every subject that has a topic, by name.
    pub fn subjects(&self) -> BTreeSet<&str> {
        self.iter().map(|topic| topic.subject.as_str()).collect()
    }

    pub(super) fn is_topics_file(file: &SourceFile) -> bool {
        file.stem() == "topics"
    }

    pub(super) fn load(files: &[SourceFile]) -> (Self, Vec<Fault>) {
        let mut topics = Self::default();
        let mut faults = Vec::new();
        for file in files.iter().filter(|file| Self::is_topics_file(file)) {
            let reading = Reading::of(file);
            topics.read(&reading, &file.text);
            faults.extend(reading.into_faults());
        }
        (topics, faults)
    }

    fn read(&mut self, reading: &Reading<'_>, text: &str) {
        let table = match toml::from_str::<BTreeMap<String, Spanned<toml::Value>>>(text) {
            Ok(table) => table,
            Err(error) => return reading.fault(error.span().map_or(0, |span| span.start), error.message()),
        };
        for (subject, value) in table {
            let offset = value.span().start;
            let entries = match value.into_inner() {
                toml::Value::Integer(1) if subject == "format_version" => continue,
                toml::Value::Table(entries) => entries,
                _ => {
                    let known = "use `format_version = 1` and one table of topics a subject";
                    reading.fault(offset, format!("`{subject}` is not known here: {known}"));
                    continue;
                }
            };
            for (id, title) in entries {
                if let (Ok(id), toml::Value::String(title)) = (id.parse::<TopicId>(), title) {
                    self.0.insert(id.clone(), Topic { id, title, subject: subject.clone() });
                } else {
                    let message =
                        format!("a topic of `{subject}` is a lower-case id and its title: `ownership = \"Ownership\"`");
                    reading.fault(offset, message);
                }
            }
        }
    }
}
