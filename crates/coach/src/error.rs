//! Why an answer could not be judged.

use std::time::Duration;

/// No judgement, and what the caller can do about it. The answer itself is never lost by it.
#[derive(Debug, thiserror::Error)]
pub enum CoachError {
    /// The coach cannot be reached or is overloaded: try again, not before `retry_after` when it is given.
    #[error("the coach is not available: {reason}")]
    Unavailable {
        /// What failed, without secrets.
        reason: String,
        /// How long the coach asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// The coach did not finish within its time limit: try again or choose a faster model.
    #[error("the coach took longer than {} seconds {what}", limit.as_secs())]
    TimedOut {
        /// The limit that was passed.
        limit: Duration,
        /// What took too long, after "it took long …".
        what: &'static str,
    },
    /// The coach replied with something that is no judgement, and went on doing so when asked again: choose another model.
    #[error("the coach's reply could not be used: {reason}")]
    Malformed {
        /// What is wrong with the reply, without the reply.
        reason: String,
    },
    /// The coach refuses this request and would refuse it again: check the settings.
    #[error("the coach refused the request: {reason}")]
    Refused {
        /// What it refused, without secrets.
        reason: String,
    },
    /// The coach cannot be set up like this: correct the settings.
    #[error("the coach is not set up: {reason}")]
    Misconfigured {
        /// What to correct.
        reason: String,
    },
}

impl CoachError {
    /// Whether the same request may succeed soon. One that took too long will take too long again.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}

/// Unavailable for a time that nobody knows.
pub(crate) fn unavailable(reason: impl Into<String>) -> CoachError {
    CoachError::Unavailable { reason: reason.into(), retry_after: None }
}

pub(crate) fn malformed(reason: impl Into<String>) -> CoachError {
    CoachError::Malformed { reason: reason.into() }
}

pub(crate) fn refused(reason: impl Into<String>) -> CoachError {
    CoachError::Refused { reason: reason.into() }
}

pub(crate) fn misconfigured(reason: impl Into<String>) -> CoachError {
    CoachError::Misconfigured { reason: reason.into() }
}
