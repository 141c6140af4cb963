//! Judgings: an answer is judged once for each revision, from the request to the result.

use interview::session::{Turn, TurnState, UngradedReason};
use interview::{AnswerId, Feedback, TurnId};
use jiff::Timestamp;

/// One judging of one answer. Results are accepted for the latest judging only, and once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Judging {
    /// The turn that was answered.
    pub turn: TurnId,
    /// Its answer.
    pub answer: AnswerId,
    /// Which judging of the answer, counted from 1. Correcting the transcript and regrading start a new one.
    pub revision: u32,
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
