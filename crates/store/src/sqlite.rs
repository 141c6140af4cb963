//! SQLite: the embedded back end, for one process.
//!
//! Readers have connections of their own. Everything that writes goes through one single connection, the queue's worker included:
//! writers wait in line for it instead of running into each other's locks.

mod answers;
mod connect;
mod failure;
mod jobs;
mod judgings;
mod lease;
mod rows;
mod sessions;
mod turns;
mod wake;
mod worker;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use futures::future::BoxFuture;
use interview::session::{Answer, AudioObject, Session, Turn};
use interview::{QuestionId, SessionId, TurnId};
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::answer::{IdempotencyKey, Submission};
use crate::error::StoreError;
use crate::judging::{Judging, PastJudging, Settlement};
use crate::queue::{CoachWish, Grader};
use crate::session::{Page, SessionQuery, StoredSession};
use crate::store::Store;
use lease::Lease;
use wake::Bell;

/// A store in one SQLite file. Clones share it.
#[derive(Clone)]
pub(crate) struct SqliteStore {
    readers: SqlitePool,
    writer: SqlitePool,
    bell: Bell,
    lease: Arc<Lease>,
}

impl SqliteStore {
    /// Opens the database at `path`, which is created when it is missing, and keeps every other process out of it.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let lease = Lease::take(path).await?;
        let (writer, readers) = connect::connect(path).await?;
        Ok(Self { readers, writer, bell: Bell::default(), lease: Arc::new(lease) })
    }

    /// A transaction that may write from its first statement on, so that it cannot fail half-way for want of the lock.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("begin immediate").await?)
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn create_session(&self, session: &Session, turns: &[Turn]) -> Result<StoredSession, StoreError> {
        sessions::create(self, session, turns).await
    }

    async fn session(&self, id: SessionId) -> Result<StoredSession, StoreError> {
        sessions::read(self, id).await
    }

    async fn session_version(&self, id: SessionId) -> Result<u64, StoreError> {
        sessions::version(self, id).await
    }

    async fn is_question_answered(&self, question: &QuestionId) -> Result<bool, StoreError> {
        turns::is_question_answered(self, question).await
    }

    async fn sessions(&self, query: &SessionQuery) -> Result<Page, StoreError> {
        sessions::list(self, query).await
    }

    async fn finish(&self, id: SessionId) -> Result<StoredSession, StoreError> {
        sessions::finish(self, id).await
    }

    async fn delete(&self, id: SessionId) -> Result<Vec<AudioObject>, StoreError> {
        sessions::delete(self, id).await
    }

    async fn turn(&self, id: TurnId) -> Result<Turn, StoreError> {
        let mut connection = self.readers.acquire().await?;
        Ok(turns::load(&mut connection, id).await?.turn)
    }

    async fn accept_answer(
        &self,
        turn: TurnId,
        submission: Submission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Turn, StoreError> {
        answers::change(self, turn, CoachWish::default(), |record| record.accept(submission, key)).await
    }

    async fn transcribed(&self, judging: &Judging, answer: Answer) -> Result<Turn, StoreError> {
        answers::change(self, judging.turn, CoachWish::default(), |record| Ok(record.transcribed(judging, answer)))
            .await
    }

    async fn settle(&self, judging: &Judging, settlement: Settlement) -> Result<Turn, StoreError> {
        judgings::settle(self, judging, settlement).await
    }

    async fn correct_transcript(&self, turn: TurnId, answer: Answer) -> Result<Turn, StoreError> {
        answers::change(self, turn, CoachWish::default(), |record| record.correct(answer)).await
    }

    async fn regrade(&self, turn: TurnId, wish: CoachWish) -> Result<Turn, StoreError> {
        answers::change(self, turn, wish, |record| record.regrade()).await
    }

    async fn skip(&self, turn: TurnId) -> Result<Turn, StoreError> {
        answers::change(self, turn, CoachWish::default(), |record| record.skip()).await
    }

    async fn judgings(&self, turn: TurnId) -> Result<Vec<PastJudging>, StoreError> {
        judgings::of_turn(self, turn).await
    }

    async fn session_judgings(&self, id: SessionId) -> Result<Vec<PastJudging>, StoreError> {
        judgings::of_session(self, id).await
    }

    async fn run_grading(
        &self,
        grader: Arc<dyn Grader>,
        concurrency: NonZeroUsize,
        shutdown: BoxFuture<'static, ()>,
    ) -> Result<(), StoreError> {
        worker::run(self, grader, concurrency, shutdown).await
    }
}

#[cfg(test)]
mod tests;
