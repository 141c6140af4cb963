//! The handlers of the API, of which those about sessions, turns and archives have files of their own.

pub(crate) mod archive;
pub(crate) mod sessions;
pub(crate) mod turns;

use std::sync::Arc;

use api::progress::{Progress, ProgressQuery};
use api::question::{Question, QuestionFilter, QuestionList, Reveal};
use api::transcript::Transcription;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use interview::QuestionId;
use store::SessionQuery;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Id, Query, audio_type, limited, media_type};
use crate::openapi::Audio;
use crate::transcription::TranscriptionError;
use crate::wire::incoming::filtered;
use crate::wire::session::{asked_question, revealed_question, seconds, span, transcript};

/// Whether the server runs.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = NO_CONTENT, description = "It runs")))]
pub(crate) async fn healthz() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Whether the server is ready: its database answers.
#[utoipa::path(get, path = "/readyz", tag = "health", responses((status = NO_CONTENT, description = "It is ready")))]
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<StatusCode, ApiError> {
    app.store.sessions(&SessionQuery::default()).await?;
    Ok(StatusCode::NO_CONTENT)
}

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

/// How far you have come: by subject and topic the questions asked, those due, and the last scores; and the key points to say again first.
/// Before an interview, what is left for it.
#[utoipa::path(get, path = "/progress", tag = "progress", params(ProgressQuery),
    responses((status = OK, body = Progress)))]
pub(crate) async fn show_progress(
    State(app): State<Arc<App>>,
    Query(query): Query<ProgressQuery>,
) -> Result<Json<Progress>, ApiError> {
    Ok(Json(app.progress(&query).await?))
}

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
