use std::sync::Arc;

use api::question::{Question, Reveal};
use axum::Json;
use axum::extract::State;
use interview::QuestionId;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Named, Query};
use crate::routes::refusals::NotFound;
use crate::wire;

/// One question; with its key points and model answer only once it was answered in a session, or when `reveal` asks for them.
#[utoipa::path(get, path = "/questions/{id}", tag = "questions", params(("id" = String, Path), Reveal), responses(
    (status = OK, body = Question),
    NotFound,
))]
pub(crate) async fn show_question(
    State(app): State<Arc<App>>,
    Named(id): Named<QuestionId>,
    Query(Reveal { reveal }): Query<Reveal>,
) -> Result<Json<Question>, ApiError> {
    let question = app.bank.question(&id).ok_or_else(|| ApiError::NotFound(format!("there is no question `{id}`")))?;
    let shown = if reveal || app.store.is_question_answered(&id).await? {
        wire::question::revealed(question)
    } else {
        wire::question::asked(question)
    };
    Ok(Json(shown))
}
