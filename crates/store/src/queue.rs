//! The durable queue of judgings. There is no table of jobs: a turn that is `transcribing` or `judging` is its own job.
//!
//! What callers can rely on:
//!
//! - A job exists from the transaction that stores its answer to the one that stores its result. Neither can be lost without the other.
//! - [`Store::take_job`](crate::Store::take_job) leases a job to one worker. When the lease runs out, or the process that held it is gone,
//!   the job is handed out again: **at least once**, so it must be safe to repeat.
//! - [`Store::settle`](crate::Store::settle) stores the result of a judging **once**, whoever comes first.
//! - A job that was put off is not handed out before its time.
//! - The two lanes do not wait for each other.
//!
//! How often a job is tried, and when it is given up, is the worker's decision; [`Job::attempt`] counts for it across restarts.

use interview::marks::CoachKind;
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

/// What kind of work a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// A recording is to be turned into words. Takes minutes for a long one.
    Transcription,
    /// Words are to be judged.
    Judging,
}

impl Lane {
    /// The state of the turns in it.
    pub(crate) fn state(self) -> &'static str {
        match self {
            Self::Transcription => "transcribing",
            Self::Judging => "judging",
        }
    }
}

/// A job that was taken from the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What is to be judged.
    pub judging: Judging,
    /// What is to be done for it next.
    pub lane: Lane,
    /// The coach and model that the candidate asked for, if any.
    pub wish: CoachWish,
    /// How often it was taken from this lane, this time included. Attempts that a crash ended count.
    pub attempt: u32,
}

/// Whom an answer is to be judged by. What is open, the settings decide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoachWish {
    /// The sort of coach.
    pub coach: Option<CoachKind>,
    /// The language model.
    pub model: Option<String>,
}
