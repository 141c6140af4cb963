//! Judging by a prompt and a reference answer alone, for questions without key points: how much of the reference an answer says.
//!
//! The points are the reference's sentences. How well an answer agrees is a mix of measures that need no training: the share of the
//! reference's words that it says, once with each word weighted by its rarity and less when the prompt says it too, once with all words
//! alike; the same for the point that it makes best; and the likeness of spelling, for words that no lexicon knows. The mix is ours,
//! chosen on graded answers to questions on neural networks. People give most of the marks for the first half of what there is to say
//! (saturation), and fewer for an answer much shorter than the reference (the brevity penalty known from judging translations: Papineni
//! et al. 2002, BLEU).

use std::collections::{HashMap, HashSet};

use interview::Transcript;

use super::likeness::distinct;
use super::rarity::Rarity;
use super::reading::{Glossary, Reading, Sense};
use crate::lexicon::{Concept, Unit};

/// What a word of the reference keeps of its weight when the prompt has it too.
const IN_PROMPT: f32 = 0.25;

/// What each measure counts; together 1.
const RECALL: f32 = 0.2;
const PLAIN_RECALL: f32 = 0.35;
const BEST_POINT: f32 = 0.15;
const SPELLING: f32 = 0.15;
const NEW_SPELLING: f32 = 0.1;
const PRECISION: f32 = 0.05;

/// How soon more of the reference earns less.
const SATURATION: f32 = 3.0;

/// How much an answer shorter than the reference loses: the power of the ratio of their lengths.
const BREVITY: f32 = 0.25;

/// From this likeness on two words are one word, spelt in haste.
const ALMOST: f32 = 0.7;

/// The length of the pieces in which spelling is compared.
const PIECE: usize = 4;

/// How well an answer agrees with the reference, from 0 to 1. It orders answers to one question; it is no share of anything.
pub(super) fn agreement(prompt: &str, reference: &str, answer: &Transcript, rarity: &Rarity) -> f32 {
    let glossary = Glossary::of(&[]);
    let answer = Reading::of(answer, &glossary);
    if answer.sense != Sense::Speech {
        return 0.0;
    }
    let prompt = Reading::of_text(prompt, &glossary);
    let reference = Reading::of_text(reference, &glossary);
    let brevity = (answer.words.len() as f32 / reference.words.len().max(1) as f32).min(1.0).powf(BREVITY);
    saturated(likeness(&prompt, &reference, &answer, rarity)) * brevity
}

/// More of a share earns less and less, from 0 at 0 to 1 at 1.
fn saturated(share: f32) -> f32 {
    (1.0 - (-SATURATION * share).exp()) / (1.0 - (-SATURATION).exp())
}

/// How like the reference the answer is, from 0 to 1.
fn likeness(prompt: &Reading, reference: &Reading, answer: &Reading, rarity: &Rarity) -> f32 {
    let asked: HashSet<Concept> = prompt.units().map(own_word).collect();
    let weight = |unit: &Unit| {
        let left = if asked.contains(&own_word(unit)) { IN_PROMPT } else { 1.0 };
        rarity.weight(unit) * left
    };
    let (said, wanted) = (Content::of(answer), Content::of(reference));
    let of_reference = |units: &[&Unit], weight: &dyn Fn(&Unit) -> f32| said.share_of(units, reference, weight);
    // The reference's points are its sentences.
    let points = reference.clauses.chunk_by(|one, other| one.sentence == other.sentence);
    let points = points.map(|sentence| distinct(sentence.iter().flat_map(|clause| &clause.units), own_word));
    let best_point = points.map(|point| of_reference(&point, &weight)).fold(0.0, f32::max);
    let all = distinct(reference.units(), own_word);
    let news = distinct(answer.units().filter(|unit| !asked.contains(&own_word(unit))), own_word);
    RECALL * of_reference(&all, &weight)
        + PLAIN_RECALL * of_reference(&all, &|_| 1.0)
        + BEST_POINT * best_point
        + SPELLING * spelling(reference, answer, &HashSet::new())
        + NEW_SPELLING * spelling(reference, answer, &asked)
        + PRECISION * wanted.share_of(&news, answer, &weight)
}

/// What a text says: its concepts, and its words by their first letters.
struct Content<'r> {
    strengths: HashMap<Concept, f32>,
    words: HashMap<char, HashSet<&'r str>>,
}

impl<'r> Content<'r> {
    fn of(reading: &'r Reading) -> Self {
        let mut content = Self { strengths: HashMap::new(), words: HashMap::new() };
        for unit in reading.units() {
            for feature in &unit.features {
                let strength = content.strengths.entry(feature.concept).or_default();
                *strength = strength.max(feature.strength);
            }
            for word in &reading.words[unit.words.clone()] {
                content.words.entry(initial(&word.normal)).or_default().insert(&word.normal);
            }
        }
        content
    }

    /// The share of the weight of another text's units that this one says.
    fn share_of(&self, units: &[&Unit], of: &Reading, weight: &dyn Fn(&Unit) -> f32) -> f32 {
        let total: f32 = units.iter().map(|unit| weight(unit)).sum();
        let found: f32 = units.iter().map(|unit| weight(unit) * self.strength(unit, of)).sum();
        if total > 0.0 { found / total } else { 0.0 }
    }

    /// How strongly this text says the unit: in words of the same meaning, or in a word spelt almost alike.
    fn strength(&self, unit: &Unit, of: &Reading) -> f32 {
        let known = unit.features.iter();
        let meant = known.filter_map(|feature| Some(feature.strength.min(*self.strengths.get(&feature.concept)?)));
        let meant = meant.fold(0.0, f32::max);
        match &of.words[unit.words.clone()] {
            [word] if meant < ALMOST => meant.max(self.spelt_almost(&word.normal)),
            _ => meant,
        }
    }

    /// How much alike the most similar word is spelt, where it is almost the same: Dice's coefficient of the pairs of letters, 0 to 1.
    fn spelt_almost(&self, word: &str) -> f32 {
        let words = self.words.get(&initial(word)).into_iter().flatten();
        let likeness = words.map(|other| strsim::sorensen_dice(word, other) as f32);
        likeness.filter(|likeness| *likeness >= ALMOST).fold(0.0, f32::max)
    }
}

fn initial(word: &str) -> char {
    word.chars().next().unwrap_or_default()
}

/// The share of the pieces of the reference's words that the answer's words have too; the words left out count for neither.
fn spelling(reference: &Reading, answer: &Reading, left_out: &HashSet<Concept>) -> f32 {
    let pieces = |reading: &Reading| -> HashSet<String> {
        let units = reading.units().filter(|unit| !left_out.contains(&own_word(unit)));
        let words = units.flat_map(|unit| &reading.words[unit.words.clone()]);
        words.flat_map(|word| pieces(&word.normal)).collect()
    };
    let (wanted, said) = (pieces(reference), pieces(answer));
    if wanted.is_empty() { 0.0 } else { wanted.intersection(&said).count() as f32 / wanted.len() as f32 }
}

/// The word cut into overlapping pieces, with its ends marked.
fn pieces(word: &str) -> Vec<String> {
    let letters: Vec<char> = std::iter::once(' ').chain(word.chars()).chain([' ']).collect();
    letters.windows(PIECE.min(letters.len())).map(|piece| piece.iter().collect()).collect()
}

fn own_word(unit: &Unit) -> Concept {
    unit.features[0].concept
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str = "What is the difference between a stack and a queue?";
    const REFERENCE: &str = "A stack is last in first out: the item that was pushed last is removed first. \
                             A queue is first in first out: items leave in the order in which they arrived.";

    fn agreement_of(answer: &str) -> f32 {
        agreement(PROMPT, REFERENCE, &Transcript::typed(answer), &Rarity::default())
    }

    #[test]
    fn a_fuller_answer_agrees_more_than_a_thin_one_and_a_thin_one_more_than_none() {
        let full = agreement_of(
            "With a stack you remove the item you pushed last, and a queue gives items in the order they arrived.",
        );
        let thin = agreement_of("A queue keeps the order in which things arrived.");
        let none = agreement_of("I would use a hash map since it is the fastest.");
        assert!(full > thin && thin > none, "{full} {thin} {none}");
    }

    #[test]
    fn the_reference_itself_agrees_best() {
        assert!(agreement_of(REFERENCE) > 0.95);
    }

    #[test]
    fn repeating_the_question_earns_next_to_nothing() {
        assert!(agreement_of(PROMPT) < 0.25, "{}", agreement_of(PROMPT));
    }

    #[test]
    fn a_word_spelt_in_haste_counts_nearly_as_much() {
        let rightly = agreement_of("A queue keeps the order in which things arrived.");
        let in_haste = agreement_of("A queue keeps the oder in which things arived.");
        let otherwise = agreement_of("A queue keeps the name with which things start.");
        assert!(rightly > in_haste && in_haste > otherwise, "{rightly} {in_haste} {otherwise}");
    }

    #[test]
    fn silence_agrees_with_nothing() {
        assert_eq!(agreement_of(""), 0.0);
    }

    #[test]
    fn a_synonym_counts_as_the_word() {
        let agreement = |answer: &str| {
            let transcript = Transcript::typed(answer);
            agreement(
                "When is memory given back?",
                "It is deallocated when the owner leaves its scope.",
                &transcript,
                &Rarity::default(),
            )
        };
        assert!(
            agreement("it gets freed at the end of the block") > agreement("it gets moved at the start of the day")
        );
    }
}
