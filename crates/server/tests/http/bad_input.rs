//! Requests that make no sense. Each gets a problem document that says what is wrong.

use api::problem::{MEDIA_TYPE, Problem};
use reqwest::{Method, Response};
use uuid::Uuid;

use crate::running::Running;

/// The problem that a response is.
async fn problem(response: Response) -> Problem {
    assert_eq!(response.headers()["content-type"], MEDIA_TYPE, "{response:?}");
    let status = response.status().as_u16();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let problem: Problem = response.json().await.unwrap();
    assert_eq!(problem.status, status);
    assert_eq!(problem.instance, Some(format!("urn:uuid:{id}")));
    problem
}

async fn post(viva: &Running, path: &str, media_type: &str, body: impl Into<reqwest::Body>) -> Problem {
    let request = viva.plain().post(viva.url(path)).header("content-type", media_type).body(body);
    problem(request.send().await.unwrap()).await
}

async fn get(viva: &Running, path: &str) -> Problem {
    problem(viva.plain().get(viva.url(path)).send().await.unwrap()).await
}

#[tokio::test]
async fn what_cannot_be_read_is_malformed() {
    let viva = Running::start().await;
    for body in ["{", "not json", "{\"topics\": [}", "{\"seed\": 1"] {
        let problem = post(&viva, "/api/v1/sessions", "application/json", body).await;
        assert_eq!((problem.status, problem.kind.as_str()), (400, "/problems/malformed"), "{body}");
    }
    let invalid = post(&viva, "/api/v1/sessions", "application/json", b"{\"topics\": [\"\xff\"]}".to_vec()).await;
    assert_eq!(invalid.status, 400);
    assert!(invalid.detail.unwrap().contains("byte 13"));
    assert_eq!(get(&viva, "/api/v1/sessions?limit=many").await.status, 400);
    assert_eq!(get(&viva, "/api/v1/questions?no_such_filter=1").await.status, 400);
}

#[tokio::test]
async fn what_can_be_read_and_cannot_be_is_unprocessable() {
    let viva = Running::start().await;
    for body in [
        r#"{"topics": "ownership"}"#,
        r#"{"no_such_wish": 1}"#,
        r#"{"levels": ["wizard"]}"#,
        r#"{"topics": ["no-such-topic"]}"#,
        r#"{"question_ids": ["no-such-question"]}"#,
        r#"{"question_ids": ["ownership-why", "ownership-why"]}"#,
        r#"{"questions": 0}"#,
        r#"{"questions": 4000000000}"#,
        r#"{"follow_ups": 9}"#,
        r#"{"topics": ["ownership"], "kinds": ["design"]}"#,
        r#"{"seed": 1e999}"#,
        r#"{"topics": ["\ud800"]}"#,
        "[]",
        "null",
        "7",
    ] {
        let problem = post(&viva, "/api/v1/sessions", "application/json", body).await;
        assert_eq!((problem.status, problem.kind.as_str()), (422, "/problems/unprocessable"), "{body}");
    }
    for path in [
        "/api/v1/sessions?limit=0",
        "/api/v1/sessions?limit=101",
        "/api/v1/sessions?cursor=none",
        "/api/v1/questions?level=wizard",
    ] {
        assert_eq!(get(&viva, path).await.status, 422, "{path}");
    }
}

#[tokio::test]
async fn an_answer_without_an_answer_leaves_the_turn_open() {
    let viva = Running::start().await;
    let turn = viva.turn("ownership-why").await;
    let path = format!("/api/v1/turns/{turn}/answer");
    for body in [
        "{}",
        r#"{"text": ""}"#,
        r#"{"text": " \n ?! "}"#,
        r#"{"text": "one", "source": "microphone"}"#,
        r#"{"text": "one", "corrected_text": "two"}"#,
        r#"{"text": "one", "transcript": {"segments": []}}"#,
        r#"{"transcript": {"segments": [{"text": "words without times"}]}}"#,
        r#"{"transcript": {"segments": [{"text": "", "words": [{"text": "x", "start": 5, "end": 1}]}]}}"#,
        r#"{"transcript": {"segments": [{"text": "", "words": [{"text": "x", "start": -1, "end": 1}]}]}}"#,
        r#"{"transcript": {"segments": [{"text": "", "words": [{"text": "x", "probability": 2}]}]}}"#,
        r#"{"transcript": {"segments": [], "duration": 99999999}}"#,
    ] {
        let problem = post(&viva, &path, "application/json", body).await;
        assert_eq!(problem.status, 422, "{body}: {problem:?}");
    }
    let endless = format!(r#"{{"text": "{}"}}"#, "word ".repeat(30_000));
    assert_eq!(post(&viva, &path, "application/json", endless).await.status, 422);
    viva.answer(turn, "every value has exactly one owner").await;
}

#[tokio::test]
async fn content_of_another_kind_is_not_taken() {
    let viva = Running::start().await;
    let turn = viva.turn("ownership-why").await;
    assert_eq!(post(&viva, "/api/v1/sessions", "text/plain", "{}").await.status, 415);
    assert_eq!(post(&viva, &format!("/api/v1/turns/{turn}/answer"), "text/html", "<p>").await.status, 415);
    let typeless = viva.plain().post(viva.url(&format!("/api/v1/turns/{turn}/answer"))).body("x");
    assert_eq!(problem(typeless.send().await.unwrap()).await.status, 415);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let viva = Running::start().await;
    let nobody = Uuid::from_u128(7);
    for path in [
        format!("/api/v1/sessions/{nobody}"),
        format!("/api/v1/sessions/{nobody}/export"),
        format!("/api/v1/turns/{nobody}"),
        format!("/api/v1/turns/{nobody}/audio"),
        format!("/api/v1/turns/{nobody}/events"),
        "/api/v1/sessions/7".to_owned(),
        "/api/v1/turns/%00%ff".to_owned(),
        "/api/v1/questions/no-such-question".to_owned(),
        "/api/v1/questions/..%2f..%2fetc%2fpasswd".to_owned(),
    ] {
        let problem = get(&viva, &path).await;
        assert_eq!((problem.status, problem.kind.as_str()), (404, "/problems/not-found"), "{path}");
    }
    for path in ["/api/v1/nothing", "/api/v2/sessions", "/nothing", "/api/v1/sessions/"] {
        let problem = get(&viva, path).await;
        assert_eq!((problem.status, problem.kind.as_str()), (404, "/problems/unknown-route"), "{path}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_told_which_are() {
    let viva = Running::start().await;
    for (method, path, allowed) in [
        (Method::DELETE, "/api/v1/sessions", "GET,HEAD,POST"),
        (Method::POST, "/api/v1/questions", "GET,HEAD"),
        (Method::PUT, "/api/v1/transcriptions", "POST"),
        (Method::POST, "/", "GET,HEAD"),
    ] {
        let response = viva.plain().request(method, viva.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 405);
        let mut listed: Vec<String> =
            response.headers()["allow"].to_str().unwrap().split(',').map(|method| method.trim().to_owned()).collect();
        listed.sort();
        assert_eq!(listed.join(","), allowed, "{path}");
        assert_eq!(problem(response).await.kind, "/problems/method-not-allowed");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let viva = Running::start().await;
    let body = format!(r#"{{"topics": ["{}"]}}"#, "x".repeat(2 * 1024 * 1024));
    assert_eq!(post(&viva, "/api/v1/sessions", "application/json", body).await.status, 413);
}

#[tokio::test]
async fn whoever_is_refused_while_still_sending_learns_why() {
    let viva = Running::start().await;
    let path = format!("/api/v1/turns/{}/answer", Uuid::nil());
    let refused = post(&viva, &path, "audio/wav", vec![0; 8 * 1024 * 1024]).await;
    assert_eq!((refused.status, refused.kind.as_str()), (404, "/problems/not-found"));
    let path = "/api/v1/transcriptions";
    assert_eq!(post(&viva, path, "audio/wav", vec![0; 8 * 1024 * 1024]).await.status, 501);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let viva = Running::start().await;
    let turn = viva.turn("ownership-why").await;
    for key in ["", "two words", &"x".repeat(256)] {
        let request = viva
            .plain()
            .post(viva.url(&format!("/api/v1/turns/{turn}/answer")))
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(r#"{"text": "one owner"}"#);
        assert_eq!(problem(request.send().await.unwrap()).await.status, 400, "{key:?}");
    }
}
