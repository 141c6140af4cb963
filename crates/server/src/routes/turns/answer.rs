use std::sync::Arc;

use api::problem::Problem;
use api::turn::{AnswerForm, NewAnswer, Turn};
use axum::extract::{Request, State};
use axum::response::IntoResponse;
use interview::TurnId;

use super::reply::Reply;
use crate::answering;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Named, idempotency_key};

/// Answers a turn: with typed text or a transcript as JSON, with a recording, or with a form of a recording and its transcript.
///
/// A recording is wav, flac, mp3, ogg (Opus or Vorbis), webm (Opus), m4a/aac or aiff.
#[utoipa::path(post, path = "/turns/{id}/answer", tag = "turns",
    params(
        ("id" = uuid::Uuid, Path),
        ("prefer" = Option<String>, Header, description = "`wait=SECONDS`: reply once the answer is judged"),
        ("idempotency-key" = Option<String>, Header, description = "names this answer; sending it again changes nothing"),
    ),
    request_body(content(
        (NewAnswer = "application/json"), (AnswerForm = "multipart/form-data"), (Vec<u8> = "audio/*"),
    )),
    responses(
        (status = OK, description = "judged, or kept without feedback", body = Turn),
        (status = ACCEPTED, description = "stored; feedback follows", body = Turn),
        (status = BAD_REQUEST, description = "the request cannot be read", body = Problem,
            content_type = "application/problem+json"),
        (status = NOT_FOUND, description = "no such turn", body = Problem, content_type = "application/problem+json"),
        (status = CONFLICT, description = "the turn has another answer", body = Problem,
            content_type = "application/problem+json"),
        (status = PAYLOAD_TOO_LARGE, description = "the recording is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = UNSUPPORTED_MEDIA_TYPE, description = "no kind of answer", body = Problem,
            content_type = "application/problem+json"),
        (status = UNPROCESSABLE_ENTITY, description = "no answer in it", body = Problem,
            content_type = "application/problem+json"),
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
