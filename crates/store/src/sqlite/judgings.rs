//! Ends of judgings in SQLite, and what is remembered of them.

use interview::session::Turn;
use interview::{SessionId, TurnId};
use jiff::Timestamp;
use sqlx::SqliteConnection;
use sqlx::types::Json;

use super::rows::JudgingRow;
use super::{SqliteStore, turns};
use crate::error::StoreError;
use crate::judging::{Ending, Judging, PastJudging, Settlement};
use crate::turn_record::{Effect, TurnRecord};

pub(super) async fn settle(store: &SqliteStore, judging: &Judging, settlement: Settlement) -> Result<Turn, StoreError> {
    let mut transaction = store.begin().await?;
    let mut record = turns::load(&mut transaction, judging.turn).await?;
    if record.settle(judging, &settlement)? == Effect::Nothing {
        return Ok(record.turn);
    }
    turns::update(&mut transaction, &record).await?;
    append(&mut transaction, judging, &record.turn).await?;
    if let Settlement::Judged { follow_up: Some(follow_up), .. } = settlement {
        let follow_up = TurnRecord::new(*follow_up, record.topic.clone());
        turns::insert_if_vacant(&mut transaction, &follow_up).await?;
    }
    transaction.commit().await?;
    Ok(record.turn)
}

/// Gives a judging up: the turn becomes ungraded, and says why. A judging that nobody waits for is left alone.
pub(super) async fn give_up(store: &SqliteStore, judging: &Judging, detail: &str) -> Result<(), StoreError> {
    let mut connection = store.readers.acquire().await?;
    let record = turns::load(&mut connection, judging.turn).await?;
    drop(connection);
    let reason = record.failure(detail.to_owned());
    settle(store, judging, Settlement::Ungraded(reason)).await.map(drop)
}

pub(super) async fn of_turn(store: &SqliteStore, turn: TurnId) -> Result<Vec<PastJudging>, StoreError> {
    let mut connection = store.readers.acquire().await?;
    turns::load(&mut connection, turn).await?;
    let rows: Vec<JudgingRow> = sqlx::query_as("select * from judgings where turn_id = $1 order by revision")
        .bind(turn.uuid())
        .fetch_all(&mut *connection)
        .await?;
    rows.into_iter().map(PastJudging::try_from).collect()
}

pub(super) async fn of_session(store: &SqliteStore, session: SessionId) -> Result<Vec<PastJudging>, StoreError> {
    let rows: Vec<JudgingRow> = sqlx::query_as(
        "select judgings.* from judgings join turns on turns.id = judgings.turn_id
         where turns.session_id = $1
         order by turns.position, turns.depth, judgings.revision",
    )
    .bind(session.uuid())
    .fetch_all(&store.readers)
    .await?;
    rows.into_iter().map(PastJudging::try_from).collect()
}

async fn append(connection: &mut SqliteConnection, judging: &Judging, turn: &Turn) -> Result<(), StoreError> {
    let Some(ending) = Ending::of(&turn.state) else { return Ok(()) };
    sqlx::query(
        "insert into judgings (answer_id, revision, turn_id, settled_at, ending)
         values ($1, $2, $3, $4, $5)
         on conflict (answer_id, revision) do nothing",
    )
    .bind(judging.answer.uuid())
    .bind(judging.revision.get())
    .bind(judging.turn.uuid())
    .bind(Timestamp::now().as_microsecond())
    .bind(Json(&ending))
    .execute(connection)
    .await?;
    Ok(())
}
