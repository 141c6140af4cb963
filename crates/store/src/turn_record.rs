//! A turn with the book-keeping of its answer: which changes of state are allowed, and which of them promise work.
//!
//! Back ends load a record, change it here and store it, in one transaction.

use interview::session::{Answer, Turn, TurnState, UngradedAnswer, UngradedReason};
use interview::{AnswerId, TopicId};

use crate::answer::{IdempotencyKey, Submission};
use crate::error::StoreError;
use crate::judging::{Judging, Revision, Settlement};

/// A turn as back ends store it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TurnRecord {
    pub(crate) turn: Turn,
    pub(crate) topic: TopicId,
    pub(crate) revision: Revision,
    pub(crate) key: Option<IdempotencyKey>,
}

/// What a change comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Everything was as wanted already: there is nothing to store.
    Nothing,
    /// The record is to be stored.
    Changed,
    /// The record is to be stored, and with it the job of this judging.
    Promised(Judging),
}

impl TurnRecord {
    /// A turn that was just made.
    pub(crate) fn new(turn: Turn, topic: TopicId) -> Self {
        Self { turn, topic, revision: Revision::NONE, key: None }
    }

    /// The id of the answer, once there is one.
    pub(crate) fn answer(&self) -> Option<AnswerId> {
        match &self.turn.state {
            TurnState::Asked | TurnState::Skipped => None,
            TurnState::Transcribing { answer } => Some(answer.id),
            TurnState::Judging { answer } | TurnState::Judged { answer, .. } => Some(answer.id),
            TurnState::Ungraded { answer: UngradedAnswer::Words(answer), .. } => Some(answer.id),
            TurnState::Ungraded { answer: UngradedAnswer::Sound(answer), .. } => Some(answer.id),
        }
    }

    /// Whether the turn still waits for this judging.
    pub(crate) fn awaits(&self, judging: &Judging) -> bool {
        self.judging() == Some(*judging)
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
                    if differs { Err(StoreError::KeyReused(self.turn.id)) } else { Ok(Effect::Nothing) }
                }
                _ => Err(self.conflict("answered")),
            };
        }
        self.key = key.cloned();
        Ok(self.restart(submission.into_state()))
    }

    pub(crate) fn correct(&mut self, answer: Answer) -> Result<Effect, StoreError> {
        match &self.turn.state {
            TurnState::Judging { .. } | TurnState::Judged { .. } | TurnState::Ungraded { .. }
                if self.answer() == Some(answer.id) =>
            {
                Ok(self.restart(TurnState::Judging { answer }))
            }
            _ => Err(self.conflict("corrected")),
        }
    }

    pub(crate) fn regrade(&mut self) -> Result<Effect, StoreError> {
        let again = match &self.turn.state {
            TurnState::Judging { answer } | TurnState::Judged { answer, .. } => {
                TurnState::Judging { answer: answer.clone() }
            }
            TurnState::Ungraded { answer: UngradedAnswer::Words(answer), .. } => {
                TurnState::Judging { answer: answer.as_ref().clone() }
            }
            TurnState::Ungraded { answer: UngradedAnswer::Sound(answer), .. } => {
                TurnState::Transcribing { answer: answer.clone() }
            }
            TurnState::Asked | TurnState::Skipped | TurnState::Transcribing { .. } => {
                return Err(self.conflict("regraded"));
            }
        };
        Ok(self.restart(again))
    }

    pub(crate) fn skip(&mut self) -> Result<Effect, StoreError> {
        match self.turn.state {
            TurnState::Asked => {
                self.turn.state = TurnState::Skipped;
                Ok(Effect::Changed)
            }
            TurnState::Skipped => Ok(Effect::Nothing),
            _ => Err(self.conflict("skipped")),
        }
    }

    pub(crate) fn transcribed(&mut self, judging: &Judging, answer: Answer) -> Effect {
        let expected = self.awaits(judging) && answer.id == judging.answer;
        if !expected || !matches!(self.turn.state, TurnState::Transcribing { .. }) {
            return Effect::Nothing;
        }
        self.turn.state = TurnState::Judging { answer };
        Effect::Changed
    }

    pub(crate) fn settle(&mut self, judging: &Judging, settlement: &Settlement) -> Result<Effect, StoreError> {
        if !self.awaits(judging) {
            return Ok(Effect::Nothing);
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

    /// Why the turn stays without feedback when work on it has to be given up in its present state.
    pub(crate) fn failure(&self, detail: String) -> UngradedReason {
        match self.turn.state {
            TurnState::Transcribing { .. } => UngradedReason::NotTranscribed { detail },
            _ => UngradedReason::CoachFailed { detail },
        }
    }

    /// The judging that the turn waits for, if it waits for one.
    fn judging(&self) -> Option<Judging> {
        let in_work = matches!(self.turn.state, TurnState::Transcribing { .. } | TurnState::Judging { .. });
        let answer = self.answer().filter(|_| in_work)?;
        Some(Judging { turn: self.turn.id, answer, revision: self.revision })
    }

    fn restart(&mut self, state: TurnState) -> Effect {
        self.turn.state = state;
        self.revision = self.revision.next();
        self.judging().map_or(Effect::Changed, Effect::Promised)
    }

    fn conflict(&self, wanted: &'static str) -> StoreError {
        StoreError::Conflict { turn: self.turn.id, state: self.turn.state.name(), wanted }
    }
}
