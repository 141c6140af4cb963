//! One answer before one coach.

use std::sync::Arc;

use api::feedback;
use coach::{Coach, CoachError, Panel, Panels};
use interview::bank::Question;
use interview::claims::Report;
use interview::follow_up::{FollowUp, Round, Rubric};
use interview::judging::{self, Assignment, Judged, NothingJudged};
use interview::session::{Answer, Turn};
use store::StoredSession;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::news::News;
use crate::wire;
use crate::wire::text::harmless;

/// Panels that may be ready before the whole: correctness and clarity.
const PANELS: usize = 2;

/// The longest wording of a follow-up, in characters. Somebody has to listen to it.
const LONGEST_PROMPT: usize = 500;

/// What a coach judges.
#[derive(Clone)]
pub(super) struct Case {
    turn: Turn,
    question: Question,
    answer: Answer,
    rubric: Rubric,
}

impl Case {
    pub(super) fn new(turn: &Turn, question: &Question, answer: &Answer) -> Self {
        let rubric = Rubric::of(question, turn.target.as_ref());
        Self { turn: turn.clone(), question: question.clone(), answer: answer.clone(), rubric }
    }

    /// Has the answer judged, and spreads each panel as soon as it is ready.
    pub(super) async fn judge(&self, coach: &Arc<dyn Coach>, news: &News) -> Result<Report<CoachError>, CoachError> {
        let (panels, mut ready) = mpsc::channel(PANELS);
        let judging = self.judge_elsewhere(Arc::clone(coach), panels);
        let spreading = async {
            while let Some(panel) = ready.recv().await {
                if let Some(panel) = self.feedback_of(&panel) {
                    news.panel(self.turn.id, panel);
                }
            }
        };
        tokio::join!(judging, spreading).0
    }

    /// What the coach's report comes to.
    pub(super) fn judged(&self, report: Report<CoachError>, stored: &StoredSession) -> Result<Judged, NothingJudged> {
        let round = Round {
            session: &stored.session,
            turns: &stored.turns,
            is_finished: stored.finished_at.is_some(),
            turn: &self.turn,
        };
        judging::judge(&self.assignment(), report, Some(&round))
    }

    /// The coach's own wording of a follow-up, or the bank's when there is nothing in it that can be asked.
    pub(super) async fn word(&self, coach: &Arc<dyn Coach>, follow_up: &FollowUp) -> String {
        let worded = harmless(&coach.word_follow_up(self.assignment(), follow_up).await).trim().to_owned();
        let can_be_asked = (1..=LONGEST_PROMPT).contains(&worded.chars().count());
        if can_be_asked { worded } else { follow_up.prompt.clone() }
    }

    /// Judges on a thread of its own: a coach may compute for long over a long answer, which the runtime's threads must not.
    async fn judge_elsewhere(&self, coach: Arc<dyn Coach>, panels: Panels) -> Result<Report<CoachError>, CoachError> {
        let case = self.clone();
        let judging = tokio::task::spawn_blocking(move || {
            Handle::current().block_on(coach.judge(case.assignment(), Some(&panels)))
        });
        judging.await.unwrap_or_else(|failure| {
            tracing::error!(turn = %self.turn.id, error = %failure, "a coach broke down");
            Err(CoachError::Malformed { reason: "it broke down over this answer".to_owned() })
        })
    }

    fn assignment(&self) -> Assignment<'_> {
        Assignment {
            question: &self.question,
            rubric: &self.rubric,
            prompt: &self.turn.prompt,
            target: self.turn.target.as_ref(),
            transcript: &self.answer.transcript,
        }
    }

    /// The panel on its way out; `None` when its claims do not fit the rubric.
    fn feedback_of(&self, panel: &Panel) -> Option<feedback::Feedback> {
        let nothing = feedback::Feedback::default();
        let transcript = &self.answer.transcript;
        Some(match panel {
            Panel::Correctness(claims) => {
                let correctness = judging::correctness(&self.rubric, transcript, claims).ok()?;
                let correctness = wire::feedback::correctness(&self.turn, &self.question, &correctness);
                feedback::Feedback { correctness: Some(correctness), ..nothing }
            }
            Panel::Clarity(claims) => {
                let clarity = wire::feedback::clarity(&judging::clarity(transcript, claims));
                feedback::Feedback { clarity: Some(clarity), ..nothing }
            }
        })
    }
}
