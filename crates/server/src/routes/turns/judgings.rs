use std::sync::Arc;

use api::judging::JudgingList;
use axum::Json;
use axum::extract::State;
use interview::TurnId;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Named;
use crate::routes::refusals::NotFound;
use crate::wire;

/// Every judging of a turn's answer, the oldest first: each with the words that were judged and who judged them.
///
/// Scores of two judgings are comparable only where `judged_by` is the same in both.
#[utoipa::path(get, path = "/turns/{id}/judgings", tag = "turns", params(("id" = uuid::Uuid, Path)), responses(
    (status = OK, body = JudgingList),
    NotFound,
))]
pub(crate) async fn list_judgings(
    State(app): State<Arc<App>>,
    Named(id): Named<TurnId>,
) -> Result<Json<JudgingList>, ApiError> {
    let turn = app.store.turn(id).await?;
    let question = app.question_of(&turn).await?;
    let past = app.store.judgings(id).await?;
    let judgings = past.iter().map(|past| wire::judging::judging(&turn, &question, past)).collect();
    Ok(Json(JudgingList { judgings }))
}
