//! Where clauses and sentences of speech begin and end. Recognisers punctuate badly, so connectives count as much as commas.

use std::ops::Range;

use super::words::{End, Spoken};
use crate::lexicon::{Marker, Sort, is_function_word};

/// A clause shorter than this is not closed by a comma or a connective.
const SHORTEST: usize = 4;

/// "And" and "or" join words as often as clauses: after this many words, or before a function word, they begin a clause.
const SHORTEST_BEFORE_JOINING: usize = 7;

/// A clause longer than this is cut, whatever it says.
const LONGEST: usize = 30;

/// Where a clause stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its words.
    pub(super) words: Range<usize>,
    /// The number of its sentence.
    pub(super) sentence: usize,
}

/// Cuts the words into clauses.
pub(super) fn split(words: &[Spoken], markers: &[Marker]) -> Vec<Place> {
    let mut connectives = markers.iter().filter(|marker| marker.sort == Sort::Connective).peekable();
    let mut places = Vec::new();
    let (mut start, mut sentence) = (0, 0);
    for index in 0..words.len() {
        while connectives.next_if(|marker| marker.words.start < index).is_some() {}
        let connective = connectives.peek().filter(|marker| marker.words.start == index);
        if connective.is_some_and(|marker| begins_clause(words, start, marker)) {
            places.push(Place { words: start..index, sentence });
            start = index;
        }
        let length = index + 1 - start;
        let ends_sentence = words[index].end >= End::Sentence;
        if ends_sentence || (words[index].end == End::Clause && length >= SHORTEST) || length >= LONGEST {
            places.push(Place { words: start..index + 1, sentence });
            start = index + 1;
            sentence += usize::from(ends_sentence);
        }
    }
    if start < words.len() {
        places.push(Place { words: start..words.len(), sentence });
    }
    places
}

fn begins_clause(words: &[Spoken], start: usize, connective: &Marker) -> bool {
    let length = connective.words.start - start;
    let joins = matches!(words[connective.words.start].normal.as_str(), "and" | "or") && connective.words.len() == 1;
    if !joins {
        return length >= SHORTEST;
    }
    let next_is_function_word = words.get(connective.words.end).is_some_and(|word| is_function_word(&word.normal));
    length >= SHORTEST_BEFORE_JOINING || (length >= SHORTEST && next_is_function_word)
}
