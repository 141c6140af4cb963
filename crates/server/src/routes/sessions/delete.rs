use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use interview::SessionId;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Named;
use crate::routes::refusals::NotFound;

/// Deletes a session and its recordings.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)), responses(
    (status = NO_CONTENT, description = "it is gone"),
    NotFound,
))]
pub(crate) async fn delete_session(
    State(app): State<Arc<App>>,
    Named(id): Named<SessionId>,
) -> Result<StatusCode, ApiError> {
    // The next start deletes the recordings if a crash comes in between.
    app.store.delete(id).await?;
    app.audio.delete_session(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
