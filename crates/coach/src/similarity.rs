//! Word similarity: the baseline that a judge must beat, and a measure of whether an answer is about the subject at all.

use std::collections::HashSet;

use interview::transcript::normal_words;

use crate::lexicon::{is_function_word, stem};

/// How like the reference an answer is, 0 to 1: the cosine of the two sets of stems (Ochiai's coefficient).
pub fn similarity(reference: &str, answer: &str) -> f64 {
    Stems::of(normal_words(reference)).cosine(&Stems::of(normal_words(answer)))
}

/// The stems of a text's words, without function words.
#[derive(Clone, Debug)]
pub(crate) struct Stems(HashSet<String>);

impl Stems {
    /// The stems of these words in normal form.
    pub(crate) fn of(words: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let words = words.into_iter();
        Self(words.filter(|word| !is_function_word(word.as_ref())).map(|word| stem(word.as_ref())).collect())
    }

    /// The cosine of both sets, 0 to 1.
    pub(crate) fn cosine(&self, other: &Self) -> f64 {
        let both = self.0.intersection(&other.0).count() as f64;
        let lengths = (self.0.len() * other.0.len()) as f64;
        if lengths == 0.0 { 0.0 } else { both / lengths.sqrt() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_is_the_cosine_of_the_sets_of_stems() {
        assert_eq!(similarity("values move", "moving values"), 1.0);
        assert_eq!(similarity("values move", "stack frames"), 0.0);
        assert!((similarity("owner frees memory heap", "owner") - 0.5).abs() < 1e-12);
        assert_eq!(similarity("", "owner"), 0.0);
    }
}
