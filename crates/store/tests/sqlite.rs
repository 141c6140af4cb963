//! The store's contract, on SQLite in a real file.

#[macro_use]
mod contract;

use std::sync::Arc;

use store::Store;
use tempfile::TempDir;

async fn open() -> (Arc<dyn Store>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = store::open(&"sqlite://viva.sqlite".parse().unwrap(), folder.path()).await.unwrap();
    (store, folder)
}

contract!(crate::open);
