use axum::Router;
use axum::body::to_bytes;
use axum::http::Request as HttpRequest;
use axum::middleware::from_fn;
use axum::routing::get;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;

use super::*;
use crate::guard::with_request_id;

async fn answer_of(path: &str, accept: &str) -> (StatusCode, String, String) {
    let fails = || async { Err::<(), _>(ApiError::Internal("the password is hunter2".into())) };
    let panics = || async {
        if true {
            panic!("the password is hunter2")
        }
    };
    let router = Router::new()
        .route("/api/v1/fails", get(fails))
        .route("/api/v1/panics", get(panics))
        .route("/page", get(fails))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(present_failures))
        .layer(from_fn(with_request_id));
    let request = HttpRequest::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let media_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, media_type, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn what_went_wrong_inside_never_leaves() {
    for path in ["/api/v1/fails", "/api/v1/panics"] {
        let (status, media_type, body) = answer_of(path, "*/*").await;
        assert_eq!((status, media_type.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, MEDIA_TYPE));
        assert!(!body.contains("hunter2"), "{body}");
        let problem: Problem = serde_json::from_str(&body).unwrap();
        assert_eq!((problem.kind.as_str(), problem.status), ("/problems/internal", 500));
        assert!(problem.instance.unwrap().starts_with("urn:uuid:"));
    }
}

#[tokio::test]
async fn people_get_a_page_that_helps_and_programs_get_a_document() {
    let (_, media_type, body) = answer_of("/page", "text/html,*/*").await;
    assert_eq!(media_type, "text/html; charset=utf-8");
    assert!(body.contains("href=\"/\"") && body.contains("href=\"/docs\"") && !body.contains("hunter2"), "{body}");

    let (_, media_type, _) = answer_of("/page", "application/json").await;
    assert_eq!(media_type, MEDIA_TYPE);
    let (_, media_type, _) = answer_of("/api/v1/fails", "text/html").await;
    assert_eq!(media_type, MEDIA_TYPE);
}
