//! Two models on one answer.

use coach::LlmCoach;
use coach::llm::LlmSettings;
use interview::marks::{Doubt, Verdict};
use serde_json::{Value, json};

use crate::support::scripted_model::{Reply, Script, says};
use crate::support::{ANSWER, clarity, judge, marks, question, settings, verdicts};

fn coach(url: &str) -> LlmCoach {
    LlmCoach::new(&LlmSettings { second_model: Some("another".to_owned()), ..settings(url) }).unwrap()
}

#[tokio::test]
async fn a_point_on_which_two_models_disagree_is_unclear_and_that_is_said() {
    let mut other = marks();
    other["key_points"]["value-moves"] = json!({"quote": null, "verdict": "missed"});
    let model = Script::sound().on_model("another", "marks", [says(&other)]).start().await;
    let coach = coach(&model.base_url());
    let feedback = judge(&coach, ANSWER).await.unwrap();
    assert_eq!(verdicts(&feedback), ["unclear", "hit", "missed"]);
    let verdict = &feedback.marks().unwrap().key_points()[0].verdict;
    assert!(matches!(verdict, Verdict::Unclear { doubt: Doubt::CoachesDisagree, evidence: Some(_) }), "{verdict:?}");
    assert!(feedback.remark().unwrap().contains("disagree on 1 of its points"));
    assert_eq!(coach.judged_by(&question()).model.as_deref(), Some("a-model + another"));
}

#[tokio::test]
async fn another_model_of_the_same_server_can_be_asked_instead() {
    let model = Script::sound().start().await;
    let other = coach(&model.base_url()).with_model("better").unwrap();
    let feedback = judge(&other, ANSWER).await.unwrap();
    assert_eq!(feedback.judged_by().model.as_deref(), Some("better"));
    let asked: Vec<Value> = model.requests("marks").await;
    assert_eq!(asked.iter().map(|request| &request["model"]).collect::<Vec<_>>(), ["better"]);
    assert!(coach(&model.base_url()).with_model(" ").is_none());
}

#[tokio::test]
async fn what_another_model_has_judged_is_not_asked_of_it_again() {
    let down = Reply::Answers(503, vec![], "down".to_owned());
    let model = Script::sound().on("clarity", [down, says(&clarity())]).start().await;
    let coach = coach(&model.base_url());
    let first = judge(&coach.with_model("better").unwrap(), ANSWER).await.unwrap();
    let again = judge(&coach.with_model("better").unwrap(), ANSWER).await.unwrap();
    assert!(first.clarity().is_none() && again.clarity().is_some() && again.correctness() == first.correctness());
    assert_eq!((model.requests("marks").await.len(), model.requests("clarity").await.len()), (1, 2));
}

#[tokio::test]
async fn two_models_that_agree_say_so() {
    let model = Script::sound().start().await;
    let feedback = judge(&coach(&model.base_url()), ANSWER).await.unwrap();
    assert_eq!(verdicts(&feedback), ["hit", "hit", "missed"]);
    assert!(feedback.remark().unwrap().contains("agree on every point"));
    assert_eq!(model.requests("marks").await.len(), 2);
    assert_eq!(model.requests("clarity").await.len(), 1);
}

#[tokio::test]
async fn a_second_model_that_fails_leaves_the_first_ones_judgement_and_is_named() {
    let refused = Reply::Answers(404, vec![], "{}".to_owned());
    let model = Script::sound().on_model("another", "marks", [refused]).start().await;
    let feedback = judge(&coach(&model.base_url()), ANSWER).await.unwrap();
    assert_eq!(verdicts(&feedback), ["hit", "hit", "missed"]);
    assert!(feedback.remark().unwrap().starts_with("Only a-model judged this answer; another could not"));
}
