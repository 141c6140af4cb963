//! The form in which words are compared: without case, punctuation or typographic variety.

use std::collections::HashSet;
use std::sync::LazyLock;

/// The words of `text` as they are compared: lower case, split at everything that is neither letter, digit nor an apostrophe
/// inside a word; typographic apostrophes count as plain ones.
///
/// "Don't — clone, *ever*!" gives `don't`, `clone`, `ever`.
pub fn normal_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !(c.is_alphanumeric() || is_apostrophe(c)))
        .map(|word| word.trim_matches(is_apostrophe))
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().map(plain).flat_map(char::to_lowercase).collect())
}

/// Whether the normal word carries grammar rather than meaning, such as "the", "because" or "it's".
pub fn is_function_word(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let lines = include_str!("../../data/function_words.txt").lines().filter(|line| !line.starts_with('#'));
        lines.flat_map(str::split_whitespace).collect()
    });
    WORDS.contains(word)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}')
}

fn plain(c: char) -> char {
    if is_apostrophe(c) { '\'' } else { c }
}

#[cfg(test)]
mod tests {
    use super::normal_words;

    #[test]
    fn case_and_punctuation_do_not_matter() {
        let words: Vec<String> = normal_words("Don\u{2019}t\u{2014}clone, *ever*! 'Arc<Mutex>'").collect();
        assert_eq!(words, ["don't", "clone", "ever", "arc", "mutex"]);
    }

    #[test]
    fn nothing_but_punctuation_has_no_words() {
        assert_eq!(normal_words(" \u{2026} -- ' \u{1F980}").count(), 0);
    }
}
