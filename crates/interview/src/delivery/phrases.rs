//! Phrases that are counted: discourse markers, hedges, repetitions.

use std::collections::HashMap;

use super::{CountedPhrase, PlacedPhrase};
use crate::time::Span;
use crate::transcript::{Word, normal_words};

/// Phrases are matched on words with punctuation taken for spaces, so that "you know," and "sort-of" are found.
const DISCOURSE_MARKERS: [&str; 12] = [
    "like",
    "you know",
    "basically",
    "actually",
    "literally",
    "i mean",
    "right",
    "okay",
    "so yeah",
    "or whatever",
    "and stuff",
    "at the end of the day",
];

const HEDGES: [&str; 14] = [
    "i guess",
    "i think",
    "i suppose",
    "i believe",
    "sort of",
    "kind of",
    "maybe",
    "probably",
    "possibly",
    "i'm not sure",
    "i am not sure",
    "not really sure",
    "might be",
    "something like that",
];

/// How many of the most frequent phrases are reported.
const REPORTED: usize = 5;

/// The words of an answer in their compared form, each with the word of the transcript it stands in.
pub(super) struct Tokens<'w> {
    normal: Vec<String>,
    source: Vec<&'w Word>,
}

impl<'w> Tokens<'w> {
    pub(super) fn of(words: &[&'w Word]) -> Self {
        let (mut normal, mut source) = (Vec::new(), Vec::new());
        for word in words {
            for token in normal_words(&word.text) {
                normal.push(token);
                source.push(*word);
            }
        }
        Self { normal, source }
    }

    /// Where `phrase` begins, every time it is said.
    fn places<'t>(&'t self, phrase: &'t [&'t str]) -> impl Iterator<Item = usize> + 't {
        self.normal
            .windows(phrase.len())
            .enumerate()
            .filter(move |(_, window)| *window == phrase)
            .map(|(place, _)| place)
    }

    fn placed(&self, place: usize, length: usize) -> PlacedPhrase {
        let mut words: Vec<&Word> = self.source[place..place + length].to_vec();
        words.dedup_by(|one, other| std::ptr::eq(*one, *other));
        let quote = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        PlacedPhrase { quote, span: words.iter().filter_map(|word| word.span).reduce(Span::hull) }
    }
}

pub(super) fn discourse_markers(tokens: &Tokens<'_>) -> Vec<CountedPhrase> {
    let counted = DISCOURSE_MARKERS.iter().map(|marker| {
        let phrase: Vec<&str> = marker.split(' ').collect();
        CountedPhrase { phrase: (*marker).to_owned(), count: tokens.places(&phrase).count() }
    });
    most_frequent(counted.filter(|marker| marker.count > 0).collect())
}

pub(super) fn hedges(tokens: &Tokens<'_>) -> Vec<PlacedPhrase> {
    let mut places: Vec<(usize, usize)> = HEDGES
        .iter()
        .flat_map(|hedge| {
            let phrase: Vec<&str> = hedge.split(' ').collect();
            tokens.places(&phrase).map(|place| (place, phrase.len())).collect::<Vec<_>>()
        })
        .collect();
    places.sort_unstable();
    places.into_iter().map(|(place, length)| tokens.placed(place, length)).collect()
}

/// Lengths of repeated phrases, in words, the longest first: a long repetition hides the shorter ones inside it.
const REPEATED_LENGTHS: [usize; 4] = [6, 5, 4, 3];

pub(super) fn repeated_phrases(tokens: &Tokens<'_>) -> Vec<CountedPhrase> {
    let mut found: Vec<CountedPhrase> = Vec::new();
    for length in REPEATED_LENGTHS {
        let mut counts: HashMap<&[String], usize> = HashMap::new();
        for window in tokens.normal.windows(length).filter(|window| says_something(window)) {
            *counts.entry(window).or_default() += 1;
        }
        let mut repeated: Vec<CountedPhrase> = counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(window, count)| CountedPhrase { phrase: window.join(" "), count })
            .collect();
        repeated.sort_by(|one, other| (other.count, &one.phrase).cmp(&(one.count, &other.phrase)));
        for phrase in repeated.into_iter().take(4 * REPORTED) {
            let hidden =
                found.iter().any(|longer| longer.phrase.contains(&phrase.phrase) && longer.count >= phrase.count);
            let overlapping = found.iter().any(|same| overlaps(&same.phrase, &phrase.phrase));
            if !hidden && !overlapping {
                found.push(phrase);
            }
        }
    }
    most_frequent(found)
}

/// Whether one phrase runs into the other: all but one word of one end is a beginning of the other.
fn overlaps(one: &str, other: &str) -> bool {
    let tail = |text: &str| text.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
    let head = |text: &str| text.rsplit_once(' ').map(|(rest, _)| rest.to_owned()).unwrap_or_default();
    one.contains(&tail(other)) || one.contains(&head(other))
}

/// Whether a phrase has at least two words of four letters or more: "it is a" may be said as often as one likes.
fn says_something(words: &[String]) -> bool {
    words.iter().filter(|word| word.chars().count() >= 4).count() >= 2
}

pub(super) fn immediate_repeats(tokens: &Tokens<'_>) -> usize {
    tokens.normal.windows(2).filter(|pair| pair[0] == pair[1]).count()
}

fn most_frequent(mut phrases: Vec<CountedPhrase>) -> Vec<CountedPhrase> {
    phrases.sort_by(|one, other| (other.count, &one.phrase).cmp(&(one.count, &other.phrase)));
    phrases.truncate(REPORTED);
    phrases
}
