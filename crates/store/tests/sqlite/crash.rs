//! What a killed process leaves behind. Each test starts itself a second time as the process that is killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use interview::TurnId;
use store::StoreError;
use tempfile::TempDir;

use crate::contract::worker::{Worker, answered, judge};
use crate::{is_judged, open_in};

/// Set for the process that is to be killed: the folder of its database.
const FOLDER: &str = "VIVA_STORE_TEST_FOLDER";

/// What that process prints, before the turn's id, once it may be killed.
const READY: &str = "ready to be killed: ";

#[tokio::test]
async fn an_answer_is_judged_once_when_its_process_is_killed_before_judging() {
    if let Some(folder) = folder_to_die_in() {
        let store = open_in(&folder).await.unwrap();
        let turn = answered(&store).await;
        wait_for_death(turn.id).await;
    }
    let (folder, turn) = kill("crash::an_answer_is_judged_once_when_its_process_is_killed_before_judging").await;
    is_judged_once(folder.path(), turn, 1).await;
}

#[tokio::test]
async fn an_answer_is_judged_once_when_its_process_is_killed_while_judging() {
    if let Some(folder) = folder_to_die_in() {
        let store = open_in(&folder).await.unwrap();
        let mut worker = Worker::start(&store, 1);
        let turn = answered(&store).await;
        let _under_way = worker.next().await;
        wait_for_death(turn.id).await;
    }
    let (folder, turn) = kill("crash::an_answer_is_judged_once_when_its_process_is_killed_while_judging").await;
    is_judged_once(folder.path(), turn, 2).await;
}

#[tokio::test]
async fn a_result_that_was_stored_before_the_kill_is_not_made_again() {
    if let Some(folder) = folder_to_die_in() {
        let store = open_in(&folder).await.unwrap();
        let mut worker = Worker::start(&store, 1);
        let turn = answered(&store).await;
        let under_way = worker.next().await;
        judge(&store, &under_way.job.judging).await;
        wait_for_death(turn.id).await;
    }
    let (folder, turn) = kill("crash::a_result_that_was_stored_before_the_kill_is_not_made_again").await;
    let store = open_in(folder.path()).await.unwrap();
    Worker::start(&store, 1).stop_with_nothing_left(&store).await;
    assert_eq!(store.judgings(turn).await.unwrap().len(), 1);
}

async fn is_judged_once(folder: &Path, turn: TurnId, attempt: u32) {
    let store = open_in(folder).await.unwrap();
    let mut worker = Worker::start(&store, 1);
    let handed = worker.next().await;
    assert_eq!((handed.job.judging.turn, handed.job.attempt), (turn, attempt));
    handed.settle(&store).await;
    worker.stop_with_nothing_left(&store).await;
    assert!(is_judged(&store, turn).await);
    assert_eq!(store.judgings(turn).await.unwrap().len(), 1);
}

/// Runs `test` in a process of its own until it is ready, and kills that without a warning.
async fn kill(test: &str) -> (TempDir, TurnId) {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let turn = output.lines().find_map(|line| line.unwrap().split_once(READY).map(|(_, turn)| turn.parse().unwrap()));
    let meanwhile = open_in(folder.path()).await;
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(matches!(meanwhile, Err(StoreError::InUse { .. })), "one process at a time has the database");
    (folder, turn.expect("the process gets as far as it should"))
}

fn folder_to_die_in() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

async fn wait_for_death(turn: TurnId) {
    println!("{READY}{turn}");
    std::future::pending().await
}
