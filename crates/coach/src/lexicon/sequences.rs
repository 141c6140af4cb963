//! Which words can follow which.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::{is_function_word, named_lists};

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
    named_lists(include_str!("../../data/sequences.txt")).map(|(name, words)| (name, words.collect())).collect()
});
