//! Turns in SQLite.

use interview::{QuestionId, SessionId, TurnId};
use sqlx::SqliteConnection;
use sqlx::types::Json;

use super::rows::TurnRow;
use super::{SqliteStore, sessions};
use crate::answer::IdempotencyKey;
use crate::error::{Missing, StoreError};
use crate::turn_record::TurnRecord;

pub(super) async fn load(connection: &mut SqliteConnection, id: TurnId) -> Result<TurnRecord, StoreError> {
    let row: TurnRow = sqlx::query_as("select * from turns where id = $1")
        .bind(id.uuid())
        .fetch_optional(connection)
        .await?
        .ok_or(StoreError::NotFound(Missing::Turn(id)))?;
    row.try_into()
}

/// The turns of a session by place.
pub(super) async fn of_session(
    connection: &mut SqliteConnection,
    session: SessionId,
) -> Result<Vec<TurnRecord>, StoreError> {
    let rows: Vec<TurnRow> = sqlx::query_as("select * from turns where session_id = $1 order by position, depth")
        .bind(session.uuid())
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(TurnRecord::try_from).collect()
}

pub(super) async fn is_question_answered(store: &SqliteStore, question: &QuestionId) -> Result<bool, StoreError> {
    let answered = sqlx::query_scalar(
        "select exists (select 1 from turns where question_id = $1 and state in ('judged', 'ungraded', 'skipped'))",
    );
    Ok(answered.bind(question.as_str()).fetch_one(&store.readers).await?)
}

/// Inserts a turn unless there is one at its place already.
pub(super) async fn insert_if_vacant(connection: &mut SqliteConnection, record: &TurnRecord) -> Result<(), StoreError> {
    let place = record.turn.place;
    let taken: bool = sqlx::query_scalar(
        "select exists (select 1 from turns where session_id = $1 and position = $2 and depth = $3)",
    )
    .bind(record.turn.session.uuid())
    .bind(place.position)
    .bind(place.depth)
    .fetch_one(&mut *connection)
    .await?;
    if taken { Ok(()) } else { insert(connection, record).await }
}

pub(super) async fn insert(connection: &mut SqliteConnection, record: &TurnRecord) -> Result<(), StoreError> {
    let turn = &record.turn;
    sqlx::query(
        "insert into turns (id, session_id, position, depth, question_id, topic, target, prompt,
                            state, state_document, answer_id, revision, idempotency_key, idempotency_digest)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(turn.id.uuid())
    .bind(turn.session.uuid())
    .bind(turn.place.position)
    .bind(turn.place.depth)
    .bind(turn.question.as_str())
    .bind(record.topic.as_str())
    .bind(turn.target.as_ref().map(Json))
    .bind(&turn.prompt)
    .bind(turn.state.name())
    .bind(Json(&turn.state))
    .bind(record.answer().map(|id| id.uuid()))
    .bind(record.revision.get())
    .bind(record.key.as_ref().map(IdempotencyKey::as_str))
    .bind(record.key.as_ref().and_then(IdempotencyKey::digest))
    .execute(&mut *connection)
    .await?;
    sessions::changed(connection, turn.session).await
}

/// Stores what can change of a turn.
pub(super) async fn update(connection: &mut SqliteConnection, record: &TurnRecord) -> Result<(), StoreError> {
    sqlx::query(
        "update turns
         set state = $2, state_document = $3, answer_id = $4, revision = $5, idempotency_key = $6,
             idempotency_digest = $7
         where id = $1",
    )
    .bind(record.turn.id.uuid())
    .bind(record.turn.state.name())
    .bind(Json(&record.turn.state))
    .bind(record.answer().map(|id| id.uuid()))
    .bind(record.revision.get())
    .bind(record.key.as_ref().map(IdempotencyKey::as_str))
    .bind(record.key.as_ref().and_then(IdempotencyKey::digest))
    .execute(&mut *connection)
    .await?;
    sessions::changed(connection, record.turn.session).await
}
