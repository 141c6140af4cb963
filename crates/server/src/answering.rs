//! From a request to a stored answer.
//!
//! A recording is streamed to the audio store while it arrives; the answer and the promise to judge it are stored together afterwards.
//! What was refused leaves no recording behind, and what may have been stored is never deleted.

mod incoming;
mod submission;

use axum::extract::Request;
use interview::AnswerId;
use interview::session::{AudioObject, Turn, TurnState};
use store::{IdempotencyKey, StoreError};
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::app::App;

/// Reads an answer to `turn` and stores it.
pub(crate) async fn accept(
    app: &App,
    turn: &Turn,
    key: Option<&IdempotencyKey>,
    request: Request,
) -> Result<(), ApiError> {
    if turn.state != TurnState::Asked && key.is_none() {
        let state = turn.state.name();
        return Err(ApiError::Conflict(format!("turn {} is {state}, so it cannot be answered again", turn.id)));
    }
    let id = AnswerId::from(Uuid::now_v7());
    let (document, recording) = incoming::read(app, turn, id, request).await?;
    let question = app.question_of(turn).await?;
    let submission = match submission::submission(id, document, recording.clone(), &question, app.transcription.limit())
    {
        Ok(submission) => submission,
        Err(refusal) => {
            discard(app, recording.as_ref()).await;
            return Err(refusal);
        }
    };
    match app.store.accept_answer(turn.id, submission, key).await {
        Ok(stored) => {
            if stored.state.audio() != recording.as_ref() {
                // The same answer came before: this recording is a copy.
                discard(app, recording.as_ref()).await;
            }
            app.events.notify(turn.id);
            Ok(())
        }
        Err(refusal @ (StoreError::Conflict { .. } | StoreError::NotFound(_))) => {
            discard(app, recording.as_ref()).await;
            Err(refusal.into())
        }
        // Whether it was stored is not known, so its recording stays.
        Err(failure) => Err(failure.into()),
    }
}

/// Deletes a recording that no answer will ever name. One that cannot be deleted goes with its session.
async fn discard(app: &App, recording: Option<&AudioObject>) {
    if let Some(recording) = recording
        && let Err(error) = app.audio.delete(recording).await
    {
        tracing::warn!(key = %recording.key, %error, "a refused recording was left behind");
    }
}
