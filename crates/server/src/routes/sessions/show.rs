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

/// A session with its turns, answers and feedback.
#[utoipa::path(get, path = "/sessions/{id}", tag = "sessions", params(("id" = uuid::Uuid, Path)), responses(
    (status = OK, body = Session),
    NotFound,
))]
pub(crate) async fn show_session(
    State(app): State<Arc<App>>,
    Named(id): Named<SessionId>,
) -> Result<Json<Session>, ApiError> {
    Ok(Json(wire::session::session(&app.store.session(id).await?)))
}
