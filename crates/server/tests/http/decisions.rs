//! What the candidate decides about the marks of an answer.

use api::feedback::{Correctness, DecidedBy, KeyPointMark, ScoreRange, Verdict};
use api::session::{ExportFormat, NewSession, Session};
use api::turn::{DecidedVerdict, Decision, Regrade, Turn};
use serde_json::{Map, json};
use uuid::Uuid;

use crate::running::{PATIENCE, Running, page};
use crate::some_model::{Asked, Reply};

const ANSWER: &str =
    "every value has exactly one owner, it is dropped when that goes out of scope, and safe code never leaks";

/// A model that finds two points and a misconception, misses the last point, and cannot tell about the three in between: 11 of 20 by weight.
fn undecided(asked: &Asked, _: usize) -> Option<Reply> {
    let quote = "every value has exactly one owner, it is dropped when that goes out of scope";
    let mark = |id: &String| {
        let mark = match id.as_str() {
            "one-owner" | "dropped-at-scope-end" => json!({"quote": quote, "verdict": "hit"}),
            "limits" => json!({"quote": null, "verdict": "missed"}),
            _ => json!({"quote": null, "verdict": "unclear"}),
        };
        (id.clone(), mark)
    };
    let marks: Map<_, _> = asked.key_points.iter().map(mark).collect();
    let stated = json!({"no-leaks": {"quote": "safe code never leaks", "verdict": "stated"}});
    (asked.form == "marks").then(|| Reply::Says(json!({"key_points": marks, "misconceptions": stated})))
}

/// A session with one answer, judged by that model.
async fn judged() -> (Running, Session, Turn) {
    let viva = Running::with_model(undecided).await;
    let new =
        NewSession { question_ids: vec!["ownership-why".to_owned()], follow_ups: Some(0), ..NewSession::default() };
    let session = viva.client.create_session(&new).await.unwrap();
    let turn = viva.answer(session.turns[0].id, ANSWER).await;
    (viva, session, turn)
}

async fn decide(viva: &Running, turn: Uuid, mark: &str, verdict: Option<DecidedVerdict>) -> Correctness {
    panel(&viva.client.decide(turn, mark, &Decision { verdict }).await.unwrap())
}

fn panel(turn: &Turn) -> Correctness {
    turn.feedback.as_ref().unwrap().correctness.clone().unwrap()
}

fn point<'p>(panel: &'p Correctness, id: &str) -> &'p KeyPointMark {
    panel.key_points.iter().find(|point| point.id == id).unwrap()
}

#[tokio::test]
async fn a_range_takes_the_place_of_a_score_until_the_candidate_decides() {
    let (viva, session, turn) = judged().await;
    let undecided = panel(&turn);
    assert_eq!((undecided.score, undecided.band), (None, None));
    assert_eq!(undecided.score_range, Some(ScoreRange { low: 2, high: 8 }), "8 and 19 of 20, less 1.5");
    assert_eq!(viva.client.session(session.head.id).await.unwrap().summary.correctness, None, "nothing to average");

    let decided = decide(&viva, turn.id, "safety-without-gc", Some(DecidedVerdict::Hit)).await;
    assert_eq!((decided.score, decided.score_range), (Some(7.8), None), "13 of 14, less 1.5");
    let safety = point(&decided, "safety-without-gc");
    assert_eq!((safety.verdict, safety.decided_by), (Verdict::Hit, DecidedBy::Candidate));
    assert_eq!((&safety.evidence.quote, &safety.doubt), (&None, &None), "nobody quoted anything");
    assert_eq!(point(&decided, "one-owner").decided_by, DecidedBy::Coach);
    assert_eq!(viva.client.session(session.head.id).await.unwrap().summary.correctness, Some(7.8));

    assert_eq!(decide(&viva, turn.id, "safety-without-gc", None).await, undecided, "back to the coach's verdicts");
}

#[tokio::test]
async fn a_misconception_that_the_candidate_disputes_costs_nothing() {
    let (viva, session, turn) = judged().await;
    let disputed = decide(&viva, turn.id, "no-leaks", Some(DecidedVerdict::NotStated)).await;
    assert_eq!(disputed.score_range, Some(ScoreRange { low: 4, high: 10 }));
    assert_eq!((disputed.misconceptions.len(), disputed.disputed_misconceptions.len()), (0, 1));
    assert_eq!(viva.client.session(session.head.id).await.unwrap().summary.misconceptions, []);
    assert_eq!(decide(&viva, turn.id, "no-leaks", Some(DecidedVerdict::Stated)).await, panel(&turn));
}

#[tokio::test]
async fn a_decision_changes_the_next_step_and_the_session_s_tag() {
    let (viva, session, turn) = judged().await;
    let url = viva.url(&format!("/api/v1/sessions/{}", session.head.id));
    let tag = async || viva.plain().get(&url).send().await.unwrap().headers()["etag"].clone();
    let before = tag().await;
    let decision = Decision { verdict: Some(DecidedVerdict::NotStated) };
    let decided = viva.client.decide(turn.id, "no-leaks", &decision).await.unwrap();
    let step = |turn: &Turn| turn.feedback.as_ref().unwrap().next_step.clone().unwrap();
    assert!(
        step(&turn).starts_with("It is not true that ") && step(&decided).starts_with("Say this point "),
        "{decided:?}"
    );
    let after = tag().await;
    assert_ne!(before, after);
    viva.client.decide(turn.id, "no-leaks", &decision).await.unwrap();
    assert_eq!(tag().await, after, "nothing changed");
}

#[tokio::test]
async fn another_judging_keeps_what_the_candidate_decided() {
    let (viva, _, turn) = judged().await;
    decide(&viva, turn.id, "dropped-at-scope-end", Some(DecidedVerdict::Missed)).await;
    let again = viva.client.regrade(turn.id, &Regrade::default(), PATIENCE).await.unwrap();
    let panels: Vec<Correctness> = viva
        .client
        .judgings(turn.id)
        .await
        .unwrap()
        .judgings
        .into_iter()
        .map(|judging| judging.feedback.unwrap().correctness.unwrap())
        .collect();
    assert_eq!(panels.len(), 2);
    for panel in panels.iter().chain([&panel(&again)]) {
        let dropped = point(panel, "dropped-at-scope-end");
        assert_eq!((dropped.verdict, dropped.decided_by), (Verdict::Missed, DecidedBy::Candidate));
        assert_eq!(dropped.evidence.quote, None, "the words were found for a hit");
    }
}

#[tokio::test]
async fn what_cannot_be_decided_is_refused_with_the_reason() {
    let (viva, _, turn) = judged().await;
    let unanswered = viva.turn("ownership-why").await;
    let put = async |turn: Uuid, mark: &str, body: &str| {
        let url = viva.url(&format!("/api/v1/turns/{turn}/marks/{mark}"));
        let request = viva.plain().put(url).header("content-type", "application/json").body(body.to_owned());
        request.send().await.unwrap().status().as_u16()
    };
    let hit = r#"{"verdict": "hit"}"#;
    assert_eq!(put(turn.id, "one-owner", hit).await, 200);
    assert_eq!(put(Uuid::nil(), "one-owner", hit).await, 404);
    for unknown in ["another-point", "Not%20A%20Name", "manual-free"] {
        assert_eq!(put(turn.id, unknown, hit).await, 404, "{unknown}");
    }
    assert_eq!(put(unanswered, "one-owner", hit).await, 409);
    assert_eq!(put(turn.id, "no-leaks", hit).await, 422, "a misconception is stated or not");
    assert_eq!(put(turn.id, "one-owner", r#"{"verdict": "stated"}"#).await, 422);
    for unreadable in ["{}", "", r#"{"verdict": "unclear"}"#, r#"{"verdict": null, "why": "so"}"#] {
        assert_eq!(put(turn.id, "one-owner", unreadable).await, 422, "{unreadable:?}");
    }
}

#[tokio::test]
async fn the_session_s_page_has_forms_to_decide_and_shows_whose_verdict_it_is() {
    let (viva, session, turn) = judged().await;
    let (said, not_said) = (
        format!("/turns/{}/marks/safety-without-gc?verdict=hit", turn.id),
        format!("/turns/{}/marks/no-leaks?verdict=not_stated", turn.id),
    );
    let undecided = page(&viva, &session.review_url).await;
    assert!(undecided.contains("<b>2 to 8</b>") && !undecided.contains("by you"), "{undecided}");
    for address in [&said, &not_said] {
        assert!(undecided.contains(&format!("formaction=\"{address}\"")), "{address}: {undecided}");
        let from_elsewhere = viva.plain().post(viva.url(address)).header("origin", "https://evil.example");
        assert_eq!(from_elsewhere.send().await.unwrap().status(), 403);
    }

    let own = viva.server.base_url().origin().ascii_serialization();
    let clicked = viva.plain().post(viva.url(&said)).header("origin", own).send().await.unwrap();
    assert_eq!(clicked.url().path(), session.review_url);
    let decided = clicked.text().await.unwrap();
    assert!(decided.contains("hit by you") && decided.contains("<b>7.8</b>"), "{decided}");
    let undo = format!("/turns/{}/marks/safety-without-gc", turn.id);
    assert!(decided.contains(&format!("formaction=\"{undo}\"")), "{decided}");

    let markdown = viva.client.export(session.head.id, ExportFormat::Md).await.unwrap();
    assert!(markdown.contains("(hit by you)"), "{markdown}");
    let file = viva.client.export(session.head.id, ExportFormat::Html).await.unwrap();
    assert!(file.contains("hit by you") && !file.contains("<form"), "{file}");
    viva.plain().post(viva.url(&undo)).send().await.unwrap();
    assert_eq!(page(&viva, &session.review_url).await, undecided);
}
