use std::sync::Arc;

use api::turn::Turn;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use interview::TurnId;

use super::reply::Waiting;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Named, wait};
use crate::routes::refusals::NotFound;

/// A turn as it is now, or, with `Prefer: wait=SECONDS`, once nothing more happens to it by itself.
#[utoipa::path(get, path = "/turns/{id}", tag = "turns",
    params(("id" = uuid::Uuid, Path), Waiting),
    responses(
        (status = OK, body = Turn),
        NotFound,
    ))]
pub(crate) async fn show_turn(
    State(app): State<Arc<App>>,
    Named(id): Named<TurnId>,
    headers: HeaderMap,
) -> Result<Json<Turn>, ApiError> {
    app.wait_for(id, wait(&headers, app.settings.wait_limit)).await?;
    Ok(Json(app.shown(id).await?))
}
