//! A list to choose from by number.

use interview::wording::counted;

use super::screen::Look;
use super::text::{Line, Tone};

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// How many questions it stands for, where it stands for some.
    pub questions: Option<usize>,
    /// Whether it is chosen, where several can be.
    pub is_chosen: Option<bool>,
}

/// The list below its title; entries are numbered from 1.
pub fn list_lines(title: &str, note: &str, entries: &[Entry], look: Look) -> Vec<Line> {
    let mut lines = vec![Line::toned(title, Tone::Strong)];
    lines.extend(Line::toned(note, Tone::Quiet).wrapped(look.text_width()));
    lines.push(Line::blank());
    for (number, Entry { name, questions, is_chosen }) in (1..).zip(entries) {
        let mark = match is_chosen {
            None => "",
            Some(true) => look.signs.pick("● ", "[x] "),
            Some(false) => look.signs.pick("○ ", "[ ] "),
        };
        let tone = if *is_chosen == Some(true) { Tone::Good } else { Tone::Plain };
        let line = Line::toned(format!("  {number}  "), Tone::Accent).with(format!("{mark}{name}"), tone);
        lines.push(match questions {
            Some(questions) => line.padded(26).with(counted(*questions, "question"), Tone::Quiet),
            None => line,
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::screen::Signs;
    use crate::terminal::text::shown;

    #[test]
    fn entries_have_a_number_and_a_mark() {
        let entry =
            |name: &str, questions, is_chosen| Entry { name: name.to_owned(), questions: Some(questions), is_chosen };
        let subjects = [entry("Rust", 162, Some(true)), entry("System design", 1, Some(false))];
        let listed = |entries: &[Entry], signs| {
            let look = Look { width: 80, signs, ..Look::OFF_SCREEN };
            shown(&list_lines("What for?", "Choose.", entries, look))
        };
        let expected =
            "What for?\nChoose.\n\n  1  ● Rust               162 questions\n  2  ○ System design      1 question\n";
        assert_eq!(listed(&subjects, Signs::Symbols), expected);
        let expected =
            "What for?\nChoose.\n\n  1  [x] Rust             162 questions\n  2  [ ] System design    1 question\n";
        assert_eq!(listed(&subjects, Signs::Words), expected);
        let expected = "What for?\nChoose.\n\n  1  mid                  3 questions\n";
        assert_eq!(listed(&[entry("mid", 3, None)], Signs::Words), expected);
    }
}
