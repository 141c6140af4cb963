//! Rows as they come out of the database, and what they stand for.

use interview::follow_up::Target;
use interview::session::{Place, Session, Turn, TurnState};
use interview::{QuestionId, TopicId};
use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use crate::answer::{IdempotencyKey, InvalidIdempotencyKey};
use crate::error::StoreError;
use crate::judging::{Ending, Judging, PastJudging, Revision};
use crate::session::{QuestionHead, SessionOverview, StoredSession};
use crate::turn_record::TurnRecord;

#[derive(sqlx::FromRow)]
pub(super) struct SessionRow {
    created_at: i64,
    finished_at: Option<i64>,
    document: Json<Session>,
}

impl SessionRow {
    pub(super) fn with_turns(self, turns: Vec<Turn>) -> Result<StoredSession, StoreError> {
        Ok(StoredSession {
            session: self.document.0,
            turns,
            created_at: timestamp(self.created_at)?,
            finished_at: self.finished_at.map(timestamp).transpose()?,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct OverviewRow {
    id: Uuid,
    created_at: i64,
    finished_at: Option<i64>,
    outline: Json<Vec<QuestionHead>>,
    answered: u32,
}

impl TryFrom<OverviewRow> for SessionOverview {
    type Error = StoreError;

    fn try_from(row: OverviewRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id.into(),
            created_at: timestamp(row.created_at)?,
            finished_at: row.finished_at.map(timestamp).transpose()?,
            questions: row.outline.0,
            answered: row.answered,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct TurnRow {
    id: Uuid,
    session_id: Uuid,
    position: u32,
    depth: u8,
    question_id: String,
    topic: String,
    target: Option<Json<Target>>,
    prompt: String,
    state_document: Json<TurnState>,
    revision: u32,
    idempotency_key: Option<String>,
    idempotency_digest: Option<String>,
}

impl TryFrom<TurnRow> for TurnRecord {
    type Error = StoreError;

    fn try_from(row: TurnRow) -> Result<Self, Self::Error> {
        let turn = Turn {
            id: row.id.into(),
            session: row.session_id.into(),
            place: Place { position: row.position, depth: row.depth },
            question: QuestionId::try_from(row.question_id).map_err(|error| StoreError::Corrupt(error.into()))?,
            target: row.target.map(|target| target.0),
            prompt: row.prompt,
            state: row.state_document.0,
        };
        let key = row.idempotency_key.map(|key| {
            let key: IdempotencyKey = key.parse()?;
            Ok::<_, InvalidIdempotencyKey>(match row.idempotency_digest {
                Some(digest) => key.with_digest(digest),
                None => key,
            })
        });
        Ok(Self {
            turn,
            topic: TopicId::try_from(row.topic).map_err(|error| StoreError::Corrupt(error.into()))?,
            revision: Revision::stored(row.revision),
            key: key.transpose().map_err(|error| StoreError::Corrupt(error.into()))?,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct JudgingRow {
    answer_id: Uuid,
    revision: u32,
    turn_id: Uuid,
    settled_at: i64,
    ending: Json<Ending>,
}

impl TryFrom<JudgingRow> for PastJudging {
    type Error = StoreError;

    fn try_from(row: JudgingRow) -> Result<Self, Self::Error> {
        let judging = Judging {
            turn: row.turn_id.into(),
            answer: row.answer_id.into(),
            revision: Revision::stored(row.revision),
        };
        Ok(Self { judging, settled_at: timestamp(row.settled_at)?, ending: row.ending.0 })
    }
}

fn timestamp(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|error| StoreError::Corrupt(error.into()))
}
