//! What recognisers make of a question's terms.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::bank::GlossaryTerm;
use crate::time::Span;
use crate::transcript::{
    Probability, Segment, Transcript, Word, is_function_word, normal_words, numbered_normal_words,
};

/// The most words that one misheard term can take.
const LONGEST: usize = 4;

/// From this probability on a recogniser is sure of a word. Below it most known mishearings are mishearings; above it people say
/// "feature" and "pull" as often as recognisers write them for "future" and "poll".
const SURE: f64 = 0.9;

/// From this share of the same letters on a doubtful word that sounds like a term is written like it, too.
const ALIKE: f32 = 0.6;

/// Terms, found by how they are written, by how they are known to be misheard, and by their sound.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    terms: Vec<Term>,
    /// The number of a term, by every other way of writing it.
    variants: HashMap<Vec<String>, (usize, Way)>,
    /// The first words of all variants, because most words of an answer are none of them.
    beginnings: HashSet<String>,
    /// The number of a term, by the key of its sound.
    sounds: HashMap<String, usize>,
}

/// A term as it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// In the spelling of the glossary's `spoken`.
    pub text: String,
    /// The same in normal words.
    pub words: Vec<String>,
}

/// How words stand for a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// They are another way of writing it.
    Written,
    /// They are what recognisers are known to write for it.
    Misheard,
    /// The recogniser was not sure of them, and they sound like it.
    Sound,
}

/// A word of an answer, as terms are looked for in it.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The word in normal form.
    pub normal: &'a str,
    /// Whether the recogniser was not sure of it.
    pub is_doubtful: bool,
    /// Whether a term may go on after it: not at the end of a sentence.
    pub runs_on: bool,
}

/// Words that stand for a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant<'t> {
    /// The words, counted from 0.
    pub words: Range<usize>,
    /// The term.
    pub term: &'t Term,
    /// How they stand for it.
    pub way: Way,
}

impl Terms {
    /// The terms of a question.
    pub fn of(glossary: &[GlossaryTerm]) -> Self {
        let mut terms = Self::default();
        for GlossaryTerm { term, spoken, heard_as } in glossary {
            let words: Vec<String> = normal_words(spoken).collect();
            if words.is_empty() {
                continue;
            }
            terms.sounds.insert(sound(&words.concat()), terms.terms.len());
            let misheard = heard_as.iter().map(|heard| (heard, Way::Misheard));
            for (variant, way) in misheard.chain([(term, Way::Written)]) {
                let variant: Vec<String> = normal_words(variant).collect();
                if variant.len() <= LONGEST && variant.concat().len() > 2 && variant != words {
                    terms.add(variant, way);
                }
            }
            terms.terms.push(Term { text: spoken.clone(), words });
        }
        terms
    }

    /// With spellings that all questions share: what is said, by how it is written. The question's own take precedence over them.
    pub fn with_spellings(mut self, spellings: &HashMap<Vec<String>, Vec<String>>) -> Self {
        for (written, words) in spellings.iter().filter(|(written, _)| written.len() <= LONGEST) {
            if !self.variants.contains_key(written) {
                self.add(written.clone(), Way::Written);
                self.terms.push(Term { text: words.join(" "), words: words.clone() });
            }
        }
        self
    }

    /// Adds a way of writing the term that is added next.
    fn add(&mut self, variant: Vec<String>, way: Way) {
        self.beginnings.extend(variant.first().cloned());
        self.variants.insert(variant, (self.terms.len(), way));
    }

    /// The words that stand for terms, in order and without overlap: at each word the longest run that `counts`.
    pub fn find<'t>(&'t self, words: &[Heard<'_>], counts: impl Fn(&Meant<'t>) -> bool) -> Vec<Meant<'t>> {
        let mut found = Vec::new();
        let mut start = 0;
        while start < words.len() {
            let longest = LONGEST.min(words.len() - start);
            let runs = (1..=longest).rev().map(|length| start..start + length);
            match runs.filter_map(|run| self.meant(words, run)).find(&counts) {
                Some(meant) => {
                    start = meant.words.end;
                    found.push(meant);
                }
                None => start += 1,
            }
        }
        found
    }

    fn meant(&self, all: &[Heard<'_>], run: Range<usize>) -> Option<Meant<'_>> {
        let words = &all[run.clone()];
        let is_doubtful = words.iter().any(|word| word.is_doubtful);
        let (last, before) = words.split_last()?;
        let first = before.first().unwrap_or(last);
        if !is_doubtful && !self.beginnings.contains(first.normal) || before.iter().any(|word| !word.runs_on) {
            return None;
        }
        let normal: Vec<String> = words.iter().map(|word| word.normal.to_owned()).collect();
        let by_sound =
            || self.sounds.get(&sound(&normal.concat())).filter(|_| is_doubtful).map(|term| (*term, Way::Sound));
        let (term, way) = self.variants.get(&normal).copied().or_else(by_sound)?;
        Some(Meant { words: run, term: self.terms.get(term)?, way })
    }
}

impl Transcript {
    /// The transcript with the terms of `glossary` in place of what the recogniser made of them, which is kept beside them
    /// ([`Word::heard_as`]). A known mishearing is corrected where the recogniser was not sure, or where hardly anybody would say the words;
    /// words in doubt, where they sound and look like the term. A corrected word is as doubtful as the least certain one that it
    /// stands for.
    pub fn with_terms(&self, glossary: &[GlossaryTerm]) -> Self {
        let terms = Terms::of(glossary);
        let corrected = self.segments().iter().filter_map(|segment| Segment::new(corrected(segment.words(), &terms)));
        Self::heard(corrected.collect())
    }
}

fn corrected(words: &[Word], terms: &Terms) -> Vec<Word> {
    let normal = numbered_normal_words(words.iter());
    let heard: Vec<Heard<'_>> = normal
        .iter()
        .map(|(index, normal)| Heard {
            normal,
            is_doubtful: words[*index].is_in_doubt(),
            runs_on: !words[*index].text.ends_with(['.', '!', '?']),
        })
        .collect();
    let whole = |run: &Range<usize>| {
        let is_edge = |one: usize, other: usize| normal.get(one).map(|it| it.0) != normal.get(other).map(|it| it.0);
        (run.start == 0 || is_edge(run.start - 1, run.start)) && is_edge(run.end - 1, run.end)
    };
    let is_sure = |run: &Range<usize>| normal[run.clone()].iter().all(|it| words[it.0].probability.get() >= SURE);
    let found = terms.find(&heard, |meant| {
        let is_sure = is_sure(&meant.words);
        whole(&meant.words) && is_mistake(&heard[meant.words.clone()], is_sure, meant)
    });
    let mut kept = Vec::with_capacity(words.len());
    let mut next = 0;
    for meant in found {
        let (first, last) = (normal[meant.words.start].0, normal[meant.words.end - 1].0);
        kept.extend_from_slice(&words[next..first]);
        kept.push(replaced(&words[first..=last], &meant.term.text));
        next = last + 1;
    }
    kept.extend_from_slice(&words[next..]);
    kept
}

/// Whether the words are a recogniser's mistake for the term, and not words that somebody may well have said.
fn is_mistake(words: &[Heard<'_>], is_sure: bool, meant: &Meant<'_>) -> bool {
    let (said, term): (String, String) = (words.iter().map(|word| word.normal).collect(), meant.term.words.concat());
    let has_grammar = || words.iter().any(|word| is_function_word(word.normal));
    // "tick" for "tick a": words of the term are heard, and nothing is misheard.
    let is_part = || words.iter().all(|word| meant.term.words.iter().any(|of_term| of_term == word.normal));
    if said == term {
        // The term with other spaces: "a sync".
        return meant.way == Way::Misheard;
    }
    match meant.way {
        Way::Written => false,
        _ if is_form_of(&said, &term) => false,
        Way::Misheard => !is_sure || (words.len() > 1 && !has_grammar()),
        Way::Sound => !has_grammar() && !is_part() && likeness(&said, &term) >= ALIKE,
    }
}

/// How alike two words are by sound and spelling, 0 to 1; `None` where one can hardly be misheard for the other.
pub(crate) fn alike(one: &str, other: &str) -> Option<f32> {
    let likeness = (likeness(one, other) + likeness(&sound(one), &sound(other))) / 2.0;
    (likeness >= ALIKE).then_some(likeness)
}

/// The share of letters that both have in the same order, 0 to 1.
fn likeness(one: &str, other: &str) -> f32 {
    let [one, other] = [one, other].map(|word| word.chars().collect::<Vec<char>>());
    let same = capture_diff_slices(Algorithm::Myers, &one, &other).into_iter().map(|operation| match operation {
        DiffOp::Equal { len, .. } => len,
        _ => 0,
    });
    2.0 * same.sum::<usize>() as f32 / (one.len() + other.len()) as f32
}

/// Endings in which forms of one word differ.
const ENDINGS: [&str; 14] = ["", "s", "es", "d", "ed", "ing", "y", "ies", "ied", "e", "er", "r", "or", "ion"];

/// Whether both are forms of one word, such as "move" and "moves".
fn is_form_of(one: &str, other: &str) -> bool {
    let same = one.char_indices().zip(other.chars()).take_while(|((_, one), other)| one == other).last();
    let Some(((at, letter), _)) = same else { return false };
    let stem = at + letter.len_utf8();
    stem > 2 && [one, other].iter().all(|word| word.get(stem..).is_some_and(|rest| ENDINGS.contains(&rest)))
}

/// The term as one word in place of these, with the punctuation around them.
fn replaced(words: &[Word], term: &str) -> Word {
    let heard: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let heard = heard.join(" ");
    let is_of_word = |c: char| c.is_alphanumeric();
    let start = heard.find(is_of_word).unwrap_or(0);
    let end = heard.rfind(is_of_word).and_then(|at| Some(at + heard[at..].chars().next()?.len_utf8()));
    let (before, after) = (&heard[..start], &heard[end.unwrap_or(heard.len())..]);
    let probability =
        words.iter().map(|word| word.probability).reduce(|one, other| if other < one { other } else { one });
    Word {
        text: format!("{before}{term}{after}"),
        span: words.iter().filter_map(|word| word.span).reduce(Span::hull),
        probability: probability.unwrap_or(Probability::CERTAIN),
        heard_as: Some(heard),
    }
}

/// A key that words of similar sound share: consonants by the place where they are made, vowels left out but for the first.
fn sound(word: &str) -> String {
    let mut key = String::new();
    for (index, letter) in word.chars().filter(|letter| letter.is_ascii_alphanumeric()).enumerate() {
        let class = match letter {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' if index == 0 => 'a',
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' => continue,
            'b' | 'p' | 'f' | 'v' => 'p',
            'c' | 'g' | 'j' | 'k' | 'q' => 'k',
            's' | 'x' | 'z' => 's',
            'd' | 't' => 't',
            'm' | 'n' => 'n',
            other => other,
        };
        if !key.ends_with(class) {
            key.push(class);
        }
    }
    key
}

#[cfg(test)]
mod tests;
