//! Sessions in SQLite.

use interview::session::{AudioObject, Session, Turn};
use interview::{SessionId, TopicId};
use jiff::Timestamp;
use sqlx::types::Json;
use sqlx::{Connection, QueryBuilder, Sqlite, SqliteConnection};

use super::rows::{OverviewRow, SessionRow};
use super::{SqliteStore, jobs, turns};
use crate::error::{Missing, StoreError};
use crate::session::{Cursor, Page, QuestionHead, SessionOverview, SessionQuery, SessionState, StoredSession};
use crate::turn_record::TurnRecord;

pub(super) async fn create(
    store: &SqliteStore,
    session: &Session,
    turns: &[Turn],
) -> Result<StoredSession, StoreError> {
    let created_at = Timestamp::now().as_microsecond();
    let mut transaction = store.begin().await?;
    sqlx::query("insert into sessions (id, created_at, outline, document) values ($1, $2, $3, $4)")
        .bind(session.id.uuid())
        .bind(created_at)
        .bind(Json(outline(session)))
        .bind(Json(session))
        .execute(&mut *transaction)
        .await?;
    for turn in turns {
        let record = TurnRecord::new(turn.clone(), topic(session, turn)?);
        turns::insert(&mut transaction, &record).await?;
    }
    let stored = load(&mut transaction, session.id).await?;
    transaction.commit().await?;
    Ok(stored)
}

pub(super) async fn read(store: &SqliteStore, id: SessionId) -> Result<StoredSession, StoreError> {
    let mut connection = store.readers.acquire().await?;
    // One snapshot for the session and its turns.
    let mut snapshot = connection.begin().await?;
    let stored = load(&mut snapshot, id).await?;
    snapshot.commit().await?;
    Ok(stored)
}

pub(super) async fn version(store: &SqliteStore, id: SessionId) -> Result<u64, StoreError> {
    let version: Option<i64> = sqlx::query_scalar("select version from sessions where id = $1")
        .bind(id.uuid())
        .fetch_optional(&store.readers)
        .await?;
    version.map(i64::cast_unsigned).ok_or(StoreError::NotFound(Missing::Session(id)))
}

/// Counts a change of the session, its turns or its judgings.
pub(super) async fn changed(connection: &mut SqliteConnection, id: SessionId) -> Result<(), StoreError> {
    let count = sqlx::query("update sessions set version = version + 1 where id = $1").bind(id.uuid());
    count.execute(connection).await?;
    Ok(())
}

pub(super) async fn list(store: &SqliteStore, query: &SessionQuery) -> Result<Page, StoreError> {
    let limit = query.limit.get();
    let rows: Vec<OverviewRow> = list_statement("", query).build_query_as().fetch_all(&store.readers).await?;
    let mut sessions = rows.into_iter().map(SessionOverview::try_from).collect::<Result<Vec<_>, _>>()?;
    let more = sessions.len() > limit as usize;
    sessions.truncate(limit as usize);
    let last = sessions.last().filter(|_| more);
    let next = last.map(|session| Cursor { created_at: session.created_at, id: session.id });
    Ok(Page { sessions, next })
}

/// Names only the conditions that there are: SQLite seeks to a cursor, but not to one that may be null.
pub(super) fn list_statement(prefix: &str, query: &SessionQuery) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new(prefix);
    statement.push(
        "select id, created_at, finished_at, outline,
                (select count(*) from turns where session_id = sessions.id and answer_id is not null) as answered
         from sessions
         where true",
    );
    if let Some(topic) = &query.topic {
        statement.push(" and exists (select 1 from turns where session_id = sessions.id and topic = ");
        statement.push_bind(topic.to_string()).push(")");
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

pub(super) async fn finish(store: &SqliteStore, id: SessionId) -> Result<StoredSession, StoreError> {
    let mut transaction = store.begin().await?;
    sqlx::query("update sessions set finished_at = $2, version = version + 1 where id = $1 and finished_at is null")
        .bind(id.uuid())
        .bind(Timestamp::now().as_microsecond())
        .execute(&mut *transaction)
        .await?;
    let stored = load(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(stored)
}

pub(super) async fn delete(store: &SqliteStore, id: SessionId) -> Result<Vec<AudioObject>, StoreError> {
    let mut transaction = store.begin().await?;
    let recordings = turns::of_session(&mut transaction, id)
        .await?
        .iter()
        .filter_map(|record| record.turn.state.audio().cloned())
        .collect();
    jobs::forget_session(&mut transaction, id).await?;
    let deleted = sqlx::query("delete from sessions where id = $1").bind(id.uuid()).execute(&mut *transaction).await?;
    if deleted.rows_affected() == 0 {
        return Err(StoreError::NotFound(Missing::Session(id)));
    }
    transaction.commit().await?;
    Ok(recordings)
}

async fn load(connection: &mut SqliteConnection, id: SessionId) -> Result<StoredSession, StoreError> {
    let row: SessionRow = sqlx::query_as("select created_at, finished_at, document from sessions where id = $1")
        .bind(id.uuid())
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(StoreError::NotFound(Missing::Session(id)))?;
    let records = turns::of_session(connection, id).await?;
    row.with_turns(records.into_iter().map(|record| record.turn).collect())
}

fn outline(session: &Session) -> Vec<QuestionHead> {
    let head = |question: &interview::Question| QuestionHead {
        id: question.id.clone(),
        topic: question.topic.clone(),
        title: question.title.clone(),
    };
    session.questions.iter().map(head).collect()
}

fn topic(session: &Session, turn: &Turn) -> Result<TopicId, StoreError> {
    let question = session.question(&turn.question);
    let topic = question.map(|question| question.topic.clone());
    topic.ok_or_else(|| StoreError::NotFound(Missing::Question(turn.question.clone())))
}
