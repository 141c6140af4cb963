//! The worker that hands out grading jobs.
//!
//! apalis keeps the jobs, hands them out in order and marks them done. Around it, here: what is promised when an attempt fails, when
//! the grader panics, when the database is away for a while, and when the process ends.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use apalis::prelude::{Attempt, BackendExt, WorkerBuilder, WorkerBuilderExt, WorkerContext};
use apalis_sqlite::{Config, SqliteStorage};
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::wake::Wake;
use super::{SqliteStore, jobs, judgings};
use crate::error::StoreError;
use crate::judging::Judging;
use crate::queue::{Grader, GradingJob, MAX_ATTEMPTS, Outcome};

/// How often the worker records that it is alive. Nobody waits for it here: one process holds the database, and takes back what
/// the one before it left as soon as it starts.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// How long jobs under way may still take when the worker is to stop; then they are left for the next start.
const GRACE: Duration = Duration::from_secs(5);

/// The first and the longest pause between attempts at something that will pass, such as a full disk.
const PAUSE: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(30));

/// Serves the queue until `shutdown` completes.
pub(super) async fn run(
    store: &SqliteStore,
    grader: Arc<dyn Grader>,
    concurrency: NonZeroUsize,
    shutdown: BoxFuture<'static, ()>,
) -> Result<(), StoreError> {
    let _serving = store.lease.serve()?;
    let shutdown = shutdown.shared();
    let attempts = Attempts { store: store.clone(), grader };
    let mut pause = PAUSE.0;
    loop {
        // apalis ends its worker at the first error of the database, so a new one takes over when that has passed.
        let started = Instant::now();
        let ended = serve(&attempts, concurrency, shutdown.clone()).await;
        if shutdown.peek().is_some() {
            break;
        }
        match ended {
            Err(error) if !error.is_passing() => return Err(error),
            Err(error) => tracing::warn!(%error, "the grading worker broke down and starts again: {error}"),
            Ok(()) => tracing::warn!("the grading worker stopped by itself and starts again"),
        }
        if started.elapsed() > PAUSE.1 {
            pause = PAUSE.0;
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = shutdown.clone() => break,
        }
        pause = (pause * 2).min(PAUSE.1);
    }
    let mut transaction = store.begin().await?;
    jobs::release(&mut transaction).await?;
    Ok(transaction.commit().await?)
}

/// Runs one worker until it breaks down or is to stop.
async fn serve(
    attempts: &Attempts,
    concurrency: NonZeroUsize,
    shutdown: Shared<BoxFuture<'static, ()>>,
) -> Result<(), StoreError> {
    let store = &attempts.store;
    let mut transaction = store.begin().await?;
    jobs::recover(&mut transaction).await?;
    transaction.commit().await?;

    // A name is taken until its heartbeat fails: one that was never used before cannot be.
    let context = WorkerContext::new(&format!("{}-{}", jobs::QUEUE, Uuid::now_v7()));
    // One job at a time is taken from the database: what is taken and waits in memory could not be taken by anybody else, and keeps
    // the worker from its heartbeat. A job that was taken needs no second mark that it runs.
    let config = Config::default()
        .queue(jobs::QUEUE)
        .batch_size(1)
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(2)
        .lock_tasks(false);
    // The payload is any JSON as far as apalis knows: one that it could not decode would end the worker.
    let backend = SqliteStorage::<Value>::new(&store.writer).with_config(config);
    let handler = attempts.clone();
    let worker = WorkerBuilder::new(context.clone())
        .backend(backend.poll_with_strategy(Wake::by(&store.bell)))
        .concurrency(concurrency.get())
        .build(move |payload: Value, attempt: Attempt| {
            let handler = handler.clone();
            async move { handler.handle(payload, attempt.current()).await }
        });

    let mut running = std::pin::pin!(worker.run());
    tokio::select! {
        // In this order, so that the worker has started by the time it is stopped.
        biased;
        ended = &mut running => return ended.map_err(|error| StoreError::Unavailable(error.into())),
        () = shutdown => {}
    }
    context.stop().map_err(|error| StoreError::Unavailable(error.into()))?;
    match timeout(GRACE, running).await {
        Ok(ended) => ended.map_err(|error| StoreError::Unavailable(error.into())),
        Err(_) => {
            tracing::info!("grading jobs are under way still; they are left for the next start");
            Ok(())
        }
    }
}

/// What happens to a job that is handed out.
#[derive(Clone)]
struct Attempts {
    store: SqliteStore,
    grader: Arc<dyn Grader>,
}

impl Attempts {
    /// Handles one job; whatever has to follow is stored when this returns. `tries` counts how often this job was handed out.
    async fn handle(&self, payload: Value, tries: usize) {
        let mut job: GradingJob = match serde_json::from_value(payload) {
            Ok(job) => job,
            Err(error) => return tracing::error!(%error, "a grading job cannot be read and is dropped: {error}"),
        };
        let interrupted = u32::try_from(tries.saturating_sub(1)).unwrap_or(u32::MAX);
        job.attempt = job.attempt.saturating_add(interrupted);
        let turn = job.judging.turn;
        match self.attempt(job).await {
            Ok(()) | Err(StoreError::NotFound(_)) => {}
            Err(error) => {
                tracing::error!(turn.id = %turn, %error, "the grading job of turn {turn} is dropped: {error}")
            }
        }
    }

    async fn attempt(&self, job: GradingJob) -> Result<(), StoreError> {
        let judging = job.judging;
        if !self.is_awaited(&judging).await? {
            return Ok(());
        }
        if job.attempt > MAX_ATTEMPTS {
            return self.give_up(&judging, "grading was interrupted again and again").await;
        }
        match self.grade(&job).await {
            Outcome::Done if !self.is_awaited(&judging).await? => Ok(()),
            Outcome::Done => self.retry(job, pause_after_failure(0), "grading ended without a result").await,
            Outcome::Retry { after, detail } => self.retry(job, after, &detail).await,
            Outcome::GiveUp { detail } => self.give_up(&judging, &detail).await,
        }
    }

    /// Has the job graded, on a task of its own: other jobs go on beside it, and a panic ends nothing but the attempt.
    async fn grade(&self, job: &GradingJob) -> Outcome {
        let (grader, job) = (Arc::clone(&self.grader), job.clone());
        let attempt = job.attempt;
        // The set ends its task when it is dropped, as it is when the worker's grace is over.
        let mut task = JoinSet::new();
        task.spawn(async move { grader.grade(job).await });
        match task.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(_)) | None => Outcome::Retry {
                after: pause_after_failure(attempt),
                detail: "grading stopped unexpectedly".to_owned(),
            },
        }
    }

    async fn is_awaited(&self, judging: &Judging) -> Result<bool, StoreError> {
        patiently(|| async {
            let mut connection = self.store.readers.acquire().await?;
            jobs::is_awaited(&mut connection, judging).await
        })
        .await
    }

    async fn retry(&self, mut job: GradingJob, after: Duration, detail: &str) -> Result<(), StoreError> {
        if job.attempt >= MAX_ATTEMPTS {
            return self.give_up(&job.judging, detail).await;
        }
        tracing::info!(turn.id = %job.judging.turn, detail, "attempt {} at grading failed; it is tried again", job.attempt);
        job.attempt += 1;
        patiently(|| async {
            let mut transaction = self.store.begin().await?;
            jobs::promise_later(&mut transaction, &job, after).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    async fn give_up(&self, judging: &Judging, detail: &str) -> Result<(), StoreError> {
        tracing::warn!(turn.id = %judging.turn, detail, "grading of turn {} is given up", judging.turn);
        patiently(|| async move { judgings::give_up(&self.store, judging, detail).await }).await
    }
}

/// Tries again while what fails will pass. A job that is let go here would be lost to its turn; the worker's end ends the wait.
async fn patiently<T, F>(operation: impl Fn() -> F) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let (mut pause, longest) = PAUSE;
    loop {
        match operation().await {
            Err(error) if error.is_passing() => {
                tracing::warn!(%error, "the outcome of a grading job cannot be stored yet: {error}");
                sleep(pause).await;
                pause = (pause * 2).min(longest);
            }
            result => return result,
        }
    }
}

/// Doubles from 1 s, to a minute at most.
fn pause_after_failure(attempt: u32) -> Duration {
    Duration::from_secs(1_u64.checked_shl(attempt).unwrap_or(u64::MAX).min(60))
}
