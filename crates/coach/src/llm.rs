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
use interview::follow_up::FollowUp;
use interview::marks::{CoachKind, Feedback, JudgedBy, Marks};
use interview::scoring::{Clarity, Correctness};

use crate::advice;
use crate::coach::{Assignment, Coach, Panel, Panels};
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

    async fn correctness(
        &self,
        assignment: &Assignment<'_>,
        fenced: &str,
    ) -> Result<(Marks, Option<String>), CoachError> {
        let first = correctness::judge(&self.model, &self.prompts, assignment, fenced);
        let Some(second) = &self.second else { return Ok((first.await?, None)) };
        let (first, other) = tokio::join!(first, correctness::judge(second, &self.prompts, assignment, fenced));
        let (asked, also_asked) = (self.model.name(), second.name());
        let remark = |agreement: &Agreement| match agreement.disagreements {
            0 => format!("Two models judged this answer and agree on every point ({asked}, {also_asked})."),
            number => format!(
                "Two models judged this answer ({asked}, {also_asked}) and disagree on {number} of its points, which count neither way."
            ),
        };
        match (first?, other) {
            (first, Ok(other)) => {
                let agreement = second_opinion::weigh(first, &other);
                let remark = remark(&agreement);
                Ok((agreement.marks, Some(remark)))
            }
            (first, Err(failure)) => {
                let remark = format!("Only {asked} judged this answer; {also_asked} could not: {failure}.");
                Ok((first, Some(remark)))
            }
        }
    }
}

#[async_trait]
impl Coach for LlmCoach {
    async fn judge(&self, assignment: Assignment<'_>, panels: Option<&Panels>) -> Result<Feedback, CoachError> {
        let fenced = fenced(&assignment)?;
        let correctness = async {
            let (marks, remark) = self.correctness(&assignment, &fenced).await?;
            let correctness = Correctness::of(&assignment.rubric.key_points, marks);
            Panel::Correctness(correctness.clone()).announce(panels);
            Ok::<_, CoachError>((correctness, remark))
        };
        let clarity = async {
            let marks = clarity::judge(&self.model, &self.prompts, &assignment, &fenced).await?;
            let clarity = Clarity::of(marks);
            Panel::Clarity(clarity.clone()).announce(panels);
            Ok(clarity)
        };
        // The two panels are the judgement; an answer keeps them when only the stronger answer failed.
        let stronger = async { Ok(stronger_answer::write(&self.model, &self.prompts, &assignment, &fenced).await) };
        let ((correctness, opinions), clarity, stronger) = tokio::try_join!(correctness, clarity, stronger)?;
        let (stronger_answer, failure) = match stronger {
            Ok(stronger_answer) => (stronger_answer, None),
            Err(failure) => (None, Some(format!("There is no stronger answer: {failure}."))),
        };
        let remarks: Vec<String> = [opinions, failure].into_iter().flatten().collect();
        Ok(Feedback {
            next_step: advice::next_step(&assignment, &correctness.marks, &clarity.marks),
            stronger_answer,
            remark: (!remarks.is_empty()).then(|| remarks.join(" ")),
            judged_by: self.judged_by(assignment.question),
            correctness,
            clarity,
        })
    }

    async fn judge_correctness(&self, assignment: Assignment<'_>) -> Result<Correctness, CoachError> {
        let (marks, _) = self.correctness(&assignment, &fenced(&assignment)?).await?;
        Ok(Correctness::of(&assignment.rubric.key_points, marks))
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
