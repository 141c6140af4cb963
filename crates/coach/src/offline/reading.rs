//! Reads an answer as clauses of speech, with what they are about and how they are meant.

mod clauses;
mod glossary;
mod order;
mod words;

use std::ops::Range;

use interview::Transcript;
use interview::claims::Quote;

use super::thresholds::{FRAGMENT, REPETITION};
use crate::lexicon::{self, Marker, Unit};

pub(crate) use glossary::Glossary;
pub(crate) use order::{Sense, is_list};
pub(crate) use words::{End, Spoken};

/// A quote takes in this many words at most to begin or end with a sentence.
const MISSING: usize = 6;

/// Of a sentence of which a quote has no more words than these, and lacks more than [`MISSING`], it has none.
const REMNANT: usize = 4;

/// An answer as the offline coach understands it.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// Its words in normal form, without annotations.
    pub(crate) words: Vec<Spoken>,
    /// Its clauses in order.
    pub(crate) clauses: Vec<Clause>,
    /// The markers found in it, in order.
    pub(crate) markers: Vec<Marker>,
    /// Whether it can be understood at all.
    pub(crate) sense: Sense,
}

/// A stretch of speech that says one thing.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// Its words, as numbers of [`Reading::words`].
    pub(crate) words: Range<usize>,
    /// The sentence it belongs to, counted from 0.
    pub(crate) sentence: usize,
    /// What it is about.
    pub(crate) units: Vec<Unit>,
    /// Whether it only repeats what was asked.
    pub(crate) is_repeated: bool,
    /// Whether it is nothing but terms.
    pub(crate) is_list: bool,
}

impl Reading {
    /// Reads what was said, with the glossary's help for what is misheard.
    pub(crate) fn of(transcript: &Transcript, glossary: &Glossary) -> Self {
        let words = glossary.repair(&words::spoken(transcript));
        let normal: Vec<&str> = words.iter().map(|word| word.normal.as_str()).collect();
        let markers = lexicon::markers(&normal);
        let mut clauses: Vec<Clause> =
            clauses::split(&words, &markers).into_iter().map(|place| clause(&normal, place)).collect();
        order::mark_lists(&mut clauses, &words);
        let sense = order::sense(&words, &clauses);
        Self { words, clauses, markers, sense }
    }

    /// Reads a phrasing, a prompt or another text of the bank.
    pub(crate) fn of_text(text: &str, glossary: &Glossary) -> Self {
        Self::of(&Transcript::typed(text), glossary)
    }

    /// The reading of a short answer to a question that a term can answer: its fragments count as statements.
    pub(crate) fn with_fragments(mut self) -> Self {
        if self.words.len() <= FRAGMENT {
            self.clauses.iter_mut().for_each(|clause| clause.is_list = false);
        }
        self
    }

    /// The reading of an answer to `prompt`: what only repeats the prompt claims nothing.
    pub(crate) fn without_repetition_of(mut self, prompt: &Reading) -> Self {
        let asked: Vec<&str> = prompt.words.iter().map(|word| word.normal.as_str()).collect();
        for clause in &mut self.clauses {
            let said = self.words[clause.words.clone()].iter().map(|word| word.normal.as_str());
            let is_repeated = |window: &[&str]| said.clone().eq(window.iter().copied());
            if clause.words.len() >= REPETITION && asked.windows(clause.words.len()).any(is_repeated) {
                clause.is_repeated = true;
            }
        }
        self
    }

    /// Every unit in order.
    pub(crate) fn units(&self) -> impl Iterator<Item = &Unit> {
        self.clauses.iter().flat_map(|clause| &clause.units)
    }

    /// The markers that begin within the words.
    pub(crate) fn markers_in(&self, words: &Range<usize>) -> &[Marker] {
        let first = self.markers.partition_point(|marker| marker.words.start < words.start);
        let last = self.markers.partition_point(|marker| marker.words.start < words.end);
        &self.markers[first..last]
    }

    /// The normal words of a stretch, as text.
    pub(crate) fn text(&self, words: &Range<usize>) -> String {
        self.words[words.clone()].iter().map(|word| word.normal.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The words of the transcript that the normal words stand for, with the few that are missing from their first and last sentence, and
    /// without a remnant of the sentence before or after.
    pub(crate) fn quote(&self, words: &Range<usize>) -> Option<Quote> {
        let words = self.words.get(self.with_whole_sentences(words))?;
        Some(Quote::Words { first: words.first()?.index, last: words.last()?.index })
    }

    fn with_whole_sentences(&self, words: &Range<usize>) -> Range<usize> {
        let ends = |index: &usize| self.words[*index].end >= End::Sentence;
        let beginning_of = |index: usize| (0..index).rev().find(ends).map_or(0, |before| before + 1);
        let end_of = |index: usize| (index..self.words.len()).find(ends).map_or(self.words.len(), |last| last + 1);
        let (beginning, next) = (beginning_of(words.start), end_of(words.start));
        let is_remnant = next < words.end && next - words.start <= REMNANT;
        let start = match words.start - beginning {
            ..=MISSING => beginning,
            _ if is_remnant => next,
            _ => words.start,
        };
        let (last, end) = (beginning_of(words.end - 1), end_of(words.end - 1));
        let is_remnant = last > start && words.end - last <= REMNANT;
        let end = match end - words.end {
            ..=MISSING => end,
            _ if is_remnant => last,
            _ => words.end,
        };
        start..end
    }
}

fn clause(normal: &[&str], place: clauses::Place) -> Clause {
    let start = place.words.start;
    let mut units = lexicon::units(&normal[place.words.clone()]);
    for unit in &mut units {
        unit.words = unit.words.start + start..unit.words.end + start;
    }
    Clause { sentence: place.sentence, units, is_repeated: false, is_list: false, words: place.words }
}

#[cfg(test)]
mod tests;
