use std::sync::Arc;

use api::turn::Turn;
use axum::Json;
use axum::extract::State;
use interview::TurnId;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Named;
use crate::routes::refusals::{Conflict, NotFound};

/// "I don't know": moves on from a turn. Skipping it again changes nothing.
#[utoipa::path(post, path = "/turns/{id}/skip", tag = "turns", params(("id" = uuid::Uuid, Path)), responses(
    (status = OK, body = Turn),
    NotFound,
    Conflict,
))]
pub(crate) async fn skip_turn(State(app): State<Arc<App>>, Named(id): Named<TurnId>) -> Result<Json<Turn>, ApiError> {
    app.store.skip(id).await?;
    app.events.notify(id);
    Ok(Json(app.shown(id).await?))
}
