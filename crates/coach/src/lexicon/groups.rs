//! Units of meaning: words and fixed phrases, and the concepts that they stand for.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use interview::hash::fnv1a;

use super::{is_function_word, named_lists, stem};

/// How much a word of the same group says, against the same word.
const GROUP_STRENGTH: f32 = 0.85;

/// How much a word that only goes together says, against the same word.
const LOOSE_STRENGTH: f32 = 0.5;

/// How much one word of a fixed phrase says, against the whole phrase.
const PART_STRENGTH: f32 = 0.6;

/// Something that can be meant: a stem, a fixed phrase, or a group of synonyms. Known by the hash of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Concept(u64);

impl Concept {
    fn named(kind: u8, name: &str) -> Self {
        Self(fnv1a(std::iter::once(kind).chain(name.bytes())))
    }

    fn word(name: &str) -> Self {
        Self::named(b'w', name)
    }

    fn group(name: &str) -> Self {
        Self::named(b'g', name)
    }
}

/// One concept that a unit stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Feature {
    /// The concept.
    pub(crate) concept: Concept,
    /// How well the unit says it, above 0 and up to 1.
    pub(crate) strength: f32,
}

/// A word or a fixed phrase that carries meaning.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unit {
    /// Its place, as numbers of normal words.
    pub(crate) words: Range<usize>,
    /// What it stands for, its own words first.
    pub(crate) features: Vec<Feature>,
}

/// The units of a text given as normal words, from left to right; the longest fixed phrase wins. Function words that are part of no
/// phrase have no unit.
pub(crate) fn units(words: &[&str]) -> Vec<Unit> {
    let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
    let mut units = Vec::new();
    let mut start = 0;
    while start < words.len() {
        let (length, groups) = GROUPS.longest_phrase(&stems[start..]).unwrap_or((1, &[]));
        let end = start + length;
        if length > 1 || !is_function_word(words[start]) {
            let features = features(&words[start..end], &stems[start..end], groups);
            units.push(Unit { words: start..end, features });
        }
        start = end;
    }
    units
}

fn features(words: &[&str], stems: &[String], groups: &[Feature]) -> Vec<Feature> {
    let feature = |concept, strength| Feature { concept, strength };
    let mut features = vec![feature(Concept::word(&stems.join(" ")), 1.0)];
    if stems.len() > 1 {
        let parts = words.iter().zip(stems).filter(|(word, _)| !is_function_word(word));
        features.extend(parts.map(|(_, stem)| feature(Concept::word(stem), PART_STRENGTH)));
    }
    features.extend_from_slice(groups);
    features
}

static GROUPS: LazyLock<Groups> = LazyLock::new(Groups::read);

/// All groups of synonyms, found by the stems of their phrases.
#[derive(Default)]
struct Groups {
    phrases: HashMap<Vec<String>, Vec<Feature>>,
    /// The number of words of the longest phrase that begins with a stem.
    longest: HashMap<String, usize>,
}

impl Groups {
    fn read() -> Self {
        let mut groups = Self::default();
        for (name, phrases) in named_lists(include_str!("../../data/synonyms.txt")) {
            let strength = if name.starts_with('~') { LOOSE_STRENGTH } else { GROUP_STRENGTH };
            let feature = Feature { concept: Concept::group(name), strength };
            for phrase in phrases.filter(|phrase| !is_function_word(phrase)) {
                let stems: Vec<String> = phrase.split_whitespace().map(stem).collect();
                let longest = groups.longest.entry(stems[0].clone()).or_default();
                *longest = stems.len().max(*longest);
                let features = groups.phrases.entry(stems).or_default();
                if !features.iter().any(|known| known.concept == feature.concept) {
                    features.push(feature);
                }
            }
        }
        groups
    }

    fn longest_phrase(&self, stems: &[String]) -> Option<(usize, &[Feature])> {
        let longest = (*self.longest.get(stems.first()?)?).min(stems.len());
        (1..=longest).rev().find_map(|length| Some((length, self.phrases.get(&stems[..length])?.as_slice())))
    }
}
