//! The statements that read and write rows, on a connection that the store gives them.

use interview::marks::CoachKind;
use interview::scoring::Score;
use interview::session::{Session, Sureness};
use interview::summary::Summary;
use interview::{SessionId, TurnId};
use jiff::Timestamp;
use sqlx::types::Json;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use uuid::Uuid;

use crate::answer::IdempotencyKey;
use crate::documents;
use crate::error::{Missing, StoreError};
use crate::queue::PastJudging;
use crate::rows::{JudgingRow, SessionRow, TurnRow, check_format, timestamp};
use crate::session::{QuestionHead, SessionOverview, SessionQuery, StoredSession};
use crate::turn_record::TurnRecord;

/// Takes the job of the oldest answer that is due in the lane of state $1: nobody else gets it until $3.
pub(super) const TAKE_JOB: &str = "
    update turns set attempt = attempt + 1, leased_until = $3
    where id = (
        select id from turns
        where state = $1 and due_at <= $2 and (leased_until is null or leased_until <= $2)
        order by answer_id
        limit 1
    )
    returning id, answer_id, revision, attempt, wanted_coach, wanted_model";

pub(super) const IS_QUESTION_ANSWERED: &str =
    "select exists (select 1 from turns where question_id = $1 and state in ('judged', 'ungraded', 'skipped'))";

/// Takes of the documents what verdicts are made of, and leaves the transcripts alone: they are by far the largest part.
pub(super) const ATTEMPTS: &str = "
    select session_id, created_at, finished_at, question_id, depth, target is not null as has_target, state,
           turns.format as format,
           state_document -> '$.feedback.correctness.marks' as claims,
           state_document -> '$.answer.decisions' as decisions,
           state_document -> '$.feedback.judged_by' as judged_by,
           document ->> '$.mode' = 'real' as is_real
    from sessions join turns on session_id = sessions.id
    where state <> 'asked' or depth > 0
    order by created_at, sessions.id, position, depth";

/// Names only the conditions that there are: SQLite seeks to a cursor, but not to one that may be null.
pub(super) fn list_statement(query: &SessionQuery) -> QueryBuilder<Sqlite> {
    let mut statement = QueryBuilder::new(
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
    if let Some(is_finished) = query.is_finished {
        statement.push(" and finished_at is ").push(if is_finished { "not null" } else { "null" });
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
pub(super) async fn add_scores(
    connection: &mut SqliteConnection,
    sessions: &mut [SessionOverview],
) -> Result<(), StoreError> {
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
    let mut turns = of_answered("select * from turns where state = 'judged' and target is null and session_id in (");
    let mut turns: Vec<TurnRow> = turns.push(" order by position").build_query_as().fetch_all(connection).await?;
    for (id, document, format) in documents {
        let own = turns.extract_if(.., |row| row.session_id == id).collect();
        let correctness = match score(id, &document, format, own) {
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

pub(super) async fn load_session(
    connection: &mut SqliteConnection,
    id: SessionId,
) -> Result<StoredSession, StoreError> {
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

pub(super) async fn load_document(connection: &mut SqliteConnection, id: SessionId) -> Result<Session, StoreError> {
    documents::session_of_json(load_session_row(connection, id).await?.document.get())
}

pub(super) async fn load_session_row(
    connection: &mut SqliteConnection,
    id: SessionId,
) -> Result<SessionRow, StoreError> {
    let row: SessionRow =
        sqlx::query_as("select created_at, finished_at, document, format from sessions where id = $1")
            .bind(id.uuid())
            .fetch_optional(&mut *connection)
            .await?
            .ok_or(StoreError::NotFound(Missing::Session(id)))?;
    check_format(row.format, || format!("session {id}"))?;
    Ok(row)
}

pub(super) async fn load_turn_rows(
    connection: &mut SqliteConnection,
    id: SessionId,
) -> Result<Vec<TurnRow>, StoreError> {
    let turns = sqlx::query_as("select * from turns where session_id = $1 order by position, depth").bind(id.uuid());
    Ok(turns.fetch_all(connection).await?)
}

pub(super) async fn is_finished(connection: &mut SqliteConnection, id: SessionId) -> Result<bool, StoreError> {
    let finished =
        sqlx::query_scalar("select exists (select 1 from sessions where id = $1 and finished_at is not null)");
    Ok(finished.bind(id.uuid()).fetch_one(connection).await?)
}

pub(super) async fn load_turn(connection: &mut SqliteConnection, id: TurnId) -> Result<TurnRecord, StoreError> {
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

pub(super) async fn load_judging_rows(
    connection: &mut SqliteConnection,
    id: SessionId,
) -> Result<Vec<JudgingRow>, StoreError> {
    let judgings = sqlx::query_as(
        "select judgings.*, turns.question_id, turns.target
         from judgings join turns on turns.id = judgings.turn_id
         where turns.session_id = $1
         order by position, depth, judgings.revision",
    );
    Ok(judgings.bind(id.uuid()).fetch_all(connection).await?)
}

pub(super) async fn insert_session(
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
    .bind(Json(session.questions.iter().map(QuestionHead::from).collect::<Vec<_>>()))
    .bind(documents::session_to_json(session)?)
    .bind(documents::FORMAT)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn insert_turn(connection: &mut SqliteConnection, record: &TurnRecord) -> Result<(), StoreError> {
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
    .bind(record.revision)
    .bind(documents::FORMAT)
    .execute(&mut *connection)
    .await?;
    count_change(connection, turn.session).await
}

/// Stores what can change of a turn. If it is in work, its job is due at once.
pub(super) async fn update_turn(connection: &mut SqliteConnection, record: &TurnRecord) -> Result<(), StoreError> {
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
    .bind(record.revision)
    .bind(record.key.as_ref().map(IdempotencyKey::as_str))
    .bind(record.key.as_ref().and_then(IdempotencyKey::digest))
    .bind(record.wish.coach.map(CoachKind::as_str))
    .bind(&record.wish.model)
    .bind(documents::FORMAT)
    .bind(record.turn.hints_used)
    .bind(record.turn.sureness.map(Sureness::get))
    .execute(&mut *connection)
    .await?;
    count_change(connection, record.turn.session).await
}

pub(super) async fn insert_judging(connection: &mut SqliteConnection, past: &PastJudging) -> Result<(), StoreError> {
    let PastJudging { judging, settled_at, ending } = past;
    sqlx::query("insert into judgings (answer_id, revision, turn_id, settled_at, ending, format) values ($1, $2, $3, $4, $5, $6)")
        .bind(judging.answer.uuid())
        .bind(judging.revision)
        .bind(judging.turn.uuid())
        .bind(settled_at.as_microsecond())
        .bind(documents::state_to_json(ending)?)
        .bind(documents::FORMAT)
        .execute(connection)
        .await?;
    Ok(())
}

/// Stores the turn's state as the end of its latest judging.
pub(super) async fn update_judging(connection: &mut SqliteConnection, record: &TurnRecord) -> Result<(), StoreError> {
    let Some(answer) = record.answer() else { return Ok(()) };
    sqlx::query("update judgings set ending = $3, format = $4 where answer_id = $1 and revision = $2")
        .bind(answer.uuid())
        .bind(record.revision)
        .bind(documents::state_to_json(&record.turn.state)?)
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
