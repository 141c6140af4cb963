//! SQLite: the embedded back end, for one process.
//!
//! Readers have connections of their own. Everything that writes goes through one single connection: writers wait in line for it instead
//! of running into each other's locks.

mod connection;
mod statements;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use interview::marks::Decision;
use interview::schedule::Attempt;
use interview::session::{Answer, Session, Sureness, Turn, TurnState};
use interview::{QuestionId, SessionId, TurnId};
use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqlitePool, Transaction};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::answer::{IdempotencyKey, Submission};
use crate::archive::ArchivedSession;
use crate::error::{Missing, StoreError};
use crate::queue::{CoachWish, Job, Judging, Lane, PastJudging, Settlement};
use crate::rows::{AttemptRow, JobRow, OverviewRow, check_format, question_of};
use crate::session::{Cursor, Page, SessionOverview, SessionQuery, StoredSession};
use crate::store::Store;
use crate::turn_record::{Effect, TurnRecord};
use statements::{
    ATTEMPTS, IS_QUESTION_ANSWERED, TAKE_JOB, add_scores, insert_judging, insert_session, insert_turn, is_finished,
    list_statement, load_document, load_judging_rows, load_session, load_session_row, load_turn, load_turn_rows,
    update_judging, update_turn,
};

/// A store in one SQLite file.
pub(crate) struct SqliteStore {
    readers: SqlitePool,
    writer: SqlitePool,
    transcription_queued: Notify,
    judging_queued: Notify,
    _lock: File,
}

impl SqliteStore {
    /// Opens the database at `path`, which is created when it is missing, and keeps every other process out of it.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let lock = connection::lock(path).await?;
        let (writer, readers) = connection::open(path).await?;
        // Whoever held a job was another process, and the lock says that it is gone.
        sqlx::query("update turns set leased_until = null where leased_until is not null").execute(&writer).await?;
        Ok(Self { readers, writer, transcription_queued: Notify::new(), judging_queued: Notify::new(), _lock: lock })
    }

    /// A transaction that may write from its first statement on, so that it cannot fail half-way because another has the lock.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("begin immediate").await?)
    }

    /// Changes a turn, and announces its job if it is in work then.
    async fn change(
        &self,
        turn: TurnId,
        change: impl FnOnce(&mut TurnRecord) -> Result<Effect, StoreError> + Send,
    ) -> Result<TurnRecord, StoreError> {
        let mut transaction = self.begin().await?;
        let mut record = load_turn(&mut transaction, turn).await?;
        let was_asked = record.turn.state == TurnState::Asked;
        if change(&mut record)? == Effect::Changed {
            if was_asked && is_finished(&mut transaction, record.turn.session).await? {
                return Err(StoreError::Finished(record.turn.session));
            }
            update_turn(&mut transaction, &record).await?;
            transaction.commit().await?;
            if let Some(lane) = record.lane() {
                self.queued(lane).notify_one();
            }
        }
        Ok(record)
    }

    /// Changes the row of a job that is still the caller's; `false` when it is not. `set` ends with the column that gets `time`.
    async fn update_job(&self, job: &Job, set: &'static str, time: Timestamp) -> Result<bool, StoreError> {
        let mut statement = QueryBuilder::<Sqlite>::new("update turns set ");
        statement.push(set).push_bind(time.as_microsecond());
        statement.push(" where id = ").push_bind(job.judging.turn.uuid());
        statement.push(" and state = ").push_bind(job.lane.state());
        statement.push(" and revision = ").push_bind(job.judging.revision);
        statement.push(" and attempt = ").push_bind(job.attempt);
        Ok(statement.build().execute(&self.writer).await?.rows_affected() > 0)
    }

    fn queued(&self, lane: Lane) -> &Notify {
        match lane {
            Lane::Transcription => &self.transcription_queued,
            Lane::Judging => &self.judging_queued,
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn create_session(&self, session: &Session, turns: &[Turn]) -> Result<StoredSession, StoreError> {
        let mut transaction = self.begin().await?;
        insert_session(&mut transaction, session, Timestamp::now(), None).await?;
        for turn in turns {
            let question = session.question(&turn.question);
            let question = question.ok_or_else(|| StoreError::NotFound(Missing::Question(turn.question.clone())))?;
            insert_turn(&mut transaction, &TurnRecord::new(turn.clone(), question.topic.clone())).await?;
        }
        let stored = load_session(&mut transaction, session.id).await?;
        transaction.commit().await?;
        Ok(stored)
    }

    async fn session(&self, id: SessionId) -> Result<StoredSession, StoreError> {
        // One snapshot for the session and its turns.
        let mut snapshot = self.readers.begin().await?;
        let stored = load_session(&mut snapshot, id).await?;
        snapshot.commit().await?;
        Ok(stored)
    }

    async fn session_version(&self, id: SessionId) -> Result<u64, StoreError> {
        let version: Option<i64> = sqlx::query_scalar("select version from sessions where id = $1")
            .bind(id.uuid())
            .fetch_optional(&self.readers)
            .await?;
        version.map(i64::cast_unsigned).ok_or(StoreError::NotFound(Missing::Session(id)))
    }

    async fn is_question_answered(&self, question: &QuestionId) -> Result<bool, StoreError> {
        let answered = sqlx::query_scalar(IS_QUESTION_ANSWERED);
        Ok(answered.bind(question.as_str()).fetch_one(&self.readers).await?)
    }

    async fn attempts(&self) -> Result<Vec<Attempt>, StoreError> {
        let rows: Vec<AttemptRow> = sqlx::query_as(ATTEMPTS).fetch_all(&self.readers).await?;
        let mut attempts: Vec<Attempt> = Vec::new();
        for row in rows {
            check_format(row.format, || format!("a turn about {}", row.question_id))?;
            match (attempts.last_mut(), row.depth) {
                // A follow-up comes right behind its question.
                (Some(attempt), 1..) => {
                    attempt.follow_ups.push(row.outcome()?);
                    attempt.is_over &= row.is_over();
                }
                _ => attempts.push(row.attempt()?),
            }
        }
        Ok(attempts)
    }

    async fn sessions(&self, query: &SessionQuery) -> Result<Page, StoreError> {
        // One snapshot for the sessions and their scores.
        let mut snapshot = self.readers.begin().await?;
        let rows: Vec<OverviewRow> = list_statement(query).build_query_as().fetch_all(&mut *snapshot).await?;
        let mut sessions = rows.into_iter().map(SessionOverview::try_from).collect::<Result<Vec<_>, _>>()?;
        let limit = query.limit.get() as usize;
        let more = sessions.len() > limit;
        sessions.truncate(limit);
        add_scores(&mut snapshot, &mut sessions).await?;
        snapshot.commit().await?;
        let last = sessions.last().filter(|_| more);
        let next = last.map(|session| Cursor { created_at: session.created_at, id: session.id });
        Ok(Page { sessions, next })
    }

    async fn finish(&self, id: SessionId) -> Result<StoredSession, StoreError> {
        let mut transaction = self.begin().await?;
        let finish =
            "update sessions set finished_at = $2, version = version + 1 where id = $1 and finished_at is null";
        sqlx::query(finish).bind(id.uuid()).bind(Timestamp::now().as_microsecond()).execute(&mut *transaction).await?;
        let stored = load_session(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(stored)
    }

    async fn delete(&self, id: SessionId) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let deleted =
            sqlx::query("delete from sessions where id = $1").bind(id.uuid()).execute(&mut *transaction).await?;
        if deleted.rows_affected() == 0 {
            return Err(StoreError::NotFound(Missing::Session(id)));
        }
        sqlx::query("insert into deleted_sessions values ($1)").bind(id.uuid()).execute(&mut *transaction).await?;
        transaction.commit().await?;
        // The pages are overwritten (`secure_delete`); what was written to them before is still in the log.
        connection::empty_log(&self.writer).await
    }

    async fn delete_all(&self) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        sqlx::query("insert or ignore into deleted_sessions select id from sessions")
            .execute(&mut *transaction)
            .await?;
        sqlx::query("delete from sessions").execute(&mut *transaction).await?;
        transaction.commit().await?;
        sqlx::query("vacuum").execute(&self.writer).await?;
        connection::empty_log(&self.writer).await
    }

    async fn session_ids(&self) -> Result<Vec<SessionId>, StoreError> {
        let ids = "select id from sessions order by created_at desc, id desc";
        let ids: Vec<Uuid> = sqlx::query_scalar(ids).fetch_all(&self.readers).await?;
        Ok(ids.into_iter().map(SessionId::from).collect())
    }

    async fn export_session(&self, id: SessionId) -> Result<ArchivedSession, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let archived = ArchivedSession {
            session: load_session_row(&mut snapshot, id).await?,
            turns: load_turn_rows(&mut snapshot, id).await?,
            judgings: load_judging_rows(&mut snapshot, id).await?,
        };
        snapshot.commit().await?;
        Ok(archived)
    }

    async fn prepare_import(&self, id: SessionId) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let is_there: bool = sqlx::query_scalar("select exists (select 1 from sessions where id = $1)")
            .bind(id.uuid())
            .fetch_one(&mut *transaction)
            .await?;
        if is_there {
            return Ok(false);
        }
        let mark = sqlx::query("insert or ignore into deleted_sessions values ($1)").bind(id.uuid());
        mark.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn import_session(&self, archived: ArchivedSession) -> Result<(), StoreError> {
        let restored = archived.restore()?;
        let id = restored.session.id;
        let mut transaction = self.begin().await?;
        insert_session(&mut transaction, &restored.session, restored.created_at, restored.finished_at).await?;
        for record in &restored.turns {
            insert_turn(&mut transaction, record).await?;
            update_turn(&mut transaction, record).await?;
        }
        for past in &restored.judgings {
            insert_judging(&mut transaction, past).await?;
        }
        let keep = sqlx::query("delete from deleted_sessions where id = $1").bind(id.uuid());
        keep.execute(&mut *transaction).await?;
        transaction.commit().await?;
        for lane in restored.turns.iter().filter_map(TurnRecord::lane) {
            self.queued(lane).notify_one();
        }
        Ok(())
    }

    async fn deleted_sessions(&self) -> Result<Vec<SessionId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar("select id from deleted_sessions").fetch_all(&self.readers).await?;
        Ok(ids.into_iter().map(SessionId::from).collect())
    }

    async fn recordings_deleted(&self, sessions: &[SessionId]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for id in sessions {
            let forget = sqlx::query("delete from deleted_sessions where id = $1").bind(id.uuid());
            forget.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        connection::empty_log(&self.writer).await
    }

    async fn turn(&self, id: TurnId) -> Result<Turn, StoreError> {
        let mut connection = self.readers.acquire().await?;
        Ok(load_turn(&mut connection, id).await?.turn)
    }

    async fn accept_answer(
        &self,
        turn: TurnId,
        submission: Submission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Turn, StoreError> {
        Ok(self.change(turn, |record| record.accept(submission, key)).await?.turn)
    }

    async fn transcribed(&self, judging: &Judging, answer: Answer) -> Result<Turn, StoreError> {
        Ok(self.change(judging.turn, |record| Ok(record.transcribed(judging, answer))).await?.turn)
    }

    async fn settle(&self, judging: &Judging, settlement: Settlement) -> Result<Turn, StoreError> {
        let mut transaction = self.begin().await?;
        let mut record = load_turn(&mut transaction, judging.turn).await?;
        if record.settle(judging, &settlement)? == Effect::Unchanged {
            return Ok(record.turn);
        }
        update_turn(&mut transaction, &record).await?;
        let ending = record.turn.state.clone();
        let past = PastJudging { judging: *judging, settled_at: Timestamp::now(), ending };
        insert_judging(&mut transaction, &past).await?;
        if let Settlement::Judged { follow_up: Some(follow_up), .. } = settlement {
            let place = follow_up.place;
            let taken: bool = sqlx::query_scalar(
                "select exists (select 1 from turns where session_id = $1 and position = $2 and depth = $3)",
            )
            .bind(follow_up.session.uuid())
            .bind(place.position)
            .bind(place.depth)
            .fetch_one(&mut *transaction)
            .await?;
            if !taken && !is_finished(&mut transaction, follow_up.session).await? {
                insert_turn(&mut transaction, &TurnRecord::new(*follow_up, record.topic.clone())).await?;
            }
        }
        transaction.commit().await?;
        Ok(record.turn)
    }

    async fn correct_transcript(&self, turn: TurnId, answer: Answer) -> Result<u32, StoreError> {
        Ok(self.change(turn, |record| record.correct(answer)).await?.revision)
    }

    async fn regrade(&self, turn: TurnId, wish: CoachWish) -> Result<u32, StoreError> {
        Ok(self.change(turn, |record| record.regrade(wish)).await?.revision)
    }

    async fn decide(&self, turn: TurnId, decision: Decision) -> Result<Turn, StoreError> {
        let mut transaction = self.begin().await?;
        let mut record = load_turn(&mut transaction, turn).await?;
        let session = load_document(&mut transaction, record.turn.session).await?;
        let question = question_of(Some(&session), &record.turn.question)?;
        if record.decide(decision, question)? == Effect::Changed {
            update_turn(&mut transaction, &record).await?;
            update_judging(&mut transaction, &record).await?;
            transaction.commit().await?;
        }
        Ok(record.turn)
    }

    async fn skip(&self, turn: TurnId) -> Result<Turn, StoreError> {
        Ok(self.change(turn, TurnRecord::skip).await?.turn)
    }

    async fn take_hint(&self, turn: TurnId, available: u8) -> Result<Turn, StoreError> {
        Ok(self.change(turn, |record| record.take_hint(available)).await?.turn)
    }

    async fn set_sureness(&self, turn: TurnId, sureness: Option<Sureness>) -> Result<Turn, StoreError> {
        Ok(self.change(turn, |record| record.set_sureness(sureness)).await?.turn)
    }

    async fn prompts_asked(&self, question: &QuestionId) -> Result<Vec<String>, StoreError> {
        // Ids of turns are in the order of their creation.
        let prompts = "select prompt from (
                           select id, prompt from turns where question_id = $1 and target is null order by id desc limit 20
                       ) order by id";
        Ok(sqlx::query_scalar(prompts).bind(question.as_str()).fetch_all(&self.readers).await?)
    }

    async fn session_judgings(&self, id: SessionId) -> Result<Vec<PastJudging>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let session = match load_document(&mut connection, id).await {
            Err(StoreError::NotFound(_)) => return Ok(Vec::new()),
            session => session?,
        };
        let rows = load_judging_rows(&mut connection, id).await?;
        rows.into_iter().map(|row| row.restore(&session)).collect()
    }

    async fn take_job(&self, lane: Lane, now: Timestamp, lease: Duration) -> Result<Option<Job>, StoreError> {
        let mut rows: Vec<JobRow> = sqlx::query_as(TAKE_JOB)
            .bind(lane.state())
            .bind(now.as_microsecond())
            .bind(now.saturating_add(lease).unwrap_or(Timestamp::MAX).as_microsecond())
            // All of the one row: the statement has to run to its end to be committed.
            .fetch_all(&self.writer)
            .await?;
        rows.pop().map(|row| row.into_job(lane)).transpose()
    }

    async fn extend_lease(&self, job: &Job, until: Timestamp) -> Result<bool, StoreError> {
        self.update_job(job, "leased_until = ", until).await
    }

    async fn retry_job(&self, job: &Job, due: Timestamp) -> Result<(), StoreError> {
        self.update_job(job, "leased_until = null, due_at = ", due).await.map(drop)
    }

    async fn release_job(&self, job: &Job) -> Result<(), StoreError> {
        let set = "leased_until = null, attempt = attempt - 1, due_at = ";
        if self.update_job(job, set, Timestamp::UNIX_EPOCH).await? {
            self.queued(job.lane).notify_one();
        }
        Ok(())
    }

    async fn job_queued(&self, lane: Lane) {
        self.queued(lane).notified().await;
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.readers.close().await;
        let emptied = connection::empty_log(&self.writer).await;
        self.writer.close().await;
        emptied
    }
}
