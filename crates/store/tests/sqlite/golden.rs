//! Databases that older versions wrote (`tests/golden`) are opened, and everything in them is read.

use std::path::Path;

use interview::marks::{CoachKind, DecidedVerdict};
use interview::schedule::Outcome;
use interview::session::{Mode, Sureness};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, SqliteConnection};
use store::{Lane, SessionQuery, StoreError, StoredSession};
use tempfile::TempDir;
use uuid::Uuid;

use crate::contract::fixtures::{LANES, LEASE, judgings_of};
use crate::{look_into, open_in};

#[tokio::test]
async fn databases_of_older_versions_are_read_whole() {
    for (golden, counts) in
        [("0.1/viva.sqlite", (6, 19, 10)), ("format-2/viva.sqlite", (6, 19, 10)), ("format-3/viva.sqlite", (7, 22, 11))]
    {
        is_read_whole(golden, counts).await;
    }
}

async fn is_read_whole(golden: &str, counts: (usize, usize, usize)) {
    let (folder, mut raw) = copy_of(golden).await;
    let turns: Vec<(Uuid, String)> = all(&mut raw, "select id, state from turns order by id").await;
    let judgings: Vec<(Uuid,)> = all(&mut raw, "select turn_id from judgings order by turn_id").await;

    let store = open_in(folder.path()).await.unwrap();
    let page = store.sessions(&SessionQuery::default()).await.unwrap();
    assert_eq!((page.sessions.len(), turns.len(), judgings.len()), counts);
    let (mut states, mut history) = (Vec::new(), Vec::new());
    for session in page.sessions {
        let stored = store.session(session.id).await.unwrap();
        assert_eq!(stored.session.questions.len(), session.questions.len());
        for turn in stored.turns {
            assert_eq!(store.turn(turn.id).await.unwrap(), turn);
            assert!(judgings_of(&store, turn.id).await.len() <= 4);
            states.push((turn.id.uuid(), turn.state.name().to_owned()));
        }
        history
            .extend(store.session_judgings(session.id).await.unwrap().iter().map(|past| (past.judging.turn.uuid(),)));
    }
    let marked = states.iter().filter(|(_, state)| state == "judged").count();
    let attempts = store.attempts().await.unwrap();
    let outcomes = attempts.iter().flat_map(|attempt| [&attempt.main].into_iter().chain(&attempt.follow_ups));
    assert_eq!(outcomes.filter(|outcome| matches!(outcome, Outcome::Marked { .. })).count(), marked);
    states.sort();
    history.sort();
    assert_eq!((states, history), (turns, judgings));
}

#[tokio::test]
async fn what_a_round_could_not_have_when_it_was_stored_is_left_open() {
    for golden in ["0.1/viva.sqlite", "format-2/viva.sqlite"] {
        for stored in sessions(golden).await {
            assert_eq!(stored.session.mode, Mode::Study);
            assert!(stored.turns.iter().all(|turn| turn.sureness.is_none()), "nobody was asked");
        }
    }
}

#[tokio::test]
async fn what_the_candidate_decided_and_felt_is_read() {
    let sessions = sessions("format-3/viva.sqlite").await;
    assert_eq!(sessions.iter().filter(|stored| stored.session.mode == Mode::Real).count(), 1);
    let decided = sessions.iter().flat_map(|stored| &stored.turns).find(|turn| turn.hints_used == 1).unwrap();
    assert_eq!(decided.sureness.map(Sureness::get), Some(3));
    let marks = decided.state.feedback().unwrap().marks().unwrap();
    assert_eq!(marks.key_points()[0].decision, Some(DecidedVerdict::Hit));
    assert_eq!((marks.misconceptions().len(), marks.disputed().len()), (1, 1));
}

/// Every session of a golden database.
async fn sessions(golden: &str) -> Vec<StoredSession> {
    let (folder, _raw) = copy_of(golden).await;
    let store = open_in(folder.path()).await.unwrap();
    let mut sessions = Vec::new();
    for session in store.sessions(&SessionQuery::default()).await.unwrap().sessions {
        sessions.push(store.session(session.id).await.unwrap());
    }
    sessions
}

#[tokio::test]
async fn feedback_from_before_endings_were_kept_is_part_of_the_history() {
    let (folder, mut raw) = copy_of("0.1/schema-1.sqlite").await;
    let feedback: Vec<(Uuid, i64, String)> =
        all(&mut raw, "select turn_id, judged_at, feedback ->> '$.next_step' from judgings").await;
    assert_eq!(feedback.len(), 7);

    let store = open_in(folder.path()).await.unwrap();
    for (turn, judged_at, next_step) in feedback {
        let history = judgings_of(&store, turn.into()).await;
        let past = history.iter().find(|past| past.settled_at.as_microsecond() == judged_at).unwrap();
        assert_eq!(past.ending.feedback().unwrap().next_step(), next_step);
    }
}

#[tokio::test]
async fn a_document_of_a_newer_version_is_not_misread() {
    let (folder, mut raw) = copy_of("0.1/viva.sqlite").await;
    let store = open_in(folder.path()).await.unwrap();
    for table in ["turns", "judgings", "sessions"] {
        let newer = sqlx::AssertSqlSafe(format!("update {table} set format = 99"));
        sqlx::query(newer).execute(&mut raw).await.unwrap();
    }
    let session = store.sessions(&SessionQuery::default()).await.unwrap().sessions[0].id;
    assert!(matches!(store.session(session).await, Err(StoreError::Newer { .. })));
    assert!(matches!(store.attempts().await, Err(StoreError::Newer { .. })));
    let (turn,): (Uuid,) = all(&mut raw, "select turn_id from judgings").await.remove(0);
    assert!(matches!(store.turn(turn.into()).await, Err(StoreError::Newer { .. })));
    assert!(matches!(store.session_judgings(session).await, Err(StoreError::Newer { .. })));
}

#[tokio::test]
async fn jobs_of_the_queue_before_are_taken_up_with_their_wishes() {
    let (folder, _raw) = copy_of("0.1/viva.sqlite").await;
    let store = open_in(folder.path()).await.unwrap();
    let mut wishes = Vec::new();
    for lane in LANES {
        while let Some(job) = store.take_job(lane, Timestamp::now(), LEASE).await.unwrap() {
            wishes.push((lane, job.judging.revision, job.attempt, job.wish.coach, job.wish.model));
        }
    }
    let by_another = (Lane::Judging, 2, 1, Some(CoachKind::Llm), Some("a-third-model".to_owned()));
    let plain = |lane| (lane, 1, 1, None, None);
    let (sound, words) = (plain(Lane::Transcription), plain(Lane::Judging));
    assert_eq!(wishes, [sound, by_another, words.clone(), words.clone(), words]);
}

/// A golden database, copied to where a store finds it, and a connection to it.
pub async fn copy_of(golden: &str) -> (TempDir, SqliteConnection) {
    let folder = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(golden);
    std::fs::copy(golden, folder.path().join("viva.sqlite")).unwrap();
    let connection = look_into(folder.path()).await;
    (folder, connection)
}

async fn all<T>(connection: &mut SqliteConnection, statement: &'static str) -> Vec<T>
where
    T: for<'row> FromRow<'row, SqliteRow> + Send + Unpin,
{
    sqlx::query_as(statement).fetch_all(connection).await.unwrap()
}
