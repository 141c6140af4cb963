//! Stems: words without their inflection.

use rust_stemmers::{Algorithm, Stemmer};

/// The stem of a normal word: "borrows", "borrowed" and "borrowing" have the same.
pub(crate) fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    Stemmer::create(Algorithm::English).stem(word).into_owned()
}
