//! Sessions in SQLite.

use interview::session::{AudioObject, Session, Turn};
use interview::{SessionId, TopicId};
use jiff::Timestamp;
use sqlx::types::Json;
use sqlx::{Connection, SqliteConnection};

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

pub(super) async fn list(store: &SqliteStore, query: &SessionQuery) -> Result<Page, StoreError> {
    let limit = query.limit.get();
    let rows: Vec<OverviewRow> = sqlx::query_as(
        "select id, created_at, finished_at, outline,
                (select count(*) from turns where session_id = sessions.id and answer_id is not null) as answered
         from sessions
         where ($1 is null or exists (select 1 from turns where topic = $1 and session_id = sessions.id))
           and ($2 is null or (finished_at is not null) = $2)
           and ($3 is null or (created_at, id) < ($3, $4))
         order by created_at desc, id desc
         limit $5",
    )
    .bind(query.topic.as_ref().map(TopicId::as_str))
    .bind(query.state.map(|state| state == SessionState::Finished))
    .bind(query.after.map(|cursor| cursor.created_at.as_microsecond()))
    .bind(query.after.map(|cursor| cursor.id.uuid()))
    // One more than wanted tells whether there is a next page.
    .bind(limit + 1)
    .fetch_all(&store.readers)
    .await?;
    let mut sessions = rows.into_iter().map(SessionOverview::try_from).collect::<Result<Vec<_>, _>>()?;
    let more = sessions.len() > limit as usize;
    sessions.truncate(limit as usize);
    let last = sessions.last().filter(|_| more);
    let next = last.map(|session| Cursor { created_at: session.created_at, id: session.id });
    Ok(Page { sessions, next })
}

pub(super) async fn finish(store: &SqliteStore, id: SessionId) -> Result<StoredSession, StoreError> {
    let mut transaction = store.begin().await?;
    sqlx::query("update sessions set finished_at = $2 where id = $1 and finished_at is null")
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
