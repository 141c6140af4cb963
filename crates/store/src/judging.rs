//! Judgings: an answer is judged once for each revision, from the request to the result.

use interview::session::{Answer, Turn, TurnState, UngradedAnswer, UngradedReason};
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
    /// What it came to.
    pub ending: Ending,
}

/// What a judging came to, with the answer as it was then: a later correction may differ from it.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// There is feedback.
    Judged {
        /// What was judged.
        answer: Box<Answer>,
        /// What the coach found.
        feedback: Box<Feedback>,
    },
    /// There is none.
    Ungraded {
        /// What was to be judged.
        answer: UngradedAnswer,
        /// Why it was not.
        reason: UngradedReason,
    },
}

impl Ending {
    /// What a judging came to that left its turn in this state; `None` while the turn still waits for it.
    pub(crate) fn of(state: &TurnState) -> Option<Self> {
        match state {
            TurnState::Judged { answer, feedback } => {
                Some(Self::Judged { answer: Box::new(answer.clone()), feedback: feedback.clone() })
            }
            TurnState::Ungraded { answer, reason } => {
                Some(Self::Ungraded { answer: answer.clone(), reason: reason.clone() })
            }
            TurnState::Asked | TurnState::Skipped | TurnState::Transcribing { .. } | TurnState::Judging { .. } => None,
        }
    }

    /// Whether a turn in this state shows this ending, and not an earlier or a later one.
    pub fn is_shown_by(&self, state: &TurnState) -> bool {
        Self::of(state).as_ref() == Some(self)
    }

    /// The feedback, if there is one.
    pub fn feedback(&self) -> Option<&Feedback> {
        match self {
            Self::Judged { feedback, .. } => Some(feedback),
            Self::Ungraded { .. } => None,
        }
    }

    /// The answer as it was judged; `None` for a recording that had no words.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Judged { answer, .. } => Some(answer),
            Self::Ungraded { answer: UngradedAnswer::Words(answer), .. } => Some(answer),
            Self::Ungraded { answer: UngradedAnswer::Sound(_), .. } => None,
        }
    }
}
