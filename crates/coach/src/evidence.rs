//! Checking of evidence: the one place where a coach's claims become marks.
//!
//! A coach claims a verdict and quotes the words it rests on. Nothing of that is believed: the quote must be in the transcript, the
//! words must not be in doubt, every key point of the rubric gets exactly one mark, and ids that the rubric does not have are refused.

use std::collections::HashSet;

use interview::follow_up::Rubric;
use interview::marks::{
    ClarityCheck, ClarityMark, ClarityVerdict, Doubt, Evidence, KeyPointMark, Marks, MisconceptionMark, Verdict,
};
use interview::transcript::normal_words;
use interview::{KeyPointId, MisconceptionId, Transcript, Word};

use crate::lexicon::is_function_word;

/// The share of a quote's telling words that may be in doubt before the quote counts as one that may have been misheard.
const DOUBTFUL_SHARE: f64 = 1.0 / 3.0;

/// What a coach claims about correctness.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// Its verdicts on key points.
    pub key_points: Vec<KeyPointClaim>,
    /// The misconceptions it holds for stated.
    pub misconceptions: Vec<MisconceptionClaim>,
}

/// What a coach claims about one key point.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyPointClaim {
    /// Which key point.
    pub id: KeyPointId,
    /// What it holds to have become of it.
    pub verdict: ClaimedVerdict,
}

/// A coach's verdict on a key point, before its quote was looked up.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimedVerdict {
    /// The answer makes the point in these words.
    Hit(Quote),
    /// The answer does not make the point; the words, if any, that come closest to it.
    Missed(Option<Quote>),
    /// It cannot be told, and why.
    Unclear(Doubt, Option<Quote>),
}

/// A misconception that a coach holds for stated.
#[derive(Clone, Debug, PartialEq)]
pub struct MisconceptionClaim {
    /// Which misconception.
    pub id: MisconceptionId,
    /// Where the answer states it.
    pub quote: Quote,
}

/// What a coach claims about one clarity check.
#[derive(Clone, Debug, PartialEq)]
pub struct ClarityClaim {
    /// Which check.
    pub check: ClarityCheck,
    /// Its outcome.
    pub verdict: ClarityVerdict,
    /// The words it rests on.
    pub quote: Option<Quote>,
    /// A remark for the candidate, one sentence.
    pub note: Option<String>,
}

/// Words that a coach says are in the transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quote {
    /// The words themselves.
    Text(String),
    /// The words by number, counted from 0 over the whole transcript, the last one included.
    Words {
        /// The first word.
        first: usize,
        /// The last word.
        last: usize,
    },
}

/// What a coach's claims refer to that the rubric does not have, or has once and they name twice. Reason enough to ask a model again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClaims {
    /// No such key point is judged in this turn.
    #[error("there is no key point `{0}` in this rubric")]
    UnknownKeyPoint(KeyPointId),
    /// No such misconception is known.
    #[error("there is no misconception `{0}` in this rubric")]
    UnknownMisconception(MisconceptionId),
    /// The key point has more than one verdict.
    #[error("the key point `{0}` is judged twice")]
    JudgedTwice(KeyPointId),
    /// The key point has no verdict.
    #[error("the key point `{0}` is not judged")]
    NotJudged(KeyPointId),
}

/// Turns a coach's claims into marks: one mark for every key point of the rubric, in the rubric's order, and each misconception that
/// was really stated, once.
///
/// # Errors
/// When a claim names something that the rubric does not have, a key point twice, or not all of them. Quotes that are not there are
/// no error: they turn a verdict into [`Doubt::QuoteNotFound`] and drop a misconception.
pub fn check(rubric: &Rubric, transcript: &Transcript, claims: Claims) -> Result<Marks, InvalidClaims> {
    check_ids(rubric, &claims)?;
    let looked_up = LookUp { transcript, words: transcript.words().collect() };
    let key_points = rubric
        .key_points
        .iter()
        .map(|point| {
            let claim = claims.key_points.iter().find(|claim| claim.id == point.id);
            let claim = claim.ok_or_else(|| InvalidClaims::NotJudged(point.id.clone()))?;
            Ok(KeyPointMark { id: point.id.clone(), verdict: looked_up.verdict(&claim.verdict) })
        })
        .collect::<Result<_, _>>()?;
    let misconceptions = rubric
        .misconceptions
        .iter()
        .filter_map(|misconception| {
            let mut stated = claims.misconceptions.iter().filter(|claim| claim.id == misconception.id);
            let evidence = stated.find_map(|claim| looked_up.certain_evidence(&claim.quote))?;
            Some(MisconceptionMark { id: misconception.id.clone(), evidence })
        })
        .collect();
    Ok(Marks { key_points, misconceptions })
}

/// Turns a coach's claims about clarity into marks: every check once, in the order in which feedback shows them. A check without a
/// claim, or one that rests on a quote that is not there, is unclear.
pub fn check_clarity(transcript: &Transcript, claims: &[ClarityClaim]) -> Vec<ClarityMark> {
    let looked_up = LookUp { transcript, words: transcript.words().collect() };
    ClarityCheck::ALL
        .into_iter()
        .map(|check| match claims.iter().find(|claim| claim.check == check) {
            Some(claim) => looked_up.clarity(claim),
            None => ClarityMark { check, verdict: ClarityVerdict::Unclear, evidence: None, note: None },
        })
        .collect()
}

fn check_ids(rubric: &Rubric, claims: &Claims) -> Result<(), InvalidClaims> {
    let mut judged = HashSet::new();
    for claim in &claims.key_points {
        if !rubric.key_points.iter().any(|point| point.id == claim.id) {
            return Err(InvalidClaims::UnknownKeyPoint(claim.id.clone()));
        }
        if !judged.insert(&claim.id) {
            return Err(InvalidClaims::JudgedTwice(claim.id.clone()));
        }
    }
    for claim in &claims.misconceptions {
        if !rubric.misconceptions.iter().any(|misconception| misconception.id == claim.id) {
            return Err(InvalidClaims::UnknownMisconception(claim.id.clone()));
        }
    }
    Ok(())
}

/// A transcript in which quotes are looked up.
struct LookUp<'a> {
    transcript: &'a Transcript,
    words: Vec<&'a Word>,
}

impl LookUp<'_> {
    fn verdict(&self, claimed: &ClaimedVerdict) -> Verdict {
        let unclear = |doubt, evidence| Verdict::Unclear { doubt, evidence };
        match claimed {
            ClaimedVerdict::Hit(quote) => match self.evidence(quote) {
                None => unclear(Doubt::QuoteNotFound, None),
                Some(evidence) if self.doubt(quote) > DOUBTFUL_SHARE => unclear(Doubt::WordsInDoubt, Some(evidence)),
                Some(evidence) => Verdict::Hit { evidence },
            },
            ClaimedVerdict::Missed(quote) => {
                let in_doubt = quote.as_ref().filter(|quote| self.doubt(quote) > 0.0);
                match in_doubt.and_then(|quote| self.evidence(quote)) {
                    Some(evidence) => unclear(Doubt::WordsInDoubt, Some(evidence)),
                    None if self.is_mostly_in_doubt() => unclear(Doubt::WordsInDoubt, None),
                    None => Verdict::Missed,
                }
            }
            ClaimedVerdict::Unclear(doubt, quote) => {
                unclear(*doubt, quote.as_ref().and_then(|quote| self.evidence(quote)))
            }
        }
    }

    fn clarity(&self, claim: &ClarityClaim) -> ClarityMark {
        let evidence = claim.quote.as_ref().and_then(|quote| self.evidence(quote));
        let quote_missing = claim.quote.is_some() && evidence.is_none();
        let verdict = if quote_missing { ClarityVerdict::Unclear } else { claim.verdict };
        let note = if quote_missing { None } else { claim.note.clone() };
        ClarityMark { check: claim.check, verdict, evidence, note }
    }

    fn evidence(&self, quote: &Quote) -> Option<Evidence> {
        match quote {
            Quote::Text(text) => self.transcript.find_quote(text),
            Quote::Words { first, last } => self.transcript.evidence_at(*first, *last),
        }
    }

    /// Evidence without any telling word in doubt: what a misconception needs.
    fn certain_evidence(&self, quote: &Quote) -> Option<Evidence> {
        self.evidence(quote).filter(|_| self.doubt(quote) == 0.0)
    }

    /// The share of the quote's telling words that the recogniser was not sure of.
    fn doubt(&self, quote: &Quote) -> f64 {
        match quote {
            Quote::Words { first, last } => doubtful_share(self.words.get(*first..=*last).unwrap_or_default()),
            Quote::Text(text) => {
                self.transcript.find_words(text).map_or(0.0, |(first, last)| doubtful_share(&self.words[first..=last]))
            }
        }
    }

    /// Whether so much is in doubt that what is not there may simply not have been heard.
    fn is_mostly_in_doubt(&self) -> bool {
        doubtful_share(&self.words) > 0.5
    }
}

fn doubtful_share(words: &[&Word]) -> f64 {
    let telling = |word: &&&Word| !normal_words(&word.text).all(|word| is_function_word(&word));
    let all = words.iter().filter(telling).count();
    let doubtful = words.iter().filter(telling).filter(|word| word.is_in_doubt()).count();
    if all == 0 { 0.0 } else { doubtful as f64 / all as f64 }
}

#[cfg(test)]
mod tests;
