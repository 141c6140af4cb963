//! The OpenAPI document: generated from the routes themselves.

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};
use utoipa::{OpenApi, ToSchema};

use crate::api_error::ApiError;
use crate::router;

/// What the document says beside the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Viva",
        description = "A spoken mock interviewer: sessions of technical questions, answers typed or spoken, and feedback on \
                       what you said, how clear it was, and your pace and pauses. Errors are problem documents (RFC 9457). \
                       There are no accounts and no tokens: the server listens on loopback only, unless it is opened to the \
                       network on purpose.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(
        api::problem::Problem, api::session::ExportFormat, api::turn::StateEvent,
    )),
    tags(
        (name = "questions", description = "The question bank"),
        (name = "sessions", description = "Practice rounds"),
        (name = "turns", description = "One question asked, its answer and its feedback"),
        (name = "progress", description = "What was asked, what is due, and what to say again first"),
        (name = "archive", description = "Everything at once: save it, restore it, delete it"),
        (name = "transcriptions", description = "Audio to text; nothing is stored"),
        (name = "health", description = "Whether the server runs and is ready"),
    ),
)]
struct Document;

/// A recording as the body of a request or a response.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only described")]
pub(crate) struct Audio(Vec<u8>);

/// An archive as the body of a request or a response.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only described")]
pub(crate) struct Archive(Vec<u8>);

/// The OpenAPI document of this server's API, as JSON for people to read.
///
/// # Errors
/// Never in practice: the document consists of text, numbers and lists.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document()?)
}

pub(crate) fn document() -> Result<Value, serde_json::Error> {
    let mut document = Document::openapi();
    document.merge(router::api_routes().into_openapi());
    let mut document = serde_json::to_value(document)?;
    document["security"] = json!([]);
    for (_, path) in members(&mut document["paths"]) {
        for (method, operation) in members(path) {
            describe_responses(method, operation);
        }
    }
    Ok(document)
}

pub(crate) async fn serve() -> Result<impl IntoResponse, ApiError> {
    let text = openapi_json().map_err(ApiError::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text))
}

/// Adds the problems that any operation of this form can answer with, and describes every response.
fn describe_responses(method: &str, operation: &mut Value) {
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let has = |place: &str| parameters.iter().any(|parameter| parameter["in"] == place);
    let has_body = operation.get("requestBody").is_some();
    let text = String::new;
    let problems = [
        (true, ApiError::ForeignHost),
        (method != "get", ApiError::ForeignOrigin),
        (has("query") || has("header") || has_body, ApiError::Malformed(text())),
        (has("query") || has_body, ApiError::Unprocessable(text())),
        (has("path"), ApiError::NotFound(text())),
        (has_body, ApiError::ClientTooSlow),
        (has_body, ApiError::TooLarge(0)),
        (has_body, ApiError::WrongMediaType(text())),
        (method != "get", ApiError::DiskFull),
        (true, ApiError::Internal(text().into())),
        (true, ApiError::Unavailable(text())),
        (true, ApiError::TimedOut),
        // These are listed by the routes that answer with them.
        (false, ApiError::Conflict(text())),
        (false, ApiError::OutOfRange(0)),
        (false, ApiError::NotSetUp(text())),
    ];
    for (is_general, error) in problems {
        let problem = error.problem();
        let status = problem.status.to_string();
        if is_general || operation["responses"].get(&status).is_some() {
            let schema = json!({ "$ref": "#/components/schemas/Problem" });
            let content = json!({ api::problem::MEDIA_TYPE: { "schema": schema } });
            operation["responses"][status] = json!({ "description": problem.title, "content": content });
        }
    }
    for (status, response) in members(&mut operation["responses"]) {
        if response.get("description").is_none() {
            let reason = status.parse().ok().and_then(|status: StatusCode| status.canonical_reason());
            response["description"] = json!(reason.unwrap_or_default());
        }
    }
}

fn members(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flat_map(Map::iter_mut)
}
