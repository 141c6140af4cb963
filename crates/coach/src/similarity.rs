//! Word similarity: the baseline that a judge must beat, and a measure of whether an answer is about the subject at all.

use std::collections::HashSet;

use crate::lexicon::telling_stems;

/// How like the reference an answer is, 0 to 1: the cosine of the two sets of stems (Ochiai's coefficient).
pub fn similarity(reference: &str, answer: &str) -> f64 {
    let [reference, answer] = [reference, answer].map(|text| telling_stems(text).collect::<HashSet<_>>());
    let both = reference.intersection(&answer).count() as f64;
    let lengths = (reference.len() * answer.len()) as f64;
    if lengths == 0.0 { 0.0 } else { both / lengths.sqrt() }
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
