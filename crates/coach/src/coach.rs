//! The seam: whatever judges answers.

use std::sync::Arc;

use async_trait::async_trait;
use interview::follow_up::{FollowUp, Rubric, Target};
use interview::marks::{Feedback, JudgedBy};
use interview::scoring::{Clarity, Correctness};
use interview::{Question, Transcript};
use tokio::sync::mpsc;

use crate::error::CoachError;

/// Whatever judges answers. Every coach makes claims; [`evidence`](crate::evidence) decides what they are worth.
#[async_trait]
pub trait Coach: Send + Sync {
    /// Judges one answer. Each panel is also sent to `panels`, if there is such a channel, as soon as it is ready; a receiver that
    /// is gone or full is ignored.
    ///
    /// # Errors
    /// When there is no judgement; nothing is made up in its place.
    async fn judge(&self, assignment: Assignment<'_>, panels: Option<&Panels>) -> Result<Feedback, CoachError>;

    /// Judges correctness alone, for those who measure coaches.
    ///
    /// # Errors
    /// As for [`Coach::judge`].
    async fn judge_correctness(&self, assignment: Assignment<'_>) -> Result<Correctness, CoachError> {
        Ok(self.judge(assignment, None).await?.correctness)
    }

    /// Words a follow-up for the candidate who gave this answer. What it aims at is decided already. A coach that words nothing, or
    /// nothing better, leaves it at the bank's wording.
    async fn word_follow_up(&self, _assignment: Assignment<'_>, follow_up: &FollowUp) -> String {
        follow_up.prompt.clone()
    }

    /// Who judges answers to `question`, and by which versions of what.
    fn judged_by(&self, question: &Question) -> JudgedBy;

    /// The same coach with another model, as the server behind it calls it. `None` when there is no model to exchange, or when the
    /// name cannot be one; whether the server knows it shows at the first judging.
    fn with_model(&self, _name: &str) -> Option<Arc<dyn Coach>> {
        None
    }
}

/// One answer and all that it is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'a> {
    /// The question that the turn belongs to.
    pub question: &'a Question,
    /// What this turn is judged against.
    pub rubric: &'a Rubric,
    /// What was asked in this turn: the question's prompt, or a follow-up's.
    pub prompt: &'a str,
    /// What the follow-up aims at; `None` for a main turn.
    pub target: Option<&'a Target>,
    /// What the candidate said.
    pub transcript: &'a Transcript,
}

/// Where panels go as soon as each is ready. A channel that holds two never fills.
pub type Panels = mpsc::Sender<Panel>;

/// A part of the feedback that is ready before the whole is.
#[derive(Clone, Debug, PartialEq)]
pub enum Panel {
    /// What was said.
    Correctness(Correctness),
    /// How clearly it was said.
    Clarity(Clarity),
}

impl Panel {
    /// Sends the panel to whoever still waits for it.
    pub fn announce(self, panels: Option<&Panels>) {
        if let Some(panels) = panels {
            // Nobody waits any more, or not for this: the whole feedback still follows.
            let _nobody_listens = panels.try_send(self);
        }
    }
}
