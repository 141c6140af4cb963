//! What an answer says of each claim of its question, as the verifier reads it.

use interview::Question;

use super::likeness::Phrasings;
use super::passages::Passage;
use super::reading::Reading;
use super::thresholds::{ABOUT, MENTIONS, PASSAGES_A_CLAIM, TOUCHES_HARDLY};
use crate::verifier::{Chances, Verifier};

/// What an answer says of every claim: the key points in order, then the misconceptions.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    claims: Vec<Vec<LookedAt>>,
    key_points: usize,
    /// How like each claim each passage is, 0 to 1: by passage, then by claim.
    likeness: Vec<Vec<f32>>,
    /// How like each claim the passage is that is most like it, on average.
    pub(super) touches: f32,
}

/// How much an answer has to do with what was asked, as its likeness to the words shows in which people make the question's claims, right or
/// wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// A passage plainly takes it up.
    TakesItUp,
    /// No passage does, but too much is touched to call it off topic.
    Unclear,
    /// It is about something else.
    None,
}

/// A passage in which a claim was looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct LookedAt {
    /// The number of the passage.
    pub(super) passage: usize,
    /// How like the claim it is by its words, 0 to 1.
    pub(super) likeness: f32,
    /// What it does with the claim.
    pub(super) chances: Chances,
}

impl Evidence {
    /// Looks for each claim in the passages that are most like it, and in the first one.
    pub(super) fn of(question: &Question, reading: &Reading, passages: &[Passage], phrasings: &Phrasings) -> Self {
        let key_points = question.key_points.iter().map(|point| point.summary.as_str());
        let claims: Vec<&str> =
            key_points.chain(question.misconceptions.iter().map(|wrong| wrong.claim.as_str())).collect();
        let likeness: Vec<Vec<f32>> =
            passages.iter().map(|passage| phrasings.likeness(passage.units(reading))).collect();
        let chosen: Vec<Vec<usize>> = (0..claims.len()).map(|claim| most_like(&likeness, claim)).collect();
        let places = || {
            chosen.iter().enumerate().flat_map(|(claim, chosen)| chosen.iter().map(move |passage| (claim, *passage)))
        };
        let pairs: Vec<(&str, &str)> =
            places().map(|(claim, passage)| (claims[claim], passages[passage].text.as_str())).collect();
        let mut looked_at = vec![Vec::new(); claims.len()];
        for ((claim, passage), chances) in places().zip(Verifier::shared().judge(&pairs)) {
            looked_at[claim].push(LookedAt { passage, likeness: likeness[passage][claim], chances });
        }
        let nearest = |claim: usize| likeness.iter().map(|of_passage| of_passage[claim]).fold(0.0, f32::max);
        let touches = (0..claims.len()).map(nearest).sum::<f32>() / claims.len().max(1) as f32;
        Self { claims: looked_at, key_points: question.key_points.len(), likeness, touches }
    }

    /// Where the claim was looked for.
    pub(super) fn of_claim(&self, claim: usize) -> &[LookedAt] {
        &self.claims[claim]
    }

    /// The passage that states the claim most clearly.
    pub(super) fn best(&self, claim: usize) -> Option<LookedAt> {
        self.claims[claim].iter().copied().max_by(|one, other| one.chances.states.total_cmp(&other.chances.states))
    }

    /// How much the answer has to do with what was asked.
    pub(super) fn relation(&self) -> Relation {
        if self.likeness.iter().flatten().any(|likeness| *likeness >= ABOUT) {
            Relation::TakesItUp
        } else if self.touches >= TOUCHES_HARDLY {
            Relation::Unclear
        } else {
            Relation::None
        }
    }

    /// The passages that take up what was asked, in order, if any plainly does.
    pub(super) fn about<'p>(&self, passages: &'p [Passage]) -> Vec<&'p Passage> {
        if self.relation() != Relation::TakesItUp {
            return Vec::new();
        }
        let is_like = |likeness: &[f32]| likeness.iter().any(|likeness| *likeness >= MENTIONS);
        let mentions = passages.iter().zip(&self.likeness).filter(|(_, likeness)| is_like(likeness));
        mentions.map(|(passage, _)| passage).collect()
    }

    /// What the decision about a claim rests on.
    pub(super) fn features(&self, claim: usize, best: &LookedAt) -> Features {
        let is_key_point = claim < self.key_points;
        let of_kind =
            |key_points: bool| if key_points { 0..self.key_points } else { self.key_points..self.claims.len() };
        let others = |key_points: bool| of_kind(key_points).filter(move |other| *other != claim);
        // Over the other claims of a kind, as a share of all of them: what is most clearly stated, or contradicted, of each.
        let mean = |key_points: bool, chance: fn(&Chances) -> f32| {
            let most = |other: usize| self.claims[other].iter().map(|seen| chance(&seen.chances)).fold(0.0, f32::max);
            others(key_points).map(most).sum::<f32>() / of_kind(key_points).len().max(1) as f32
        };
        // How likely the same words state another claim of a kind.
        let same_words = |key_points: bool| {
            let seen = others(key_points).flat_map(|other| &self.claims[other]);
            seen.filter(|seen| seen.passage == best.passage).map(|seen| seen.chances.states).fold(0.0, f32::max)
        };
        let rival = others(is_key_point).map(|other| self.likeness[best.passage][other]).fold(0.0, f32::max);
        let nearest = self.claims[claim].iter().map(|seen| seen.likeness).fold(0.0, f32::max);
        let right = mean(true, |chances| chances.states);
        let of_others = self.claims[claim].iter().filter(|seen| seen.passage != best.passage);
        // An answer of one passage has no other.
        let second = of_others.map(|seen| seen.chances.states).reduce(f32::max).unwrap_or(best.chances.states);
        [
            logit(best.chances.states),
            best.likeness,
            same_words(!is_key_point),
            right,
            mean(false, |chances| chances.states),
            mean(true, |chances| chances.contradicts),
            mean(false, |chances| chances.contradicts),
            rival,
            nearest,
            right * same_words(is_key_point),
            right * nearest,
            logit(second),
        ]
    }
}

/// What the decision about a claim rests on, in the order in which `judging/training/calibrate.py` computes it too:
///
/// - the logit of the chance that the best passage states the claim; how like the claim's phrasings its words are; the chance that it
///   states a claim of the other kind;
/// - how much of the other key points the answer states, and of the misconceptions; how much of each it contradicts;
/// - how like another claim of the same kind the best passage is; how like the claim the most like passage is;
/// - how much of the other key points the answer states, times the chance that the best passage states another claim of the same kind, which
///   speaks against this one, and times the likeness of the most like passage;
/// - the logit of the chance that the second best passage states it: passages overlap, and what only one of them seems to state is often
///   misread.
pub(super) type Features = [f32; 12];

/// The passages most like the claim, the most like first, and the first passage of all.
fn most_like(likeness: &[Vec<f32>], claim: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..likeness.len()).collect();
    order.sort_by(|one, other| likeness[*other][claim].total_cmp(&likeness[*one][claim]));
    let mut chosen: Vec<usize> = order.into_iter().take(PASSAGES_A_CLAIM).collect();
    if !likeness.is_empty() && !chosen.contains(&0) {
        chosen.push(0);
    }
    chosen
}

pub(super) fn logit(chance: f32) -> f32 {
    let chance = chance.clamp(0.001, 0.999);
    (chance / (1.0 - chance)).ln()
}
