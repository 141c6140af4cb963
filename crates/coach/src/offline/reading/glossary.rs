//! A question's terms, read as they are meant.

use interview::bank::GlossaryTerm;
use interview::terms::{Heard, Terms};

use super::words::{End, Spoken};
use crate::lexicon::spellings;

/// A question's terms, with the spellings that every question shares.
#[derive(Clone, Debug, Default)]
pub(crate) struct Glossary(Terms);

impl Glossary {
    /// The glossary of a question.
    pub(crate) fn of(terms: &[GlossaryTerm]) -> Self {
        Self(Terms::of(terms).with_spellings(spellings()))
    }

    /// The words with other spellings and known mishearings read as the terms they stand for. Doubtful words that sound like a term
    /// are read as that term too, and stay doubtful.
    pub(super) fn repair(&self, words: &[Spoken]) -> Vec<Spoken> {
        let heard: Vec<Heard<'_>> = words
            .iter()
            .map(|word| Heard { normal: &word.normal, is_doubtful: word.doubtful, runs_on: word.end <= End::Clause })
            .collect();
        let mut repaired = Vec::with_capacity(words.len());
        let mut next = 0;
        for meant in self.0.find(&heard, |_| true) {
            repaired.extend_from_slice(&words[next..meant.words.start]);
            next = meant.words.end;
            repaired.extend(replaced(&words[meant.words], &meant.term.words));
        }
        repaired.extend_from_slice(&words[next..]);
        repaired
    }
}

/// The term in place of the words, each of its words tied to one of theirs.
fn replaced(words: &[Spoken], term: &[String]) -> Vec<Spoken> {
    let last = words.len() - 1;
    let doubtful = words.iter().any(|word| word.doubtful);
    term.iter()
        .enumerate()
        .map(|(number, normal)| {
            let ends = number + 1 == term.len();
            let origin = if ends { &words[last] } else { &words[number.min(last)] };
            let end = if ends { origin.end } else { End::Word };
            Spoken { normal: normal.clone(), index: origin.index, doubtful, end }
        })
        .collect()
}
