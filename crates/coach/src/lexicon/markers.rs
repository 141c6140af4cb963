//! Markers: phrases that show how a clause is meant.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::named_lists;

/// What a marker means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sort {
    /// Begins a new clause.
    Connective,
    /// Corrects a slip of the tongue.
    Repair,
    /// Speaks of something else, to compare.
    Elsewhere,
    /// Is a recogniser's comment on sounds.
    Annotation,
}

impl Sort {
    const NAMES: [(&'static str, Self); 4] = [
        ("connective", Self::Connective),
        ("repair", Self::Repair),
        ("elsewhere", Self::Elsewhere),
        ("annotation", Self::Annotation),
    ];
}

/// A marker in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    /// What it means.
    pub(crate) sort: Sort,
    /// Its place, as numbers of normal words.
    pub(crate) words: Range<usize>,
}

/// All markers among the normal words, by where they begin; of each sort only the longest that begins at a word.
pub(crate) fn markers(words: &[&str]) -> Vec<Marker> {
    let mut found: Vec<Marker> = Vec::new();
    for start in 0..words.len() {
        for (phrase, sort) in PHRASES.get(words[start]).into_iter().flatten() {
            let rest = &words[start..];
            let known =
                found.iter().rev().take_while(|marker| marker.words.start == start).any(|marker| marker.sort == *sort);
            if !known && rest.len() >= phrase.len() && rest[..phrase.len()] == phrase[..] {
                found.push(Marker { sort: *sort, words: start..start + phrase.len() });
            }
        }
    }
    found
}

/// A marker's words, and what it means.
type Phrase = (Vec<&'static str>, Sort);

/// Every marker by its first word, the longest first.
static PHRASES: LazyLock<HashMap<&str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut phrases: HashMap<&str, Vec<Phrase>> = HashMap::new();
    for (name, listed) in named_lists(include_str!("../../data/markers.txt")) {
        let Some((_, sort)) = Sort::NAMES.iter().find(|(known, _)| *known == name) else { continue };
        for phrase in listed {
            let words: Vec<&str> = phrase.split_whitespace().collect();
            phrases.entry(words[0]).or_default().push((words, *sort));
        }
    }
    phrases.values_mut().for_each(|listed| listed.sort_by_key(|(words, _)| std::cmp::Reverse(words.len())));
    phrases
});
