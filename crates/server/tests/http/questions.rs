//! The bank over HTTP.

use api::question::QuestionFilter;

use crate::running::Running;

#[tokio::test]
async fn a_list_of_questions_gives_no_answers_away() {
    let viva = Running::start().await;
    let list = viva.client.questions(&QuestionFilter::default()).await.unwrap();
    assert!(list.questions.len() >= 14);
    assert!(list.questions.iter().all(|question| question.answer.is_none()));
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let viva = Running::start().await;
    let filter = QuestionFilter {
        topic: Some("borrowing".to_owned()),
        kind: Some("snippet".to_owned()),
        ..QuestionFilter::default()
    };
    let list = viva.client.questions(&filter).await.unwrap();
    assert!(!list.questions.is_empty());
    for question in &list.questions {
        assert_eq!((question.topic.as_str(), question.kind.as_str()), ("borrowing", "snippet"));
        assert!(question.snippet.is_some());
    }
    let of_subject = QuestionFilter { subject: Some("go".to_owned()), ..QuestionFilter::default() };
    let go = viva.client.questions(&of_subject).await.unwrap().questions;
    assert!(!go.is_empty() && go.iter().all(|question| question.topic.starts_with("go-")), "{go:?}");
    let words = QuestionFilter { q: Some("PUSHING vector".to_owned()), ..QuestionFilter::default() };
    let found = viva.client.questions(&words).await.unwrap().questions;
    assert!(found.iter().any(|question| question.id == "borrowing-push-while-reading"), "{found:?}");
}

#[tokio::test]
async fn the_answer_of_a_question_is_shown_once_it_was_answered_or_when_asked_for() {
    let viva = Running::start().await;
    let id = "borrowing-push-while-reading";
    assert!(viva.client.question(id).await.unwrap().answer.is_none());
    let revealed = viva.client.revealed_question(id).await.unwrap().answer.unwrap();
    assert!(revealed.key_points.len() >= 3);
    assert!(revealed.snippet.unwrap().outcome.contains("E0502"));

    let turn = viva.turn(id).await;
    assert!(viva.client.question(id).await.unwrap().answer.is_none(), "being asked is not having answered");
    assert!(viva.client.turn(turn).await.unwrap().question.answer.is_none());
    viva.answer(turn, "the two borrows overlap").await;
    assert_eq!(viva.client.question(id).await.unwrap().answer, viva.client.revealed_question(id).await.unwrap().answer);
}

#[tokio::test]
async fn a_claim_has_its_stage_and_its_versions() {
    let viva = Running::start().await;
    let dated = viva.client.revealed_question("async-closures").await.unwrap().answer.unwrap().key_points;
    assert!(dated.iter().any(|point| point.versions.since.as_deref() == Some("Rust 1.85")), "{dated:?}");
    let design = viva.client.revealed_question("design-rate-limiter").await.unwrap().answer.unwrap().key_points;
    assert!(design.iter().any(|point| point.stage.as_deref() == Some("clarify")), "{design:?}");
}

#[tokio::test]
async fn ones_own_questions_stand_beside_the_built_in_ones() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("rust");
    std::fs::create_dir(&own).unwrap();
    let built_in = server::question_files::built_in();
    let model = built_in.iter().find(|file| file.path.ends_with("/ownership-why.toml")).unwrap();
    std::fs::write(own.join("my-own.toml"), model.text.replace("\"ownership-why\"", "\"my-own\"")).unwrap();
    std::fs::write(own.join("broken.toml"), "format_version = ").unwrap();

    let viva = Running::start_with(|settings| settings.question_folder = Some(folder.path().to_owned())).await;
    assert_eq!(viva.client.question("my-own").await.unwrap().id, "my-own");
    assert!(viva.client.question("ownership-why").await.is_ok());
}
