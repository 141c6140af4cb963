//! Answers that were written to be of known worth, and verdicts that a reader gave some of them.

use std::path::{Path, PathBuf};

use eval::Dataset;
use serde::Deserialize;

/// A reader's verdicts on one answer.
#[derive(Clone, Debug, Deserialize)]
pub struct Marked {
    /// The answer's id.
    pub id: String,
    /// The key points it makes.
    pub hit: Vec<String>,
    /// The key points it makes by half.
    pub half: Vec<String>,
    /// The misconceptions it states.
    pub stated: Vec<String>,
}

/// The answers to the bank's questions of one half of the calibration set.
pub fn written(half: &str) -> Dataset {
    let files = std::fs::read_dir(calibration().join(half)).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let texts: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    Dataset::parse(&texts.concat())
}

/// The answers to questions that come with nothing but a reference answer and one line for each claim.
pub fn bare_claims(half: &str) -> Dataset {
    let file = calibration().join("bare_claims").join(half).with_extension("jsonl");
    Dataset::parse(&std::fs::read_to_string(file).unwrap())
}

/// Answers that are none, and one right sentence among much else or many times over.
pub fn degenerate() -> Dataset {
    Dataset::parse(&std::fs::read_to_string(calibration().join("degenerate.jsonl")).unwrap())
}

/// A reader's verdicts on answers of one half.
pub fn marked(half: &str) -> Vec<Marked> {
    let file = calibration().join("marked").join(half).with_extension("jsonl");
    std::fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn calibration() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/calibration")
}
