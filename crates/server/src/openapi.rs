//! The OpenAPI document: generated from the routes themselves.

use axum::http::header;
use axum::response::IntoResponse;
use utoipa::OpenApi;

use crate::api_error::ApiError;
use crate::router;

/// What the document says beside the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Viva",
        description = "A spoken mock interviewer: sessions of technical questions, answers typed or spoken, and feedback on \
                       what was said, how clearly, and how. Errors are problem documents (RFC 9457).",
        license(name = "MIT OR Apache-2.0"),
    ),
    components(schemas(api::problem::Problem, api::turn::StateEvent)),
    tags(
        (name = "questions", description = "The bank"),
        (name = "sessions", description = "Practice rounds"),
        (name = "turns", description = "One question asked, its answer and its feedback"),
        (name = "transcriptions", description = "Sound to words, nothing stored"),
        (name = "health", description = "Is it there, and is it ready"),
    ),
)]
struct Document;

/// The OpenAPI document of this server's API, as JSON for people to read.
///
/// # Errors
/// Never in practice: the document consists of text, numbers and lists.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document())
}

pub(crate) fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.merge(router::api_routes().into_openapi());
    document
}

pub(crate) async fn serve() -> Result<impl IntoResponse, ApiError> {
    let text = openapi_json().map_err(|error| ApiError::Internal(error.into()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text))
}
