//! What the candidate prepares for: the table `[practice]`.

use interview::bank::Level;
use serde::Deserialize;
use toml_edit::{Array, DocumentMut, Item, Table, value};

/// What rounds ask when the command line does not say. An empty list leaves that open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Preparation {
    pub subjects: Vec<String>,
    pub levels: Vec<Level>,
}

impl Preparation {
    /// Writes it to the settings.
    pub fn write(&self, document: &mut DocumentMut) {
        let table = document.entry("practice").or_insert(Item::Table(Table::new()));
        table["subjects"] = value(Array::from_iter(self.subjects.iter().map(String::as_str)));
        table["levels"] = value(Array::from_iter(self.levels.iter().map(|level| level.as_str())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_prepared_for_is_written_beside_what_is_there() {
        let mut document: DocumentMut =
            "# mine\nmute = true\n\n[practice]\nlevels = [\"mid\"] # soon\n\n[llm]\nmodel = \"m\"\n".parse().unwrap();
        Preparation { subjects: vec!["go".to_owned(), "rust".to_owned()], levels: vec![Level::Senior] }
            .write(&mut document);
        assert_eq!(
            document.to_string(),
            "# mine\nmute = true\n\n[practice]\nlevels = [\"senior\"]\nsubjects = [\"go\", \"rust\"]\n\n[llm]\nmodel = \"m\"\n"
        );
        let mut empty = DocumentMut::new();
        Preparation::default().write(&mut empty);
        assert_eq!(empty.to_string(), "[practice]\nsubjects = []\nlevels = []\n");
    }
}
