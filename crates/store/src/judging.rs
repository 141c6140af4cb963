//! Judgings: an answer is judged once for each revision, from the request to the result.

use interview::session::{Turn, TurnState, UngradedReason};
use interview::{AnswerId, Feedback, TurnId};
use jiff::Timestamp;

/// Which judging of an answer it is, counted from 1. Correcting the transcript and regrading start a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(u32);

impl Revision {
    /// Before there is an answer.
    pub(crate) const NONE: Self = Self(0);

    /// The number, from 1.
    pub fn get(self) -> u32 {
        self.0
    }

    pub(crate) fn stored(number: u32) -> Self {
        Self(number)
    }

    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// One judging of one answer. Results are accepted for the latest judging only, and once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Judging {
    /// The turn that was answered.
    pub turn: TurnId,
    /// Its answer.
    pub answer: AnswerId,
    /// Which judging of the answer.
    pub revision: Revision,
}

/// How a judging ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Settlement {
    /// With feedback.
    Judged {
        /// What the coach found.
        feedback: Box<Feedback>,
        /// What to ask next about it. A follow-up that stands at its place already is kept instead, and a session that was
        /// finished meanwhile gets none.
        follow_up: Option<Box<Turn>>,
    },
    /// Without.
    Ungraded(UngradedReason),
}

/// A judging that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct PastJudging {
    /// Which one it was.
    pub judging: Judging,
    /// When its end was stored.
    pub settled_at: Timestamp,
    /// How it left the turn: judged or ungraded.
    pub ending: TurnState,
}
