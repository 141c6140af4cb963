//! Reading an answer: JSON, a recording, or a form of both.

use api::turn::NewAnswer;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use futures::{Stream, StreamExt, TryStreamExt};
use interview::AnswerId;
use interview::session::{AudioObject, Turn};
use store::audio::AudioKey;

use super::discard;
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{BrokenBody, MediaType, audio_type, limited, parsed_json, read_within, whole, without_more_than};
use crate::transcription::{TranscriptionError, spool};

/// The most bytes of a transcript: twenty thousand words with their times are some two megabytes.
const TRANSCRIPT_LIMIT: u64 = 8 * 1024 * 1024;

/// What the headers of a form's parts may add to the recording's size.
const FORM_SLACK: u64 = TRANSCRIPT_LIMIT + 64 * 1024;

/// The parts of a form.
const AUDIO: &str = "audio";
const TRANSCRIPT: &str = "transcript";

/// Reads the answer that a request holds. A recording is in the audio store when this returns, and not there when it fails.
pub(super) async fn read(
    app: &App,
    turn: &Turn,
    id: AnswerId,
    request: Request,
) -> Result<(NewAnswer, Option<AudioObject>), ApiError> {
    let media_type = MediaType::of(request.headers());
    match media_type {
        Some(kind) if kind.is_json() => Ok((json(request).await?, None)),
        Some(kind) if kind.is_form() => form(app, turn, id, request).await,
        Some(kind) => recording(app, turn, id, &kind, request).await,
        None => Err(ApiError::WrongMediaType(
            "say what the answer is: `content-type: application/json`, a recording's type, or multipart/form-data"
                .to_owned(),
        )),
    }
}

async fn json(request: Request) -> Result<NewAnswer, ApiError> {
    let (head, body) = request.into_parts();
    without_more_than(TRANSCRIPT_LIMIT, &head.headers)?;
    parsed_json(&whole(limited(body, TRANSCRIPT_LIMIT)).await?)
}

async fn recording(
    app: &App,
    turn: &Turn,
    id: AnswerId,
    media_type: &MediaType,
    request: Request,
) -> Result<(NewAnswer, Option<AudioObject>), ApiError> {
    let limit = app.settings.audio_limit_bytes;
    let media_type = audio_type(Some(media_type))?;
    let (head, body) = request.into_parts();
    without_more_than(limit, &head.headers)?;
    let stored = store_sound(app, turn, id, media_type, limited(body, limit)).await?;
    probed(app, stored).await.map(|stored| (NewAnswer::default(), Some(stored)))
}

async fn form(
    app: &App,
    turn: &Turn,
    id: AnswerId,
    request: Request,
) -> Result<(NewAnswer, Option<AudioObject>), ApiError> {
    without_more_than(app.settings.audio_limit_bytes.saturating_add(FORM_SLACK), request.headers())?;
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|error| ApiError::Malformed(error.body_text()))?;
    let mut parts = Parts::default();
    match parts.read_all(app, turn, id, &mut form).await {
        Ok(()) => {}
        Err(refusal) => {
            discard(app, parts.audio.as_ref()).await;
            return Err(refusal);
        }
    }
    match (parts.transcript, parts.audio) {
        (None, Some(audio)) => probed(app, audio).await.map(|audio| (NewAnswer::default(), Some(audio))),
        (transcript, audio) => Ok((transcript.unwrap_or_default(), audio)),
    }
}

/// The parts of a form that have arrived.
#[derive(Default)]
struct Parts {
    transcript: Option<NewAnswer>,
    audio: Option<AudioObject>,
}

impl Parts {
    async fn read_all(&mut self, app: &App, turn: &Turn, id: AnswerId, form: &mut Multipart) -> Result<(), ApiError> {
        while let Some(part) = form.next_field().await.map_err(|error| ApiError::Malformed(error.body_text()))? {
            match part.name() {
                Some(AUDIO) if self.audio.is_none() => {
                    let limit = app.settings.audio_limit_bytes;
                    let claimed = part.content_type().map(MediaType::from);
                    let media_type = audio_type(claimed.as_ref())?;
                    self.audio = Some(store_sound(app, turn, id, media_type, pieces(part, limit)).await?);
                }
                Some(TRANSCRIPT) if self.transcript.is_none() => {
                    let text = whole(pieces(part, TRANSCRIPT_LIMIT).boxed()).await?;
                    self.transcript = Some(parsed_json(&text)?);
                }
                _ => {
                    let detail = format!("a form holds one part `{AUDIO}` and at most one part `{TRANSCRIPT}`");
                    return Err(ApiError::Unprocessable(detail));
                }
            }
        }
        Ok(())
    }
}

fn pieces(part: Field<'_>, limit: u64) -> impl Stream<Item = Result<bytes::Bytes, BrokenBody>> + Send {
    read_within(limit, part.map_err(|error| error.body_text()))
}

async fn store_sound(
    app: &App,
    turn: &Turn,
    id: AnswerId,
    media_type: &'static str,
    sound: impl Stream<Item = Result<bytes::Bytes, BrokenBody>> + Send,
) -> Result<AudioObject, ApiError> {
    let key = AudioKey::new(turn.session, id, media_type);
    // The store sees only that the sender broke off; what went wrong is kept here.
    let mut broken = None;
    let sound = sound.map_err(|error| {
        let told = error.to_string();
        broken = Some(error);
        told
    });
    let stored = app.audio.put(&key, media_type, sound).await;
    match (stored, broken) {
        (Err(_), Some(broken)) => Err(broken.into()),
        (stored, _) => stored.map_err(ApiError::from),
    }
}

/// Refuses what is no recording while the turn can still be answered. What came with a transcript is kept whatever it is.
async fn probed(app: &App, stored: AudioObject) -> Result<AudioObject, ApiError> {
    let look = async {
        let sound = app.audio.get(&stored, None).await?;
        let spooled = spool(app.transcription.folder(), sound.bytes).await?;
        app.transcription.probe(&spooled).await.map_err(ApiError::from)
    };
    match look.await {
        Err(refusal @ (ApiError::Unprocessable(_) | ApiError::TooLarge(_))) => {
            discard(app, Some(&stored)).await;
            Err(refusal)
        }
        // Not being able to look is no reason to refuse: the worker will look again.
        Ok(()) | Err(_) => Ok(stored),
    }
}

impl From<TranscriptionError> for ApiError {
    fn from(error: TranscriptionError) -> Self {
        match error {
            TranscriptionError::NoModel => Self::NotSetUp(error.to_string()),
            TranscriptionError::Sound(error) => error.into(),
            TranscriptionError::BrokeOff => Self::Internal(error.into()),
        }
    }
}
