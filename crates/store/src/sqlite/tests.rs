use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use futures::FutureExt;
use sqlx::SqlitePool;

use super::SqliteStore;
use crate::queue::{Grader, GradingJob, Outcome};
use crate::store::Store;

#[tokio::test]
async fn every_connection_withstands_a_power_cut_after_the_queue_was_set_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("viva.sqlite")).await.unwrap();
    let at_once = futures::future::ready(()).boxed();
    store.run_grading(Arc::new(Idle), NonZeroUsize::MIN, at_once).await.unwrap();

    assert_eq!(settings(&store.writer).await, [("wal".to_owned(), 2, 1, 10_000)]);
    assert_eq!(settings(&store.readers).await, vec![("wal".to_owned(), 2, 1, 10_000); 4]);
}

/// Journal mode, synchronous (2 is full), foreign keys and busy timeout of every connection that the pool can have.
async fn settings(pool: &SqlitePool) -> Vec<(String, i64, i64, i64)> {
    let mut connections = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        connections.push(pool.acquire().await.unwrap());
    }
    let mut settings = Vec::new();
    for connection in &mut connections {
        let statement = "select journal_mode, synchronous, foreign_keys, timeout
                         from pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_busy_timeout";
        settings.push(sqlx::query_as(statement).fetch_one(&mut **connection).await.unwrap());
    }
    settings
}

struct Idle;

#[async_trait]
impl Grader for Idle {
    async fn grade(&self, job: GradingJob) -> Outcome {
        Outcome::GiveUp { detail: format!("nobody promised {job:?}") }
    }
}
