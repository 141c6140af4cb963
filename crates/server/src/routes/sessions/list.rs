use std::sync::Arc;

use api::session::{SessionFilter, SessionPage};
use axum::Json;
use axum::extract::State;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Query;
use crate::routes::refusals::Unprocessable;
use crate::wire;

/// One page of sessions, the newest first.
#[utoipa::path(get, path = "/sessions", tag = "sessions", params(SessionFilter), responses(
    (status = OK, body = SessionPage),
    Unprocessable,
))]
pub(crate) async fn list_sessions(
    State(app): State<Arc<App>>,
    Query(filter): Query<SessionFilter>,
) -> Result<Json<SessionPage>, ApiError> {
    let page = app.store.sessions(&wire::wishes::session_query(&filter)?).await?;
    Ok(Json(wire::session::page(&page)))
}
