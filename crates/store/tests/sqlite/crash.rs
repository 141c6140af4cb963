//! What a killed process leaves behind. Each test starts itself a second time as the process that is killed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use interview::TurnId;
use store::StoreError;
use tempfile::TempDir;

use crate::contract::fixtures::{answered, judge, judgings_of, next_job};
use crate::open_in;

/// Set for the process that is to be killed: the folder of its database.
const FOLDER: &str = "VIVA_STORE_TEST_FOLDER";

/// What that process prints, before the turn's id, once it may be killed.
const READY: &str = "ready to be killed: ";

#[tokio::test]
async fn an_answer_is_a_job_after_its_process_was_killed_before_judging() {
    if let Some(folder) = folder_to_die_in() {
        let store = open_in(&folder).await.unwrap();
        let turn = answered(&store).await;
        wait_for_death(turn.id).await;
    }
    let (folder, turn) = kill("crash::an_answer_is_a_job_after_its_process_was_killed_before_judging").await;
    is_judged_at(folder.path(), turn, 1).await;
}

#[tokio::test]
async fn a_job_that_a_killed_process_held_is_taken_at_once() {
    if let Some(folder) = folder_to_die_in() {
        let store = open_in(&folder).await.unwrap();
        let turn = answered(&store).await;
        next_job(&store).await;
        wait_for_death(turn.id).await;
    }
    let (folder, turn) = kill("crash::a_job_that_a_killed_process_held_is_taken_at_once").await;
    is_judged_at(folder.path(), turn, 2).await;
}

#[tokio::test]
async fn a_result_that_was_stored_before_the_kill_is_not_made_again() {
    if let Some(folder) = folder_to_die_in() {
        let store = open_in(&folder).await.unwrap();
        let turn = answered(&store).await;
        let job = next_job(&store).await;
        judge(&store, &job.judging).await;
        wait_for_death(turn.id).await;
    }
    let (folder, turn) = kill("crash::a_result_that_was_stored_before_the_kill_is_not_made_again").await;
    let store = open_in(folder.path()).await.unwrap();
    let next = answered(&store).await;
    assert_eq!(next_job(&store).await.judging.turn, next.id);
    assert_eq!(judgings_of(&store, turn).await.len(), 1);
}

async fn is_judged_at(folder: &Path, turn: TurnId, attempt: u32) {
    let store = open_in(folder).await.unwrap();
    let job = next_job(&store).await;
    assert_eq!((job.judging.turn, job.attempt), (turn, attempt));
    judge(&store, &job.judging).await;
    assert_eq!(store.turn(turn).await.unwrap().state.name(), "judged");
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
