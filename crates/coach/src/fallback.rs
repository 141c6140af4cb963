//! A coach that another one stands in for.

use std::sync::Arc;

use async_trait::async_trait;
use interview::Question;
use interview::claims::Report;
use interview::follow_up::FollowUp;
use interview::judging::Assignment;
use interview::marks::{CoachKind, JudgedBy};

use crate::coach::{Coach, Panels};
use crate::error::CoachError;

/// Judges by the first coach and, when that fails, by the second. A report of the second says so in its remark, and its
/// [`JudgedBy`] is the second coach's own, so that results of the two are never mixed up.
pub struct WithFallback {
    first: Arc<dyn Coach>,
    second: Arc<dyn Coach>,
}

impl WithFallback {
    /// `first`, with `second` to step in.
    pub fn new(first: Arc<dyn Coach>, second: Arc<dyn Coach>) -> Self {
        Self { first, second }
    }
}

fn name(coach: CoachKind) -> &'static str {
    match coach {
        CoachKind::Offline => "offline coach",
        CoachKind::Llm => "language model",
    }
}

#[async_trait]
impl Coach for WithFallback {
    async fn judge(
        &self,
        assignment: Assignment<'_>,
        panels: Option<&Panels>,
    ) -> Result<Report<CoachError>, CoachError> {
        let failure = match self.first.judge(assignment, panels).await {
            Ok(report) => return Ok(report),
            Err(failure) => failure,
        };
        tracing::warn!(question = %assignment.question.id, %failure, "another coach steps in");
        let report = self.second.judge(assignment, panels).await?;
        let (chosen, other) = (self.first.judged_by(assignment.question), &report.judged_by);
        let stepped_in = format!(
            "The {} could not judge this answer ({failure}), so the {} did.",
            name(chosen.coach),
            name(other.coach)
        );
        let remark = [Some(stepped_in), report.remark].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Ok(Report { remark: Some(remark), ..report })
    }

    async fn word_follow_up(&self, assignment: Assignment<'_>, follow_up: &FollowUp) -> String {
        self.first.word_follow_up(assignment, follow_up).await
    }

    fn judged_by(&self, question: &Question) -> JudgedBy {
        self.first.judged_by(question)
    }
}
