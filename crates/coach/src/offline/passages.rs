//! The passages of an answer: what a claim is looked for in.

use std::collections::HashSet;
use std::ops::Range;

use super::reading::{Clause, End, Reading, Spoken, is_list};
use crate::lexicon::{Sort, Unit};

/// A passage is closed at the end of a clause once it has this many words, and before it has more than [`MOST_WORDS`].
const ENOUGH_WORDS: usize = 12;

/// The most words of a passage.
const MOST_WORDS: usize = 32;

/// The most words of two neighbouring passages that are read as one too.
const MOST_WORDS_OF_TWO: usize = 44;

/// A stretch of speech that can be understood by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Passage {
    /// Its words, as numbers of [`Reading::words`].
    pub(crate) words: Range<usize>,
    /// The words in normal form, with the ends of clauses and sentences that punctuation and pauses tell.
    pub(crate) text: String,
}

impl Passage {
    /// Whether it has any of these words.
    pub(crate) fn overlaps(&self, words: &Range<usize>) -> bool {
        self.words.start < words.end && words.start < self.words.end
    }

    /// Whether it tells how things are elsewhere ("in Java there is …"), to compare.
    pub(crate) fn is_elsewhere(&self, reading: &Reading) -> bool {
        reading.markers_in(&self.words).iter().any(|marker| marker.sort == Sort::Elsewhere)
    }

    /// What it is about.
    pub(crate) fn units<'r>(&self, reading: &'r Reading) -> impl Iterator<Item = &'r Unit> + use<'r> {
        self.clauses(reading).iter().flat_map(|clause| &clause.units)
    }

    /// Its clauses.
    pub(crate) fn clauses<'r>(&self, reading: &'r Reading) -> &'r [Clause] {
        let first = reading.clauses.partition_point(|clause| clause.words.start < self.words.start);
        let last = reading.clauses.partition_point(|clause| clause.words.end <= self.words.end);
        &reading.clauses[first..last]
    }
}

/// The passages of an answer, in order: sentences, or parts of long ones, and after each the passage that it makes with the one before.
/// What is only a list of terms, or repeats what was asked, is none.
pub(crate) fn passages(reading: &Reading) -> Vec<Passage> {
    let mut single: Vec<Range<usize>> = Vec::new();
    for clause in &reading.clauses {
        let (words, ends) = (clause.words.clone(), |range: &Range<usize>| reading.words[range.end - 1].end);
        match single.last_mut() {
            Some(last)
                if words.end - last.start <= MOST_WORDS
                    && (last.len() < ENOUGH_WORDS / 2 || (last.len() < ENOUGH_WORDS && ends(last) < End::Sentence)) =>
            {
                last.end = words.end;
            }
            _ => single.push(words),
        }
    }
    // What was said before, word for word, says nothing new.
    let mut said = HashSet::new();
    single.retain(|words| said.insert(reading.text(words)));
    let mut passages = Vec::with_capacity(2 * single.len());
    for (number, words) in single.iter().enumerate() {
        passages.push(passage(reading, words.clone()));
        let before = number.checked_sub(1).map(|before| &single[before]).filter(|before| before.end == words.start);
        let both = before.map(|before| before.start..words.end);
        if let Some(both) = both.filter(|both| both.len() <= MOST_WORDS_OF_TWO) {
            passages.push(passage(reading, both));
        }
    }
    passages.retain(|passage| {
        let clauses = passage.clauses(reading);
        clauses.iter().any(|clause| !clause.is_list && !clause.is_repeated) && !is_list(clauses, &reading.words)
    });
    passages
}

fn passage(reading: &Reading, words: Range<usize>) -> Passage {
    let mut text = String::new();
    for word in words.clone().filter(|word| !retracted(reading, &words).contains(word)) {
        let Spoken { normal, end, .. } = &reading.words[word];
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(normal);
        text.push_str(match end {
            End::Word => "",
            End::Clause => ",",
            End::Sentence => ".",
            End::Question => "?",
        });
    }
    Passage { words, text }
}

/// "On the stack, sorry, no wait, on the heap": the clause before the first repair, and all up to the end of the last.
fn retracted(reading: &Reading, words: &Range<usize>) -> Range<usize> {
    let repairs =
        || reading.markers_in(words).iter().filter(|marker| marker.sort == Sort::Repair).map(|marker| &marker.words);
    let (Some(first), Some(last)) = (repairs().next(), repairs().next_back()) else { return 0..0 };
    let before = reading.clauses.iter().rfind(|clause| clause.words.start < first.start);
    before.map_or(first.start, |clause| clause.words.start).max(words.start)..last.end
}
