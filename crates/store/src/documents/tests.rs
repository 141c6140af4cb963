//! Golden documents (`tests/golden`) are read, and nothing that is not computed again is lost.

use std::path::Path;

use serde_json::Value;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use super::*;

/// What a row of either kind holds: its document, the session it belongs to, its question and its target.
type Row = (String, String, String, Option<String>);

/// One database of each format.
const GOLDEN: [&str; 3] = ["0.1/viva.sqlite", "format-2/viva.sqlite", NOW];

/// One of the format that is written.
const NOW: &str = "format-3/viva.sqlite";

const STATES: &str =
    "select state_document, document, question_id, target from turns join sessions on sessions.id = session_id";

#[tokio::test]
async fn every_state_of_every_format_is_read_and_written_again_without_loss() {
    let states = rows(STATES).await;
    assert_eq!(states.len(), 2 * 19 + 22);
    for row in &states {
        let state = state_of_json(&row.0, || Ok(rubric(row))).unwrap();
        assert_eq!(json(&state_to_json(&state).unwrap()), as_written_now(json(&row.0)));
    }
}

#[tokio::test]
async fn every_ending_of_every_format_is_read_and_written_again_without_loss() {
    let endings = rows(
        "select ending, document, question_id, target
         from judgings join turns on turns.id = turn_id join sessions on sessions.id = session_id",
    )
    .await;
    assert_eq!(endings.len(), 2 * 10 + 11);
    for row in &endings {
        let ending = state_of_json(&row.0, || Ok(rubric(row))).unwrap();
        assert_eq!(json(&state_to_json(&ending).unwrap()), as_written_now(json(&row.0)));
    }
}

#[tokio::test]
async fn a_quote_that_is_not_in_the_transcript_is_no_evidence() {
    let states = rows(STATES).await;
    let row = states.iter().find(|row| row.0.contains(r#""verdict":"hit""#)).unwrap();
    let tampered = row.0.replace(r#""quote":""#, r#""quote":"never said "#);
    let TurnState::Judged { feedback, .. } = state_of_json(&tampered, || Ok(rubric(row))).unwrap() else {
        panic!("it is judged")
    };
    assert!(feedback.marks().unwrap().key_points().iter().all(|mark| !mark.verdict.is_hit()));
}

#[tokio::test]
async fn every_session_of_every_format_is_read() {
    let sessions = rows("select document, document, '', null from sessions").await;
    assert_eq!(sessions.len(), 2 * 6 + 7);
    for (document, ..) in &sessions {
        let session = session_of_json(document).unwrap();
        assert_eq!(session_of_json(&session_to_json(&session).unwrap()).unwrap(), session);
        let old = json(document);
        let questions = old["questions"].as_array().unwrap();
        for (question, old) in session.questions.iter().zip(questions) {
            assert_eq!(
                (question.id.as_str(), question.model_answer.as_str()),
                (old["id"].as_str().unwrap(), old["model_answer"].as_str().unwrap())
            );
            assert_eq!(question.key_points.len(), old["key_points"].as_array().unwrap().len());
        }
    }
}

#[test]
fn a_stretch_question_is_a_target_like_any_other() {
    let written = target_to_json(&Target::Stretch).unwrap();
    assert_eq!(written, r#"{"kind":"stretch"}"#);
    assert_eq!(target_of_json(&written).unwrap(), Target::Stretch);
}

#[tokio::test]
async fn what_is_written_now_is_what_was_written_when_its_format_began() {
    for (document, ..) in rows_of(NOW, "select document, document, '', null from sessions").await {
        assert_eq!(json(&session_to_json(&session_of_json(&document).unwrap()).unwrap()), json(&document));
    }
    for row in rows_of(NOW, STATES).await {
        let state = state_of_json(&row.0, || Ok(rubric(&row))).unwrap();
        assert_eq!(json(&state_to_json(&state).unwrap()), json(&row.0));
        if let Some(target) = &row.3 {
            assert_eq!(target_to_json(&target_of_json(target).unwrap()).unwrap(), *target);
        }
    }
}

async fn rows(statement: &'static str) -> Vec<Row> {
    let mut rows = Vec::new();
    for golden in GOLDEN {
        rows.extend(rows_of(golden, statement).await);
    }
    rows
}

async fn rows_of(golden: &str, statement: &'static str) -> Vec<Row> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(golden);
    let mut file = SqliteConnectOptions::new().filename(golden).immutable(true).connect().await.unwrap();
    sqlx::query_as::<_, Row>(statement).fetch_all(&mut file).await.unwrap()
}

fn rubric((_, session, question, target): &Row) -> Rubric {
    let session = session_of_json(session).unwrap();
    let target = target.as_deref().map(|target| target_of_json(target).unwrap());
    Rubric::of(session.question(&question.parse().unwrap()).unwrap(), target.as_ref())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Scores and bands are computed from the marks, and filled pauses are no longer estimated.
fn as_written_now(mut document: Value) -> Value {
    if let Some(Value::Object(pauses)) = document.pointer_mut("/answer/spoken/delivery/filled_pauses") {
        pauses.remove("estimated");
    }
    for panel in ["correctness", "clarity"] {
        if let Some(Value::Object(panel)) = document.get_mut("feedback").and_then(|feedback| feedback.get_mut(panel)) {
            panel.retain(|field, _| field == "marks");
        }
    }
    document
}
