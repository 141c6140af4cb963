//! The store on SQLite, in a real file: its contract, and what is particular to it.

#![allow(clippy::unwrap_used)]

#[macro_use]
#[path = "../contract/mod.rs"]
mod contract;
mod archive;
mod crash;
mod database;
mod deletion;
mod golden;

use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use store::{Store, StoreError};
use tempfile::TempDir;

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

/// Whether any file of the folder, or of those in it, holds the text.
fn occurs(folder: &Path, text: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return occurs(&path, text);
        }
        std::fs::read(path).unwrap().windows(text.len()).any(|window| window == text)
    })
}
