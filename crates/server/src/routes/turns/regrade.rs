use std::sync::Arc;

use api::turn::Regrade;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use interview::TurnId;
use store::queue::CoachWish;

use super::reply::{Awaited, Reply, Waiting};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Json, Named};
use crate::routes::refusals::{Conflict, NotFound, NotSetUp};
use crate::wire;

/// Has an answer judged again, by another coach if one is named. Earlier feedback stays in the history.
#[utoipa::path(post, path = "/turns/{id}/regrade", tag = "turns",
    params(("id" = uuid::Uuid, Path), Waiting),
    request_body = Regrade,
    responses(
        Awaited,
        NotFound,
        Conflict,
        NotSetUp,
    ))]
pub(crate) async fn regrade_turn(
    State(app): State<Arc<App>>,
    Named(id): Named<TurnId>,
    headers: HeaderMap,
    Json(Regrade { coach, model }): Json<Regrade>,
) -> Result<impl IntoResponse, ApiError> {
    let wish = CoachWish { coach: coach.map(wire::coach::kind), model };
    let question = app.question_of(&app.store.turn(id).await?).await?;
    if app.coaches.for_wish(&wish, &question).is_none() {
        let detail = "this coach or model is not set up on this server; ask for the coach `offline` without a model, or name none";
        return Err(ApiError::NotSetUp(detail.to_owned()));
    }
    app.store.regrade(id, wish).await?;
    app.events.superseded(id);
    Reply::of(&app, id, &headers).await
}
