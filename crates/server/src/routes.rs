//! The handlers of the API.

pub(crate) mod archive;
pub(crate) mod progress;
pub(crate) mod questions;
pub(crate) mod sessions;
pub(crate) mod transcriptions;
pub(crate) mod turns;

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use store::SessionQuery;

use crate::api_error::ApiError;
use crate::app::App;

/// Whether the server runs.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = NO_CONTENT, description = "It runs")))]
pub(crate) async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Whether the server is ready: its database answers.
#[utoipa::path(get, path = "/readyz", tag = "health", responses((status = NO_CONTENT, description = "It is ready")))]
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<StatusCode, ApiError> {
    app.store.sessions(&SessionQuery::default()).await?;
    Ok(StatusCode::NO_CONTENT)
}
