//! What stands on the disk: nobody else may read it, a clean stop leaves one complete database, and nothing outlives its deletion.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use api::client::{Client, Sending};
use api::session::NewSession;
use journeys::program::{Home, Server, test_model};
use journeys::workspace::fixture;
use uuid::Uuid;

#[tokio::test]
async fn nobody_else_can_read_what_was_answered() {
    let home = Home::empty();
    let server = home.server().env("VIVA_MODEL", test_model()).serve();
    answer_aloud(&server).await;
    let mut paths = vec![home.data()];
    paths.extend(all_under(&home.data()));
    let is_there = |end: &str| paths.iter().any(|path| path.to_string_lossy().ends_with(end));
    assert!(["viva.sqlite", "viva.sqlite-wal", ".opus", ".ogg"].into_iter().filter(|end| is_there(end)).count() == 3);
    for path in paths {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}

#[tokio::test]
async fn what_a_crash_left_is_removed_at_the_next_start() {
    let home = Home::empty();
    let server = home.server().env("VIVA_MODEL", test_model()).serve();
    let session = answer_aloud(&server).await;
    let kept = answer_aloud(&server).await;
    let recordings = home.data().join("audio").join(session.to_string());
    let recording = all_under(&recordings).pop().unwrap();
    let sound = std::fs::read(&recording).unwrap();
    client(&server).delete_session(session).await.unwrap();
    assert!(!recordings.exists());
    server.kill();
    // As if the crash had come between the deletion of the rows and that of the recording, and during two uploads.
    std::fs::create_dir_all(&recordings).unwrap();
    std::fs::write(&recording, &sound).unwrap();
    std::fs::create_dir_all(home.data().join("incoming")).unwrap();
    std::fs::write(home.data().join("incoming/.tmpAbCdEf"), &sound).unwrap();
    let kept = home.data().join("audio").join(kept.to_string());
    std::fs::write(kept.join("019aa9f5-6a00-7000-8000-000000000001.ogg#1"), &sound).unwrap();

    let _server = home.server().env("VIVA_MODEL", test_model()).serve();
    assert!(!recordings.exists());
    assert!(!home.data().join("incoming").exists());
    assert_eq!(all_under(&kept).len(), 1, "the recording of the other session");
}

#[tokio::test]
async fn a_clean_stop_leaves_one_complete_database() {
    let home = Home::empty();
    let server = home.server().env("VIVA_MODEL", test_model()).serve();
    let session = answer_aloud(&server).await;
    server.stop();

    let elsewhere = Home::empty();
    std::fs::create_dir(elsewhere.data()).unwrap();
    std::fs::copy(home.data().join("viva.sqlite"), elsewhere.data().join("viva.sqlite")).unwrap();
    let server = elsewhere.serve();
    assert_eq!(client(&server).session(session).await.unwrap().turns.len(), 1);
}

/// A session whose one question was answered with a recording.
async fn answer_aloud(server: &Server) -> Uuid {
    let wishes =
        NewSession { question_ids: vec!["ownership-why".into()], follow_ups: Some(0), ..NewSession::default() };
    let session = client(server).create_session(&wishes).await.unwrap();
    let audio = fixture("speech/answers/ownership-strong.opus");
    let sending = Sending { key: Uuid::now_v7(), wait: Duration::from_secs(60) };
    client(server).answer_aloud(session.turns[0].id, &audio, None, &sending).await.unwrap();
    session.head.id
}

fn client(server: &Server) -> Client {
    Client::new(server.url.parse().unwrap()).unwrap()
}

fn all_under(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let below =
        |path: PathBuf| if path.is_dir() { [vec![path.clone()], all_under(&path)].concat() } else { vec![path] };
    entries.flat_map(|entry| below(entry.unwrap().path())).collect()
}
