use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use futures::FutureExt;
use interview::Question;
use interview::follow_up::FollowUpLimit;
use interview::session::Session;
use sqlx::SqlitePool;
use uuid::Uuid;

use super::{SqliteStore, sessions};
use crate::error::StoreError;
use crate::queue::{Grader, GradingJob, Outcome};
use crate::session::SessionQuery;
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

#[tokio::test]
async fn a_full_disk_costs_nothing_that_was_stored() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("viva.sqlite")).await.unwrap();
    let session = |prompt_length| Session {
        id: Uuid::now_v7().into(),
        questions: vec![question(&"why ".repeat(prompt_length))],
        follow_ups: FollowUpLimit::default(),
    };
    let first = store.create_session(&session(1), &[]).await.unwrap();

    sqlx::query("pragma max_page_count = 1").execute(&store.writer).await.unwrap();
    let refused = store.create_session(&session(100_000), &[]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Full), "{refused}");
    assert!(refused.is_passing());
    assert_eq!(store.session(first.session.id).await.unwrap(), first);

    sqlx::query("pragma max_page_count = 1000000").execute(&store.writer).await.unwrap();
    let second = store.create_session(&session(100_000), &[]).await.unwrap();
    assert_eq!(store.session(second.session.id).await.unwrap(), second);
}

#[tokio::test]
async fn no_page_of_sessions_scans_those_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("viva.sqlite")).await.unwrap();
    let after = Some("1763805600000001.019aa9f5-6a00-7000-8000-000000000001".parse().unwrap());
    let query = SessionQuery { after, ..SessionQuery::default() };
    let mut statement = sessions::list_statement("explain query plan ", &query);
    let steps: Vec<(i64, i64, i64, String)> = statement.build_query_as().fetch_all(&store.readers).await.unwrap();
    let plan: Vec<String> = steps.into_iter().map(|(.., detail)| detail).collect();
    assert_eq!(plan[0], "SEARCH sessions USING INDEX sessions_by_age ((created_at,id)<(?,?))", "{plan:#?}");
    assert!(plan.iter().all(|step| !step.starts_with("SCAN") && !step.contains("TEMP B-TREE")), "{plan:#?}");
}

#[tokio::test]
async fn turns_are_looked_up_by_question() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("viva.sqlite")).await.unwrap();
    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(concat!(
        "explain query plan select 1 from turns",
        " where question_id = 'ownership-why' and state in ('judged', 'ungraded', 'skipped')"
    ))
    .fetch_all(&store.readers)
    .await
    .unwrap();
    let detail = &steps[0].3;
    assert!(detail.starts_with("SEARCH turns USING COVERING INDEX turns_by_question"), "{detail}");
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

fn question(prompt: &str) -> Question {
    serde_json::from_value(serde_json::json!({
        "id": "ownership-model", "title": "Ownership", "topic": "ownership", "level": "mid", "kind": "concept",
        "prompt": prompt, "snippet": null, "key_points": [], "misconceptions": [],
        "anchors": {"wrong_model": "1", "rule_without_reason": "2", "core_points": "3", "trade_offs": "4"},
        "model_answer": "", "glossary": [], "sources": [], "time_limit": 90
    }))
    .unwrap()
}

struct Idle;

#[async_trait]
impl Grader for Idle {
    async fn grade(&self, job: GradingJob) -> Outcome {
        Outcome::GiveUp { detail: format!("nobody promised {job:?}") }
    }
}
