//! Whether the server lives, and whether it is of use.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use store::SessionQuery;

use crate::api_error::ApiError;
use crate::app::App;
use crate::routes::refusals::Unavailable;

/// Whether the server lives.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = NO_CONTENT, description = "it does")))]
pub(crate) async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Whether the server is ready: its storage answers.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = NO_CONTENT, description = "it is"),
    Unavailable,
))]
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<StatusCode, ApiError> {
    app.store.sessions(&SessionQuery::default()).await?;
    Ok(StatusCode::NO_CONTENT)
}
