//! The page of a session, and its forms. After each of them the page is shown again.

use std::sync::Arc;

use api::progress::ProgressQuery;
use api::session::Debrief;
use api::turn::DecidedVerdict;
use api::view::comes_back;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use interview::{SessionId, TurnId};
use serde::Deserialize;
use store::StoreError;
use store::queue::CoachWish;

use super::progress::remaining;
use super::rendered;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Id, Query, TextForm};
use crate::review::{Review, attempt_before};
use crate::wire;
use crate::wire::session::{debrief, review_url};

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/sessions/{id}", get(session))
        .route("/sessions/{id}/finish", post(finish))
        .route("/sessions/{id}/delete", get(ask_to_delete).post(delete))
        .route("/turns/{id}/marks/{mark}", post(decide))
        .route("/turns/{id}/transcript", post(correct))
        .route("/turns/{id}/regrade", post(regrade))
}

#[derive(Template)]
#[template(path = "session.html")]
pub(crate) struct SessionPage {
    pub(crate) review: Review,
}

async fn session(State(app): State<Arc<App>>, Id(id): Id<SessionId>) -> Result<Html<String>, ApiError> {
    let (stored, past) = app.with_history(id).await?;
    let mut review = Review::of(&stored, &past, &app.bank, true);
    let attempts = app.store.attempts().await?;
    if stored.finished_at.is_some() {
        let schedule = app.scheduled(&attempts, None);
        let left = app.remaining_of_prepared(&ProgressQuery::default(), &schedule)?;
        let debrief = debrief(&stored, &schedule);
        review.remaining = left.map(|left| remaining(&wire::progress::remaining(left), &app.settings));
        review.comes_back = comes_back(&debrief.comes_back, (app.settings.clock)());
        review.debrief = Some(debrief).filter(|debrief| *debrief != Debrief::default());
    }
    for question in &stored.session.questions {
        let before = match attempt_before(question, id, &attempts) {
            Some(before) => match app.store.session(before).await {
                // It was deleted meanwhile.
                Err(StoreError::NotFound(_)) => None,
                stored => Some(stored?),
            },
            None => None,
        };
        review.add_attempts(question, &attempts, before.as_ref());
    }
    rendered(&SessionPage { review })
}

/// Finishes a round that was left open, so that its page withholds nothing any more.
async fn finish(State(app): State<Arc<App>>, Id(id): Id<SessionId>) -> Result<Redirect, ApiError> {
    app.store.finish(id).await?;
    Ok(Redirect::to(&review_url(id)))
}

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    review: Review,
}

async fn ask_to_delete(State(app): State<Arc<App>>, Id(id): Id<SessionId>) -> Result<Html<String>, ApiError> {
    let stored = app.store.session(id).await?;
    rendered(&DeletePage { review: Review::of(&stored, &[], &app.bank, true) })
}

async fn delete(State(app): State<Arc<App>>, Id(id): Id<SessionId>) -> Result<Redirect, ApiError> {
    app.delete(id).await?;
    Ok(Redirect::to("/"))
}

/// What a form decides; without a verdict it takes an earlier decision back.
#[derive(Deserialize)]
struct Decided {
    verdict: Option<DecidedVerdict>,
}

/// Stores the candidate's decision about a mark, and goes back to the details of its turn.
async fn decide(
    State(app): State<Arc<App>>,
    Id((turn, mark)): Id<(TurnId, String)>,
    Query(Decided { verdict }): Query<Decided>,
) -> Result<Redirect, ApiError> {
    let turn = app.decide(turn, &mark, verdict).await?;
    Ok(Redirect::to(&format!("{}#details-{}", review_url(turn.session), turn.id)))
}

/// Corrects the transcript of an answer and has it judged again.
async fn correct(
    State(app): State<Arc<App>>,
    Id(id): Id<TurnId>,
    TextForm(text): TextForm,
) -> Result<Redirect, ApiError> {
    let turn = app.correct(id, &text).await?;
    Ok(Redirect::to(&format!("{}#{id}", review_url(turn.session))))
}

/// Has an answer judged again by whom the server's settings name.
async fn regrade(State(app): State<Arc<App>>, Id(id): Id<TurnId>) -> Result<Redirect, ApiError> {
    let turn = app.regrade(id, CoachWish::default()).await?;
    Ok(Redirect::to(&format!("{}#{id}", review_url(turn.session))))
}
