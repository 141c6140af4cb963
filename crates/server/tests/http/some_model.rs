//! A language model that does as the test says.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use coach::{Coach, CoachError, OfflineCoach, Panels};
use interview::Question;
use interview::claims::Report;
use interview::judging::Assignment;
use interview::marks::{CoachKind, JudgedBy};

/// The name under which it judges.
pub const MODEL: &str = "some-model";

/// Judges as the offline coach does, unless the script has it fail.
pub struct SomeModel {
    judge: OfflineCoach,
    script: fn(usize) -> Option<CoachError>,
    calls: AtomicUsize,
}

impl SomeModel {
    /// A model that is asked `script` what goes wrong with each call, counted from 0.
    pub fn new(script: fn(usize) -> Option<CoachError>) -> Self {
        Self { judge: OfflineCoach::new(&[]), script, calls: AtomicUsize::new(0) }
    }
}

#[async_trait]
impl Coach for SomeModel {
    async fn judge(
        &self,
        assignment: Assignment<'_>,
        panels: Option<&Panels>,
    ) -> Result<Report<CoachError>, CoachError> {
        if let Some(error) = (self.script)(self.calls.fetch_add(1, Ordering::SeqCst)) {
            return Err(error);
        }
        let judged_by = self.judged_by(assignment.question);
        Ok(Report { judged_by, remark: None, ..self.judge.judge(assignment, panels).await? })
    }

    fn judged_by(&self, question: &Question) -> JudgedBy {
        let model = Some(MODEL.to_owned());
        JudgedBy { coach: CoachKind::Llm, model, ..self.judge.judged_by(question) }
    }
}
