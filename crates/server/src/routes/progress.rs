//! `/progress`

use std::sync::Arc;

use api::progress::Progress;
use axum::Json;
use axum::extract::State;

use crate::api_error::ApiError;
use crate::app::App;

/// How far you have come: by subject and topic the questions asked, those due, and the last scores; and the key points to say again first.
#[utoipa::path(get, path = "/progress", tag = "progress", responses((status = OK, body = Progress)))]
pub(crate) async fn show_progress(State(app): State<Arc<App>>) -> Result<Json<Progress>, ApiError> {
    Ok(Json(app.progress().await?))
}
