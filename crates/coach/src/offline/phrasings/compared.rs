//! What a question sets side by side ("compare box, R C and ref cell"), so that what is said of the one is not taken for the other.

use crate::lexicon::{Concept, Unit};
use crate::offline::reading::{End, Reading, SaidUnit};

/// The most things one question compares.
const MOST: usize = 6;

/// The things that a question compares; none when it compares nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Compared {
    terms: Vec<Concept>,
}

/// Some of the things compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Topics(u8);

impl Topics {
    /// None of them.
    pub(crate) const NONE: Self = Self(0);

    /// These and the others.
    pub(crate) fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether there are none.
    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether both speak of something, and of nothing in common.
    pub(crate) fn exclude(self, others: Self) -> bool {
        !self.is_none() && !others.is_none() && self.0 & others.0 == 0
    }

    /// Whether these hold all of the others.
    pub(crate) fn contain(self, others: Self) -> bool {
        !others.is_none() && self.0 & others.0 == others.0
    }
}

impl Compared {
    /// Finds what the prompt joins by "and", "or" or a comma, where claims speak of the one without the other.
    pub(super) fn of(prompt: &Reading, claims: &[Vec<Reading>]) -> Self {
        let units: Vec<&SaidUnit> = prompt.units().collect();
        let mut terms: Vec<Concept> = Vec::new();
        for pair in units.windows(2) {
            if joined(prompt, pair[0], pair[1]) {
                for unit in pair {
                    let term = unit.unit.features[0].concept;
                    if !terms.contains(&term) {
                        terms.push(term);
                    }
                }
            }
        }
        let mut terms: Vec<Concept> =
            terms.iter().copied().filter(|term| is_told_apart(*term, &terms, claims)).collect();
        terms.truncate(MOST);
        if terms.len() < 2 { Self::default() } else { Self { terms } }
    }

    /// What the unit names.
    pub(crate) fn named_by(&self, unit: &Unit) -> Topics {
        let own = unit.features.iter().filter(|feature| feature.strength > 0.9).map(|feature| feature.concept);
        let bits = own.filter_map(|concept| self.terms.iter().position(|term| *term == concept));
        Topics(bits.fold(0, |bits, number| bits | 1 << number))
    }
}

/// Whether only "and", "or", a comma and articles stand between two units.
fn joined(prompt: &Reading, one: &SaidUnit, other: &SaidUnit) -> bool {
    let between = &prompt.words[one.unit.words.end..other.unit.words.start];
    let comma = between.is_empty() && prompt.words[one.unit.words.end - 1].end == End::Clause;
    let joining = between.iter().any(|word| matches!(word.normal.as_str(), "and" | "or" | "from" | "against"));
    let nothing_else = between
        .iter()
        .all(|word| matches!(word.normal.as_str(), "and" | "or" | "from" | "against" | "a" | "an" | "the" | "of"));
    comma || (joining && nothing_else)
}

/// Whether some claim speaks of the term and of no other one.
fn is_told_apart(term: Concept, terms: &[Concept], claims: &[Vec<Reading>]) -> bool {
    let names = |reading: &Reading, term: Concept| reading.units().any(|unit| unit.unit.features[0].concept == term);
    claims.iter().any(|readings| {
        let naming = readings.iter().filter(|reading| names(reading, term)).count();
        let naming_others = terms
            .iter()
            .filter(|other| **other != term)
            .any(|other| readings.iter().filter(|reading| names(reading, *other)).count() * 2 > readings.len());
        naming * 2 > readings.len() && !naming_others
    })
}
