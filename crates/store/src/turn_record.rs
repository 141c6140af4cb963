//! A turn with its part in the queue: which changes of its state are allowed, and what follows from them.
//!
//! The back end loads a record, changes it here and stores it, in one transaction.

use interview::bank::Question;
use interview::marks::Decision;
use interview::session::{Answer, Sureness, Turn, TurnState, UngradedAnswer};
use interview::{AnswerId, TopicId, judging};

use crate::answer::{IdempotencyKey, Submission};
use crate::error::{Missing, StoreError};
use crate::queue::{CoachWish, Judging, Lane, Settlement};

/// A turn as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TurnRecord {
    pub(crate) turn: Turn,
    pub(crate) topic: TopicId,
    /// Of the latest judging; 0 before there is an answer.
    pub(crate) revision: u32,
    pub(crate) key: Option<IdempotencyKey>,
    /// Whom the current judging is to be done by.
    pub(crate) wish: CoachWish,
}

/// What a change comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Everything was as wanted already: there is nothing to store.
    Unchanged,
    /// The record is to be stored. If the turn is in work now, its job starts afresh.
    Changed,
}

impl TurnRecord {
    /// A turn that was just made.
    pub(crate) fn new(turn: Turn, topic: TopicId) -> Self {
        Self { turn, topic, revision: 0, key: None, wish: CoachWish::default() }
    }

    /// The id of the answer, once there is one.
    pub(crate) fn answer(&self) -> Option<AnswerId> {
        let state = &self.turn.state;
        state.answer().map(|answer| answer.id).or_else(|| Some(state.recording()?.id))
    }

    /// The lane that the turn's job is in, if it is in work.
    pub(crate) fn lane(&self) -> Option<Lane> {
        match self.turn.state {
            TurnState::Transcribing { .. } => Some(Lane::Transcription),
            TurnState::Judging { .. } => Some(Lane::Judging),
            TurnState::Asked | TurnState::Skipped | TurnState::Judged { .. } | TurnState::Ungraded { .. } => None,
        }
    }

    /// Whether the turn still waits for this judging.
    fn awaits(&self, judging: &Judging) -> bool {
        self.lane().is_some() && self.answer() == Some(judging.answer) && self.revision == judging.revision
    }

    pub(crate) fn accept(
        &mut self,
        submission: Submission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Effect, StoreError> {
        if self.turn.state != TurnState::Asked {
            return match (key, &self.key) {
                (Some(sent), Some(stored)) if sent.as_str() == stored.as_str() => {
                    let differs = sent.digest().zip(stored.digest()).is_some_and(|(sent, stored)| sent != stored);
                    if differs { Err(StoreError::KeyReused(self.turn.id)) } else { Ok(Effect::Unchanged) }
                }
                _ => Err(self.conflict("answered")),
            };
        }
        self.key = key.cloned();
        Ok(self.restart(submission.into_state(), CoachWish::default()))
    }

    pub(crate) fn correct(&mut self, answer: Answer) -> Result<Effect, StoreError> {
        if self.answer() != Some(answer.id) || self.lane() == Some(Lane::Transcription) {
            return Err(self.conflict("corrected"));
        }
        Ok(self.restart(TurnState::Judging { answer }, CoachWish::default()))
    }

    pub(crate) fn regrade(&mut self, wish: CoachWish) -> Result<Effect, StoreError> {
        let state = &self.turn.state;
        let again = match (state.answer(), state.recording()) {
            (Some(answer), _) => TurnState::Judging { answer: answer.clone() },
            (None, Some(recording)) if state.is_settled() => TurnState::Transcribing { answer: recording.clone() },
            _ => return Err(self.conflict("regraded")),
        };
        Ok(self.restart(again, wish))
    }

    pub(crate) fn skip(&mut self) -> Result<Effect, StoreError> {
        match self.turn.state {
            TurnState::Asked => {
                self.turn.state = TurnState::Skipped;
                Ok(Effect::Changed)
            }
            TurnState::Skipped => Ok(Effect::Unchanged),
            _ => Err(self.conflict("skipped")),
        }
    }

    pub(crate) fn take_hint(&mut self, available: u8) -> Result<Effect, StoreError> {
        if self.turn.state != TurnState::Asked {
            return Err(self.conflict("given a hint"));
        }
        if self.turn.hints_used >= available {
            return Ok(Effect::Unchanged);
        }
        self.turn.hints_used += 1;
        Ok(Effect::Changed)
    }

    /// Only where there is no job, which storing the turn would restart.
    pub(crate) fn set_sureness(&mut self, sureness: Option<Sureness>) -> Result<Effect, StoreError> {
        if !matches!(self.turn.state, TurnState::Judged { .. } | TurnState::Ungraded { .. }) {
            return Err(self.conflict("given a sureness"));
        }
        if self.turn.sureness == sureness {
            return Ok(Effect::Unchanged);
        }
        self.turn.sureness = sureness;
        Ok(Effect::Changed)
    }

    pub(crate) fn transcribed(&mut self, judging: &Judging, answer: Answer) -> Effect {
        let expected = self.awaits(judging) && answer.id == judging.answer;
        if !expected || !matches!(self.turn.state, TurnState::Transcribing { .. }) {
            return Effect::Unchanged;
        }
        self.turn.state = TurnState::Judging { answer };
        Effect::Changed
    }

    pub(crate) fn settle(&mut self, judging: &Judging, settlement: &Settlement) -> Result<Effect, StoreError> {
        if !self.awaits(judging) {
            return Ok(Effect::Unchanged);
        }
        self.turn.state = match (&self.turn.state, settlement) {
            (TurnState::Judging { answer }, Settlement::Judged { feedback, .. }) => {
                TurnState::Judged { answer: answer.clone(), feedback: feedback.clone() }
            }
            (TurnState::Judging { answer }, Settlement::Ungraded(reason)) => {
                TurnState::Ungraded { answer: UngradedAnswer::Words(Box::new(answer.clone())), reason: reason.clone() }
            }
            (TurnState::Transcribing { answer }, Settlement::Ungraded(reason)) => {
                TurnState::Ungraded { answer: UngradedAnswer::Sound(answer.clone()), reason: reason.clone() }
            }
            _ => return Err(self.conflict("judged")),
        };
        Ok(Effect::Changed)
    }

    /// `question` is the one that the turn asks.
    pub(crate) fn decide(&mut self, decision: Decision, question: &Question) -> Result<Effect, StoreError> {
        let TurnState::Judged { answer, feedback } = &mut self.turn.state else {
            return Err(self.conflict("decided on"));
        };
        if !feedback.marks().is_some_and(|marks| marks.has(&decision)) {
            return Err(StoreError::NotFound(Missing::Mark(self.turn.id)));
        }
        let before = answer.decisions.clone();
        answer.decisions.add(decision);
        if answer.decisions == before {
            return Ok(Effect::Unchanged);
        }
        **feedback = judging::decide(feedback, question, self.turn.target.as_ref(), &answer.decisions);
        Ok(Effect::Changed)
    }

    fn restart(&mut self, state: TurnState, wish: CoachWish) -> Effect {
        self.turn.state = state;
        self.revision = self.revision.saturating_add(1);
        self.wish = wish;
        Effect::Changed
    }

    fn conflict(&self, wanted: &'static str) -> StoreError {
        StoreError::Conflict { turn: self.turn.id, state: self.turn.state.name(), wanted }
    }
}
