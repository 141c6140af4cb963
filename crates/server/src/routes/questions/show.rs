use std::sync::Arc;

use api::question::{Question, Reveal};
use axum::Json;
use axum::extract::State;
use interview::QuestionId;
use store::{PageLimit, SessionQuery};

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Named, Query};
use crate::routes::refusals::NotFound;
use crate::wire;

/// How many pages of sessions are searched for an answer to the question.
const PAGES: usize = 10;

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
    let shown = if reveal || was_answered(&app, question).await? {
        wire::question::revealed(question)
    } else {
        wire::question::asked(question)
    };
    Ok(Json(shown))
}

/// Whether a turn about the question can no longer be answered, in one of the latest sessions about its topic.
async fn was_answered(app: &App, question: &interview::Question) -> Result<bool, ApiError> {
    let limit = PageLimit::try_from(100).unwrap_or_default();
    let mut query = SessionQuery { topic: Some(question.topic.clone()), limit, ..SessionQuery::default() };
    for _ in 0..PAGES {
        let page = app.store.sessions(&query).await?;
        for session in &page.sessions {
            if session.questions.iter().any(|head| head.id == question.id) {
                let turns = app.store.session(session.id).await?.turns;
                if turns.iter().any(|turn| turn.question == question.id && turn.state.is_settled()) {
                    return Ok(true);
                }
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    Ok(false)
}
