//! Clarity: two checks by what the verifier finds, the others by rules over the structure of an answer. Correctness plays no part in it.

use std::collections::HashSet;
use std::ops::Range;

use interview::claims::{ClarityClaim, Quote};
use interview::marks::{ClarityCheck, ClarityVerdict};

use super::passages::Passage;
use super::reading::{Clause, Reading, Sense};
use crate::lexicon::{Concept, Marker, Sort};

/// The headline is looked for in this many words; a tenth of a minute of speech for every five of them.
const HEADLINE_WORDS: usize = 40;

/// Answers of fewer words are too short for order and signposts to matter.
const SHORT: usize = 30;

/// Answers of more words need signposts to be followed.
const LONG: usize = 70;

/// From this share of words said before, the end of an answer only repeats.
const REPEATED: f64 = 0.85;

/// What can be found out about each check. `about` holds the passages that take up what was asked, in order; a short answer to a
/// follow-up needs neither a reason nor an example.
pub(super) fn claims(reading: &Reading, about: &[&Passage], is_follow_up: bool) -> Vec<ClarityClaim> {
    if reading.sense != Sense::Speech {
        return Vec::new();
    }
    let claims = [
        answers_the_question(reading, about),
        headline_first(reading, about),
        says_why(reading),
        defines_or_exemplifies(reading),
        ordered(reading),
        stops_when_done(reading),
    ];
    let matters = |claim: &ClarityClaim| {
        let long_only = matches!(claim.check, ClarityCheck::DefinesOrExemplifies | ClarityCheck::SaysWhy);
        !(is_follow_up && long_only && claim.verdict == ClarityVerdict::No)
    };
    claims.into_iter().filter(matters).collect()
}

/// Whether a passage takes up what was asked, rightly or wrongly. An answer may do so in ways that no claim of the question foresees.
fn answers_the_question(reading: &Reading, about: &[&Passage]) -> ClarityClaim {
    let check = ClarityCheck::AnswersTheQuestion;
    match about.first() {
        Some(passage) => yes(check, reading, &passage.words),
        None => unclear(check),
    }
}

/// Whether the first passage that takes up what was asked comes within the first words.
fn headline_first(reading: &Reading, about: &[&Passage]) -> ClarityClaim {
    let check = ClarityCheck::HeadlineFirst;
    match about.first() {
        Some(passage) if passage.words.start < HEADLINE_WORDS => yes(check, reading, &passage.words),
        Some(_) => no(check, "begin with the answer in one sentence, then explain it"),
        None => unclear(check),
    }
}

/// Whether a reason is given. "So" gives one too, but only of something that was said before: many people begin with it.
fn says_why(reading: &Reading) -> ClarityClaim {
    let check = ClarityCheck::SaysWhy;
    let says_so = |marker: &Marker| reading.words[marker.words.start].normal == "so";
    let mut reasons = reading.markers.iter().filter(|marker| marker.sort == Sort::Reason);
    let so = reasons.clone().find(|marker| says_so(marker) && !reading.opens_with(marker));
    match reasons.find(|marker| !says_so(marker)).or(so).and_then(|reason| reading.clause_with(reason)) {
        Some(clause) => yes(check, reading, &clause.words),
        None => no(check, "say why it is so: \u{201C}because \u{2026}\u{201D}"),
    }
}

/// Whether a term is defined, or an example given.
fn defines_or_exemplifies(reading: &Reading) -> ClarityClaim {
    let check = ClarityCheck::DefinesOrExemplifies;
    let mut examples = reading.markers.iter().filter(|marker| marker.sort == Sort::Example);
    match examples.next().and_then(|example| reading.clause_with(example)) {
        Some(clause) => yes(check, reading, &clause.words),
        None => no(check, "give one example, or say what a term means"),
    }
}

/// Whether a long answer is signposted.
fn ordered(reading: &Reading) -> ClarityClaim {
    let check = ClarityCheck::Ordered;
    let mut signposts = reading.markers.iter().filter(|marker| marker.sort == Sort::Signpost);
    let words = reading.words.len();
    match (signposts.next(), signposts.next()) {
        _ if words < SHORT => unclear(check),
        (Some(first), Some(_)) => match reading.clause_with(first) {
            Some(clause) => yes(check, reading, &clause.words),
            None => unclear(check),
        },
        _ if words < LONG => unclear(check),
        _ => no(check, "say how many parts there are, and name each as you come to it"),
    }
}

/// Whether the end still says something.
fn stops_when_done(reading: &Reading) -> ClarityClaim {
    let check = ClarityCheck::StopsWhenDone;
    let Some(last) = reading.clauses.last() else { return unclear(check) };
    let trails = reading.markers_in(&last.words).iter().any(|marker| marker.sort == Sort::Trailing);
    let quarter = reading.clauses.len().div_ceil(4);
    let (before, end) = reading.clauses.split_at(reading.clauses.len() - quarter);
    let said: HashSet<Concept> = concepts(before).collect();
    let (all, again) =
        concepts(end).fold((0, 0), |(all, again), concept| (all + 1, again + usize::from(said.contains(&concept))));
    let repeats = reading.words.len() >= LONG && all >= 6 && again as f64 >= REPEATED * f64::from(all);
    if trails {
        ClarityClaim {
            note: Some("stop after your last point".to_owned()),
            ..decided(check, ClarityVerdict::No, reading, &last.words)
        }
    } else if repeats {
        no(check, "the end only repeats what you had said")
    } else if reading.words.len() < SHORT {
        unclear(check)
    } else {
        yes(check, reading, &last.words)
    }
}

fn concepts(clauses: &[Clause]) -> impl Iterator<Item = Concept> + '_ {
    clauses.iter().flat_map(|clause| &clause.units).map(|unit| unit.features[0].concept)
}

fn yes(check: ClarityCheck, reading: &Reading, words: &Range<usize>) -> ClarityClaim {
    decided(check, ClarityVerdict::Yes, reading, words)
}

fn no(check: ClarityCheck, advice: &str) -> ClarityClaim {
    ClarityClaim { check, verdict: ClarityVerdict::No, quote: None, note: Some(advice.to_owned()) }
}

fn unclear(check: ClarityCheck) -> ClarityClaim {
    ClarityClaim { check, verdict: ClarityVerdict::Unclear, quote: None, note: None }
}

fn decided(check: ClarityCheck, verdict: ClarityVerdict, reading: &Reading, words: &Range<usize>) -> ClarityClaim {
    let quote = reading.transcript_words(words).map(|(first, last)| Quote::Words { first, last });
    ClarityClaim { check, verdict, quote, note: None }
}

#[cfg(test)]
mod tests;
