//! A question's key points and misconceptions, prepared for comparison with answers.

mod compared;
mod weigher;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use interview::Question;

use super::background::Rarity;
use super::reading::{Glossary, Reading, SaidUnit};
use super::thresholds::{IN_FOLLOW_UP, IN_QUESTION, POOLED, SHORT_PHRASING};
use crate::lexicon::{Concept, Feature, Polarity};

pub(crate) use compared::{Compared, Topics};
use weigher::Weigher;

/// All phrasings of a question's claims: the key points in order, then the misconceptions.
#[derive(Clone, Debug)]
pub(crate) struct Phrasings {
    /// Every way of making a claim.
    pub(crate) phrasings: Vec<Phrasing>,
    /// The units of all phrasings, one after the other.
    pub(crate) slots: Vec<Slot>,
    /// The number of key points; claims of higher number are misconceptions.
    pub(crate) key_points: usize,
    /// The number of claims.
    pub(crate) claims: usize,
    /// What the question compares.
    pub(crate) compared: Compared,
    /// How the question's terms are written and misheard.
    pub(crate) glossary: Glossary,
    /// The words in which people talk about the question's subject, rightly or wrongly.
    pub(crate) subject: HashSet<Concept>,
    places: HashMap<Concept, Vec<Place>>,
}

/// One way of making a claim.
#[derive(Clone, Debug)]
pub(crate) struct Phrasing {
    /// The number of the claim.
    pub(crate) claim: usize,
    /// Its units among [`Phrasings::slots`].
    pub(crate) slots: Range<usize>,
    /// The weight of all of it.
    pub(crate) full: f32,
    /// The weight that stands for the whole of it, so that short phrasings need more than a chance word.
    pub(crate) total: f32,
    /// What matching all of it is worth.
    pub(crate) worth: f32,
    /// Whether denying one of its words denies it: it is one sentence, and denies nothing itself.
    pub(crate) is_deniable: bool,
    /// The slot with the greatest weight; without it the rest is only about the same subject.
    pub(crate) deciding: usize,
}

/// A unit of a phrasing that an answer may fill.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot {
    /// Its weight.
    pub(crate) weight: f32,
    /// Whether it belongs to a misconception.
    pub(crate) is_wrong: bool,
    /// What its phrasing speaks of, among the things that the question compares.
    pub(crate) topics: Topics,
    /// What the unit itself names, among the things that the question compares.
    pub(crate) names: Topics,
}

/// A place where a concept occurs in the phrasings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The slot.
    pub(crate) slot: usize,
    /// How well the slot's unit says the concept.
    pub(crate) strength: f32,
    /// Whether the phrasing says or denies the concept.
    pub(crate) polarity: Polarity,
    /// Whether the unit stands for the concept, rather than for its opposite.
    pub(crate) is_own: bool,
}

/// What is asked, and so is no news in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asked<'a> {
    /// The question itself, by its prompt.
    Question(&'a str),
    /// A follow-up, which sets the scene for a short answer.
    FollowUp(&'a str),
}

impl Asked<'_> {
    fn prompt(&self) -> &str {
        match self {
            Self::Question(prompt) | Self::FollowUp(prompt) => prompt,
        }
    }

    /// What a word of the prompt makes known: the word itself and, where the prompt sets the scene, everything of the same meaning.
    fn concepts(&self, unit: &SaidUnit) -> Vec<Concept> {
        let features = &unit.unit.features;
        match self {
            Self::Question(_) => vec![features[0].concept],
            Self::FollowUp(_) => features.iter().map(|feature| feature.concept).collect(),
        }
    }

    fn left_of_weight(&self) -> f32 {
        match self {
            Self::Question(_) => IN_QUESTION,
            Self::FollowUp(_) => IN_FOLLOW_UP,
        }
    }
}

/// Every way of saying a question's claims that its author wrote down: the key points in order, then the misconceptions.
pub(crate) fn claims(question: &Question) -> Vec<Vec<String>> {
    let key_points = question.key_points.iter().map(|point| (&point.says, &point.summary));
    let misconceptions =
        question.misconceptions.iter().map(|misconception| (&misconception.says, &misconception.claim));
    key_points.chain(misconceptions).map(|(says, summary)| with_summary(says, summary)).collect()
}

/// A claim's summary is a way of saying it as well.
fn with_summary(says: &[String], summary: &String) -> Vec<String> {
    let summary = Some(summary).filter(|summary| !says.contains(summary));
    says.iter().chain(summary).cloned().collect()
}

impl Phrasings {
    /// Prepares a question's claims, given by all ways of saying them, for answers to what was asked.
    pub(crate) fn of(question: &Question, claims: &[Vec<String>], asked: Asked<'_>, rarity: &Rarity) -> Self {
        let (key_points, glossary) = (question.key_points.len(), Glossary::of(&question.glossary));
        let prompt = Reading::of_text(asked.prompt(), &glossary);
        let read: Vec<Vec<Reading>> = claims
            .iter()
            .map(|says| says.iter().map(|phrasing| Reading::of_text(phrasing, &glossary)).collect())
            .collect();
        let weigher = Weigher::new(&read, &prompt, asked, rarity);
        let all_units = read.iter().flatten().flat_map(Reading::units).chain(prompt.units());
        let subject = all_units.map(|unit| unit.unit.features[0].concept).collect();
        let compared = Compared::of(&prompt, &read);
        let mut phrasings = Self {
            phrasings: Vec::new(),
            slots: Vec::new(),
            key_points,
            claims: claims.len(),
            compared,
            glossary,
            subject,
            places: HashMap::new(),
        };
        for (claim, readings) in read.iter().enumerate() {
            for reading in readings {
                let units: Vec<&SaidUnit> = distinct(reading.units());
                let weights: Vec<f32> = units.iter().map(|unit| weigher.weight(unit)).collect();
                let total = weights.iter().sum();
                phrasings.add(claim, &units, &weights, total, 1.0);
            }
            phrasings.add_pooled(claim, readings, &weigher);
        }
        phrasings
    }

    /// Where the concept occurs.
    pub(crate) fn places(&self, concept: Concept) -> &[Place] {
        self.places.get(&concept).map_or(&[], Vec::as_slice)
    }

    /// Adds what all phrasings of a claim say together, for answers that mix them: a unit counts the more, the more of them have it,
    /// and what they have on average stands for the whole.
    fn add_pooled(&mut self, claim: usize, readings: &[Reading], weigher: &Weigher<'_>) {
        let units: Vec<&SaidUnit> = distinct(readings.iter().flat_map(Reading::units));
        let share = |unit: &SaidUnit| {
            let having =
                readings.iter().filter(|reading| reading.units().any(|other| meaning(other) == meaning(unit))).count();
            (having as f32 / readings.len() as f32).sqrt()
        };
        let weights: Vec<f32> = units.iter().map(|unit| weigher.weight(unit) * share(unit)).collect();
        let total_of = |reading: &Reading| -> f32 {
            let has = |unit: &SaidUnit| reading.units().any(|other| meaning(other) == meaning(unit));
            units.iter().zip(&weights).filter(|(unit, _)| has(unit)).map(|(_, weight)| weight).sum()
        };
        let total = readings.iter().map(total_of).sum::<f32>() / readings.len().max(1) as f32;
        self.add(claim, &units, &weights, total, POOLED);
    }

    fn add(&mut self, claim: usize, units: &[&SaidUnit], weights: &[f32], total: f32, worth: f32) {
        let first = self.slots.len();
        let topics = units.iter().fold(Topics::NONE, |topics, unit| topics.and(self.compared.named_by(&unit.unit)));
        for (unit, weight) in units.iter().zip(weights) {
            let slot = self.slots.len();
            for feature in &unit.unit.features {
                let polarity = combined(feature, unit.polarity);
                let is_own = !feature.is_opposite;
                let place = Place { slot, strength: feature.strength, polarity, is_own };
                self.places.entry(feature.concept).or_default().push(place);
            }
            let names = self.compared.named_by(&unit.unit);
            self.slots.push(Slot { weight: *weight, is_wrong: claim >= self.key_points, topics, names });
        }
        let heaviest = (0..weights.len()).max_by(|one, other| weights[*one].total_cmp(&weights[*other]));
        let Some(heaviest) = heaviest else { return };
        let deciding = first + heaviest;
        self.phrasings.push(Phrasing {
            claim,
            slots: first..self.slots.len(),
            full: total.max(f32::EPSILON),
            total: total + SHORT_PHRASING,
            worth,
            is_deniable: worth >= 1.0 && units.iter().all(|unit| unit.polarity == Polarity::Positive),
            deciding,
        });
    }
}

/// Whether a concept is said or denied where the unit that stands for it is.
pub(crate) fn combined(feature: &Feature, unit: Polarity) -> Polarity {
    match unit {
        Polarity::Positive => feature.polarity,
        Polarity::Negative => feature.polarity.flipped(),
        Polarity::Open => Polarity::Open,
    }
}

/// The concept by which units count as the same: the group they belong to first, or else their word.
fn meaning(unit: &SaidUnit) -> Concept {
    let mut features = unit.unit.features.iter().filter(|feature| feature.polarity == Polarity::Positive);
    let own = features.next();
    let group = features.find(|feature| feature.strength > 0.8);
    group.or(own).map_or_else(|| unit.unit.features[0].concept, |feature| feature.concept)
}

fn distinct<'a>(units: impl Iterator<Item = &'a SaidUnit>) -> Vec<&'a SaidUnit> {
    let mut seen = HashSet::new();
    units.filter(|unit| seen.insert(meaning(unit))).collect()
}
