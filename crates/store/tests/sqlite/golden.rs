//! Databases that older versions wrote (`tests/golden`) are read to the last bit.

use std::path::Path;

use interview::marks::CoachKind;
use jiff::Timestamp;
use serde_json::Value;
use sqlx::SqliteConnection;
use store::Lane;
use tempfile::TempDir;

use crate::contract::fixtures::LEASE;
use crate::{look_into, open_in};

#[tokio::test]
async fn every_document_of_an_older_version_is_read() {
    let (folder, mut raw) = copy_of("0.1/viva.sqlite").await;
    let states = documents(&mut raw, "select id, state_document from turns").await;
    let endings = documents(&mut raw, "select turn_id, ending from judgings order by turn_id, revision").await;
    let sessions = documents(&mut raw, "select id, document from sessions").await;
    assert_eq!((sessions.len(), states.len(), endings.len()), (6, 19, 10));

    let store = open_in(folder.path()).await.unwrap();
    for (id, document) in sessions {
        let read = store.session(id.into()).await.unwrap();
        assert_eq!(serde_json::to_value(&read.session).unwrap(), document);
    }
    for (id, document) in &states {
        let read = store.turn((*id).into()).await.unwrap();
        assert_eq!(&serde_json::to_value(&read.state).unwrap(), document);
    }
    let mut read = Vec::new();
    for (id, _) in &states {
        for past in store.judgings((*id).into()).await.unwrap() {
            read.push((*id, serde_json::to_value(&past.ending).unwrap()));
        }
    }
    read.sort_by_key(|(id, _)| *id);
    assert_eq!(read, endings);
}

#[tokio::test]
async fn feedback_from_before_endings_were_kept_is_part_of_the_history() {
    let (folder, mut raw) = copy_of("0.1/schema-1.sqlite").await;
    let feedback = documents(&mut raw, "select turn_id, feedback from judgings order by turn_id, revision").await;
    assert_eq!(feedback.len(), 7);

    let store = open_in(folder.path()).await.unwrap();
    for (turn, expected) in feedback {
        let history = store.judgings(turn.into()).await.unwrap();
        let read = history.iter().filter_map(|past| past.ending.feedback());
        assert!(read.map(|feedback| serde_json::to_value(feedback).unwrap()).any(|read| read == expected));
    }
}

#[tokio::test]
async fn jobs_of_the_queue_before_are_taken_up_with_their_wishes() {
    let (folder, _raw) = copy_of("0.1/viva.sqlite").await;
    let store = open_in(folder.path()).await.unwrap();
    let mut wishes = Vec::new();
    for lane in Lane::ALL {
        while let Some(job) = store.take_job(lane, Timestamp::now(), LEASE).await.unwrap() {
            wishes.push((lane, job.judging.revision.get(), job.attempt, job.wish.coach, job.wish.model));
        }
    }
    let by_another = (Lane::Judging, 2, 1, Some(CoachKind::Llm), Some("a-third-model".to_owned()));
    let plain = |lane| (lane, 1, 1, None, None);
    let (sound, words) = (plain(Lane::Transcription), plain(Lane::Judging));
    assert_eq!(wishes, [sound, by_another, words.clone(), words.clone(), words]);
}

/// A golden database, copied to where a store finds it, and a connection to it.
async fn copy_of(golden: &str) -> (TempDir, SqliteConnection) {
    let folder = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(golden);
    std::fs::copy(golden, folder.path().join("viva.sqlite")).unwrap();
    let connection = look_into(folder.path()).await;
    (folder, connection)
}

async fn documents(connection: &mut SqliteConnection, statement: &'static str) -> Vec<(uuid::Uuid, Value)> {
    let rows: Vec<(uuid::Uuid, String)> = sqlx::query_as(statement).fetch_all(connection).await.unwrap();
    rows.into_iter().map(|(id, document)| (id, serde_json::from_str(&document).unwrap())).collect()
}
