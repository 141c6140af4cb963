//! Whether words make sentences: not a list of terms, not words in random order, not another language.

use super::Clause;
use super::words::{End, Spoken};
use crate::lexicon::{follows_badly, is_function_word, is_verb};
use crate::offline::thresholds::{LIST, OTHER_LANGUAGE, OTHER_LANGUAGE_TERMS, SALAD};

/// Fewer words than this are too few to recognise a language.
const ENOUGH: usize = 6;

/// Function words that join terms without saying anything about them.
const JOINING: [&str; 16] =
    ["and", "or", "the", "a", "an", "of", "also", "with", "then", "plus", "to", "in", "um", "uh", "like", "so"];

/// With up to this many terms a verb and a word that is about it ("we delivered two days before the deadline") are grammar enough.
const SHORT_STATEMENT: usize = 8;

/// Words that begin what a verb is about: "stores the type", where "drop and scope" is two terms.
const OBJECTS: [&str; 6] = ["the", "a", "an", "its", "their", "your"];

/// Words behind which a letter is a name.
const NAMING: [&str; 6] = ["tick", "apostrophe", "quote", "lifetime", "letter", "variable"];

/// Whether an answer can be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sense {
    /// It is speech in English.
    Speech,
    /// There are no words.
    Silence,
    /// It is in another language.
    OtherLanguage,
    /// Its words make no sentences.
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
    for sentence in clauses.chunk_by_mut(|one, other| one.sentence == other.sentence) {
        let sentence_is_list = Grammar::of(sentence, words).is_list();
        for clause in sentence {
            let grammar = Grammar::of(std::slice::from_ref(clause), words);
            clause.is_list = sentence_is_list || grammar.is_hardly_any();
        }
    }
}

/// Whether these clauses together are terms without a statement about them.
pub(crate) fn is_list(clauses: &[Clause], words: &[Spoken]) -> bool {
    let grammar = Grammar::of(clauses, words);
    grammar.is_list() || (grammar.predicating == 0 && grammar.terms >= 3)
}

/// How terms and grammar are mixed. Function words inside fixed phrases ("use after free") are no grammar.
#[derive(Default)]
struct Grammar {
    terms: usize,
    function_words: usize,
    /// Function words that do more than join terms.
    predicating: usize,
    verbs: usize,
}

impl Grammar {
    fn of(clauses: &[Clause], words: &[Spoken]) -> Self {
        let mut grammar = Self::default();
        for clause in clauses {
            grammar.terms += clause.units.len();
            let in_unit = |index: usize| clause.units.iter().any(|unit| unit.words.contains(&index));
            for index in clause.words.clone().filter(|index| !in_unit(*index)) {
                grammar.function_words += 1;
                grammar.predicating += usize::from(!JOINING.contains(&words[index].normal.as_str()));
            }
            for unit in clause.units.iter().filter(|unit| has_verb(&words[unit.words.clone()])) {
                grammar.verbs += 1;
                let next = words[..clause.words.end].get(unit.words.end);
                grammar.predicating += usize::from(next.is_some_and(|word| OBJECTS.contains(&word.normal.as_str())));
            }
        }
        grammar
    }

    fn is_list(&self) -> bool {
        self.is_hardly_any() || (self.predicating == 0 && (self.terms >= 4 || self.verbs == 0))
    }

    fn is_hardly_any(&self) -> bool {
        let is_short_statement = self.terms <= SHORT_STATEMENT && self.predicating > 0 && self.verbs > 0;
        let is_sparse = (self.function_words as f64) < LIST * (self.terms + self.function_words) as f64;
        self.terms >= 5 && is_sparse && !is_short_statement
    }
}

fn has_verb(words: &[Spoken]) -> bool {
    let is_verb = |word: &str| is_verb(word) || word.ends_with("ed") || word.ends_with("ing");
    words.iter().any(|word| is_verb(&word.normal) || is_function_word(&word.normal))
}

fn is_other_language(words: &[Spoken], clauses: &[Clause]) -> bool {
    if words.len() < ENOUGH {
        return false;
    }
    let function_words = words.iter().filter(|word| is_function_word(&word.normal)).count();
    let known = clauses.iter().flat_map(|clause| &clause.units).filter(|unit| unit.features.len() > 1).count();
    let share = |count: usize| count as f64 / words.len() as f64;
    let is_strange = share(function_words + known) < OTHER_LANGUAGE
        || (share(function_words) < OTHER_LANGUAGE / 2.0 && share(known) < OTHER_LANGUAGE_TERMS);
    let foreign = words.iter().filter(|word| !word.normal.is_ascii()).count();
    is_strange || foreign * 2 > words.len()
}

fn is_disordered(words: &[Spoken]) -> bool {
    let normal = |index: usize| words[index].normal.as_str();
    // "Tick a" is the name of a lifetime, not an article.
    let is_name = |index: usize| index > 0 && NAMING.contains(&normal(index - 1));
    // "It lives as long as a. And …" ends with a name, too.
    let is_within = |index: &usize| words[index - 1].end < End::Sentence;
    let pairs = (1..words.len()).filter(is_within).filter(|index| !is_name(index - 1));
    let judged = pairs.filter_map(|index| follows_badly(normal(index - 1), normal(index)));
    let (all, bad) = judged.fold((0_u32, 0_u32), |(all, bad), badly| (all + 1, bad + u32::from(badly)));
    bad >= 3 && f64::from(bad) > SALAD * f64::from(all)
}
