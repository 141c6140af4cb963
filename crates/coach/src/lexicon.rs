//! What the offline rules know about words: which carry only grammar, and which mean the same.
//!
//! The knowledge itself is data, in `data/`; all of it is read once.

mod groups;
mod markers;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use interview::transcript::normal_words;
use rust_stemmers::{Algorithm, Stemmer};

pub(crate) use groups::{Concept, Unit, units};
pub(crate) use interview::transcript::is_function_word;
pub(crate) use markers::{Marker, Sort, markers};

/// Whether the normal word is a verb form that makes a statement of what would otherwise be a list of terms.
pub(crate) fn is_verb(word: &str) -> bool {
    static VERBS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| data_lines(include_str!("../data/verbs.txt")).flat_map(str::split_whitespace).collect());
    VERBS.contains(word)
}

/// Words that are written in one way and said in another: as they are said, by each way of writing them.
pub(crate) fn spellings() -> &'static HashMap<Vec<String>, Vec<String>> {
    static SPELLINGS: LazyLock<HashMap<Vec<String>, Vec<String>>> = LazyLock::new(|| {
        let words = |phrase: &str| -> Vec<String> { phrase.split_whitespace().map(str::to_owned).collect() };
        named_lists(include_str!("../data/spellings.txt"))
            .flat_map(|(spoken, written)| written.map(move |written| (words(written), words(spoken))))
            .collect()
    });
    &SPELLINGS
}

/// The stem of a normal word: "borrows", "borrowed" and "borrowing" have the same.
pub(crate) fn stem(word: &str) -> String {
    let word = word.strip_suffix("'s").unwrap_or(word);
    Stemmer::create(Algorithm::English).stem(word).into_owned()
}

/// The stems of a text's words, without function words.
pub(crate) fn telling_stems(text: &str) -> impl Iterator<Item = String> {
    normal_words(text).filter(|word| !is_function_word(word)).map(|word| stem(&word))
}

/// Whether `next` cannot follow `word`; `None` when `word` has no rule.
pub(crate) fn follows_badly(word: &str, next: &str) -> Option<bool> {
    let is = |list: &str, word: &str| LISTS.get(list).is_some_and(|words| words.contains(word));
    if is("determiner", word) {
        Some(word != next && is_function_word(next) && !is("after_determiner", next))
    } else if is("subject", word) {
        Some(is("not_after_subject", next))
    } else if is("preposition", word) {
        Some(is("not_after_preposition", next))
    } else {
        None
    }
}

static LISTS: LazyLock<HashMap<&str, HashSet<&str>>> = LazyLock::new(|| {
    named_lists(include_str!("../data/sequences.txt")).map(|(name, words)| (name, words.collect())).collect()
});

/// The groups of a data file, `name: phrase, phrase, ...` on each line.
fn named_lists(file: &'static str) -> impl Iterator<Item = (&'static str, impl Iterator<Item = &'static str>)> {
    data_lines(file)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, phrases)| (name.trim(), phrases.split(',').map(str::trim).filter(|phrase| !phrase.is_empty())))
}

/// The lines of a data file that are neither empty nor a comment.
fn data_lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}
