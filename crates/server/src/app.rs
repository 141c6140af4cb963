//! What every handler shares.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::feedback::Feedback;
use api::progress::ProgressQuery;
use api::session::SessionPage;
use api::turn::{DecidedVerdict, Turn};
use bytes::Bytes;
use interview::marks::Marks;
use interview::progress::{Progress, Remaining};
use interview::schedule::{Attempt, Schedule};
use interview::selection::{self, Wishes};
use interview::session::{self, Answer, TurnState};
use interview::{Bank, Question, SessionId, Transcript, TurnId};
use jiff::Timestamp;
use store::queue::CoachWish;
use store::{AudioStore, PastJudging, SessionQuery, Store, StoredSession};
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
    pub(crate) transcription: Transcription,
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
            let ready = self.events.ready_panels(id);
            if ready != Feedback::default() {
                let known = shown.feedback.take().unwrap_or_default();
                shown.feedback = Some(Feedback { correctness: ready.correctness, clarity: ready.clarity, ..known });
            }
            shown.model_is_loading = self.coaches.is_model_loading();
        }
        Ok(shown)
    }

    /// When the interview is, by the settings where a client does not say.
    fn interview_at(&self, asked: Option<Timestamp>) -> Option<Timestamp> {
        asked.or(self.settings.preparation.interview_at)
    }

    /// What is known of every question that was asked, and when to ask it again, before an interview if there is one.
    pub(crate) async fn schedule(&self, interview_at: Option<Timestamp>) -> Result<Schedule, ApiError> {
        Ok(self.scheduled(&self.store.attempts().await?, interview_at))
    }

    /// The schedule after these attempts.
    pub(crate) fn scheduled(&self, attempts: &[Attempt], interview_at: Option<Timestamp>) -> Schedule {
        let schedule = Schedule::of(&self.bank, attempts);
        match self.interview_at(interview_at) {
            Some(interview_at) => schedule.before(interview_at.into(), (self.settings.clock)().into()),
            None => schedule,
        }
    }

    /// How far the candidate has come.
    pub(crate) async fn progress(&self, query: &ProgressQuery) -> Result<api::progress::Progress, ApiError> {
        let (schedule, now) = (self.schedule(query.interview_at).await?, (self.settings.clock)());
        let remaining = self.remaining_of_prepared(query, &schedule)?;
        Ok(wire::progress::progress(&Progress::of(&self.bank, &schedule, now.into()), remaining, now))
    }

    /// What is left of the questions that are prepared for before the interview, if there is one.
    pub(crate) fn remaining_of_prepared(
        &self,
        query: &ProgressQuery,
        schedule: &Schedule,
    ) -> Result<Option<Remaining>, ApiError> {
        let known = &self.settings.preparation;
        let prepared = ProgressQuery {
            interview_at: query.interview_at,
            subjects: query.subjects.clone().or_else(|| known.subjects.clone()),
            levels: query.levels.clone().or_else(|| known.levels.clone()),
        };
        self.remaining(&incoming::prepared(&prepared)?, schedule, query.interview_at)
    }

    /// What is left of the questions that meet the wishes before the interview, if there is one.
    pub(crate) fn remaining(
        &self,
        wishes: &Wishes,
        schedule: &Schedule,
        interview_at: Option<Timestamp>,
    ) -> Result<Option<Remaining>, ApiError> {
        let questions = selection::fitting(&self.bank, wishes)?;
        let (at, now) = (self.interview_at(interview_at), (self.settings.clock)());
        Ok(at.and_then(|at| Remaining::of(&questions, schedule, at.into(), now.into())))
    }

    /// One page of sessions.
    pub(crate) async fn session_page(&self, query: &SessionQuery) -> Result<SessionPage, ApiError> {
        Ok(wire::session::session_page(&self.store.sessions(query).await?, &self.bank))
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

    /// Replaces what the recogniser heard by the candidate's own words, and has the answer judged again.
    pub(crate) async fn correct(&self, id: TurnId, text: &str) -> Result<session::Turn, ApiError> {
        let text = incoming::correction(text)?;
        let turn = self.store.turn(id).await?;
        let state = &turn.state;
        let answer = match (state.answer(), state.recording()) {
            (Some(answer), _) => Answer { transcript: answer.transcript.corrected(&text), ..answer.clone() },
            // No recogniser could transcribe it: the correction is the transcript.
            (None, Some(recording)) if state.is_settled() => recording.with_words(Transcript::typed(&text), None),
            _ => {
                let detail = format!("turn {id} is {}, so there is nothing to correct", state.name());
                return Err(ApiError::Conflict(detail));
            }
        };
        self.replace_answer(id, Answer { corrected: true, ..answer }).await?;
        Ok(turn)
    }

    /// Stores an answer with other words than before, and has it judged again.
    pub(crate) async fn replace_answer(&self, id: TurnId, answer: Answer) -> Result<(), ApiError> {
        let revision = self.store.correct_transcript(id, answer).await?;
        self.events.superseded(id, revision);
        Ok(())
    }

    /// Has an answer judged again, by another coach if one is wished for.
    pub(crate) async fn regrade(&self, id: TurnId, wish: CoachWish) -> Result<session::Turn, ApiError> {
        let turn = self.store.turn(id).await?;
        if self.coaches.for_wish(&wish, &self.question_of(&turn).await?).is_none() {
            let detail = "this coach or model is not set up on this server; ask for the coach `offline` without a model, or name none";
            return Err(ApiError::NotSetUp(detail.to_owned()));
        }
        let revision = self.store.regrade(id, wish).await?;
        self.events.superseded(id, revision);
        Ok(turn)
    }

    /// Deletes a session and its recordings.
    pub(crate) async fn delete(&self, id: SessionId) -> Result<(), ApiError> {
        let turns = self.store.session(id).await?.turns;
        // The next start deletes the recordings if a crash comes in between.
        self.store.delete(id).await?;
        turns.iter().for_each(|turn| self.events.notify(turn.id));
        self.rendered.forget(id);
        Ok(self.audio.delete_session(id).await?)
    }

    /// Waits until nothing more happens to a turn by itself, or `limit` has passed, or the server stops.
    pub(crate) async fn wait_for(&self, id: TurnId, limit: Duration) -> Result<(), ApiError> {
        if limit.is_zero() {
            return Ok(());
        }
        let mut events = self.events.subscribe(id);
        let settled = async {
            let in_work =
                |state: TurnState| matches!(state, TurnState::Transcribing { .. } | TurnState::Judging { .. });
            while in_work(self.store.turn(id).await?.state) {
                events.next().await;
            }
            Ok::<_, ApiError>(())
        };
        tokio::select! {
            result = settled => result,
            () = tokio::time::sleep(limit) => Ok(()),
            () = self.stopping.cancelled() => Ok(()),
        }
    }
}
