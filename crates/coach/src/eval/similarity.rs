//! Word similarity: what a judge must beat to be worth anything.

use std::collections::HashSet;

use interview::transcript::normal_words;

use crate::lexicon::{is_function_word, stem};

/// How like the reference an answer is, 0 to 1: the cosine of the two sets of stems (Ochiai's coefficient).
pub fn similarity(reference: &str, answer: &str) -> f64 {
    let (reference, answer) = (stems(reference), stems(answer));
    let both = reference.intersection(&answer).count() as f64;
    let lengths = (reference.len() * answer.len()) as f64;
    if lengths == 0.0 { 0.0 } else { both / lengths.sqrt() }
}

fn stems(text: &str) -> HashSet<String> {
    normal_words(text).filter(|word| !is_function_word(word)).map(|word| stem(&word)).collect()
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
