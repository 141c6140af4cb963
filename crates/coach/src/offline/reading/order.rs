//! Whether words make sentences: not a list of terms, not words in random order, not another language.

use super::Clause;
use super::words::Spoken;
use crate::lexicon::{is_function_word, is_verb};
use crate::offline::thresholds::{LIST, SALAD};

/// Fewer words than this are too few to tell their order or their language.
const ENOUGH: usize = 12;

/// Words that need something after them to lean on.
const LEANING: [&str; 16] =
    ["a", "an", "the", "of", "my", "your", "their", "its", "into", "from", "at", "with", "every", "per", "each", "as"];

/// Words that none of the leaning ones can lean on.
const NO_SUPPORT: [&str; 40] = [
    "a", "an", "the", "of", "is", "are", "was", "were", "and", "or", "but", "because", "to", "into", "from", "at",
    "with", "has", "have", "does", "do", "don't", "doesn't", "isn't", "can", "can't", "will", "would", "so", "then",
    "than", "be", "been", "by", "for", "on", "it's", "there's", "they", "i",
];

/// Pairs that are fine although the table above would refuse them.
const FINE: [(&str, &str); 18] = [
    ("of", "the"),
    ("of", "a"),
    ("of", "an"),
    ("into", "the"),
    ("into", "a"),
    ("into", "an"),
    ("from", "the"),
    ("from", "a"),
    ("from", "an"),
    ("at", "the"),
    ("at", "a"),
    ("with", "the"),
    ("with", "a"),
    ("with", "an"),
    ("as", "the"),
    ("as", "a"),
    ("as", "they"),
    ("as", "i"),
];

/// Whether an answer can be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sense {
    /// It is speech in English.
    Speech,
    /// There are no words.
    Silence,
    /// It is in another language.
    OtherLanguage,
    /// Its words are in no order that makes sentences.
    Disorder,
}

/// What sort of words these are.
pub(super) fn sense(words: &[Spoken], clauses: &[Clause]) -> Sense {
    if words.is_empty() {
        Sense::Silence
    } else if is_other_language(words, clauses) {
        Sense::OtherLanguage
    } else if is_disordered(words) {
        Sense::Disorder
    } else {
        Sense::Speech
    }
}

/// Marks the clauses that are terms without a statement about them: those that hardly have any grammar, and whole sentences without
/// a predicate.
pub(super) fn mark_lists(clauses: &mut [Clause], words: &[Spoken]) {
    let mut start = 0;
    while start < clauses.len() {
        let sentence = clauses[start].sentence;
        let length = clauses[start..].iter().take_while(|clause| clause.sentence == sentence).count();
        let of_sentence = &mut clauses[start..start + length];
        let all = of_sentence[0].words.start..of_sentence[length - 1].words.end;
        let terms = of_sentence.iter().map(|clause| clause.units.len()).sum();
        let says_nothing = !words[all.clone()].iter().any(|word| is_predicate(&word.normal));
        let sentence_is_list = says_nothing || has_hardly_any_grammar(&words[all], terms);
        for clause in of_sentence {
            clause.is_list =
                sentence_is_list || has_hardly_any_grammar(&words[clause.words.clone()], clause.units.len());
        }
        start += length;
    }
}

fn has_hardly_any_grammar(words: &[Spoken], terms: usize) -> bool {
    let function_words = words.iter().filter(|word| is_function_word(&word.normal)).count();
    terms >= 5 && (function_words as f64) < LIST * words.len() as f64
}

fn is_predicate(word: &str) -> bool {
    const JOINING: [&str; 12] = ["and", "or", "the", "a", "an", "of", "also", "with", "then", "plus", "to", "in"];
    (is_function_word(word) && !JOINING.contains(&word))
        || is_verb(word)
        || word.ends_with("ed")
        || word.ends_with("ing")
}

fn is_other_language(words: &[Spoken], clauses: &[Clause]) -> bool {
    if words.len() < 6 {
        return false;
    }
    let function_words = words.iter().filter(|word| is_function_word(&word.normal)).count();
    let known = clauses.iter().flat_map(|clause| &clause.units).filter(|unit| unit.unit.features.len() > 1).count();
    let share = (function_words + known) as f64 / words.len() as f64;
    let foreign = words.iter().filter(|word| !word.normal.is_ascii()).count();
    share < 0.25 || foreign * 2 > words.len()
}

fn is_disordered(words: &[Spoken]) -> bool {
    if words.len() < ENOUGH {
        return false;
    }
    let pairs = words.windows(2).map(|pair| (pair[0].normal.as_str(), pair[1].normal.as_str()));
    let leaning: Vec<(&str, &str)> = pairs.filter(|(one, _)| LEANING.contains(one)).collect();
    let impossible = leaning
        .iter()
        .filter(|(one, other)| one != other && NO_SUPPORT.contains(other) && !FINE.contains(&(*one, *other)))
        .count();
    impossible >= 3 && impossible as f64 > SALAD * leaning.len() as f64
}
