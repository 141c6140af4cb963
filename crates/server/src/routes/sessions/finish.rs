use std::sync::Arc;

use api::session::Session;
use axum::Json;
use axum::extract::State;
use interview::SessionId;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Named;
use crate::routes::refusals::NotFound;
use crate::wire;

/// Finishes a session and sums it up. Finishing it again changes nothing.
#[utoipa::path(post, path = "/sessions/{id}/finish", tag = "sessions", params(("id" = uuid::Uuid, Path)), responses(
    (status = OK, body = Session),
    NotFound,
))]
pub(crate) async fn finish_session(
    State(app): State<Arc<App>>,
    Named(id): Named<SessionId>,
) -> Result<Json<Session>, ApiError> {
    Ok(Json(wire::session::session(&app.store.finish(id).await?)))
}
