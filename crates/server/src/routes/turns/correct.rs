use std::sync::Arc;

use api::turn::Correction;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use interview::session::{self, Answer, Recording, TurnState, UngradedAnswer};
use interview::{Transcript, TurnId};

use super::reply::{Awaited, Reply, Waiting};
use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::{Json, Named};
use crate::routes::refusals::{Conflict, NotFound, Unprocessable};
use crate::wire::text::correction;

/// Corrects what the recogniser heard and has the answer judged again. Delivery stays as it was measured.
#[utoipa::path(put, path = "/turns/{id}/transcript", tag = "turns",
    params(("id" = uuid::Uuid, Path), Waiting),
    request_body = Correction,
    responses(
        Awaited,
        NotFound,
        Conflict,
        Unprocessable,
    ))]
pub(crate) async fn correct_transcript(
    State(app): State<Arc<App>>,
    Named(id): Named<TurnId>,
    headers: HeaderMap,
    Json(Correction { text }): Json<Correction>,
) -> Result<impl IntoResponse, ApiError> {
    let turn = app.store.turn(id).await?;
    let answer = corrected(&turn, &correction(&text)?)?;
    app.store.correct_transcript(id, answer).await?;
    app.events.superseded(id);
    Reply::of(&app, id, &headers).await
}

fn corrected(turn: &session::Turn, text: &str) -> Result<Answer, ApiError> {
    match &turn.state {
        TurnState::Ungraded { answer: UngradedAnswer::Sound(recording), .. } => Ok(written_down(recording, text)),
        state => match state.answer() {
            Some(answer) => {
                let transcript = answer.transcript.corrected(text);
                Ok(Answer { transcript, corrected: true, ..answer.clone() })
            }
            None => {
                let detail = format!("turn {} is {}, so there is nothing to correct", turn.id, state.name());
                Err(ApiError::Conflict(detail))
            }
        },
    }
}

/// The words of a recording that no recogniser could get.
fn written_down(recording: &Recording, text: &str) -> Answer {
    Answer {
        id: recording.id,
        source: recording.source,
        transcript: Transcript::typed(text),
        corrected: true,
        spoken: None,
        audio: Some(recording.audio.clone()),
    }
}
