//! The store on SQLite, in a real file: its contract, and what is particular to it.

#![allow(clippy::unwrap_used)]

#[macro_use]
#[path = "../contract/mod.rs"]
mod contract;
mod crash;
mod database;
mod queue;

use std::path::Path;
use std::sync::Arc;

use interview::TurnId;
use interview::session::{Turn, TurnState};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use store::{Judging, Settlement, Store, StoreError, Submission};
use tempfile::TempDir;

use contract::fixtures;

contract!(crate::open);

async fn open() -> (Arc<dyn Store>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (open_in(folder.path()).await.unwrap(), folder)
}

async fn open_in(folder: &Path) -> Result<Arc<dyn Store>, StoreError> {
    store::open(&"sqlite://viva.sqlite".parse().unwrap(), folder).await
}

/// A connection past the store.
async fn look_into(folder: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(folder.join("viva.sqlite")).connect().await.unwrap()
}

/// A turn with an answer that waits for its judging.
async fn answered(store: &Arc<dyn Store>) -> Turn {
    let (session, turns) = fixtures::session(&["ownership"]);
    store.create_session(&session, &turns).await.unwrap();
    let answer = Submission::Words(Box::new(fixtures::typed(fixtures::WORDS)));
    store.accept_answer(turns[0].id, answer, None).await.unwrap()
}

/// Does what a job asks for.
async fn settle(store: &Arc<dyn Store>, judging: &Judging) {
    let turn = store.turn(judging.turn).await.unwrap();
    let answer = turn.state.answer().unwrap();
    let feedback = fixtures::feedback(answer, interview::marks::CoachKind::Offline, "say why");
    store.settle(judging, Settlement::Judged { feedback, follow_up: None }).await.unwrap();
}

async fn is_judged(store: &Arc<dyn Store>, turn: TurnId) -> bool {
    matches!(store.turn(turn).await.unwrap().state, TurnState::Judged { .. })
}
