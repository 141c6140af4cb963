//! The wording of follow-ups.

use coach::LlmCoach;
use interview::Transcript;
use interview::follow_up::{FollowUp, Rubric, Target};
use interview::judging::Assignment;
use serde_json::json;

use crate::support::scripted_model::{Reply, Script, says};
use crate::support::{ANSWER, question, settings, socket};

async fn worded(url: &str) -> String {
    let question = question();
    let rubric = Rubric::of(&question, None);
    let transcript = Transcript::typed(ANSWER);
    let assignment = Assignment::to_question(&question, &rubric, &transcript);
    let point = &question.key_points[2];
    let follow_up = FollowUp { target: Target::KeyPoint(point.id.clone()), prompt: point.probe.clone() };
    LlmCoach::new(&settings(url)).unwrap().word_follow_up(&assignment, follow_up).await.prompt
}

#[tokio::test]
async fn a_model_may_word_it() {
    let wording = "You say that the last line fails: which line would you rather change, and how?";
    let model = Script::sound().on("follow_up", [says(&json!({"question": wording}))]).start().await;
    assert_eq!(worded(&model.base_url()).await, wording);
    let request = model.requests("follow_up").await.swap_remove(0);
    assert!(request["messages"][0]["content"].as_str().unwrap().contains("borrowing keeps both usable"));
}

#[tokio::test]
async fn a_wording_that_gives_the_answer_away_is_repaired_or_the_banks_is_used() {
    let leak = says(&json!({"question": "Couldn't you just borrow it with a reference?"}));
    let better = says(&json!({"question": "What would you change?"}));
    let model = Script::sound().on("follow_up", [leak.clone(), better]).start().await;
    assert_eq!(worded(&model.base_url()).await, "What would you change?");
    let stubborn = Script::sound().on("follow_up", [leak]).start().await;
    assert_eq!(worded(&stubborn.base_url()).await, "How would you change one line?");
    assert_eq!(stubborn.requests("follow_up").await.len(), 2);
}

#[tokio::test]
async fn without_a_model_the_banks_wording_is_used() {
    assert_eq!(worded(&socket::nobody().await).await, "How would you change one line?");
    let broken = Script::sound().on("follow_up", [Reply::Says("?".to_owned())]).start().await;
    assert_eq!(worded(&broken.base_url()).await, "How would you change one line?");
}
