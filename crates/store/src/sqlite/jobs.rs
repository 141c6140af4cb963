//! Grading jobs in SQLite: rows of the queue's own table, `Jobs`.
//!
//! Nothing but the worker depends on them. What a turn has come to stands in `turns` alone.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use apalis::prelude::TaskBuilder;
use apalis_sqlite::queries::push_tasks;
use interview::{AnswerId, SessionId};
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::turns;
use crate::error::StoreError;
use crate::judging::{Judging, Revision};
use crate::queue::{CoachWish, GradingJob};

/// The queue that grading jobs are in.
pub(super) const QUEUE: &str = "grading";

/// Queues a job, to be handed out at once.
pub(super) async fn promise(connection: &mut SqliteConnection, job: &GradingJob) -> Result<(), StoreError> {
    // A time that is long past: a fresh job is due whatever the clock is set to.
    push(connection, job, 0).await
}

/// Queues a job, to be handed out after `wait` at the earliest.
pub(super) async fn promise_later(
    connection: &mut SqliteConnection,
    job: &GradingJob,
    wait: Duration,
) -> Result<(), StoreError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let due = now.saturating_add(wait);
    // The queue counts whole seconds: rounding up keeps it from being early.
    push(connection, job, due.as_secs().saturating_add(u64::from(due.subsec_nanos() > 0))).await
}

/// Makes the queue as it has to be when no worker is at work: interrupted jobs wait again, every turn in work has its job, and
/// what is left of jobs and workers of the past is cleared away.
pub(super) async fn recover(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    clear(connection).await?;
    release(connection).await?;
    drop_unreadable(connection).await?;
    sqlx::query("delete from Workers where worker_type = $1").bind(QUEUE).execute(&mut *connection).await?;
    for judging in orphans(connection).await? {
        tracing::warn!(turn.id = %judging.turn, "turn {} was in work without a job; it gets a new one", judging.turn);
        promise(connection, &GradingJob { judging, wish: CoachWish::default(), attempt: 1 }).await?;
    }
    Ok(())
}

/// Lets go of the jobs that a worker held, so that the next one need not wait for its heartbeat to fail.
pub(super) async fn release(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query(
        "update Jobs
         set status = 'Pending', attempts = attempts + 1, lock_by = null, lock_at = null, done_at = null
         where job_type = $1 and status in ('Queued', 'Running')",
    )
    .bind(QUEUE)
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the jobs of a session.
pub(super) async fn forget_session(connection: &mut SqliteConnection, session: SessionId) -> Result<(), StoreError> {
    sqlx::query(
        "delete from Jobs
         where job_type = $1
           and substr(idempotency_key, 1, 32) in (select lower(hex(answer_id)) from turns where session_id = $2)",
    )
    .bind(QUEUE)
    .bind(session.uuid())
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether a turn still waits for this judging. It does not when it was settled, overtaken or deleted.
pub(super) async fn is_awaited(connection: &mut SqliteConnection, judging: &Judging) -> Result<bool, StoreError> {
    match turns::load(connection, judging.turn).await {
        Ok(record) => Ok(record.awaits(judging)),
        Err(StoreError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn push(connection: &mut SqliteConnection, job: &GradingJob, due: u64) -> Result<(), StoreError> {
    clear(connection).await?;
    let payload = serde_json::to_vec(job).map_err(|error| StoreError::Corrupt(error.into()))?;
    let task = TaskBuilder::new(payload).idempotency_key(idempotency_key(job)).run_at_timestamp(due).build();
    Ok(push_tasks(connection, QUEUE, &[task]).await?)
}

/// Removes the rows of jobs that have ended, which the queue would keep for ever.
async fn clear(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("delete from Jobs where job_type = $1 and status in ('Done', 'Failed', 'Killed')")
        .bind(QUEUE)
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes jobs that an other version wrote and this one cannot read. Their turns then count as turns without a job.
async fn drop_unreadable(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let jobs: Vec<(String, Vec<u8>)> =
        sqlx::query_as("select id, job from Jobs where job_type = $1").bind(QUEUE).fetch_all(&mut *connection).await?;
    let unreadable = jobs.into_iter().filter(|(_, payload)| serde_json::from_slice::<GradingJob>(payload).is_err());
    for (id, _) in unreadable {
        sqlx::query("delete from Jobs where id = $1").bind(id).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The judgings that a turn waits for and no job stands for.
async fn orphans(connection: &mut SqliteConnection) -> Result<Vec<Judging>, StoreError> {
    let rows: Vec<(Uuid, Uuid, u32)> = sqlx::query_as(
        "select id, answer_id, revision from turns
         where state in ('transcribing', 'judging')
           and not exists (
               select 1 from Jobs
               where job_type = $1
                 and idempotency_key like lower(hex(turns.answer_id)) || ':' || turns.revision || ':%')",
    )
    .bind(QUEUE)
    .fetch_all(connection)
    .await?;
    let judging = |(turn, answer, revision): (Uuid, Uuid, u32)| Judging {
        turn: turn.into(),
        answer: AnswerId::from(answer),
        revision: Revision::stored(revision),
    };
    Ok(rows.into_iter().map(judging).collect())
}

/// Names one attempt at one judging. It begins with the answer's id as SQLite's `hex` writes it.
fn idempotency_key(job: &GradingJob) -> String {
    format!("{}:{}:{}", job.judging.answer.uuid().simple(), job.judging.revision.get(), job.attempt)
}
