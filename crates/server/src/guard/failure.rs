//! The form in which errors leave: a problem document for programs, a page for people.

use std::any::Any;

use api::problem::{MEDIA_TYPE, Problem};
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::RequestId;
use crate::api_error::{ApiError, Failure};
use crate::pages;

/// Gives every failed response its body. Failures that come from the router itself become ours first.
pub(crate) async fn present_failures(request: Request, next: Next) -> Response {
    let is_for_people = wants_a_page(request.uri().path(), request.headers());
    let id = request.extensions().get::<RequestId>().copied();
    let response = next.run(request).await;
    if !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    let mut response = ours(response);
    let Some(Failure(mut problem)) = response.extensions_mut().remove::<Failure>() else { return response };
    problem.instance = id.map(|RequestId(id)| format!("urn:uuid:{id}"));
    let (media_type, body) = if is_for_people { page(&problem) } else { document(&problem) };
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    *response.body_mut() = Body::from(body);
    response
}

/// What a handler that panicked answers. What it said stays in the log.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::Internal(format!("a handler panicked: {}", text.unwrap_or("without a text")).into()).into_response()
}

fn wants_a_page(path: &str, headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !path.starts_with(api::PREFIX) && accepted.contains("text/html")
}

/// The response as one of ours, with the headers that the router set.
fn ours(response: Response) -> Response {
    if response.extensions().get::<Failure>().is_some() {
        return response;
    }
    let error = match response.status() {
        StatusCode::NOT_FOUND => ApiError::UnknownRoute,
        StatusCode::METHOD_NOT_ALLOWED => ApiError::MethodNotAllowed,
        status => ApiError::Internal(format!("a response of status {status} came from nowhere").into()),
    };
    let mut replaced = error.into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        replaced.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    replaced
}

fn document(problem: &Problem) -> (&'static str, Vec<u8>) {
    (MEDIA_TYPE, serde_json::to_vec(problem).unwrap_or_default())
}

fn page(problem: &Problem) -> (&'static str, Vec<u8>) {
    ("text/html; charset=utf-8", pages::error_page(problem).into_bytes())
}

#[cfg(test)]
mod tests;
