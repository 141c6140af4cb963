//! `/questions`

use std::sync::Arc;

use api::question::{Question, QuestionFilter, QuestionList, Reveal};
use axum::Json;
use axum::extract::State;
use interview::QuestionId;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Id, Query};
use crate::wire::incoming::filtered;
use crate::wire::session::{asked_question, revealed_question};

/// The questions of the bank, without what would give their answers away.
#[utoipa::path(get, path = "/questions", tag = "questions", params(QuestionFilter),
    responses((status = OK, body = QuestionList)))]
pub(crate) async fn list_questions(
    State(app): State<Arc<App>>,
    Query(filter): Query<QuestionFilter>,
) -> Result<Json<QuestionList>, ApiError> {
    let questions = filtered(&app.bank, &filter)?.into_iter().map(asked_question).collect();
    Ok(Json(QuestionList { questions }))
}

/// One question; with its key points and model answer only once it was answered in a session, or when `reveal` asks for them.
#[utoipa::path(get, path = "/questions/{id}", tag = "questions", params(("id" = String, Path), Reveal),
    responses((status = OK, body = Question)))]
pub(crate) async fn show_question(
    State(app): State<Arc<App>>,
    Id(id): Id<QuestionId>,
    Query(Reveal { reveal }): Query<Reveal>,
) -> Result<Json<Question>, ApiError> {
    let question = app.bank.question(&id).ok_or_else(|| ApiError::NotFound(format!("there is no question `{id}`")))?;
    let is_revealed = reveal || app.store.is_question_answered(&id).await?;
    Ok(Json(if is_revealed { revealed_question(question) } else { asked_question(question) }))
}
