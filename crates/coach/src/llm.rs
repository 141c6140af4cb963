//! The LLM coach: language models over HTTP.
//!
//! One judging is a few separate calls that run side by side: `correctness`, `clarity` (which sees nothing of the former) and the
//! `stronger_answer`; a `follow_up` is worded when code has chosen what it aims at. Prompts are in `prompts`;
//! the candidate's answer is data in a `fence`. Every reply goes the same way, `ask`: a form, reading, checking, at most one request
//! to correct it. Below are `model` (retries, concurrency, usage), `wire` (formats) and `endpoint` (HTTP within limits).

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
mod second_opinion;
mod settings;
mod stronger_answer;
mod subject;
mod validation;
mod wire;

use std::pin::pin;
use std::sync::Arc;

use interview::Question;
use interview::claims::{Claims, ClarityClaim, Report, StrongerAnswer};
use interview::follow_up::FollowUp;
use interview::judging::{self, Assignment};
use interview::marks::{CoachKind, JudgedBy};
use tokio::sync::{mpsc, oneshot};

use crate::error::CoachError;
pub use connection::Connection;
use fence::{Mark, fence};
use model::Model;
pub use model::Usage;
use prompts::Prompts;
use second_opinion::Agreement;
pub use settings::{LlmSettings, OnFailure, Preset};

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
    /// [`CoachError::Misconfigured`], with what to correct.
    pub fn new(settings: &LlmSettings) -> Result<Self, CoachError> {
        let model = Model::new(settings)?;
        let second = settings.second_model.as_deref().map(|name| model.beside(name)).transpose()?;
        let prompts = Prompts::load(settings.prompts.as_deref())?;
        validation::validate(&prompts)?;
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

    /// Judges one answer. The claims of each panel are also sent to `panels`, if there is such a channel, as soon as they are ready; a
    /// receiver that is gone or full is ignored. The follow-up is worded while the other calls run; a wording that is not there when they
    /// are done is dropped, so that feedback never waits for it.
    ///
    /// # Errors
    /// When neither panel could be judged. When one could not, the report says why; nothing is made up in its place.
    pub async fn judge(
        &self,
        assignment: &Assignment<'_>,
        panels: Option<&Panels>,
    ) -> Result<Report<CoachError>, CoachError> {
        let fenced = fenced(assignment)?;
        let (judged, decided) = oneshot::channel();
        let correctness = async {
            let claims = self.correctness(assignment, &fenced).await;
            if let Ok((claims, _)) = &claims {
                Panel::Correctness(claims.clone()).send(panels);
                judged.send(follow_up_of(assignment, claims)).ok();
            }
            claims
        };
        let clarity = async {
            let claims = clarity::judge(&self.model, &self.prompts, assignment, &fenced).await;
            claims.iter().for_each(|claims| Panel::Clarity(claims.clone()).send(panels));
            claims
        };
        let stronger = stronger_answer::write(&self.model, &self.prompts, assignment, &fenced);
        let wording = async {
            let follow_up = decided.await.ok()??;
            Some(self.word_follow_up(assignment, follow_up).await)
        };
        let judging = async { tokio::join!(correctness, clarity, stronger) };
        let ((correctness, clarity, stronger), follow_up) = beside(judging, wording).await;
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
            follow_up,
            remark: (!remarks.is_empty()).then(|| remarks.join(" ")),
            judged_by: self.judged_by(assignment.question),
        })
    }

    /// Judges correctness alone, for those who measure judges.
    ///
    /// # Errors
    /// When it could not be judged.
    pub async fn judge_correctness(&self, assignment: &Assignment<'_>) -> Result<Claims, CoachError> {
        Ok(self.correctness(assignment, &fenced(assignment)?).await?.0)
    }

    /// The follow-up in the model's words; in the bank's when it has none that can be asked.
    pub async fn word_follow_up(&self, assignment: &Assignment<'_>, follow_up: FollowUp) -> FollowUp {
        let worded = match fenced(assignment) {
            Ok(fenced) => follow_up::word(&self.model, &self.prompts, assignment, &follow_up, &fenced).await,
            Err(unfit) => Err(unfit),
        };
        match worded {
            Ok(prompt) => FollowUp { prompt, ..follow_up },
            Err(failure) => {
                tracing::info!(question = %assignment.question.id, %failure, "the follow-up keeps the bank's wording");
                follow_up
            }
        }
    }

    /// Who judges answers to `question`, and by which versions of what.
    pub fn judged_by(&self, question: &Question) -> JudgedBy {
        let models: Vec<&str> = std::iter::once(&self.model).chain(&self.second).map(Model::name).collect();
        JudgedBy {
            coach: CoachKind::Llm,
            model: Some(models.join(" + ")),
            prompt_version: self.prompts.version().to_owned(),
            rubric_version: question.rubric_version(),
        }
    }

    /// The same coach with another model of the same server. `None` when the name cannot be one; whether the server knows it shows at the
    /// first judging.
    pub fn with_model(&self, name: &str) -> Option<Self> {
        let model = self.model.beside(name).ok()?;
        Some(Self { model, second: None, prompts: Arc::clone(&self.prompts) })
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
    fn send(self, panels: Option<&Panels>) {
        if let Some(panels) = panels {
            // Nobody waits any more, or not for this: the whole report still follows.
            panels.try_send(self).ok();
        }
    }
}

/// The follow-up that these claims lead to.
fn follow_up_of(assignment: &Assignment<'_>, claims: &Claims) -> Option<FollowUp> {
    let round = assignment.round?;
    let correctness = judging::correctness(assignment.rubric, assignment.transcript, claims).ok()?;
    interview::follow_up::decide(&round, correctness.marks())
}

/// `main`, and `side` if it is done by then. Otherwise `side` is dropped.
async fn beside<T, U>(main: impl Future<Output = T>, side: impl Future<Output = Option<U>>) -> (T, Option<U>) {
    let (mut main, mut side) = (pin!(main), pin!(side));
    tokio::select! {
        done = &mut side => (main.await, done),
        main = &mut main => (main, None),
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

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::beside;

    #[tokio::test]
    async fn a_wording_is_used_when_it_is_there_in_time_and_never_waited_for() {
        let (go_on, wait) = tokio::sync::oneshot::channel();
        let wording = async move {
            go_on.send(()).ok();
            Some("worded")
        };
        assert_eq!(beside(async { wait.await.is_ok() }, wording).await, (true, Some("worded")));
        assert_eq!(beside(async { 1 }, pending::<Option<&str>>()).await, (1, None));
    }
}
