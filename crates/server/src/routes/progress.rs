//! `/progress`

use std::sync::Arc;

use api::progress::{Progress, ProgressQuery};
use axum::Json;
use axum::extract::State;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Query;

/// How far you have come: by subject and topic the questions asked, those due, and the last scores; and the key points to say again first.
/// Before an interview, what is left for it.
#[utoipa::path(get, path = "/progress", tag = "progress", params(ProgressQuery),
    responses((status = OK, body = Progress)))]
pub(crate) async fn show_progress(
    State(app): State<Arc<App>>,
    Query(query): Query<ProgressQuery>,
) -> Result<Json<Progress>, ApiError> {
    Ok(Json(app.progress(&query).await?))
}
