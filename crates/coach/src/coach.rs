//! The seam: whatever judges answers.

use std::sync::Arc;

use async_trait::async_trait;
use interview::Question;
use interview::claims::{Claims, ClarityClaim, Report};
use interview::follow_up::FollowUp;
use interview::judging::Assignment;
use interview::marks::JudgedBy;
use tokio::sync::mpsc;

use crate::error::CoachError;

/// Whatever judges answers. A coach only claims; [`interview::judging`] decides what its claims are worth.
#[async_trait]
pub trait Coach: Send + Sync {
    /// Judges one answer. The claims of each panel are also sent to `panels`, if there is such a channel, as soon as they are ready; a
    /// receiver that is gone or full is ignored.
    ///
    /// # Errors
    /// When neither panel could be judged. When one could not, the report says why; nothing is made up in its place.
    async fn judge(
        &self,
        assignment: Assignment<'_>,
        panels: Option<&Panels>,
    ) -> Result<Report<CoachError>, CoachError>;

    /// Judges correctness alone, for those who measure coaches.
    ///
    /// # Errors
    /// When it could not be judged.
    async fn judge_correctness(&self, assignment: Assignment<'_>) -> Result<Claims, CoachError> {
        self.judge(assignment, None).await?.correctness
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

/// Where panels go as soon as each is ready. A channel that holds two never fills.
pub type Panels = mpsc::Sender<Panel>;

/// The claims of one panel, ready before the whole report is.
#[derive(Clone, Debug, PartialEq)]
pub enum Panel {
    /// What was said.
    Correctness(Claims),
    /// How clearly it was said.
    Clarity(Vec<ClarityClaim>),
}

impl Panel {
    /// Sends the panel to whoever still waits for it.
    pub fn send(self, panels: Option<&Panels>) {
        if let Some(panels) = panels {
            // Nobody waits any more, or not for this: the whole report still follows.
            panels.try_send(self).ok();
        }
    }
}
