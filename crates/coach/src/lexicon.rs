//! What the offline rules know about words.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Whether the normal word carries grammar rather than meaning, such as "the", "because" or "it's".
pub(crate) fn is_function_word(word: &str) -> bool {
    static FUNCTION_WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| listed(include_str!("../data/function_words.txt")).collect());
    FUNCTION_WORDS.contains(word)
}

/// The words of a data file: separated by white space, without the lines that start with `#`.
fn listed(file: &str) -> impl Iterator<Item = &str> {
    file.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace)
}
