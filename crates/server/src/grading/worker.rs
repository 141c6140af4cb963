//! The worker: takes jobs from the store's queue and sees each of them to its end.
//!
//! What follows from this and from [`store::queue`]:
//!
//! - An answer that was accepted is judged, after a crash at the next start. It may be judged more than once; its feedback is stored once.
//! - An attempt that fails for now, or panics, is repeated after a pause that grows. After [`MAX_ATTEMPTS`], those that crashes ended
//!   included, the turn is `ungraded` and says why.
//! - Transcribing and judging have slots of their own, so neither holds up the other.
//! - A job belongs to its worker for [`LEASE`] and is renewed while work on it goes on. What cannot be stored, and what ends without a
//!   result, is tried again when the lease is over.
//! - When the server stops, jobs under way get [`GRACE`]; then they go back to the queue as if they had not been taken.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use interview::session::UngradedReason;
use jiff::Timestamp;
use store::queue::{Job, Lane};
use store::{Settlement, Store, StoreError};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::turn_events::TurnEvents;

/// How often a job is tried before its turn stays ungraded. It can be judged again any time.
pub(super) const MAX_ATTEMPTS: u32 = 4;

/// How long a job is held without a sign of life.
const LEASE: Duration = Duration::from_secs(60);

/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(20);

/// How often the queue is looked at unasked, for jobs whose time has come.
const POLL: Duration = Duration::from_secs(1);

/// How long jobs under way may still take when the server stops.
const GRACE: Duration = Duration::from_secs(1);

/// The longest pause between two attempts, whatever the coach asks for: the candidate is waiting too.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The result of an attempt.
#[derive(Debug)]
pub(super) enum Outcome {
    /// There is nothing left to do.
    Done,
    /// It may succeed later, such as when a server was busy.
    Retry {
        /// How long to wait, if somebody said.
        after: Option<Duration>,
        /// What went wrong, in words for the candidate: shown when this was the last attempt.
        detail: String,
    },
}

/// Does what a job asks for. Must bear the same job twice.
pub(super) type Work = Arc<dyn Fn(Job) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// Serves one lane of the queue.
#[derive(Clone)]
pub(super) struct Worker {
    pub(super) store: Arc<dyn Store>,
    pub(super) events: TurnEvents,
    pub(super) lane: Lane,
    /// How many jobs are worked on at a time.
    pub(super) slots: usize,
    pub(super) work: Work,
}

impl Worker {
    /// Serves until the server stops.
    pub(super) async fn run(self, stopping: CancellationToken) {
        let abandon = CancellationToken::new();
        let mut running = JoinSet::new();
        while !stopping.is_cancelled() {
            while running.len() < self.slots
                && let Some(job) = self.take().await
            {
                running.spawn(self.clone().attempt(job, abandon.clone()));
            }
            let has_room = running.len() < self.slots;
            tokio::select! {
                () = stopping.cancelled() => {}
                Some(_) = running.join_next() => {}
                () = self.store.job_queued(self.lane), if has_room => {}
                () = sleep(POLL), if has_room => {}
            }
        }
        if timeout(GRACE, all(&mut running)).await.is_err() {
            abandon.cancel();
            all(&mut running).await;
        }
    }

    async fn take(&self) -> Option<Job> {
        let taken = self.store.take_job(self.lane, Timestamp::now(), LEASE).await;
        taken.unwrap_or_else(|error| {
            tracing::warn!(%error, "the queue cannot be read");
            None
        })
    }

    /// Works on a job until it is done, or taken away from this worker.
    async fn attempt(self, job: Job, abandon: CancellationToken) {
        let outcome = tokio::select! {
            outcome = self.work(&job) => outcome,
            () = self.hold(&job) => return,
            () = abandon.cancelled() => {
                return log(&job, self.store.release_job(&job).await);
            }
        };
        log(&job, self.conclude(&job, outcome).await);
    }

    async fn work(&self, job: &Job) -> Outcome {
        if job.attempt > MAX_ATTEMPTS {
            return Outcome::Retry { after: None, detail: "it was interrupted repeatedly".to_owned() };
        }
        let worked = AssertUnwindSafe((self.work)(job.clone())).catch_unwind().await;
        worked.unwrap_or_else(|_| Outcome::Retry { after: None, detail: "it stopped unexpectedly".to_owned() })
    }

    /// Renews the lease of a job; returns when it is this worker's no longer, at once where that was decided in this process: its answer
    /// was corrected or deleted, or is to be judged again.
    async fn hold(&self, job: &Job) {
        let mut events = self.events.subscribe(job.judging.turn);
        loop {
            tokio::select! {
                () = sleep(RENEWAL) => {}
                () = events.changed() => {}
            }
            let until = Timestamp::now().saturating_add(LEASE).unwrap_or(Timestamp::MAX);
            match self.store.extend_lease(job, until).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => log(job, Err(error)),
            }
        }
    }

    async fn conclude(&self, job: &Job, outcome: Outcome) -> Result<(), StoreError> {
        let Outcome::Retry { after, detail } = outcome else { return Ok(()) };
        let turn = job.judging.turn;
        if job.attempt < MAX_ATTEMPTS {
            tracing::info!(%turn, detail, "attempt {} failed and will be repeated", job.attempt);
            let due = Timestamp::now().saturating_add(pause(job.attempt, after)).unwrap_or(Timestamp::MAX);
            return self.store.retry_job(job, due).await;
        }
        tracing::warn!(%turn, detail, "the turn stays ungraded after {} attempts", job.attempt);
        let reason = match job.lane {
            Lane::Transcription => UngradedReason::NotTranscribed { detail },
            Lane::Judging => UngradedReason::CoachFailed { detail },
        };
        self.store.settle(&job.judging, Settlement::Ungraded(reason)).await?;
        self.events.ended(turn, job.judging.revision);
        Ok(())
    }
}

async fn all(running: &mut JoinSet<()>) {
    while running.join_next().await.is_some() {}
}

fn log(job: &Job, result: Result<(), StoreError>) {
    match result {
        Ok(()) | Err(StoreError::NotFound(_)) => {}
        Err(error) => tracing::warn!(turn = %job.judging.turn, %error, "the outcome of an attempt cannot be stored"),
    }
}

/// How long to wait after the given attempt, counted from 1: what the coach asked for, or 1, 2, 4 … seconds.
fn pause(attempt: u32, asked_for: Option<Duration>) -> Duration {
    let doubled = Duration::from_secs(1_u64 << attempt.saturating_sub(1).min(6));
    asked_for.unwrap_or(doubled).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests;
