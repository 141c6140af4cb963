//! `/transcriptions`

use std::sync::Arc;

use api::transcript::Transcription;
use axum::Json;
use axum::extract::{Request, State};

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{audio_type, limited, media_type};
use crate::openapi::Audio;
use crate::transcription::TranscriptionError;
use crate::wire::session::{seconds, span, transcript};

/// Transcribes a recording and stores nothing of it.
#[utoipa::path(post, path = "/transcriptions", tag = "transcriptions",
    request_body(content((Audio = "audio/*"))),
    responses((status = OK, body = Transcription), (status = NOT_IMPLEMENTED)))]
pub(crate) async fn transcribe(State(app): State<Arc<App>>, request: Request) -> Result<Json<Transcription>, ApiError> {
    if !app.transcription.has_model() {
        return Err(TranscriptionError::NoModel.into());
    }
    audio_type(media_type(request.headers()).as_deref())?;
    let sound = limited(request, app.settings.audio_limit_bytes)?;
    let spooled = app.transcription.spool(sound).await?;
    let heard = app.transcription.transcribe(spooled, &[]).await?;
    Ok(Json(Transcription {
        transcript: transcript(&heard.transcript),
        speech: heard.speech.iter().copied().map(span).collect(),
        duration: seconds(heard.duration),
        truncated: heard.truncated,
    }))
}
