//! How rare each word is among the bank's claims: the rarer, the more it tells.

use std::collections::{HashMap, HashSet};

use interview::Question;

use super::reading::{Glossary, Reading};
use crate::lexicon::{Concept, Unit};

/// In how many of the bank's claims each concept occurs. A claim is a key point or a misconception with all its phrasings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rarity {
    claims: usize,
    occurrences: HashMap<Concept, usize>,
}

impl Rarity {
    /// The rarity of words in these questions' claims.
    pub(crate) fn of<'a>(questions: impl IntoIterator<Item = &'a Question>) -> Self {
        let mut rarity = Self::default();
        for question in questions {
            let glossary = Glossary::of(&question.glossary);
            let points = question.key_points.iter().map(|point| &point.says);
            for says in points.chain(question.misconceptions.iter().map(|misconception| &misconception.says)) {
                rarity.add(says, &glossary);
            }
        }
        rarity
    }

    /// The weight of the unit, 0 to 1: the mean of how rare its words are and how rare its most frequent meaning is (inverse
    /// document frequency, scaled so that what never occurs has 1).
    pub(crate) fn weight(&self, unit: &Unit) -> f32 {
        let rarities = || unit.features.iter().map(|feature| self.rarity(feature.concept));
        let own = rarities().next().unwrap_or(1.0);
        let most_frequent = rarities().fold(1.0, f32::min);
        (own + most_frequent) / 2.0
    }

    fn rarity(&self, concept: Concept) -> f32 {
        let occurrences = self.occurrences.get(&concept).copied().unwrap_or(0) as f32;
        let claims = (self.claims.max(100) + 1) as f32;
        (claims / (occurrences + 0.5)).ln().max(0.0) / (claims / 0.5).ln()
    }

    fn add(&mut self, says: &[String], glossary: &Glossary) {
        let mut concepts = HashSet::new();
        for phrasing in says {
            let reading = Reading::of_text(phrasing, glossary);
            concepts.extend(reading.units().flat_map(|unit| &unit.features).map(|feature| feature.concept));
        }
        for concept in concepts {
            *self.occurrences.entry(concept).or_default() += 1;
        }
        self.claims += 1;
    }
}
