use std::sync::Arc;

use api::session::{Export, ExportFormat};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use interview::SessionId;
use store::{PastJudging, StoredSession};

use crate::api_error::ApiError;
use crate::app::App;
use crate::export;
use crate::extract::{Named, Query};
use crate::review::Review;
use crate::routes::refusals::NotFound;

/// The file carries its own styles and nothing else: no script, nothing from elsewhere.
const HTML_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// A session as a document: Markdown, JSON or one HTML file.
#[utoipa::path(get, path = "/sessions/{id}/export", tag = "sessions", params(("id" = uuid::Uuid, Path), Export), responses(
    (status = OK, description = "the document", content(
        (String = "text/markdown"), (api::session::Session = "application/json"), (String = "text/html"),
    )),
    NotFound,
))]
pub(crate) async fn export_session(
    State(app): State<Arc<App>>,
    Named(id): Named<SessionId>,
    Query(Export { format }): Query<Export>,
) -> Result<Response, ApiError> {
    let (stored, past) = app.with_history(id).await?;
    let mut response = exported(&stored, &past, format)?;
    let name = format!("inline; filename=\"viva-{}.{}\"", stored.created_at.strftime("%Y-%m-%d"), ending(format));
    if let Ok(name) = HeaderValue::try_from(name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn exported(stored: &StoredSession, past: &[PastJudging], format: ExportFormat) -> Result<Response, ApiError> {
    let text = match format {
        ExportFormat::Md => export::markdown(&Review::of(stored, past, false)),
        ExportFormat::Json => export::json(stored).map_err(|error| ApiError::Internal(error.into()))?,
        ExportFormat::Html => {
            export::html(Review::of(stored, past, false)).map_err(|error| ApiError::Internal(error.into()))?
        }
    };
    let mut response = ([(header::CONTENT_TYPE, media_type(format))], text).into_response();
    if format == ExportFormat::Html {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(HTML_POLICY));
    }
    Ok(response)
}

fn media_type(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Md => "text/markdown; charset=utf-8",
        ExportFormat::Json => "application/json",
        ExportFormat::Html => "text/html; charset=utf-8",
    }
}

fn ending(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Md => "md",
        ExportFormat::Json => "json",
        ExportFormat::Html => "html",
    }
}
