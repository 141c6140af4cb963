//! Models that do not do as they are told.

use coach::{CoachError, LlmCoach};
use interview::marks::{Doubt, Verdict};
use serde_json::{Value, json};

use crate::support::scripted_model::{Reply, Script, ScriptedModel, says};
use crate::support::{ANSWER, clarity, failure, judge, marks, settings, verdicts};

async fn model(replies: impl IntoIterator<Item = Reply>) -> (ScriptedModel, LlmCoach) {
    let model = Script::sound().on("marks", replies).start().await;
    let coach = LlmCoach::new(&settings(&model.base_url())).unwrap();
    (model, coach)
}

fn text(text: &str) -> Reply {
    Reply::Says(text.to_owned())
}

/// The sound marks with `change` made to them.
fn changed(change: impl Fn(&mut Value)) -> Reply {
    let mut marks = marks();
    change(&mut marks);
    says(&marks)
}

#[tokio::test]
async fn prose_round_the_reply_does_no_harm() {
    let (model, coach) = model([text(&format!("Of course!\n```json\n{}\n```\nI hope this helps.", marks()))]).await;
    assert_eq!(verdicts(&judge(&coach, ANSWER).await.unwrap()), ["hit", "hit", "missed"]);
    assert_eq!(model.requests("marks").await.len(), 1);
}

#[tokio::test]
async fn a_faulty_reply_is_repaired_once_with_the_fault_named() {
    for (faulty, named) in [
        (text("I would rather not."), "no complete JSON object"),
        (text("{\"key_points\": [{\"id\": \"value-mo"), "no complete JSON object"),
        (text("  "), "it is empty"),
        (changed(|marks| marks["score"] = json!(10)), "unknown field `score`"),
        (changed(|marks| marks["key_points"][0]["id"] = json!("no-such")), "there is no key point `no-such`"),
        (changed(|marks| marks["key_points"][0]["id"] = json!("NO SUCH")), "there is no key point `NO SUCH`"),
        (changed(|marks| marks["key_points"][0]["id"] = json!("value-moves")), "`value-moves` is judged twice"),
        (changed(|marks| _ = marks["key_points"].as_array_mut().unwrap().pop()), "is not judged"),
        (
            changed(|marks| marks["misconceptions"] = json!([{"id": "no-such", "quote": "b"}])),
            "no misconception `no-such`",
        ),
    ] {
        let (model, coach) = model([faulty, says(&marks())]).await;
        assert_eq!(verdicts(&judge(&coach, ANSWER).await.unwrap()), ["hit", "hit", "missed"], "{named}");
        let requests = model.requests("marks").await;
        assert_eq!(requests.len(), 2, "{named}");
        let last = requests[1]["messages"].as_array().unwrap().last().unwrap().clone();
        assert!(last["role"] == "user" && last["content"].as_str().unwrap().contains(named), "{named}: {last}");
        assert_eq!(coach.usage().invalid_replies, 1);
    }
}

#[tokio::test]
async fn a_model_that_goes_on_being_faulty_gives_no_judgement() {
    for faulty in [text("I'm sorry, I can't help with that."), text(""), text("{\"secret\": \"sk-reply\"}")] {
        let (model, coach) = model([faulty]).await;
        let error = failure(&coach).await;
        assert!(matches!(&error, CoachError::Malformed { .. }), "{error:?}");
        assert!(!error.is_passing() && !error.to_string().contains("sk-reply"), "{error}");
        assert_eq!(model.requests("marks").await.len(), 2);
    }
}

#[tokio::test]
async fn an_invented_quote_is_asked_about_and_then_unclear() {
    let invented = changed(|marks| marks["key_points"][1]["quote"] = json!("ownership is transferred to b"));
    let (model, coach) = model([invented]).await;
    let feedback = judge(&coach, ANSWER).await.unwrap();
    let verdict = &feedback.marks().unwrap().key_points()[0].verdict;
    assert_eq!(*verdict, Verdict::Unclear { doubt: Doubt::QuoteNotFound, evidence: None });
    let requests = model.requests("marks").await;
    assert_eq!(requests.len(), 2);
    assert!(requests[1].to_string().contains("not in the answer word for word: value-moves"));
}

#[tokio::test]
async fn a_quote_that_was_repaired_counts() {
    let invented = changed(|marks| marks["key_points"][1]["quote"] = json!("ownership is transferred to b"));
    let (_model, coach) = model([invented, says(&marks())]).await;
    assert_eq!(verdicts(&judge(&coach, ANSWER).await.unwrap()), ["hit", "hit", "missed"]);
}

#[tokio::test]
async fn a_reply_with_an_invented_quote_is_better_than_the_failure_to_mend_it() {
    let invented = changed(|marks| marks["key_points"][1]["quote"] = Value::Null);
    let (_model, coach) = model([invented, text("no")]).await;
    assert_eq!(verdicts(&judge(&coach, ANSWER).await.unwrap()), ["unclear", "hit", "missed"]);
}

#[tokio::test]
async fn an_invented_misconception_is_never_held_against_the_candidate() {
    let invented =
        changed(|marks| marks["misconceptions"] = json!([{"id": "copies-heap", "quote": "it copies the heap"}]));
    let (model, coach) = model([invented]).await;
    let feedback = judge(&coach, ANSWER).await.unwrap();
    assert!(feedback.marks().unwrap().misconceptions().is_empty());
    assert!(model.requests("marks").await[1].to_string().contains("copies-heap"));
}

#[tokio::test]
async fn a_misconception_that_is_named_twice_is_asked_about_and_counts_once() {
    let twice = changed(|marks| {
        let stated = json!({"id": "copies-heap", "quote": "the last line fails"});
        marks["misconceptions"] = json!([stated, stated]);
    });
    let (model, coach) = model([twice]).await;
    let feedback = judge(&coach, ANSWER).await.unwrap();
    assert_eq!(feedback.marks().unwrap().misconceptions().len(), 1);
    assert!(model.requests("marks").await[1].to_string().contains("`copies-heap` is there twice"));
}

#[tokio::test]
async fn a_model_that_declines_is_not_asked_again() {
    for declined in [
        r#"{"choices": [{"message": {"content": null, "refusal": "I cannot help with that."}}]}"#,
        r#"{"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}"#,
    ] {
        let (model, coach) = model([Reply::Answers(200, vec![], declined.to_owned())]).await;
        let error = failure(&coach).await;
        assert!(matches!(&error, CoachError::Refused { reason } if reason.contains("declines")), "{error:?}");
        assert_eq!(model.requests("marks").await.len(), 1);
    }
}

#[tokio::test]
async fn clarity_must_hold_every_check_once_and_quote_what_it_praises() {
    let mut twice = clarity();
    twice["checks"][5]["check"] = json!("ordered");
    let mut fewer = clarity();
    fewer["checks"].as_array_mut().unwrap().pop();
    let mut unquoted = clarity();
    unquoted["checks"][0]["quote"] = Value::Null;
    for (faulty, named) in [
        (twice, "`ordered` is there twice"),
        (fewer, "`stops_when_done` is not there"),
        (unquoted, "word for word: answers_the_question"),
    ] {
        let model = Script::sound().on("clarity", [says(&faulty), says(&clarity())]).start().await;
        let coach = LlmCoach::new(&settings(&model.base_url())).unwrap();
        assert_eq!(judge(&coach, ANSWER).await.unwrap().clarity().unwrap().score().unwrap().get(), 8.0);
        let requests = model.requests("clarity").await;
        assert!(requests.len() == 2 && requests[1].to_string().contains(named), "{named}");
    }
}
