//! One answer before one coach.

use std::sync::Arc;
use std::time::Duration;

use api::feedback::Feedback;
use coach::{Coach, CoachError, LlmCoach, OfflineCoach, Panel, as_fallback};
use interview::TurnId;
use interview::bank::Question;
use interview::claims::Report;
use interview::follow_up::{FollowUp, Round, Rubric};
use interview::judging::{self, Assignment, Judged, NothingJudged};
use interview::session::{Answer, Place, Turn, TurnState};
use store::StoredSession;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use crate::turn_events::TurnEvents;
use crate::wire;
use crate::wire::incoming::harmless;

/// Panels that may be ready before the whole: correctness and clarity.
const PANELS: usize = 2;

/// What a coach judges.
#[derive(Clone)]
pub(super) struct Case {
    revision: u32,
    session: Arc<StoredSession>,
    turn: Turn,
    question: Question,
    answer: Answer,
    rubric: Rubric,
}

impl Case {
    pub(super) fn new(
        revision: u32,
        session: &Arc<StoredSession>,
        turn: &Turn,
        question: &Question,
        answer: &Answer,
    ) -> Self {
        let rubric = Rubric::of(question, turn.target.as_ref());
        let (turn, question, answer) = (turn.clone(), question.clone(), answer.clone());
        Self { revision, session: Arc::clone(session), turn, question, answer, rubric }
    }

    /// The coach's report. A language model's panels are announced as soon as each is ready; the time that earlier attempts took is part
    /// of what it may take.
    pub(super) async fn report(
        &self,
        coach: &Coach,
        fallback: Option<&Arc<OfflineCoach>>,
        taken: Duration,
        events: &TurnEvents,
    ) -> Result<Report<CoachError>, CoachError> {
        let judged = match coach {
            Coach::Offline(offline) => self.ask_offline(offline).await,
            Coach::Llm(llm) => self.ask_model(llm, taken, events).await,
        };
        match (judged, fallback) {
            (Err(failure), Some(offline)) => {
                tracing::warn!(question = %self.question.id, %failure, "the offline coach judges instead of the model");
                Ok(as_fallback(self.ask_offline(offline).await?, &failure))
            }
            (judged, _) => judged,
        }
    }

    /// The feedback and the follow-up that a report leads to.
    pub(super) fn judged(&self, report: Report<CoachError>) -> Result<Judged, NothingJudged> {
        judging::judge(&self.assignment(), report)
    }

    /// The turn that asks a follow-up after this one.
    pub(super) fn next(&self, follow_up: FollowUp) -> Turn {
        let place = self.turn.place;
        Turn {
            id: TurnId::from(Uuid::now_v7()),
            session: self.turn.session,
            place: Place { position: place.position, depth: place.depth.saturating_add(1) },
            question: self.turn.question.clone(),
            target: Some(follow_up.target),
            prompt: harmless(&follow_up.prompt),
            hints_used: 0,
            sureness: None,
            state: TurnState::Asked,
        }
    }

    async fn ask_model(
        &self,
        llm: &LlmCoach,
        taken: Duration,
        events: &TurnEvents,
    ) -> Result<Report<CoachError>, CoachError> {
        let (panels, mut ready) = mpsc::channel(PANELS);
        let assignment = self.assignment();
        let judging = async {
            // Owns the sender, so that the receiver ends with it.
            let panels = panels;
            llm.judge(&assignment, taken, Some(&panels)).await
        };
        let announcing = async {
            while let Some(panel) = ready.recv().await {
                if let Some(panel) = self.feedback_of(&panel) {
                    events.panel(self.turn.id, self.revision, panel);
                }
            }
        };
        tokio::join!(judging, announcing).0
    }

    async fn ask_offline(&self, offline: &Arc<OfflineCoach>) -> Result<Report<CoachError>, CoachError> {
        let (case, offline) = (self.clone(), Arc::clone(offline));
        let judged = spawn_blocking(move || offline.judge(&case.assignment())).await;
        judged.map_err(|failure| {
            tracing::error!(turn = %self.turn.id, error = %failure, "the offline coach panicked");
            CoachError::Malformed { reason: "it failed on this answer".to_owned() }
        })
    }

    fn assignment(&self) -> Assignment<'_> {
        let StoredSession { session, turns, finished_at, .. } = &*self.session;
        let round = Round { session, turns, is_finished: finished_at.is_some(), turn: &self.turn };
        Assignment {
            question: &self.question,
            rubric: &self.rubric,
            prompt: &self.turn.prompt,
            target: self.turn.target.as_ref(),
            transcript: &self.answer.transcript,
            round: Some(round),
        }
    }

    /// The panel on its way out; `None` when its claims do not fit the rubric.
    fn feedback_of(&self, panel: &Panel) -> Option<Feedback> {
        let transcript = &self.answer.transcript;
        Some(match panel {
            Panel::Correctness(claims) => {
                let correctness = judging::correctness(&self.rubric, transcript, claims).ok()?;
                let correctness = correctness.decided(&self.rubric, &self.answer.decisions);
                let correctness = wire::feedback::correctness(&self.question, transcript, &correctness);
                Feedback { correctness, ..Feedback::default() }
            }
            Panel::Clarity(claims) => {
                let clarity = wire::feedback::clarity(&judging::clarity(transcript, claims));
                Feedback { clarity: Some(clarity), ..Feedback::default() }
            }
        })
    }
}
