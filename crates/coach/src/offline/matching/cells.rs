//! How well each clause fills each slot of the phrasings.

use std::collections::VecDeque;

use crate::lexicon::Polarity;
use crate::offline::phrasings::{Phrasings, Place, Slot, Topics, combined};
use crate::offline::reading::{Clause, SaidUnit, Stance};
use crate::offline::thresholds::{OTHER_TOPIC, WINDOW};

/// What an open polarity on either side keeps of a match.
const OPEN: f32 = 0.9;

/// What it keeps where a misconception says and the answer may deny.
const OPEN_FOR_MISCONCEPTION: f32 = 0.5;

/// What is kept where the phrasing denies a thing, and the answer denies something about it.
const DENIED_OTHERWISE: f32 = 0.7;

/// What a thing that is only spoken of as "it" is worth, against its name.
const PRONOUN: f32 = 0.6;

/// How well one slot is filled.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    /// By words that mean the same, 0 to 1.
    pub(super) agrees: f32,
    /// The same, without words in doubt.
    pub(super) agrees_certainly: f32,
    /// By words that mean the opposite, 0 to 1.
    pub(super) clashes: f32,
    /// By the very words, denied, 0 to 1.
    pub(super) denied: f32,
}

/// The cells of the latest clauses.
pub(super) struct Cells<'a> {
    phrasings: &'a Phrasings,
    clauses: VecDeque<Filled>,
    topics: Topics,
    size: usize,
    /// The doubtful units in the latest clauses that are looked at.
    pub(super) doubtful: usize,
}

#[derive(Clone)]
struct Filled {
    cells: Vec<Cell>,
    doubtful: usize,
}

impl<'a> Cells<'a> {
    pub(super) fn new(phrasings: &'a Phrasings) -> Self {
        Self { phrasings, clauses: VecDeque::new(), topics: Topics::NONE, size: 0, doubtful: 0 }
    }

    /// Fills the cells of the next clause.
    pub(super) fn push(&mut self, clause: &Clause) {
        let mut filled = match self.clauses.len() {
            kept if kept >= WINDOW.len() => self.clauses.pop_front().unwrap_or_else(|| self.empty()),
            _ => self.empty(),
        };
        filled.cells.fill(Cell::default());
        filled.doubtful = clause.units.iter().filter(|unit| unit.doubtful).count();
        let named = clause
            .units
            .iter()
            .fold(Topics::NONE, |topics, unit| topics.and(self.phrasings.compared.named_by(&unit.unit)));
        if !named.is_none() {
            self.topics = named;
        }
        if !clause.is_list && !matches!(clause.stance, Stance::Asked | Stance::Retracted) {
            self.fill(&mut filled.cells, clause);
        }
        self.clauses.push_back(filled);
    }

    /// The latest clauses, `size` of them.
    pub(super) fn latest(&mut self, size: usize) -> &Self {
        self.size = size;
        self.doubtful = self.clauses.iter().rev().take(size).map(|filled| filled.doubtful).sum();
        self
    }

    /// How well the slot is filled by the clauses that are looked at.
    pub(super) fn best(&self, slot: usize) -> Cell {
        self.clauses.iter().rev().take(self.size).map(|filled| filled.cells[slot]).fold(Cell::default(), Cell::better)
    }

    fn empty(&self) -> Filled {
        Filled { cells: vec![Cell::default(); self.phrasings.slots.len()], doubtful: 0 }
    }

    fn fill(&self, cells: &mut [Cell], clause: &Clause) {
        for unit in &clause.units {
            for feature in &unit.unit.features {
                let said = combined(feature, said_polarity(unit, clause));
                for place in self.phrasings.places(feature.concept) {
                    let slot = &self.phrasings.slots[place.slot];
                    if slot.is_wrong && clause.stance != Stance::Asserted && clause.stance != Stance::Denied {
                        continue;
                    }
                    let strength = feature.strength.min(place.strength) * self.topic_factor(slot);
                    let is_own = !feature.is_opposite;
                    let found = Found { said, is_own, strength };
                    cells[place.slot] = cells[place.slot].better(cell(place, slot, found, unit, clause));
                }
            }
        }
        if clause.units.is_empty() {
            return;
        }
        for (cell, slot) in cells.iter_mut().zip(&self.phrasings.slots) {
            if !slot.is_wrong && self.topics.contain(slot.names) && cell.agrees < PRONOUN {
                *cell = cell.better(Cell { agrees: PRONOUN, agrees_certainly: PRONOUN, ..Cell::default() });
            }
        }
    }

    fn topic_factor(&self, slot: &Slot) -> f32 {
        if slot.topics.exclude(self.topics) { OTHER_TOPIC } else { 1.0 }
    }
}

impl Cell {
    fn better(self, other: Self) -> Self {
        Self {
            agrees: self.agrees.max(other.agrees),
            agrees_certainly: self.agrees_certainly.max(other.agrees_certainly),
            clashes: self.clashes.max(other.clashes),
            denied: self.denied.max(other.denied),
        }
    }
}

fn said_polarity(unit: &SaidUnit, clause: &Clause) -> Polarity {
    if clause.stance == Stance::Denied { unit.polarity.flipped() } else { unit.polarity }
}

/// A concept of a phrasing, found in what was said.
struct Found {
    said: Polarity,
    /// Whether the unit stands for the concept, rather than for its opposite.
    is_own: bool,
    strength: f32,
}

/// How a unit that says a concept fills a slot that has it.
fn cell(place: &Place, slot: &Slot, found: Found, unit: &SaidUnit, clause: &Clause) -> Cell {
    let Found { said, is_own, strength } = found;
    let agrees = |strength: f32| {
        let certainly = if unit.doubtful { 0.0 } else { strength };
        Cell { agrees: strength, agrees_certainly: certainly, ..Cell::default() }
    };
    match (place.polarity, said) {
        (Polarity::Positive, Polarity::Open) if slot.is_wrong => agrees(OPEN_FOR_MISCONCEPTION * strength),
        (Polarity::Open, _) | (_, Polarity::Open) => agrees(OPEN * strength),
        (Polarity::Negative, Polarity::Positive)
            if clause.denies && place.is_own && clause.stance != Stance::Denied =>
        {
            agrees(DENIED_OTHERWISE * strength)
        }
        (Polarity::Positive, Polarity::Positive) | (Polarity::Negative, Polarity::Negative) => agrees(strength),
        (Polarity::Positive, Polarity::Negative) | (Polarity::Negative, Polarity::Positive) => {
            let denied = if place.is_own && is_own { strength } else { 0.0 };
            Cell { clashes: strength, denied, ..Cell::default() }
        }
    }
}
