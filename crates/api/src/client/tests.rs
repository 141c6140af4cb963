use std::time::Duration;

use uuid::Uuid;
use wiremock::matchers::{body_string_contains, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::problem::Problem;
use crate::question::QuestionFilter;
use crate::turn::NewAnswer;

const TURN: Uuid = Uuid::from_u128(7);

async fn server_with(mock: Mock) -> (MockServer, Client) {
    let server = MockServer::start().await;
    mock.mount(&server).await;
    let client = Client::new(server.uri().parse().unwrap()).unwrap();
    (server, client)
}

fn not_found() -> ResponseTemplate {
    let problem = Problem {
        kind: "/problems/not-found".to_owned(),
        title: "not found".to_owned(),
        status: 404,
        detail: Some("there is no turn 7".to_owned()),
        instance: None,
    };
    let body = serde_json::to_vec(&problem).unwrap();
    ResponseTemplate::new(404).set_body_raw(body, crate::problem::MEDIA_TYPE)
}

#[tokio::test]
async fn a_problem_document_comes_back_as_one() {
    let (_server, client) = server_with(Mock::given(method("GET")).respond_with(not_found())).await;
    let error = client.turn(TURN).await.unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(error.to_string(), "there is no turn 7");
}

#[tokio::test]
async fn a_page_of_something_else_is_garbled() {
    for status in [200, 404, 502] {
        let page = ResponseTemplate::new(status).set_body_raw("<html>hello</html>", "text/html");
        let (_server, client) = server_with(Mock::given(method("GET")).respond_with(page)).await;
        let error = client.turn(TURN).await.unwrap_err();
        assert!(matches!(error, ClientError::Garbled { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable_and_worth_another_try() {
    let free_port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Client::new(format!("http://{free_port}").parse().unwrap()).unwrap();
    let error = client.ready().await.unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }) && error.is_passing(), "{error:?}");
}

#[test]
fn an_address_that_is_no_server_is_refused() {
    for address in ["file:///etc/passwd", "ftp://127.0.0.1/", "mailto:somebody@example.org"] {
        let error = Client::new(address.parse().unwrap()).unwrap_err();
        assert!(matches!(error, ClientError::InvalidBaseUrl { .. }), "{address}: {error:?}");
    }
}

#[tokio::test]
async fn filters_and_ids_are_encoded() {
    let asked = Mock::given(method("GET"))
        .and(path("/api/v1/questions"))
        .and(query_param("q", "a b&c"))
        .respond_with(ResponseTemplate::new(200).set_body_json(serde_json::json!({ "questions": [] })));
    let (server, client) = server_with(asked).await;
    let filter = QuestionFilter { q: Some("a b&c".to_owned()), ..QuestionFilter::default() };
    assert_eq!(client.questions(&filter).await.unwrap().questions, []);

    Mock::given(path("/api/v1/questions/..%2Fsessions")).respond_with(not_found()).mount(&server).await;
    assert!(client.question("../sessions").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_answer_carries_its_key_and_how_long_to_wait() {
    let asked = Mock::given(method("POST"))
        .and(path(format!("/api/v1/turns/{TURN}/answer")))
        .and(header("idempotency-key", TURN.to_string()))
        .and(header("prefer", "wait=20"))
        .and(body_string_contains("one owner"))
        .respond_with(not_found());
    let (_server, client) = server_with(asked).await;
    let answer = NewAnswer { text: Some("a value has one owner".to_owned()), ..NewAnswer::default() };
    let sending = Sending { key: TURN, wait: Duration::from_secs(20) };
    let error = client.answer(TURN, &answer, &sending).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no turn 7");
}

#[tokio::test]
async fn a_recording_is_sent_with_its_transcript_before_it() {
    let asked = Mock::given(method("POST"))
        .and(body_string_contains("name=\"transcript\""))
        .and(body_string_contains("name=\"audio\""))
        .and(body_string_contains("audio/flac"))
        .and(body_string_contains("fLaC and more"))
        .respond_with(not_found());
    let (_server, client) = server_with(asked).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer.flac");
    std::fs::write(&file, "fLaC and more").unwrap();
    let sending = Sending { key: TURN, wait: Duration::ZERO };
    let transcript = NewAnswer::default();
    let error = client.answer_aloud(TURN, &file, Some(&transcript), &sending).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no turn 7");
}

#[tokio::test]
async fn a_recording_that_is_not_there_is_named() {
    let (_server, client) = server_with(Mock::given(method("POST")).respond_with(not_found())).await;
    let error = client.transcribe(Path::new("/nowhere/answer.wav")).await.unwrap_err();
    assert!(matches!(error, ClientError::Recording { .. }), "{error:?}");
    assert!(error.to_string().contains("/nowhere/answer.wav"));
}
