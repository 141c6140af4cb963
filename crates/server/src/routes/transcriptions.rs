//! `/transcriptions`

use std::sync::Arc;

use api::transcript::Transcription;
use axum::Json;
use axum::extract::{Request, State};
use futures::TryStreamExt;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{MediaType, audio_type, limited, without_more_than};
use crate::routes::refusals::{NotSetUp, TooLarge, Unprocessable, WrongMediaType};
use crate::transcription::{TranscriptionError, spool};
use crate::wire;

/// Turns a recording into words and stores nothing of it.
#[utoipa::path(post, path = "/transcriptions", tag = "transcriptions", request_body(content((Vec<u8> = "audio/*"))),
    responses(
        (status = OK, body = Transcription),
        TooLarge,
        WrongMediaType,
        Unprocessable,
        NotSetUp,
    ))]
pub(crate) async fn transcribe(State(app): State<Arc<App>>, request: Request) -> Result<Json<Transcription>, ApiError> {
    if !app.transcription.has_model() {
        return Err(TranscriptionError::NoModel.into());
    }
    let (head, body) = request.into_parts();
    audio_type(MediaType::of(&head.headers).as_ref())?;
    let limit = app.settings.audio_limit_bytes;
    without_more_than(limit, &head.headers)?;
    let sound = limited(body, limit).map_err(ApiError::from);
    let spooled = spool(app.transcription.folder(), sound).await?;
    let heard = app.transcription.hear(spooled, &[]).await?;
    Ok(Json(Transcription {
        transcript: wire::transcript::transcript(&heard.transcript),
        speech: heard.speech.iter().copied().map(wire::transcript::span).collect(),
        duration: wire::transcript::seconds(heard.duration),
        truncated: heard.truncated,
    }))
}
