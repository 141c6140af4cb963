//! What every handler shares.

use std::sync::Arc;
use std::time::Duration;

use api::feedback::Feedback;
use api::turn::Turn;
use interview::session::{self, TurnState};
use interview::{Bank, Question, SessionId, TurnId};
use store::{AudioStore, PastJudging, Store, StoredSession};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::api_error::ApiError;
use crate::coaches::Coaches;
use crate::settings::Settings;
use crate::transcription::Transcription;
use crate::turn_events::TurnEvents;
use crate::wire;

/// The parts of a running server.
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) bank: Bank,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) audio: AudioStore,
    pub(crate) coaches: Coaches,
    pub(crate) transcription: Arc<Transcription>,
    pub(crate) events: TurnEvents,
    /// Cancelled when the server stops: what waits gives up.
    pub(crate) stopping: CancellationToken,
}

impl App {
    /// A turn as the API shows it, with the panels that are ready when it is being judged.
    pub(crate) async fn shown(&self, id: TurnId) -> Result<Turn, ApiError> {
        let turn = self.store.turn(id).await?;
        let stored = self.store.session(turn.session).await?;
        let turn = stored.turns.iter().find(|turn| turn.id == id);
        let mut shown = turn
            .and_then(|turn| wire::turn::turn(&stored, turn))
            .ok_or_else(|| ApiError::Internal(format!("turn {id} is not part of its session").into()))?;
        if shown.state == api::turn::TurnState::Judging {
            shown.feedback = self.with_ready_panels(id, shown.feedback);
        }
        Ok(shown)
    }

    fn with_ready_panels(&self, id: TurnId, known: Option<Feedback>) -> Option<Feedback> {
        let ready = self.events.ready_panels(id);
        if ready.correctness.is_none() && ready.clarity.is_none() {
            return known;
        }
        let known = known.unwrap_or_default();
        Some(Feedback { correctness: ready.correctness, clarity: ready.clarity, ..known })
    }

    /// A session with every judging of its answers.
    pub(crate) async fn with_history(&self, id: SessionId) -> Result<(StoredSession, Vec<PastJudging>), ApiError> {
        let stored = self.store.session(id).await?;
        let past = self.store.session_judgings(id).await?;
        Ok((stored, past))
    }

    /// The question that a turn is about, as it was when the session began.
    pub(crate) async fn question_of(&self, turn: &session::Turn) -> Result<Question, ApiError> {
        let stored = self.store.session(turn.session).await?;
        let question = stored.session.question(&turn.question).cloned();
        question.ok_or_else(|| ApiError::Internal(format!("the question of turn {} is missing", turn.id).into()))
    }

    /// Waits until nothing more happens to a turn by itself, or `limit` has passed, or the server stops.
    pub(crate) async fn wait_for(&self, id: TurnId, limit: Duration) -> Result<(), ApiError> {
        if limit.is_zero() {
            return Ok(());
        }
        let deadline = Instant::now() + limit;
        let mut events = self.events.subscribe(id);
        loop {
            let state: TurnState = self.store.turn(id).await?.state;
            let is_waiting = matches!(state, TurnState::Transcribing { .. } | TurnState::Judging { .. });
            if !is_waiting || Instant::now() >= deadline || self.stopping.is_cancelled() {
                return Ok(());
            }
            tokio::select! {
                _ = events.next(Some(deadline)) => {}
                () = self.stopping.cancelled() => {}
            }
        }
    }
}
