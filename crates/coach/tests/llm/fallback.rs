//! The offline coach stepping in.

use std::sync::Arc;

use coach::{LlmCoach, OfflineCoach, WithFallback};
use interview::marks::CoachKind;

use crate::support::scripted_model::{Reply, Script};
use crate::support::{ANSWER, judge, question, settings, socket};

fn with_fallback(url: &str) -> WithFallback {
    let llm = LlmCoach::new(&settings(url)).unwrap();
    WithFallback::new(Arc::new(llm), Arc::new(OfflineCoach::new(&[question()])))
}

#[tokio::test]
async fn the_offline_coach_steps_in_and_is_labelled() {
    let feedback = judge(&with_fallback(&socket::nobody().await), ANSWER).await.unwrap();
    assert_eq!((feedback.judged_by().coach, feedback.judged_by().model.as_deref()), (CoachKind::Offline, None));
    let remark = feedback.remark().unwrap();
    assert!(remark.starts_with("The language model could not judge this answer ("), "{remark}");
    assert!(remark.contains("no connection to") && remark.contains("so the offline coach did."), "{remark}");
    assert!(remark.contains("Judged offline"), "{remark}");
}

#[tokio::test]
async fn a_model_that_judges_is_left_alone() {
    let model = Script::sound().start().await;
    let feedback = judge(&with_fallback(&model.base_url()), ANSWER).await.unwrap();
    assert_eq!((feedback.judged_by().coach, feedback.remark()), (CoachKind::Llm, None));
}

#[tokio::test]
async fn a_wrong_key_is_not_hidden_by_the_fallback() {
    let model = Script::sound().on_all(Reply::Answers(401, vec![], "{}".to_owned())).start().await;
    let feedback = judge(&with_fallback(&model.base_url()), ANSWER).await.unwrap();
    assert!(feedback.remark().unwrap().contains("wants a key"));
}
