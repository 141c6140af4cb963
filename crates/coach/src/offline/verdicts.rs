//! From what an answer says of each claim to what the coach claims about it.

use interview::Question;
use interview::claims::{ClaimedVerdict, Claims, KeyPointClaim, MisconceptionClaim, Quote};
use interview::follow_up::Rubric;
use interview::marks::Doubt;
use interview::transcript::Probability;

use super::evidence::{Evidence, Features, LookedAt, logit};
use super::passages::Passage;
use super::reading::{Reading, Sense};
use super::thresholds::{
    CLEAR, CONTRADICTED, CONTRADICTED_IN_ITS_WORDS, COULD_BE, HIT, HIT_AT, HIT_AT_LEAST, HIT_BEYOND_AT,
    HIT_IN_FOLLOW_UP, HIT_IN_FOLLOW_UP_AT, HIT_IN_WORDS, IN_SO_MANY_WORDS, LIKENESS_A_WORD, LIKENESS_FOR_CLARITY, NEAR,
    NEAR_IN_WORDS, STATED, STATED_AT, STATED_AT_LEAST, STATED_IN_FOLLOW_UP, STATED_IN_FOLLOW_UP_AT, TOUCHES_NOTHING,
    UNCLEAR_AT, Weights,
};

/// An answer and what was read in it.
pub(super) struct Read<'a> {
    pub(super) reading: &'a Reading,
    pub(super) passages: &'a [Passage],
    pub(super) evidence: &'a Evidence,
    /// Whether it answers a follow-up, or is so short that the other claims tell nothing of one.
    pub(super) is_alone: bool,
}

/// The coach's claims about the points of `rubric`, which are claims of `question`.
pub(super) fn claims(question: &Question, rubric: &Rubric, read: &Read<'_>) -> Claims {
    let key_points = rubric.key_points.iter().map(|point| {
        let number = question.key_points.iter().position(|other| other.id == point.id);
        let plausibility = number.and_then(|number| read.plausibility(number));
        let verdict = match (read.reading.sense, number) {
            (Sense::OtherLanguage, _) => ClaimedVerdict::Unclear(Doubt::CoachUndecided, None),
            (Sense::Speech, Some(number)) => read.verdict(number, plausibility),
            (Sense::Silence | Sense::Disorder | Sense::Speech, _) => ClaimedVerdict::Missed(None),
        };
        let plausibility = plausibility.map(|plausibility| Probability::clamped(f64::from(plausibility)));
        KeyPointClaim { id: point.id.clone(), verdict, plausibility }
    });
    let beyond = rubric.beyond.iter().filter_map(|point| {
        let number = question.key_points.iter().position(|other| other.id == point.id)?;
        let plausibility = read.plausibility(number).filter(|plausibility| *plausibility >= HIT_BEYOND_AT)?;
        let quote = read.made_unasked(number)?;
        let plausibility = Some(Probability::clamped(f64::from(plausibility)));
        Some(KeyPointClaim { id: point.id.clone(), verdict: ClaimedVerdict::Hit(quote), plausibility })
    });
    let misconceptions = rubric.misconceptions.iter().filter_map(|misconception| {
        let number = question.misconceptions.iter().position(|other| other.id == misconception.id)?;
        let (quote, plausibility) = read.stated(question.key_points.len() + number)?;
        let plausibility = Some(Probability::clamped(f64::from(plausibility)));
        Some(MisconceptionClaim { id: misconception.id.clone(), quote, plausibility })
    });
    Claims { key_points: key_points.chain(beyond).collect(), misconceptions: misconceptions.collect() }
}

/// What the candidate should know about this judging.
pub(super) fn remark(sense: Sense) -> Option<&'static str> {
    match sense {
        Sense::Speech => None,
        Sense::Silence => Some("There are no words in this answer."),
        Sense::OtherLanguage => Some("The offline coach only understands English and cannot judge this answer."),
        Sense::Disorder => Some("The answer is not made of sentences, so no point counts."),
    }
}

impl Read<'_> {
    /// How plausible it is that the answer makes a key point; `None` for one that says nothing of what was asked.
    fn plausibility(&self, claim: usize) -> Option<f32> {
        // In small talk the verifier finds claims that are vague. Short answers may have words of their own.
        if !self.is_alone && self.evidence.touches < TOUCHES_NOTHING {
            return None;
        }
        let features = self.evidence.features(claim, &self.evidence.best(claim)?);
        Some(if self.is_alone { HIT_IN_FOLLOW_UP.of(&features) } else { HIT.of(&features) })
    }

    fn verdict(&self, claim: usize, plausibility: Option<f32>) -> ClaimedVerdict {
        let Some((best, plausibility)) = self.evidence.best(claim).zip(plausibility) else {
            return ClaimedVerdict::Missed(None);
        };
        // A short answer in the very words of a phrasing, which the verifier may not know, makes the point.
        let in_so_many_words = self.evidence.of_claim(claim).iter().find(|seen| {
            self.is_alone
                && seen.likeness >= IN_SO_MANY_WORDS
                && seen.chances.contradicts < seen.chances.states.max(0.5)
        });
        if let Some(quote) = in_so_many_words.and_then(|seen| self.quote(seen.passage)) {
            return ClaimedVerdict::Hit(quote);
        }
        let hit_at = if self.is_alone { HIT_IN_FOLLOW_UP_AT } else { HIT_AT };
        let is_hit = plausibility >= hit_at && best.chances.states >= HIT_AT_LEAST && best.likeness >= HIT_IN_WORDS;
        if plausibility < UNCLEAR_AT {
            // Words in doubt may have been the point only where something like it was said.
            let near = best.chances.states.max(best.likeness) >= COULD_BE;
            return ClaimedVerdict::Missed(self.quote(best.passage).filter(|_| near));
        }
        let quote = self.quote(self.clearest(claim, &best));
        let contradicting = self.evidence.of_claim(claim).iter().find(|seen| {
            let apart = !self.passages[seen.passage].overlaps(&self.passages[best.passage].words);
            apart && seen.chances.contradicts >= CONTRADICTED && seen.likeness >= CONTRADICTED_IN_ITS_WORDS
        });
        match (contradicting, quote) {
            (Some(opposite), _) => ClaimedVerdict::Unclear(Doubt::Contradicted, self.quote(opposite.passage)),
            (None, Some(quote)) if is_hit => ClaimedVerdict::Hit(quote),
            (None, quote) => {
                let is_near = best.chances.states >= NEAR || best.likeness >= NEAR_IN_WORDS;
                ClaimedVerdict::Unclear(Doubt::CoachUndecided, quote.filter(|_| is_near))
            }
        }
    }

    /// The words that make a key point which a follow-up does not ask for, if any do.
    fn made_unasked(&self, claim: usize) -> Option<Quote> {
        let best = self.evidence.best(claim).filter(|best| best.chances.states >= HIT_AT_LEAST)?;
        self.quote(self.clearest(claim, &best)).filter(|_| self.reading.sense == Sense::Speech)
    }

    /// The words that state a misconception, if any do, and how plausible that is.
    fn stated(&self, claim: usize) -> Option<(Quote, f32)> {
        let best = self.evidence.best(claim).filter(|best| best.chances.states >= STATED_AT_LEAST)?;
        let features = self.evidence.features(claim, &best);
        let (plausibility, stated_at) = if self.is_alone {
            (STATED_IN_FOLLOW_UP.of(&features), STATED_IN_FOLLOW_UP_AT)
        } else {
            (STATED.of(&features), STATED_AT)
        };
        let passage = self.clearest(claim, &best);
        let is_elsewhere = self.passages[passage].is_elsewhere(self.reading);
        let quote = self.quote(passage).filter(|_| plausibility >= stated_at && !is_elsewhere)?;
        Some((quote, plausibility))
    }

    /// The passage to quote: one that states the claim clearly, in words like it, and in few.
    fn clearest(&self, claim: usize, best: &LookedAt) -> usize {
        let of_claim = self.evidence.of_claim(claim).iter();
        let clear = of_claim.filter(|seen| seen.chances.states >= CLEAR * best.chances.states);
        let worth = |seen: &LookedAt| {
            let words = self.passages[seen.passage].words.len() as f32;
            LIKENESS_FOR_CLARITY * logit(seen.chances.states) + seen.likeness - LIKENESS_A_WORD * words
        };
        clear.max_by(|one, other| worth(one).total_cmp(&worth(other))).unwrap_or(best).passage
    }

    fn quote(&self, passage: usize) -> Option<Quote> {
        self.reading.quote(&self.passages[passage].words)
    }
}

impl Weights {
    /// How plausible it is that a claim was made, 0 to 1.
    fn of(&self, features: &Features) -> f32 {
        let sum = self.base + self.each.iter().zip(features).map(|(weight, feature)| weight * feature).sum::<f32>();
        1.0 / (1.0 + (-sum).exp())
    }
}
