//! Answers that were written to be of known worth, and verdicts that a reader gave some of them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use eval::{Dataset, ReaderMarks};
use interview::Bank;
use serde::Deserialize;

/// A reader's verdicts on one answer.
#[derive(Deserialize)]
struct Marked {
    id: String,
    hit: Vec<String>,
    half: Vec<String>,
    stated: Vec<String>,
}

/// The answers to the bank's questions of one half of the calibration set.
pub fn written(half: &str, bank: &Bank) -> Dataset {
    let files = std::fs::read_dir(calibration().join(half)).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let texts: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    Dataset::parse(&texts.concat(), bank)
}

/// The answers to questions that come with nothing but a reference answer and one line for each claim.
pub fn bare_claims(half: &str, bank: &Bank) -> Dataset {
    let file = calibration().join("bare_claims").join(half).with_extension("jsonl");
    Dataset::parse(&std::fs::read_to_string(file).unwrap(), bank)
}

/// Answers that are none, and one right sentence among much else or many times over.
pub fn degenerate(bank: &Bank) -> Dataset {
    Dataset::parse(&std::fs::read_to_string(calibration().join("degenerate.jsonl")).unwrap(), bank)
}

/// The answers of one half that a reader marked, with the marks.
pub fn marked(half: &str, bank: &Bank) -> Dataset {
    let file = calibration().join("marked").join(half).with_extension("jsonl");
    let lines = std::fs::read_to_string(file).unwrap();
    let marks = lines.lines().map(|line| serde_json::from_str::<Marked>(line).unwrap());
    let mut marks: HashMap<String, ReaderMarks> =
        marks.map(|Marked { id, hit, half, stated }| (id, ReaderMarks { hit, half, stated })).collect();
    let mut dataset = written(half, bank);
    dataset.items.iter_mut().for_each(|item| item.marks = marks.remove(&item.id));
    dataset.items.retain(|item| item.marks.is_some());
    dataset
}

fn calibration() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/calibration")
}
