//! What every handler shares.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::feedback::Feedback;
use api::progress::ProgressQuery;
use api::session::{DebriefQuery, SessionPage};
use api::turn::{DecidedVerdict, Turn};
use bytes::Bytes;
use interview::debrief::Debrief;
use interview::marks::Marks;
use interview::progress::{Progress, Remaining};
use interview::schedule::Schedule;
use interview::session::{self, TurnState};
use interview::{Bank, Question, SessionId, TurnId, selection};
use jiff::Timestamp;
use store::{AudioStore, PastJudging, SessionQuery, Store, StoreError, StoredSession};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::api_error::ApiError;
use crate::coaches::Coaches;
use crate::settings::Settings;
use crate::transcription::Transcription;
use crate::turn_events::TurnEvents;
use crate::wire;
use crate::wire::incoming;

/// The parts of a running server.
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) bank: Bank,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) audio: AudioStore,
    pub(crate) coaches: Coaches,
    pub(crate) transcription: Arc<Transcription>,
    pub(crate) events: TurnEvents,
    pub(crate) rendered: RenderedSessions,
    /// Held while an archive is imported or everything is deleted.
    pub(crate) archive: tokio::sync::Mutex<()>,
    /// Cancelled when the server stops: what waits gives up.
    pub(crate) stopping: CancellationToken,
}

/// Sessions as JSON documents, the last read first. Reading a session that has not changed costs no rendering.
#[derive(Debug, Default)]
pub(crate) struct RenderedSessions(Mutex<VecDeque<(SessionId, u64, Bytes)>>);

impl RenderedSessions {
    const MOST_SESSIONS: usize = 32;
    const MOST_BYTES: usize = 1024 * 1024;

    pub(crate) fn get(&self, id: SessionId, version: u64) -> Option<Bytes> {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = sessions.iter().position(|(other, found, _)| *other == id && *found == version)?;
        let entry = sessions.remove(place)?;
        let document = entry.2.clone();
        sessions.push_front(entry);
        Some(document)
    }

    /// Keeps a document, in place of an older one of the same session. Documents over a megabyte are not kept.
    pub(crate) fn keep(&self, id: SessionId, version: u64, document: &Bytes) {
        self.forget(id);
        if document.len() <= Self::MOST_BYTES {
            let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.push_front((id, version, document.clone()));
            sessions.truncate(Self::MOST_SESSIONS);
        }
    }

    pub(crate) fn forget_all(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn forget(&self, id: SessionId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(other, ..)| *other != id);
    }
}

impl App {
    /// A turn as the API shows it, with the panels that are ready when it is being judged.
    pub(crate) async fn shown(&self, id: TurnId) -> Result<Turn, ApiError> {
        let turn = self.store.turn(id).await?;
        let stored = self.store.session(turn.session).await?;
        let turn = stored.turns.iter().find(|turn| turn.id == id);
        let mut shown = turn
            .and_then(|turn| wire::session::turn(&stored, turn))
            .ok_or_else(|| ApiError::Internal(format!("turn {id} is not part of its session").into()))?;
        if shown.state == api::turn::TurnState::Judging {
            shown.feedback = self.with_ready_panels(id, shown.feedback);
            shown.model_is_loading = self.coaches.is_model_loading();
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

    /// What is known of every question that was asked, and when to ask it again, before an interview if there is one.
    pub(crate) async fn schedule(&self, interview_at: Option<Timestamp>) -> Result<Schedule, ApiError> {
        let schedule = Schedule::of(&self.bank, &self.store.attempts().await?);
        Ok(match interview_at {
            Some(interview_at) => schedule.before(interview_at.into(), (self.settings.clock)().into()),
            None => schedule,
        })
    }

    /// How far the candidate has come.
    pub(crate) async fn progress(&self, query: &ProgressQuery) -> Result<api::progress::Progress, ApiError> {
        let (schedule, now) = (self.schedule(query.interview_at).await?, (self.settings.clock)());
        let questions = selection::fitting(&self.bank, &wire::incoming::prepared(query)?)?;
        let remaining = query.interview_at.and_then(|at| Remaining::of(&questions, &schedule, at.into(), now.into()));
        Ok(wire::progress::progress(&Progress::of(&self.bank, &schedule, now.into()), remaining, now))
    }

    /// What to take away from a finished session.
    pub(crate) async fn debrief(
        &self,
        stored: &StoredSession,
        query: DebriefQuery,
    ) -> Result<api::session::Debrief, ApiError> {
        let schedule = self.schedule(query.interview_at).await?;
        Ok(wire::session::debrief(Debrief::of(&stored.session, &stored.turns, &schedule)))
    }

    /// One page of sessions, each with its score.
    pub(crate) async fn session_page(&self, query: &SessionQuery) -> Result<SessionPage, ApiError> {
        let page = self.store.sessions(query).await?;
        let mut shown = wire::session::session_page(&page);
        for head in shown.sessions.iter_mut().filter(|head| head.answered > 0) {
            match self.store.session(head.id.into()).await {
                Ok(stored) => head.correctness = wire::session::score(&stored),
                // Deleted since the page was read.
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(shown)
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

    /// Stores the candidate's decision about a mark; `None` goes back to the coach's verdict.
    pub(crate) async fn decide(
        &self,
        id: TurnId,
        mark: &str,
        verdict: Option<DecidedVerdict>,
    ) -> Result<session::Turn, ApiError> {
        let turn = self.store.turn(id).await?;
        let TurnState::Judged { feedback, .. } = &turn.state else {
            let state = turn.state.name();
            return Err(ApiError::Conflict(format!("turn {id} is {state}, so it has no marks to decide on")));
        };
        let no_marks = Marks::default();
        let decision = incoming::decision(feedback.marks().unwrap_or(&no_marks), mark, verdict)?;
        let turn = self.store.decide(id, decision).await?;
        self.events.notify(id);
        Ok(turn)
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
