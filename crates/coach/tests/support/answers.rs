//! Answers that people wrote to the bank's questions, and what they meant them to be.

use std::path::Path;

use serde::Deserialize;

/// One written answer.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    pub question: String,
    pub label: Label,
    #[serde(default)]
    pub expect: Expectation,
    pub answer: String,
}

/// What an answer was written to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    Strong,
    Partial,
    Wrong,
    OffTopic,
}

/// What a coach should find in it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Expectation {
    pub misconception: Option<String>,
}

/// The answers of one half of the calibration set.
pub fn written(half: &str) -> Vec<Answer> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/calibration").join(half);
    let files = std::fs::read_dir(folder).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    texts
        .flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Answer>>())
        .collect()
}
