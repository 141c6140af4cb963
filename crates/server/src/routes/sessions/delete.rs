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
    app.store.session(id).await?;
    // Recordings first: a crash in between leaves a session without sound, never sound that nobody can find.
    app.audio.delete_session(id).await?;
    app.store.delete(id).await?;
    // What arrived in between.
    app.audio.delete_session(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
