//! Texts as the numbers of word pieces, as BERT's tokenizer for lower-case English makes them.

use std::collections::HashMap;

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

// The vocabulary begins with [PAD] [UNK] [CLS] [SEP].
const UNKNOWN: usize = 1;
pub(super) const CLS: usize = 2;
pub(super) const SEP: usize = 3;

/// Longer words are unknown.
const LONGEST_WORD: usize = 100;

/// The vocabulary, a piece a line. `##` marks those that go on within a word.
static VOCABULARY: &str = include_str!("../../data/verifier/vocabulary.txt");

pub(super) struct WordPieces {
    first: HashMap<&'static str, usize>,
    /// Without their `##`.
    further: HashMap<&'static str, usize>,
}

impl WordPieces {
    pub(super) fn embedded() -> Self {
        let (mut first, mut further) = (HashMap::new(), HashMap::new());
        for (number, piece) in VOCABULARY.lines().enumerate() {
            match piece.strip_prefix("##") {
                Some(rest) if !rest.is_empty() => further.insert(rest, number),
                _ => first.insert(piece, number),
            };
        }
        Self { first, further }
    }

    /// The first pieces of a text, at most `limit`.
    pub(super) fn of(&self, text: &str, limit: usize) -> Vec<usize> {
        let categories = CodePointMapData::<GeneralCategory>::new();
        let lower_case = text.chars().map(plain).flat_map(char::to_lowercase);
        let mut pieces = Vec::new();
        let mut word = String::new();
        for letter in DecomposingNormalizerBorrowed::new_nfd().normalize_iter(lower_case) {
            if pieces.len() >= limit {
                break;
            }
            let category = categories.get(letter);
            if letter.is_whitespace() {
                self.end_word(&mut word, &mut pieces);
            } else if letter.is_ascii_punctuation() || GeneralCategoryGroup::Punctuation.contains(category) {
                self.end_word(&mut word, &mut pieces);
                word.push(letter);
                self.end_word(&mut word, &mut pieces);
            } else if category != GeneralCategory::NonspacingMark && !GeneralCategoryGroup::Other.contains(category) {
                word.push(letter);
            }
        }
        self.end_word(&mut word, &mut pieces);
        pieces.truncate(limit);
        pieces
    }

    fn end_word(&self, word: &mut String, pieces: &mut Vec<usize>) {
        pieces.extend(self.split(word).unwrap_or_else(|| vec![UNKNOWN]));
        word.clear();
    }

    /// The longest piece that the word begins with, then the longest that the rest begins with, and so on.
    fn split(&self, word: &str) -> Option<Vec<usize>> {
        if word.chars().nth(LONGEST_WORD).is_some() {
            return None;
        }
        let mut pieces = Vec::new();
        let mut rest = word;
        while !rest.is_empty() {
            let known = if pieces.is_empty() { &self.first } else { &self.further };
            let (piece, end) = (1..=rest.len()).rev().find_map(|end| Some((*known.get(rest.get(..end)?)?, end)))?;
            pieces.push(piece);
            rest = &rest[end..];
        }
        Some(pieces)
    }
}

/// Typographic signs as the vocabulary has them.
fn plain(letter: char) -> char {
    match letter {
        '‘' | '’' => '\'',
        '“' | '”' => '"',
        '‐'..='―' => '-',
        '…' => '.',
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<&'static str> {
        let names: Vec<_> = VOCABULARY.lines().collect();
        WordPieces::embedded().of(text, 32).into_iter().map(|piece| names[piece]).collect()
    }

    #[test]
    fn words_are_split_as_bert_splits_them() {
        for (text, expected) in [
            ("The borrow-checker rejects it.", "the borrow - check ##er rejects it ."),
            ("Don't `unwrap()`!", "don ' t ` un ##wr ##ap ( ) ` !"),
            ("don’t — “really”", "don ' t - \" really \""),
            ("naïve Café, U\u{308}ber", "naive cafe , uber"),
            ("zero\u{200b}width\tand\u{a0}space\r\n", "zero ##wi ##dt ##h and space"),
            ("Vec<u8> $5", "ve ##c < u ##8 > $ 5"),
            ("数据 → (SEP)", "[UNK] [UNK] ( sep )"),
            ("", ""),
        ] {
            assert_eq!(pieces(text).join(" "), expected, "{text}");
        }
        assert_eq!(pieces(&"a".repeat(LONGEST_WORD + 1)), ["[UNK]"]);
        assert_ne!(pieces(&"a".repeat(LONGEST_WORD)), ["[UNK]"]);
    }

    #[test]
    fn only_the_first_pieces_are_read() {
        assert_eq!(WordPieces::embedded().of("unwrap unwrap", 4).len(), 4);
        assert_eq!(WordPieces::embedded().of(&"unwrap ".repeat(100_000), 4).len(), 4);
    }
}
