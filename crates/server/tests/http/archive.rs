//! Everything at once, over HTTP.

use std::path::PathBuf;
use std::sync::Arc;

use api::archive::{Contents, Imported};
use api::client::ClientError;
use api::session::SessionFilter;
use api::turn::{DecidedVerdict, Decision, Regrade, TurnState};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::running::{PATIENCE, Running, speech};

const TYPED: &str = "quixotic marmalade: every value has exactly one owner and is dropped when that goes out of scope";

/// A server with a round in which an answer was judged, decided on and judged again, one has a recording, and one waits.
async fn practised() -> Running {
    let viva = Running::start().await;
    let turns = viva.session(&["ownership-why", "borrowing-aliasing-rules", "lifetimes-elision"]).await.turns;
    let judged = viva.answer(turns[0].id, TYPED).await;
    let point = &judged.feedback.unwrap().correctness.unwrap().key_points[0].id;
    let decision = Decision { verdict: Some(DecidedVerdict::Missed) };
    viva.client.decide(turns[0].id, point, &decision).await.unwrap();
    viva.client.regrade(turns[0].id, &Regrade::default(), PATIENCE).await.unwrap();
    let turn = viva.answer_aloud(turns[1].id, &speech("answers/ownership-strong.opus")).await;
    assert_eq!(turn.state, TurnState::Ungraded, "there is no speech model");
    viva
}

async fn exported(viva: &Running) -> (TempDir, PathBuf) {
    let mut download = viva.client.export_archive().await.unwrap();
    let mut archive = Vec::new();
    while let Some(piece) = download.next().await.unwrap() {
        archive.extend_from_slice(piece.as_ref());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("viva.tar");
    std::fs::write(&path, archive).unwrap();
    (folder, path)
}

async fn import(viva: &Running, path: &PathBuf) -> Result<Imported, ClientError> {
    viva.client.import_archive(tokio::fs::File::open(path).await.unwrap(), Arc::default()).await
}

/// All that the API tells of the sessions, with every judging, and the recordings.
async fn told(viva: &Running) -> Vec<Value> {
    let mut told = Vec::new();
    for head in viva.client.sessions(&SessionFilter::default()).await.unwrap().sessions {
        let session = viva.client.session(head.id).await.unwrap();
        for turn in &session.turns {
            told.push(json!(viva.client.judgings(turn.id).await.unwrap()));
            told.push(json!(viva.client.audio(turn.id).await.ok()));
        }
        told.push(json!(session));
    }
    told
}

#[tokio::test]
async fn a_round_is_the_same_on_another_machine() {
    let here = practised().await;
    let (_folder, archive) = exported(&here).await;
    let there = Running::start().await;
    assert_eq!(import(&there, &archive).await.unwrap(), Imported { sessions: 1, recordings: 1, skipped: 0 });
    let (told_here, told_there) = (told(&here).await, told(&there).await);
    assert!(told_there.len() >= 7, "three turns and their session");
    assert_eq!(told_there, told_here);
    assert_eq!(import(&there, &archive).await.unwrap(), Imported { sessions: 0, recordings: 0, skipped: 1 });
}

#[tokio::test]
async fn an_archive_that_cannot_be_imported_is_refused_with_the_reason_however_long_it_is() {
    let viva = Running::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.tar");
    std::fs::write(&path, b"these are somebody's notes\n".repeat(2_000_000)).unwrap();
    let refused = import(&viva, &path).await.unwrap_err();
    assert!(matches!(&refused, ClientError::Problem(problem) if problem.status == 422), "{refused:?}");
    assert_eq!(refused.to_string(), "the archive cannot be imported: it is no tar file, or it is damaged");

    let (_folder, whole) = exported(&practised().await).await;
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 2000]).unwrap();
    let refused = import(&viva, &path).await.unwrap_err();
    assert!(matches!(&refused, ClientError::Problem(problem) if problem.status == 400), "{refused:?}");
    assert_eq!(import(&viva, &whole).await.unwrap().sessions, 1, "the whole one can be sent then");
}

#[tokio::test]
async fn an_archive_says_what_it_is() {
    let viva = Running::start().await;
    let refused = viva.plain().post(viva.url("/api/v1/archive")).body("{}").send().await.unwrap();
    assert_eq!(refused.status(), 415);
    let reply = viva.plain().get(viva.url("/api/v1/archive")).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(reply.headers()["content-type"], "application/x-tar");
    assert!(!reply.headers().contains_key("content-encoding"));
    assert!(reply.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
}

#[tokio::test]
async fn everything_can_be_deleted() {
    let viva = practised().await;
    let contents = viva.client.archive_contents().await.unwrap();
    assert_eq!((contents.sessions, contents.recordings), (1, 1));
    let session = viva.client.sessions(&SessionFilter::default()).await.unwrap().sessions[0].id;
    viva.client.session(session).await.unwrap();
    assert!(occurs(&viva, "quixotic marmalade"), "the test looks in the right place");

    viva.client.delete_all().await.unwrap();
    assert_eq!(
        viva.client.archive_contents().await.unwrap(),
        Contents { sessions: 0, recordings: 0, recording_bytes: 0 }
    );
    assert!(viva.client.session(session).await.unwrap_err().is_not_found());
    assert!(!occurs(&viva, "quixotic marmalade"));
    viva.answer(viva.turn("ownership-why").await, TYPED).await;
}

fn occurs(viva: &Running, text: &str) -> bool {
    let files = std::fs::read_dir(viva.data_folder()).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.is_file())
        .any(|path| std::fs::read(path).unwrap().windows(text.len()).any(|window| window == text.as_bytes()))
}
