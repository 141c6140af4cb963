//! The durable grading queue.
//!
//! What callers can rely on:
//!
//! - A job is queued in the transaction that stores its answer, so neither exists without the other.
//! - It is handed out at least once, and again after a crash at the next start, so a [`Grader`] must bear the same job twice;
//!   [`Store::settle`](crate::Store::settle) takes its result once.
//! - A turn is never left in the middle: a job whose grader panics, ends without a result or takes its process down is tried again,
//!   [`MAX_ATTEMPTS`] times at most; then its turn is ungraded and says why.
//! - A job that asks for a retry is never handed out before its time.
//! - A fresh job is handed out at once; nobody waits for a poll.

use std::time::Duration;

use async_trait::async_trait;
use interview::marks::CoachKind;
use serde::{Deserialize, Serialize};

use crate::judging::Judging;

/// How often a job is handed out before the queue gives up on it. Enough to sit out a model server's restart; few enough that a job
/// that takes its process down does so a handful of times only.
pub const MAX_ATTEMPTS: u32 = 8;

/// Does what a job asks for: turns the answer into words where needed, has it judged and settles it.
#[async_trait]
pub trait Grader: Send + Sync {
    /// Works on one job. Blocking work belongs on a thread of its own: other jobs and the runtime wait meanwhile.
    async fn grade(&self, job: GradingJob) -> Outcome;
}

/// A promised judging.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GradingJob {
    /// What is to be judged.
    pub judging: Judging,
    /// By whom, if the candidate said so.
    #[serde(default)]
    pub wish: CoachWish,
    /// Which attempt this is, counted from 1; interrupted ones count.
    pub attempt: u32,
}

/// Whom an answer is to be judged by. What is open, the settings decide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoachWish {
    /// The sort of coach.
    pub coach: Option<CoachKind>,
    /// The language model.
    pub model: Option<String>,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The judging is settled.
    Done,
    /// It may succeed later, such as when a server was busy.
    Retry {
        /// How long to wait at least.
        after: Duration,
        /// What went wrong, in words for the candidate: shown when this was the last attempt.
        detail: String,
    },
    /// It cannot succeed: the turn becomes ungraded.
    GiveUp {
        /// What went wrong, in words for the candidate.
        detail: String,
    },
}
