//! Clarity, as far as it can be known here: whether an answer addresses the question, and whether it does so first.
//!
//! Both agree with a reader (`docs/judging.md`). Rules for the other checks (reasons, examples, order, the end) did not, so they are not
//! judged offline. Correctness plays no part.

use interview::claims::{ClarityClaim, Quote};
use interview::marks::{ClarityCheck, ClarityVerdict};

use super::passages::Passage;
use super::reading::{Reading, Sense};

/// The headline begins within this many words.
const HEADLINE_WORDS: usize = 40;

/// What can be found out. `about` holds the passages that take up what was asked, in order.
pub(super) fn claims(reading: &Reading, about: &[&Passage]) -> Vec<ClarityClaim> {
    if reading.sense != Sense::Speech {
        return Vec::new();
    }
    let Some(first) = about.first() else {
        return vec![no(ClarityCheck::AnswersTheQuestion, "no part of the answer addresses the question")];
    };
    let headline = if first.words.start < HEADLINE_WORDS {
        yes(ClarityCheck::HeadlineFirst, reading, first)
    } else {
        no(ClarityCheck::HeadlineFirst, "begin with the answer in one sentence, then explain it")
    };
    vec![yes(ClarityCheck::AnswersTheQuestion, reading, first), headline]
}

fn yes(check: ClarityCheck, reading: &Reading, passage: &Passage) -> ClarityClaim {
    let quote = reading.transcript_words(&passage.words).map(|(first, last)| Quote::Words { first, last });
    ClarityClaim { check, verdict: ClarityVerdict::Yes, quote, note: None }
}

fn no(check: ClarityCheck, advice: &str) -> ClarityClaim {
    ClarityClaim { check, verdict: ClarityVerdict::No, quote: None, note: Some(advice.to_owned()) }
}

#[cfg(test)]
mod tests;
