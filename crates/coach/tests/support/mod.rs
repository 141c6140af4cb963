//! The written answers, and how they are judged.

pub mod bank;

use coach::Assignment;
use coach::OfflineCoach;
use interview::follow_up::Rubric;
use interview::marks::{Feedback, Verdict};
use interview::{Question, Transcript};
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
