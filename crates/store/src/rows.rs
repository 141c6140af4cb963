//! Rows as they are read, and what they stand for.

use interview::follow_up::{Rubric, Target};
use interview::marks::CoachKind;
use interview::schedule::{Attempt, Outcome};
use interview::session::{Place, Session, Sureness, Turn, TurnState};
use interview::{Question, QuestionId, TopicId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sqlx::types::Json;
use uuid::Uuid;

use crate::answer::IdempotencyKey;
use crate::documents;
use crate::error::{BoxError, StoreError};
use crate::queue::{CoachWish, Job, Judging, Lane, PastJudging};
use crate::session::{QuestionHead, SessionOverview};
use crate::turn_record::TurnRecord;

/// A document as it is stored.
type Document = Json<Box<RawValue>>;

#[derive(Debug, Deserialize, Serialize, sqlx::FromRow)]
pub(crate) struct SessionRow {
    pub(crate) created_at: i64,
    pub(crate) finished_at: Option<i64>,
    pub(crate) document: Document,
    pub(crate) format: u32,
}

#[derive(sqlx::FromRow)]
pub(crate) struct AttemptRow {
    pub(crate) session_id: Uuid,
    pub(crate) created_at: i64,
    pub(crate) finished_at: Option<i64>,
    pub(crate) question_id: String,
    pub(crate) depth: u8,
    pub(crate) has_target: bool,
    pub(crate) state: String,
    pub(crate) format: u32,
    pub(crate) claims: Option<String>,
    pub(crate) decisions: Option<String>,
    pub(crate) judged_by: Option<String>,
    /// None in sessions from before there were modes.
    pub(crate) is_real: Option<bool>,
}

impl AttemptRow {
    pub(crate) fn attempt(self) -> Result<Attempt, StoreError> {
        let outcome = self.outcome()?;
        // Asked about one point only, the question itself has no answer.
        let (main, follow_ups) =
            if self.has_target { (Outcome::Unmarked, vec![outcome]) } else { (outcome, Vec::new()) };
        Ok(Attempt {
            session: self.session_id.into(),
            asked_at: timestamp(self.created_at)?.into(),
            main,
            follow_ups,
            is_over: self.is_over(),
            question: QuestionId::try_from(self.question_id).map_err(corrupt)?,
        })
    }

    /// Whether the turn waits for nobody and nothing any more. A real interview is over when it is finished.
    pub(crate) fn is_over(&self) -> bool {
        let is_settled = matches!(self.state.as_str(), "judged" | "ungraded" | "skipped");
        self.finished_at.is_some() || (is_settled && self.is_real != Some(true))
    }

    pub(crate) fn outcome(&self) -> Result<Outcome, StoreError> {
        match (&self.claims, &self.judged_by) {
            _ if self.state == "skipped" => Ok(Outcome::Skipped),
            (Some(claims), Some(judged_by)) => documents::marked_of_json(claims, self.decisions.as_deref(), judged_by),
            _ => Ok(Outcome::Unmarked),
        }
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct OverviewRow {
    pub(crate) id: Uuid,
    pub(crate) created_at: i64,
    pub(crate) finished_at: Option<i64>,
    pub(crate) outline: Json<Vec<QuestionHead>>,
    pub(crate) answered: u32,
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
            correctness: None,
        })
    }
}

#[derive(Clone, Debug, Deserialize, Serialize, sqlx::FromRow)]
pub(crate) struct TurnRow {
    pub(crate) id: Uuid,
    pub(crate) session_id: Uuid,
    pub(crate) position: u32,
    pub(crate) depth: u8,
    pub(crate) question_id: String,
    pub(crate) topic: String,
    pub(crate) target: Option<Document>,
    pub(crate) prompt: String,
    pub(crate) state: String,
    pub(crate) state_document: Document,
    pub(crate) format: u32,
    pub(crate) hints_used: u8,
    pub(crate) sureness: Option<u8>,
    pub(crate) revision: u32,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) idempotency_digest: Option<String>,
    pub(crate) wanted_coach: Option<String>,
    pub(crate) wanted_model: Option<String>,
}

impl TurnRow {
    pub(crate) fn restore(self, session: Option<&Session>) -> Result<TurnRecord, StoreError> {
        let row = self;
        check_format(row.format, || format!("turn {}", row.id))?;
        let question = QuestionId::try_from(row.question_id).map_err(corrupt)?;
        let target = target(row.target.as_ref())?;
        let state = documents::state_of_json(row.state_document.get(), || rubric(session, &question, target.as_ref()))?;
        let turn = Turn {
            id: row.id.into(),
            session: row.session_id.into(),
            place: Place { position: row.position, depth: row.depth },
            question,
            target,
            prompt: row.prompt,
            hints_used: row.hints_used,
            sureness: row.sureness.map(Sureness::try_from).transpose().map_err(corrupt)?,
            state,
        };
        let key = row.idempotency_key.map(|key| key.parse::<IdempotencyKey>()).transpose().map_err(corrupt)?;
        Ok(TurnRecord {
            turn,
            topic: TopicId::try_from(row.topic).map_err(corrupt)?,
            revision: row.revision,
            key: match (key, row.idempotency_digest) {
                (Some(key), Some(digest)) => Some(key.with_digest(digest)),
                (key, _) => key,
            },
            wish: wish(row.wanted_coach, row.wanted_model)?,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct JobRow {
    pub(crate) id: Uuid,
    pub(crate) answer_id: Uuid,
    pub(crate) revision: u32,
    pub(crate) attempt: u32,
    pub(crate) wanted_coach: Option<String>,
    pub(crate) wanted_model: Option<String>,
}

impl JobRow {
    pub(crate) fn into_job(self, lane: Lane) -> Result<Job, StoreError> {
        let (turn, answer) = (self.id.into(), self.answer_id.into());
        Ok(Job {
            judging: Judging { turn, answer, revision: self.revision },
            lane,
            wish: wish(self.wanted_coach, self.wanted_model)?,
            attempt: self.attempt,
        })
    }
}

#[derive(Clone, Debug, Deserialize, Serialize, sqlx::FromRow)]
pub(crate) struct JudgingRow {
    pub(crate) answer_id: Uuid,
    pub(crate) revision: u32,
    pub(crate) turn_id: Uuid,
    pub(crate) settled_at: i64,
    pub(crate) ending: Document,
    pub(crate) format: u32,
    /// The turn's question and target.
    #[serde(skip)]
    pub(crate) question_id: String,
    #[serde(skip)]
    pub(crate) target: Option<Document>,
}

impl JudgingRow {
    pub(crate) fn restore(self, session: &Session) -> Result<PastJudging, StoreError> {
        check_format(self.format, || format!("a judging of turn {}", self.turn_id))?;
        let question = QuestionId::try_from(self.question_id).map_err(corrupt)?;
        let target = target(self.target.as_ref())?;
        let ending = documents::state_of_json(self.ending.get(), || rubric(Some(session), &question, target.as_ref()))?;
        if !matches!(ending, TurnState::Judged { .. } | TurnState::Ungraded { .. }) {
            return Err(corrupt("a judging has not ended"));
        }
        let (turn, answer) = (self.turn_id.into(), self.answer_id.into());
        let judging = Judging { turn, answer, revision: self.revision };
        Ok(PastJudging { judging, settled_at: timestamp(self.settled_at)?, ending })
    }
}

fn target(document: Option<&Document>) -> Result<Option<Target>, StoreError> {
    document.map(|document| documents::target_of_json(document.get())).transpose()
}

/// What an answer to the question was judged by.
fn rubric(session: Option<&Session>, id: &QuestionId, target: Option<&Target>) -> Result<Rubric, StoreError> {
    Ok(Rubric::of(question_of(session, id)?, target))
}

pub(crate) fn question_of<'s>(session: Option<&'s Session>, id: &QuestionId) -> Result<&'s Question, StoreError> {
    let question = session.and_then(|session| session.question(id));
    question.ok_or_else(|| corrupt(format!("question {id} is not part of its session")))
}

pub(crate) fn check_format(format: u32, what: impl FnOnce() -> String) -> Result<(), StoreError> {
    if format <= documents::FORMAT { Ok(()) } else { Err(StoreError::Newer { what: what() }) }
}

fn wish(coach: Option<String>, model: Option<String>) -> Result<CoachWish, StoreError> {
    let coach = coach.map(|coach| coach.parse::<CoachKind>()).transpose().map_err(corrupt)?;
    Ok(CoachWish { coach, model })
}

pub(crate) fn timestamp(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(corrupt)
}

pub(crate) fn corrupt(error: impl Into<BoxError>) -> StoreError {
    StoreError::Corrupt(error.into())
}
