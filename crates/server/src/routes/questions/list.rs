use std::sync::Arc;

use api::question::{QuestionFilter, QuestionList};
use axum::Json;
use axum::extract::State;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Query;
use crate::routes::refusals::Unprocessable;
use crate::wire;

/// The questions of the bank, without what would give their answers away.
#[utoipa::path(get, path = "/questions", tag = "questions", params(QuestionFilter), responses(
    (status = OK, body = QuestionList),
    Unprocessable,
))]
pub(crate) async fn list_questions(
    State(app): State<Arc<App>>,
    Query(filter): Query<QuestionFilter>,
) -> Result<Json<QuestionList>, ApiError> {
    let questions = wire::wishes::filtered(app.bank.questions(), &filter)?;
    Ok(Json(QuestionList { questions: questions.into_iter().map(wire::question::asked).collect() }))
}
