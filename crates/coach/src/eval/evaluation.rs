//! What an evaluation gives: every item's judgement, and the summary of all.

use interview::marks::{Doubt, Verdict};
use interview::scoring::Correctness;
use serde::Serialize;

use super::question::NamedQuestion;
use super::summary::Summary;
use super::table;

/// A dataset judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Every item's judgement, in the dataset's order.
    pub items: Vec<JudgedItem>,
    /// How far the judgements agree with the labels.
    pub summary: Summary,
}

impl Evaluation {
    /// The summary as a table for people.
    pub fn table(&self) -> String {
        table::render(&self.summary)
    }
}

/// One item's judgement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JudgedItem {
    /// The item's id.
    pub id: String,
    /// The score, 0 to 10; null when there is none.
    pub score: Option<f64>,
    /// The verdict on every key point.
    pub key_points: Vec<JudgedPoint>,
    /// The misconceptions that were found.
    pub misconceptions: Vec<QuotedMisconception>,
    /// Why there is no judgement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ungraded: Option<String>,
}

/// The verdict on a key point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JudgedPoint {
    /// The key point's id.
    pub id: String,
    /// `hit`, `missed` or `unclear`.
    pub verdict: &'static str,
    /// The words that it rests on.
    pub quote: Option<String>,
}

/// A misconception that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuotedMisconception {
    /// The misconception's id.
    pub id: String,
    /// The words that state it.
    pub quote: String,
}

impl JudgedItem {
    /// The judgement, in the question's own names.
    pub(super) fn of(id: &str, question: &NamedQuestion, correctness: &Correctness) -> Self {
        let marks = correctness.marks();
        let key_points = marks.key_points().iter().map(|mark| JudgedPoint {
            id: question.key_point(&mark.id),
            verdict: mark.verdict.name(),
            quote: mark.verdict.evidence().map(|evidence| evidence.quote().to_owned()),
        });
        let misconceptions = marks.misconceptions().iter().map(|mark| QuotedMisconception {
            id: question.misconception(&mark.id),
            quote: mark.evidence.quote().to_owned(),
        });
        Self {
            id: id.to_owned(),
            score: correctness.score().map(|score| score.get()),
            key_points: key_points.collect(),
            misconceptions: misconceptions.collect(),
            ungraded: None,
        }
    }

    /// No judgement, and why.
    pub(super) fn ungraded(id: &str, reason: String) -> Self {
        let (key_points, misconceptions) = (Vec::new(), Vec::new());
        Self { id: id.to_owned(), score: None, key_points, misconceptions, ungraded: Some(reason) }
    }
}

/// For each quote that the coach gave for a key point: whether it was in the transcript.
pub(super) fn quotes(correctness: &Correctness) -> Vec<bool> {
    let found = |verdict: &Verdict| match verdict {
        Verdict::Hit { .. } => Some(true),
        Verdict::Unclear { doubt: Doubt::QuoteNotFound, .. } => Some(false),
        Verdict::Unclear { .. } | Verdict::Missed => None,
    };
    correctness.marks().key_points().iter().filter_map(|mark| found(&mark.verdict)).collect()
}
