//! What the candidate prepares for: the table `[practice]`.

use api::progress::ProgressQuery;
use interview::bank::Level;
use jiff::civil::Date;
use serde::Deserialize;
use toml_edit::{Array, DocumentMut, Item, Table, value};

use crate::interview_date;

/// What rounds ask when the command line does not say. An empty list leaves that open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Preparation {
    pub subjects: Vec<String>,
    pub levels: Vec<Level>,
    /// The date of the interview.
    pub interview: Option<Date>,
    /// The minutes a day: no question is begun after that in a round.
    pub minutes: Option<u32>,
}

impl Preparation {
    /// Writes it to the settings.
    pub fn write(&self, document: &mut DocumentMut) {
        let table = document.entry("practice").or_insert(Item::Table(Table::new()));
        table["subjects"] = value(Array::from_iter(self.subjects.iter().map(String::as_str)));
        table["levels"] = value(Array::from_iter(self.levels.iter().map(|level| level.as_str())));
        table["interview"] = self.interview.map(|date| value(date.to_string())).unwrap_or_default();
        table["minutes"] = self.minutes.map(|minutes| value(i64::from(minutes))).unwrap_or_default();
    }

    /// What is asked of a server about the progress towards the interview.
    pub fn progress_query(&self) -> ProgressQuery {
        let list = |names: Vec<&str>| Some(names.join(",")).filter(|names| !names.is_empty());
        ProgressQuery {
            interview_at: self.interview.and_then(interview_date::begins),
            subjects: list(self.subjects.iter().map(String::as_str).collect()),
            levels: list(self.levels.iter().map(|level| level.as_str()).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_prepared_for_is_written_beside_what_is_there() {
        let mut document: DocumentMut =
            "# mine\nmute = true\n\n[practice]\nlevels = [\"mid\"] # soon\n\n[llm]\nmodel = \"m\"\n".parse().unwrap();
        let prepared = Preparation {
            subjects: vec!["go".to_owned(), "rust".to_owned()],
            levels: vec![Level::Senior],
            ..Preparation::default()
        };
        prepared.write(&mut document);
        assert_eq!(
            document.to_string(),
            "# mine\nmute = true\n\n[practice]\nlevels = [\"senior\"]\nsubjects = [\"go\", \"rust\"]\n\n[llm]\nmodel = \"m\"\n"
        );
        let dated = Preparation {
            interview: Some(jiff::civil::date(2026, 12, 20)),
            minutes: Some(20),
            ..Preparation::default()
        };
        let mut document = DocumentMut::new();
        dated.write(&mut document);
        let written = "[practice]\nsubjects = []\nlevels = []\ninterview = \"2026-12-20\"\nminutes = 20\n";
        assert_eq!(document.to_string(), written);
        #[derive(Deserialize)]
        struct File {
            practice: Preparation,
        }
        assert_eq!(toml::from_str::<File>(written).unwrap().practice, dated);
        prepared.write(&mut document);
        assert!(!document.to_string().contains("interview"), "a date that was taken back is gone");
        let mut empty = DocumentMut::new();
        Preparation::default().write(&mut empty);
        assert_eq!(empty.to_string(), "[practice]\nsubjects = []\nlevels = []\n");
    }
}
