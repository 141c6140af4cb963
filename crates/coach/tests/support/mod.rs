//! The bank and the written answers, read from the repository.

use std::path::{Path, PathBuf};

use coach::Assignment;
use coach::OfflineCoach;
use interview::bank::SourceFile;
use interview::follow_up::Rubric;
use interview::marks::{Feedback, Verdict};
use interview::{Bank, Question, Transcript};
use serde::Deserialize;

/// An answer that somebody wrote, and what they meant it to be.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    pub id: String,
    pub question: String,
    pub half: String,
    pub label: Label,
    pub answer: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    Strong,
    Partial,
    Wrong,
    OffTopic,
}

/// The built-in bank.
pub fn bank() -> Bank {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../questions");
    let mut files = Vec::new();
    read_folder(&root, &root, &mut files);
    Bank::load(&files).bank
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_folder(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push(SourceFile { path: name, text: std::fs::read_to_string(&path).unwrap() });
        }
    }
}

/// The answers in `answers.jsonl`.
pub fn written_answers() -> Vec<Answer> {
    include_str!("../answers.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the coach makes of a typed answer to the question itself.
pub fn judge(coach: &OfflineCoach, question: &Question, answer: &str) -> Feedback {
    let rubric = Rubric::of(question, None);
    let transcript = Transcript::typed(answer);
    let assignment =
        Assignment { question, rubric: &rubric, prompt: &question.prompt, target: None, transcript: &transcript };
    coach.judge_now(&assignment).unwrap()
}

/// Prints what was found, for whoever tunes.
pub fn show(id: &str, question: &Question, feedback: &Feedback) {
    println!("== {id} {:?}", feedback.correctness.score);
    for mark in &feedback.correctness.marks.key_points {
        let summary = &question.key_point(&mark.id).unwrap().summary;
        match &mark.verdict {
            Verdict::Hit { evidence } => println!("  HIT    {} | {summary} | {}", mark.id, evidence.quote()),
            Verdict::Missed => println!("  missed {} | {summary}", mark.id),
            Verdict::Unclear { doubt, evidence } => {
                println!("  ?      {} | {doubt:?} | {:?}", mark.id, evidence.as_ref().map(|e| e.quote()));
            }
        }
    }
    for mark in &feedback.correctness.marks.misconceptions {
        println!("  WRONG  {} | {}", mark.id, mark.evidence.quote());
    }
}
