//! The history of an answer: everybody who judged it, and in what words.

use api::feedback::{Coach, Judging};
use api::session::{ExportFormat, Session};
use api::turn::{Correction, Regrade, Turn, TurnState};
use uuid::Uuid;

use crate::running::{PATIENCE, Running, page};
use crate::some_model::{Asked, MODEL, Reply, refuses};

const QUESTION: &str = "ownership-why";
const ANSWER: &str = "every value has exactly one owner";
const CORRECTED: &str = "it is a rule of the language that I have read about";

fn never(_: &Asked, _: usize) -> Option<Reply> {
    None
}

fn at_first(_: &Asked, judging: usize) -> Option<Reply> {
    (judging == 0).then(|| refuses("it is a poem"))
}

async fn judgings(viva: &Running, turn: Uuid) -> Vec<Judging> {
    viva.client.judgings(turn).await.unwrap().judgings
}

async fn regraded(viva: &Running, turn: Uuid, coach: Coach) -> Turn {
    viva.client.regrade(turn, &Regrade { coach: Some(coach), model: None }, PATIENCE).await.unwrap()
}

fn judges(judgings: &[Judging]) -> Vec<Option<Coach>> {
    let judged_by = |judging: &Judging| Some(judging.feedback.as_ref()?.judged_by.as_ref()?.coach);
    judgings.iter().map(judged_by).collect()
}

#[tokio::test]
async fn a_turn_that_another_coach_judged_again_has_both_judgings() {
    let viva = Running::with_model(never).await;
    let turn = viva.turn(QUESTION).await;
    assert_eq!(judgings(&viva, turn).await, [], "nobody has judged what was not answered");

    let first = viva.answer(turn, ANSWER).await;
    let second = regraded(&viva, turn, Coach::Offline).await;
    let history = judgings(&viva, turn).await;
    assert_eq!(judges(&history), [Some(Coach::Llm), Some(Coach::Offline)]);
    assert_eq!(history[0].feedback, first.feedback);
    assert_eq!(history[1].feedback, second.feedback, "the last one is what the turn shows");
    assert!(history[0].judged_at <= history[1].judged_at);
    let words: Vec<_> = history.iter().map(|judging| (judging.text.as_deref(), judging.corrected)).collect();
    assert_eq!(words, [(Some(ANSWER), false); 2]);
}

#[tokio::test]
async fn after_a_correction_each_judging_has_the_words_it_was_about() {
    let viva = Running::start().await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await.id;
    viva.client.correct(turn, &Correction { text: CORRECTED.to_owned() }, PATIENCE).await.unwrap();
    let history = judgings(&viva, turn).await;
    let words: Vec<_> = history.iter().map(|judging| (judging.text.as_deref(), judging.corrected)).collect();
    assert_eq!(words, [(Some(ANSWER), false), (Some(CORRECTED), true)]);
    let quote = |judging: &Judging| {
        let panel = judging.feedback.as_ref().and_then(|feedback| feedback.correctness.clone()).unwrap();
        panel.key_points.into_iter().find_map(|point| point.evidence.quote)
    };
    assert!(quote(&history[0]).is_some_and(|quote| ANSWER.contains(&quote)), "quotes are of the words of their time");
}

#[tokio::test]
async fn a_judging_that_failed_says_why_and_stays_in_the_history() {
    let viva = Running::with_model(at_first).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(turn.state, TurnState::Ungraded);
    regraded(&viva, turn.id, Coach::Llm).await;
    let history = judgings(&viva, turn.id).await;
    assert_eq!(judges(&history), [None, Some(Coach::Llm)]);
    assert!(history[0].ungraded_reason.as_ref().is_some_and(|reason| reason.contains("it is a poem")));
    assert_eq!(history[0].text.as_deref(), Some(ANSWER));
    assert_eq!(history[1].ungraded_reason, None);
}

#[tokio::test]
async fn the_history_of_no_turn_is_a_problem_document() {
    let viva = Running::start().await;
    for name in ["7", "00000000-0000-0000-0000-000000000007"] {
        let url = viva.url(&format!("/api/v1/turns/{name}/judgings"));
        let reply = viva.plain().get(url).send().await.unwrap();
        assert_eq!(
            (reply.status().as_u16(), &reply.headers()["content-type"]),
            (404, &"application/problem+json".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn the_page_shows_who_judged_before_and_what_is_different_now() {
    let viva = Running::with_model(never).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    let path = format!("/sessions/{}", turn.session_id);
    assert!(!page(&viva, &path).await.contains("Earlier judgings"), "there is no history after one judging");

    viva.client.correct(turn.id, &Correction { text: CORRECTED.to_owned() }, PATIENCE).await.unwrap();
    regraded(&viva, turn.id, Coach::Offline).await;
    regraded(&viva, turn.id, Coach::Llm).await;
    viva.client.finish_session(turn.session_id).await.unwrap();
    let page = page(&viva, &path).await;
    let (_, history) = page.split_once("<summary>Earlier judgings</summary>").unwrap();
    let (history, _) = history.split_once("</details>").unwrap();
    assert_eq!(history.matches("<li><p><b>").count(), 3, "{history}");
    for expected in [MODEL, ANSWER, "<b>hit</b> then, <b>missed</b> now", "same verdicts as now", "cannot be compared"]
    {
        assert!(history.contains(expected), "{expected}: {history}");
    }
    assert!(!history.contains(CORRECTED), "only words that are not those of now are repeated");
}

#[tokio::test]
async fn exports_tell_the_history_too() {
    let viva = Running::with_model(at_first).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    regraded(&viva, turn.id, Coach::Llm).await;
    regraded(&viva, turn.id, Coach::Offline).await;
    regraded(&viva, turn.id, Coach::Llm).await;
    viva.client.finish_session(turn.session_id).await.unwrap();
    let markdown = viva.client.export(turn.session_id, ExportFormat::Md).await.unwrap();
    let (_, history) = markdown.split_once("Earlier judgings:\n\n").unwrap();
    for expected in [
        ": not graded: ",
        "it is a poem",
        " by the language model some-model (some-model, ",
        "; same verdicts as now",
        "cannot be compared",
    ] {
        assert!(history.contains(expected), "{expected}: {history}");
    }
    let json = viva.client.export(turn.session_id, ExportFormat::Json).await.unwrap();
    let exported: Session = serde_json::from_str(&json).unwrap();
    assert_eq!(exported.turns[0].judgings, judgings(&viva, turn.id).await);
    let html = viva.client.export(turn.session_id, ExportFormat::Html).await.unwrap();
    assert!(html.contains("<summary>Earlier judgings</summary>") && html.contains("it is a poem"));
}
