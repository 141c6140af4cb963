//! The OpenAPI document.

use crate::running::{Running, page};

#[test]
fn the_document_says_what_clients_see() {
    insta::assert_snapshot!(server::openapi_json().unwrap());
}

#[tokio::test]
async fn the_server_gives_its_document_and_every_address_in_it_exists() {
    let viva = Running::start().await;
    let text = viva.plain().get(viva.url("/openapi.json")).send().await.unwrap().text().await.unwrap();
    assert_eq!(text, server::openapi_json().unwrap());
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 16, "{:?}", paths.keys());
    for path in paths.keys() {
        let path = path.replace("{id}", "0");
        let problem = viva.plain().request(reqwest::Method::TRACE, viva.url(&path)).send().await.unwrap();
        assert_ne!(problem.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn people_can_read_it_too() {
    let viva = Running::start().await;
    let page = page(&viva, "/docs").await;
    for expected in ["/api/v1/turns/{id}/answer", "Starts a session.", "idempotency-key", "multipart/form-data"] {
        assert!(page.contains(expected), "{expected}");
    }
}
