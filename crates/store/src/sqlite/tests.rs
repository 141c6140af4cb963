use interview::Question;
use interview::follow_up::FollowUpLimit;
use interview::session::{Mode, Session};
use sqlx::SqlitePool;
use uuid::Uuid;

use super::{IS_QUESTION_ANSWERED, SqliteStore, TAKE_JOB, list_statement};
use crate::error::StoreError;
use crate::session::SessionQuery;
use crate::store::Store;

#[tokio::test]
async fn every_connection_withstands_a_power_cut_and_overwrites_what_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("viva.sqlite")).await.unwrap();
    let expected = ("wal".to_owned(), 2, 1, 10_000, 1);
    assert_eq!(settings(&store.writer).await, vec![expected.clone(); 1]);
    assert_eq!(settings(&store.readers).await, vec![expected; 4]);
}

#[tokio::test]
async fn a_full_disk_costs_nothing_that_was_stored() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("viva.sqlite")).await.unwrap();
    let session = |prompt_length| Session {
        id: Uuid::now_v7().into(),
        questions: vec![question(&"why ".repeat(prompt_length))],
        follow_ups: FollowUpLimit::default(),
        mode: Mode::Study,
    };
    let first = store.create_session(&session(1), &[]).await.unwrap();

    sqlx::query("pragma max_page_count = 1").execute(&store.writer).await.unwrap();
    let refused = store.create_session(&session(100_000), &[]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Full), "{refused}");
    assert_eq!(store.session(first.session.id).await.unwrap(), first);

    sqlx::query("pragma max_page_count = 1000000").execute(&store.writer).await.unwrap();
    let second = store.create_session(&session(100_000), &[]).await.unwrap();
    assert_eq!(store.session(second.session.id).await.unwrap(), second);
}

#[tokio::test]
async fn what_is_looked_up_often_is_found_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("viva.sqlite")).await.unwrap();
    let after = Some("1763805600000001.019aa9f5-6a00-7000-8000-000000000001".parse().unwrap());
    let page = list_statement(&SessionQuery { after, ..SessionQuery::default() }).into_string();
    for (statement, expected) in [
        (page.as_str(), "SEARCH sessions USING INDEX sessions_by_age ((created_at,id)<(?,?))"),
        (IS_QUESTION_ANSWERED, "SEARCH turns USING COVERING INDEX turns_by_question (question_id=? AND state=?)"),
        (TAKE_JOB, "SEARCH turns USING INDEX turns_by_state (state=?)"),
    ] {
        let explain = sqlx::AssertSqlSafe(format!("explain query plan {statement}"));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&store.readers).await.unwrap();
        let plan: Vec<&str> = steps.iter().map(|(.., detail)| detail.as_str()).collect();
        assert!(plan.contains(&expected), "{plan:#?}");
        let is_slow = |step: &&&str| {
            step.starts_with("SCAN turns") || step.starts_with("SCAN sessions") || step.contains("TEMP B-TREE")
        };
        assert_eq!(plan.iter().find(is_slow), None, "{plan:#?}");
    }
}

/// Journal mode, synchronous (2 is full), foreign keys, busy timeout and secure delete of every connection that the pool can have.
async fn settings(pool: &SqlitePool) -> Vec<(String, i64, i64, i64, i64)> {
    let mut connections = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        connections.push(pool.acquire().await.unwrap());
    }
    let mut settings = Vec::new();
    for connection in &mut connections {
        let statement = "select journal_mode, synchronous, foreign_keys, timeout, secure_delete
                         from pragma_journal_mode, pragma_synchronous, pragma_foreign_keys, pragma_busy_timeout,
                              pragma_secure_delete";
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
