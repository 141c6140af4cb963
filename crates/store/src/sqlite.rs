//! SQLite: the embedded back end, for one process.
//!
//! Readers have connections of their own. Everything that writes goes through one single connection: writers wait in line for it instead
//! of running into each other's locks.

mod connection;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use interview::marks::Decision;
use interview::schedule::Attempt;
use interview::scoring::Score;
use interview::session::{Answer, Session, Sureness, Turn, TurnState};
use interview::summary::Summary;
use interview::{QuestionId, SessionId, TurnId};
use jiff::Timestamp;
use sqlx::types::Json;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::answer::{IdempotencyKey, Submission};
use crate::archive::ArchivedSession;
use crate::documents;
use crate::error::{Missing, StoreError};
use crate::judging::{Ending, Judging, PastJudging, Revision, Settlement};
use crate::queue::{CoachWish, Job, Lane};
use crate::rows::{
    AttemptRow, JobRow, JudgingRow, OverviewRow, SessionRow, TurnRow, check_format, coach_name, question_of, timestamp,
};
use crate::session::{Cursor, Page, QuestionHead, SessionOverview, SessionQuery, SessionState, StoredSession};
use crate::store::Store;
use crate::turn_record::{Effect, TurnRecord};
use connection::DatabaseLock;

/// A store in one SQLite file.
pub(crate) struct SqliteStore {
    readers: SqlitePool,
    writer: SqlitePool,
    transcription_queued: Notify,
    judging_queued: Notify,
    _lock: DatabaseLock,
}

impl SqliteStore {
    /// Opens the database at `path`, which is created when it is missing, and keeps every other process out of it.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let lock = DatabaseLock::take(path).await?;
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
        statement.push(" and revision = ").push_bind(job.judging.revision.get());
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
        let mut connection = self.readers.acquire().await?;
        // One snapshot for the session and its turns.
        let mut snapshot = connection.begin().await?;
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
        let mut connection = self.readers.acquire().await?;
        // One snapshot for the sessions and their scores.
        let mut snapshot = connection.begin().await?;
        let rows: Vec<OverviewRow> = list_statement("", query).build_query_as().fetch_all(&mut *snapshot).await?;
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

    async fn count_sessions(&self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar("select count(*) from sessions").fetch_one(&self.readers).await?;
        Ok(count.cast_unsigned())
    }

    async fn export_session(&self, id: SessionId) -> Result<ArchivedSession, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let mut snapshot = connection.begin().await?;
        let archived = ArchivedSession {
            session: load_session_row(&mut snapshot, id).await?,
            turns: load_turn_rows(&mut snapshot, id).await?,
            judgings: load_judging_rows(&mut snapshot, "turns.session_id = ", id.uuid()).await?,
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
        if let Some(ending) = Ending::of(&record.turn.state) {
            let past = PastJudging { judging: *judging, settled_at: Timestamp::now(), ending };
            insert_judging(&mut transaction, &past).await?;
        }
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

    async fn correct_transcript(&self, turn: TurnId, answer: Answer) -> Result<Revision, StoreError> {
        Ok(self.change(turn, |record| record.correct(answer)).await?.revision)
    }

    async fn regrade(&self, turn: TurnId, wish: CoachWish) -> Result<Revision, StoreError> {
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
                           select id, prompt from turns where question_id = $1 and depth = 0 order by id desc limit 20
                       ) order by id";
        Ok(sqlx::query_scalar(prompts).bind(question.as_str()).fetch_all(&self.readers).await?)
    }

    async fn judgings(&self, turn: TurnId) -> Result<Vec<PastJudging>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let session: Uuid = sqlx::query_scalar("select session_id from turns where id = $1")
            .bind(turn.uuid())
            .fetch_optional(&mut *connection)
            .await?
            .ok_or(StoreError::NotFound(Missing::Turn(turn)))?;
        let session = load_document(&mut connection, session.into()).await?;
        load_judgings(&mut connection, &session, "turns.id = ", turn.uuid()).await
    }

    async fn session_judgings(&self, id: SessionId) -> Result<Vec<PastJudging>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let session = match load_document(&mut connection, id).await {
            Err(StoreError::NotFound(_)) => return Ok(Vec::new()),
            session => session?,
        };
        load_judgings(&mut connection, &session, "turns.session_id = ", id.uuid()).await
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

/// Takes the job of the oldest answer that is due in the lane of state $1. Postgres will say `for update skip locked` in the inner query.
const TAKE_JOB: &str = "
    update turns set attempt = attempt + 1, leased_until = $3
    where id = (
        select id from turns
        where state = $1 and due_at <= $2 and (leased_until is null or leased_until <= $2)
        order by answer_id
        limit 1
    )
    returning id, answer_id, revision, attempt, wanted_coach, wanted_model";

const IS_QUESTION_ANSWERED: &str =
    "select exists (select 1 from turns where question_id = $1 and state in ('judged', 'ungraded', 'skipped'))";

/// Takes of the documents what verdicts are made of, and leaves the transcripts alone: they are by far the largest part.
const ATTEMPTS: &str = "
    select session_id, created_at, finished_at, question_id, depth, state, turns.format as format,
           state_document -> '$.feedback.correctness.marks' as claims,
           state_document -> '$.answer.decisions' as decisions,
           state_document -> '$.feedback.judged_by' as judged_by,
           document ->> '$.mode' = 'real' as is_real
    from sessions join turns on session_id = sessions.id
    where state <> 'asked' or depth > 0
    order by created_at, sessions.id, position, depth";

/// Names only the conditions that there are: SQLite seeks to a cursor, but not to one that may be null.
fn list_statement(prefix: &str, query: &SessionQuery) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new(prefix);
    statement.push(
        "select id, created_at, finished_at, outline,
                (select count(*) from turns where session_id = sessions.id and answer_id is not null) as answered
         from sessions
         where true",
    );
    if let Some(topics) = &query.topics {
        statement.push(" and exists (select 1 from turns where session_id = sessions.id and topic in (");
        let mut list = statement.separated(", ");
        topics.iter().for_each(|topic| _ = list.push_bind(topic.to_string()));
        statement.push("))");
    }
    for word in &query.words {
        let text = "lower(value ->> '$.title' || ' ' || replace(value ->> '$.topic', '-', ' ') || ' ' || (value ->> '$.topic'))";
        statement.push(" and exists (select 1 from json_each(outline) where instr(").push(text);
        statement.push(", ").push_bind(word.to_lowercase()).push(") > 0)");
    }
    if let Some(state) = query.state {
        statement.push(" and finished_at is ").push(if state == SessionState::Finished { "not null" } else { "null" });
    }
    if let Some(cursor) = query.after {
        statement.push(" and (created_at, id) < (").push_bind(cursor.created_at.as_microsecond());
        statement.push(", ").push_bind(cursor.id.uuid()).push(")");
    }
    // One more than wanted tells whether there is a next page.
    statement.push(" order by created_at desc, id desc limit ").push_bind(query.limit.get() + 1);
    statement
}

/// Scores all sessions at once, by two statements.
async fn add_scores(connection: &mut SqliteConnection, sessions: &mut [SessionOverview]) -> Result<(), StoreError> {
    let answered: Vec<Uuid> = sessions.iter().filter(|session| session.answered > 0).map(|it| it.id.uuid()).collect();
    let of_answered = |statement: &'static str| {
        let mut statement = QueryBuilder::<Sqlite>::new(statement);
        let mut list = statement.separated(", ");
        answered.iter().for_each(|id| _ = list.push_bind(*id));
        statement.push(")");
        statement
    };
    let mut documents = of_answered("select id, document, format from sessions where id in (");
    let documents: Vec<(Uuid, String, u32)> = documents.build_query_as().fetch_all(&mut *connection).await?;
    let mut turns = of_answered("select * from turns where state = 'judged' and depth = 0 and session_id in (");
    let turns: Vec<TurnRow> = turns.push(" order by position").build_query_as().fetch_all(connection).await?;
    let mut by_session: HashMap<Uuid, Vec<TurnRow>> = HashMap::new();
    for row in turns {
        by_session.entry(row.session_id).or_default().push(row);
    }
    for (id, document, format) in documents {
        let correctness = match score(id, &document, format, by_session.remove(&id).unwrap_or_default()) {
            // The session is listed all the same.
            Err(StoreError::Newer { .. }) => None,
            correctness => correctness?,
        };
        if let Some(overview) = sessions.iter_mut().find(|overview| overview.id.uuid() == id) {
            overview.correctness = correctness;
        }
    }
    Ok(())
}

/// The mean score of a session's main answers.
fn score(id: Uuid, document: &str, format: u32, turns: Vec<TurnRow>) -> Result<Option<Score>, StoreError> {
    check_format(format, || format!("session {id}"))?;
    let session = documents::session_of_json(document)?;
    let turns = turns.into_iter().map(|row| Ok(row.restore(Some(&session))?.turn));
    let turns = turns.collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Summary::of(&session, &turns).correctness)
}

async fn load_session(connection: &mut SqliteConnection, id: SessionId) -> Result<StoredSession, StoreError> {
    let row = load_session_row(connection, id).await?;
    let turns = load_turn_rows(connection, id).await?;
    let session = documents::session_of_json(row.document.get())?;
    let turns = turns.into_iter().map(|row| Ok(row.restore(Some(&session))?.turn));
    Ok(StoredSession {
        turns: turns.collect::<Result<_, StoreError>>()?,
        session,
        created_at: timestamp(row.created_at)?,
        finished_at: row.finished_at.map(timestamp).transpose()?,
    })
}

async fn load_document(connection: &mut SqliteConnection, id: SessionId) -> Result<Session, StoreError> {
    documents::session_of_json(load_session_row(connection, id).await?.document.get())
}

async fn load_session_row(connection: &mut SqliteConnection, id: SessionId) -> Result<SessionRow, StoreError> {
    let row: SessionRow =
        sqlx::query_as("select created_at, finished_at, document, format from sessions where id = $1")
            .bind(id.uuid())
            .fetch_optional(&mut *connection)
            .await?
            .ok_or(StoreError::NotFound(Missing::Session(id)))?;
    check_format(row.format, || format!("session {id}"))?;
    Ok(row)
}

async fn load_turn_rows(connection: &mut SqliteConnection, id: SessionId) -> Result<Vec<TurnRow>, StoreError> {
    let turns = sqlx::query_as("select * from turns where session_id = $1 order by position, depth").bind(id.uuid());
    Ok(turns.fetch_all(connection).await?)
}

async fn is_finished(connection: &mut SqliteConnection, id: SessionId) -> Result<bool, StoreError> {
    let finished =
        sqlx::query_scalar("select exists (select 1 from sessions where id = $1 and finished_at is not null)");
    Ok(finished.bind(id.uuid()).fetch_one(connection).await?)
}

async fn load_turn(connection: &mut SqliteConnection, id: TurnId) -> Result<TurnRecord, StoreError> {
    let row: TurnRow = sqlx::query_as("select * from turns where id = $1")
        .bind(id.uuid())
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(StoreError::NotFound(Missing::Turn(id)))?;
    // Only feedback is read with the question that it is about.
    let session = match row.state.as_str() {
        "judged" => Some(load_document(connection, row.session_id.into()).await?),
        _ => None,
    };
    row.restore(session.as_ref())
}

/// The judgings of `session` that `condition` on `id` selects, by place and revision.
async fn load_judgings(
    connection: &mut SqliteConnection,
    session: &Session,
    condition: &'static str,
    id: Uuid,
) -> Result<Vec<PastJudging>, StoreError> {
    let rows = load_judging_rows(connection, condition, id).await?;
    rows.into_iter().map(|row| row.restore(session)).collect()
}

async fn load_judging_rows(
    connection: &mut SqliteConnection,
    condition: &'static str,
    id: Uuid,
) -> Result<Vec<JudgingRow>, StoreError> {
    let mut statement = QueryBuilder::<Sqlite>::new(
        "select judgings.*, turns.question_id, turns.target
         from judgings join turns on turns.id = judgings.turn_id
         where ",
    );
    statement.push(condition).push_bind(id).push(" order by position, depth, judgings.revision");
    Ok(statement.build_query_as().fetch_all(connection).await?)
}

async fn insert_session(
    connection: &mut SqliteConnection,
    session: &Session,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into sessions (id, created_at, finished_at, outline, document, format) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(session.id.uuid())
    .bind(created_at.as_microsecond())
    .bind(finished_at.map(Timestamp::as_microsecond))
    .bind(Json(outline(session)))
    .bind(documents::session_to_json(session)?)
    .bind(documents::FORMAT)
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_turn(connection: &mut SqliteConnection, record: &TurnRecord) -> Result<(), StoreError> {
    let turn = &record.turn;
    sqlx::query(
        "insert into turns (id, session_id, position, depth, question_id, topic, target, prompt,
                            state, state_document, revision, format)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(turn.id.uuid())
    .bind(turn.session.uuid())
    .bind(turn.place.position)
    .bind(turn.place.depth)
    .bind(turn.question.as_str())
    .bind(record.topic.as_str())
    .bind(turn.target.as_ref().map(documents::target_to_json).transpose()?)
    .bind(&turn.prompt)
    .bind(turn.state.name())
    .bind(documents::state_to_json(&turn.state)?)
    .bind(record.revision.get())
    .bind(documents::FORMAT)
    .execute(&mut *connection)
    .await?;
    count_change(connection, turn.session).await
}

/// Stores what can change of a turn. If it is in work, its job is due at once.
async fn update_turn(connection: &mut SqliteConnection, record: &TurnRecord) -> Result<(), StoreError> {
    sqlx::query(
        "update turns
         set state = $2, state_document = $3, answer_id = $4, revision = $5, idempotency_key = $6, idempotency_digest = $7,
             wanted_coach = $8, wanted_model = $9, format = $10, hints_used = $11, sureness = $12, attempt = 0, due_at = 0, leased_until = null
         where id = $1",
    )
    .bind(record.turn.id.uuid())
    .bind(record.turn.state.name())
    .bind(documents::state_to_json(&record.turn.state)?)
    .bind(record.answer().map(|id| id.uuid()))
    .bind(record.revision.get())
    .bind(record.key.as_ref().map(IdempotencyKey::as_str))
    .bind(record.key.as_ref().and_then(IdempotencyKey::digest))
    .bind(record.wish.coach.map(coach_name))
    .bind(&record.wish.model)
    .bind(documents::FORMAT)
    .bind(record.turn.hints_used)
    .bind(record.turn.sureness.map(Sureness::get))
    .execute(&mut *connection)
    .await?;
    count_change(connection, record.turn.session).await
}

async fn insert_judging(connection: &mut SqliteConnection, past: &PastJudging) -> Result<(), StoreError> {
    let PastJudging { judging, settled_at, ending } = past;
    sqlx::query("insert into judgings (answer_id, revision, turn_id, settled_at, ending, format) values ($1, $2, $3, $4, $5, $6)")
        .bind(judging.answer.uuid())
        .bind(judging.revision.get())
        .bind(judging.turn.uuid())
        .bind(settled_at.as_microsecond())
        .bind(documents::ending_to_json(ending)?)
        .bind(documents::FORMAT)
        .execute(connection)
        .await?;
    Ok(())
}

/// Stores the turn's state as the end of its latest judging.
async fn update_judging(connection: &mut SqliteConnection, record: &TurnRecord) -> Result<(), StoreError> {
    let Some((answer, ending)) = record.answer().zip(Ending::of(&record.turn.state)) else { return Ok(()) };
    sqlx::query("update judgings set ending = $3, format = $4 where answer_id = $1 and revision = $2")
        .bind(answer.uuid())
        .bind(record.revision.get())
        .bind(documents::ending_to_json(&ending)?)
        .bind(documents::FORMAT)
        .execute(connection)
        .await?;
    Ok(())
}

/// Counts a change of the session, its turns or its judgings.
async fn count_change(connection: &mut SqliteConnection, id: SessionId) -> Result<(), StoreError> {
    let count = sqlx::query("update sessions set version = version + 1 where id = $1").bind(id.uuid());
    count.execute(connection).await?;
    Ok(())
}

fn outline(session: &Session) -> Vec<QuestionHead> {
    let head = |question: &interview::Question| QuestionHead {
        id: question.id.clone(),
        topic: question.topic.clone(),
        title: question.title.clone(),
    };
    session.questions.iter().map(head).collect()
}

#[cfg(test)]
mod tests;
