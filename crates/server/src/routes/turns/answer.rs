use std::sync::Arc;

use api::turn::{AnswerForm, NewAnswer};
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use interview::TurnId;

use super::reply::{Awaited, Reply, Waiting};
use crate::answering;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Named, idempotency_key};
use crate::routes::refusals::{Conflict, Malformed, NotFound, TooLarge, Unprocessable, WrongMediaType};

/// Answers a turn: with typed text or a transcript as JSON, with a recording, or with a form of a recording and its transcript.
///
/// A recording is wav, flac, mp3, ogg (Opus or Vorbis), webm (Opus), m4a/aac or aiff.
#[utoipa::path(post, path = "/turns/{id}/answer", tag = "turns",
    params(
        ("id" = uuid::Uuid, Path),
        Waiting,
        ("idempotency-key" = Option<String>, Header, description = "names this answer; sending it again changes nothing"),
    ),
    request_body(content(
        (NewAnswer = "application/json"), (AnswerForm = "multipart/form-data"), (Vec<u8> = "audio/*"),
    )),
    responses(
        Awaited,
        Malformed,
        NotFound,
        Conflict,
        TooLarge,
        WrongMediaType,
        Unprocessable,
    ))]
pub(crate) async fn answer_turn(
    State(app): State<Arc<App>>,
    Named(id): Named<TurnId>,
    request: Request,
) -> Result<impl IntoResponse, ApiError> {
    let headers = request.headers().clone();
    let key = idempotency_key(&headers)?;
    let turn = app.store.turn(id).await?;
    answering::accept(&app, &turn, key.as_ref(), request).await?;
    Reply::of(&app, id, &headers).await
}
