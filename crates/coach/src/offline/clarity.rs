//! Clarity, as far as it can be known here: whether an answer addresses the question.
//!
//! That agrees with a reader (`docs/judging.md`). Rules for the other checks (headline, reasons, examples, order, the end) did not, so they
//! are not judged offline. Correctness plays no part.

use interview::claims::ClarityClaim;
use interview::marks::{ClarityCheck, ClarityVerdict};

use super::passages::Passage;
use super::reading::Reading;

/// Whether an answer does so; `None` for one that only touches the question, or cannot be understood. `about` holds the passages that plainly
/// take up what was asked, in order.
pub(super) fn addresses_the_question(
    reading: &Reading,
    about: &[&Passage],
    is_off_topic: bool,
) -> Option<ClarityClaim> {
    let check = ClarityCheck::AnswersTheQuestion;
    if let Some(first) = about.first() {
        let quote = reading.quote(&first.words);
        return Some(ClarityClaim { check, verdict: ClarityVerdict::Yes, quote, note: None });
    }
    let note = Some("no part of the answer addresses the question".to_owned());
    is_off_topic.then_some(ClarityClaim { check, verdict: ClarityVerdict::No, quote: None, note })
}

#[cfg(test)]
mod tests;
