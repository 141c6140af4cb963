//! The LLM coach: language models over HTTP.
//!
//! One judging is a few separate calls that run side by side: `correctness`, `clarity` (which sees nothing of the former) and the
//! `stronger_answer`; a `follow_up` is worded when code has chosen what it aims at. What models are told stands in `prompts`;
//! the candidate's answer is data in a `fence`. Every reply goes the same way, `ask`: a form, reading, checking, at most one request
//! to mend it. Below lie `model` (patience, places, counting), `wire` (formats) and `endpoint` (HTTP within limits).

mod ask;
mod clarity;
mod connection;
mod correctness;
mod endpoint;
mod fence;
mod follow_up;
mod form;
mod json;
mod key;
mod model;
mod prompts;
mod rehearsal;
mod second_opinion;
mod settings;
mod stronger_answer;
mod subject;
mod usage;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use interview::Question;
use interview::claims::{Claims, Report, StrongerAnswer};
use interview::follow_up::FollowUp;
use interview::judging::Assignment;
use interview::marks::{CoachKind, JudgedBy};

use crate::coach::{Coach, Panel, Panels};
use crate::error::CoachError;
pub use connection::Connection;
use fence::{Mark, fence};
use model::Model;
use prompts::Prompts;
use second_opinion::Agreement;
pub use settings::{LlmSettings, OnFailure, Preset};
pub use usage::Usage;

/// The most words of an answer that is sent to a model: over an hour of speech.
const MOST_WORDS: usize = 12_000;

/// The coach that asks a language model, or two.
#[derive(Debug)]
pub struct LlmCoach {
    model: Model,
    second: Option<Model>,
    prompts: Arc<Prompts>,
}

impl LlmCoach {
    /// A coach with these settings. Reads the key and the prompts; connects to nothing yet.
    ///
    /// # Errors
    /// [`CoachError::Misconfigured`], with what to mend.
    pub fn new(settings: &LlmSettings) -> Result<Self, CoachError> {
        let model = Model::new(settings)?;
        let second = settings.second_model.as_deref().map(|name| model.beside(name)).transpose()?;
        let prompts = Prompts::load(settings.prompts.as_deref())?;
        rehearsal::rehearse(&prompts)?;
        Ok(Self { model, second, prompts: Arc::new(prompts) })
    }

    /// Tries the connection with the smallest request there is.
    ///
    /// # Errors
    /// What is wrong, in words: nobody answers, the key is not accepted, the model is unknown, the address belongs to something else,
    /// or the reply is too slow or in no form.
    pub async fn check_connection(&self) -> Result<Connection, CoachError> {
        let models: Vec<&Model> = std::iter::once(&self.model).chain(&self.second).collect();
        connection::check(&models, &self.prompts).await
    }

    /// What the coach has used up since it was set up.
    pub fn usage(&self) -> Usage {
        self.model.usage()
    }

    /// The claims about correctness, and a remark when two models were asked.
    async fn correctness(
        &self,
        assignment: &Assignment<'_>,
        fenced: &str,
    ) -> Result<(Claims, Option<String>), CoachError> {
        let first = correctness::judge(&self.model, &self.prompts, assignment, fenced);
        let Some(second) = &self.second else { return Ok((first.await?.0, None)) };
        let (first, other) = tokio::join!(first, correctness::judge(second, &self.prompts, assignment, fenced));
        let (asked, also_asked) = (self.model.name(), second.name());
        let (claims, marks) = first?;
        let (claims, remark) = match other {
            Ok((_, other)) => {
                let Agreement { claims, disagreements } = second_opinion::compare(claims, &marks, &other);
                let remark = match disagreements {
                    0 => format!("Two models judged this answer and agree on every point ({asked}, {also_asked})."),
                    number => format!(
                        "Two models judged this answer ({asked}, {also_asked}) and disagree on {number} of its points, which count neither way."
                    ),
                };
                (claims, remark)
            }
            Err(failure) => (claims, format!("Only {asked} judged this answer; {also_asked} could not: {failure}.")),
        };
        Ok((claims, Some(remark)))
    }
}

#[async_trait]
impl Coach for LlmCoach {
    async fn judge(
        &self,
        assignment: Assignment<'_>,
        panels: Option<&Panels>,
    ) -> Result<Report<CoachError>, CoachError> {
        let fenced = fenced(&assignment)?;
        let correctness = async {
            let judged = self.correctness(&assignment, &fenced).await;
            judged.iter().for_each(|(claims, _)| Panel::Correctness(claims.clone()).send(panels));
            judged
        };
        let clarity = async {
            let judged = clarity::judge(&self.model, &self.prompts, &assignment, &fenced).await;
            judged.iter().for_each(|claims| Panel::Clarity(claims.clone()).send(panels));
            judged
        };
        let stronger = stronger_answer::write(&self.model, &self.prompts, &assignment, &fenced);
        let (correctness, clarity, stronger) = tokio::join!(correctness, clarity, stronger);
        let (correctness, opinions) = match (correctness, &clarity) {
            (Ok((claims, opinions)), _) => (Ok(claims), opinions),
            (Err(failure), Ok(_)) => (Err(failure), None),
            (Err(failure), Err(_)) => return Err(failure),
        };
        let (stronger_answer, failure) = match stronger {
            Ok(Some(answer)) => (StrongerAnswer::Written(answer), None),
            Ok(None) => (StrongerAnswer::None, None),
            Err(failure) => (StrongerAnswer::None, Some(format!("There is no stronger answer: {failure}."))),
        };
        let remarks: Vec<String> = [opinions, failure].into_iter().flatten().collect();
        Ok(Report {
            correctness,
            clarity,
            stronger_answer,
            remark: (!remarks.is_empty()).then(|| remarks.join(" ")),
            judged_by: self.judged_by(assignment.question),
        })
    }

    async fn judge_correctness(&self, assignment: Assignment<'_>) -> Result<Claims, CoachError> {
        Ok(self.correctness(&assignment, &fenced(&assignment)?).await?.0)
    }

    async fn word_follow_up(&self, assignment: Assignment<'_>, follow_up: &FollowUp) -> String {
        let worded = match fenced(&assignment) {
            Ok(fenced) => follow_up::word(&self.model, &self.prompts, &assignment, follow_up, &fenced).await,
            Err(unfit) => Err(unfit),
        };
        worded.unwrap_or_else(|failure| {
            tracing::info!(question = %assignment.question.id, %failure, "the follow-up keeps the bank's wording");
            follow_up.prompt.clone()
        })
    }

    fn judged_by(&self, question: &Question) -> JudgedBy {
        let models: Vec<&str> = std::iter::once(&self.model).chain(&self.second).map(Model::name).collect();
        JudgedBy {
            coach: CoachKind::Llm,
            model: Some(models.join(" + ")),
            prompt_version: self.prompts.version().to_owned(),
            rubric_version: question.rubric_version(),
        }
    }

    fn with_model(&self, name: &str) -> Option<Arc<dyn Coach>> {
        let model = self.model.beside(name).ok()?;
        Some(Arc::new(Self { model, second: None, prompts: Arc::clone(&self.prompts) }))
    }
}

/// The answer as models get it. An empty one is not sent: there would be nothing to quote, and praise for nothing is invented.
fn fenced(assignment: &Assignment<'_>) -> Result<String, CoachError> {
    let words = assignment.transcript.words().count();
    if words == 0 {
        return Err(CoachError::Refused { reason: "there are no words in this answer".to_owned() });
    }
    if words > MOST_WORDS {
        let reason = format!("the answer has {words} words; at most {MOST_WORDS} are sent to a language model");
        return Err(CoachError::Refused { reason });
    }
    Ok(fence(assignment.transcript, &Mark::random()))
}
