//! The weights of the words of a question's phrasings.

use std::collections::{HashMap, HashSet};

use super::{Asked, meaning};
use crate::lexicon::{Concept, is_opposable};
use crate::offline::background::Rarity;
use crate::offline::reading::{Reading, SaidUnit};
use crate::offline::thresholds::EVERYWHERE;

/// Weighs the units of a question's phrasings: by how rare they are in the bank, less for what the question itself says, less for
/// what many of its claims share.
pub(super) struct Weigher<'a> {
    rarity: &'a Rarity,
    in_prompt: HashSet<Concept>,
    left_in_prompt: f32,
    claims_with: HashMap<Concept, usize>,
    claims: usize,
}

impl<'a> Weigher<'a> {
    /// What there is to know about the prompt and the claims' readings before their units are weighed.
    pub(super) fn new(read: &[Vec<Reading>], prompt: &Reading, asked: Asked<'_>, rarity: &'a Rarity) -> Self {
        let mut claims_with = HashMap::new();
        for readings in read {
            let meanings: HashSet<Concept> = readings.iter().flat_map(Reading::units).map(meaning).collect();
            meanings.into_iter().for_each(|concept| *claims_with.entry(concept).or_default() += 1);
        }
        Self {
            rarity,
            in_prompt: prompt.units().flat_map(|unit| asked.concepts(unit)).collect(),
            left_in_prompt: asked.left_of_weight(),
            claims_with,
            claims: read.len(),
        }
    }

    /// The weight of the unit.
    pub(super) fn weight(&self, unit: &SaidUnit) -> f32 {
        let with = self.claims_with.get(&meaning(unit)).copied().unwrap_or(1).saturating_sub(1) as f32;
        let others = self.claims.saturating_sub(1).max(1) as f32;
        let is_asked = unit.unit.features.iter().any(|feature| self.in_prompt.contains(&feature.concept));
        let is_choice = unit.unit.features.iter().any(is_opposable);
        let asked = if is_asked && !is_choice { self.left_in_prompt } else { 1.0 };
        self.rarity.weight(&unit.unit) * asked * (1.0 - EVERYWHERE * with / others)
    }
}
