//! How like a question's claims a passage is, by the words they share: which passages are worth the verifier's time.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use interview::Question;

use super::rarity::Rarity;
use super::reading::{Glossary, Reading};
use super::thresholds::{EVERYWHERE, IN_PROMPT, POOLED, SHORT_PHRASING};
use crate::lexicon::{Concept, Unit};

/// All ways of saying a question's claims that its author wrote down: the key points in order, then the misconceptions.
#[derive(Clone, Debug)]
pub(super) struct Phrasings {
    phrasings: Vec<Phrasing>,
    /// The weights of the units of all phrasings, one after the other.
    slots: Vec<f32>,
    /// Where a concept occurs in them: the slot, and how well its unit says the concept, 0 to 1.
    places: HashMap<Concept, Vec<(usize, f32)>>,
    claims: usize,
}

/// One way of making a claim.
#[derive(Clone, Debug)]
struct Phrasing {
    claim: usize,
    slots: Range<usize>,
    /// The weight that stands for the whole of it.
    total: f32,
    /// What all of it is worth.
    worth: f32,
}

impl Phrasings {
    /// Prepares a question's claims for answers to `prompt`.
    pub(super) fn of(question: &Question, prompt: &Reading, glossary: &Glossary, rarity: &Rarity) -> Self {
        let key_points = question.key_points.iter().map(|point| (&point.says, &point.summary));
        let misconceptions = question.misconceptions.iter().map(|wrong| (&wrong.says, &wrong.claim));
        let read = |(says, summary): (&Vec<String>, &String)| -> Vec<Reading> {
            says.iter().chain([summary]).map(|phrasing| Reading::of_text(phrasing, glossary)).collect()
        };
        let claims: Vec<Vec<Reading>> = key_points.chain(misconceptions).map(read).collect();
        let weigher = Weigher::new(&claims, prompt, rarity);
        let mut phrasings =
            Self { phrasings: Vec::new(), slots: Vec::new(), places: HashMap::new(), claims: claims.len() };
        for (claim, readings) in claims.iter().enumerate() {
            for reading in readings {
                let units = distinct(reading.units(), meaning);
                let weights: Vec<f32> = units.iter().map(|unit| weigher.weight(unit)).collect();
                phrasings.add(claim, &units, &weights, weights.iter().sum(), 1.0);
            }
            phrasings.add_pooled(claim, readings, &weigher);
        }
        phrasings
    }

    /// How like each claim the words are: the greatest share of the weight of one of its phrasings, 0 to 1, that they have, whatever they
    /// say of it.
    pub(super) fn likeness<'r>(&self, units: impl Iterator<Item = &'r Unit>) -> Vec<f32> {
        let mut filled = vec![0.0_f32; self.slots.len()];
        for feature in units.flat_map(|unit| &unit.features) {
            for (slot, strength) in self.places.get(&feature.concept).into_iter().flatten() {
                filled[*slot] = filled[*slot].max(feature.strength * strength);
            }
        }
        let mut claims = vec![0.0_f32; self.claims];
        for phrasing in &self.phrasings {
            let said: f32 = phrasing.slots.clone().map(|slot| self.slots[slot] * filled[slot]).sum();
            let best = &mut claims[phrasing.claim];
            *best = best.max((said / phrasing.total).min(1.0) * phrasing.worth);
        }
        claims
    }

    /// Adds what all phrasings of a claim say together, for answers that mix them: a unit counts the more, the more of them have it,
    /// and what they have on average stands for the whole.
    fn add_pooled(&mut self, claim: usize, readings: &[Reading], weigher: &Weigher<'_>) {
        let units = distinct(readings.iter().flat_map(Reading::units), meaning);
        let has = |reading: &Reading, unit: &Unit| reading.units().any(|other| meaning(other) == meaning(unit));
        let share = |unit: &Unit| {
            let having = readings.iter().filter(|reading| has(reading, unit)).count();
            (having as f32 / readings.len() as f32).sqrt()
        };
        let weights: Vec<f32> = units.iter().map(|unit| weigher.weight(unit) * share(unit)).collect();
        let total_of = |reading: &Reading| -> f32 {
            units.iter().zip(&weights).filter(|(unit, _)| has(reading, unit)).map(|(_, weight)| weight).sum()
        };
        let total = readings.iter().map(total_of).sum::<f32>() / readings.len().max(1) as f32;
        self.add(claim, &units, &weights, total, POOLED);
    }

    fn add(&mut self, claim: usize, units: &[&Unit], weights: &[f32], total: f32, worth: f32) {
        let first = self.slots.len();
        for (unit, weight) in units.iter().zip(weights) {
            for feature in &unit.features {
                self.places.entry(feature.concept).or_default().push((self.slots.len(), feature.strength));
            }
            self.slots.push(*weight);
        }
        let total = total.max(f32::EPSILON) + SHORT_PHRASING;
        self.phrasings.push(Phrasing { claim, slots: first..self.slots.len(), total, worth });
    }
}

/// Weighs the units of a question's phrasings: by how rare they are in the bank, less for what the prompt says, less for what many of
/// its claims share.
struct Weigher<'a> {
    rarity: &'a Rarity,
    in_prompt: HashSet<Concept>,
    claims_with: HashMap<Concept, usize>,
    claims: usize,
}

impl<'a> Weigher<'a> {
    fn new(claims: &[Vec<Reading>], prompt: &Reading, rarity: &'a Rarity) -> Self {
        let mut claims_with = HashMap::new();
        for readings in claims {
            let meanings: HashSet<Concept> = readings.iter().flat_map(Reading::units).map(meaning).collect();
            meanings.into_iter().for_each(|concept| *claims_with.entry(concept).or_default() += 1);
        }
        let in_prompt = prompt.units().map(|unit| unit.features[0].concept).collect();
        Self { rarity, in_prompt, claims_with, claims: claims.len() }
    }

    fn weight(&self, unit: &Unit) -> f32 {
        let with = self.claims_with.get(&meaning(unit)).copied().unwrap_or(1).saturating_sub(1) as f32;
        let others = self.claims.saturating_sub(1).max(1) as f32;
        let is_asked = unit.features.iter().any(|feature| self.in_prompt.contains(&feature.concept));
        let asked = if is_asked { IN_PROMPT } else { 1.0 };
        self.rarity.weight(unit) * asked * (1.0 - EVERYWHERE * with / others)
    }
}

/// The concept by which units count as the same: the group they belong to first, or else their word.
fn meaning(unit: &Unit) -> Concept {
    let group = unit.features[1..].iter().find(|feature| feature.strength > 0.8);
    group.unwrap_or(&unit.features[0]).concept
}

/// The first of the units of each concept that `concept` gives.
pub(super) fn distinct<'a>(units: impl Iterator<Item = &'a Unit>, concept: fn(&Unit) -> Concept) -> Vec<&'a Unit> {
    let mut seen = HashSet::new();
    units.filter(|unit| seen.insert(concept(unit))).collect()
}
