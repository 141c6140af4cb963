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

use crate::judging::Judging;

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
