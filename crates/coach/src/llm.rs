//! The LLM coach: language models over HTTP.
//!
//! One judging is a few separate calls: `correctness`, `clarity` (which sees nothing of the former) and the `stronger_answer`; a
//! `follow_up` is worded when code has chosen what it aims at. Prompts are in `prompts`; the candidate's answer is data in a `fence`.
//! Every reply has a `form` and goes the same way, `ask`: reading, checking, at most one request to correct what was wrong; quotes are
//! held against what was said in `quotes`. Below are `model` (retries, concurrency, usage), `wire` (formats) and `endpoint` (HTTP
//! within limits).

mod ask;
mod clarity;
mod connection;
mod correctness;
mod discovery;
mod endpoint;
mod fence;
mod follow_up;
mod form;
mod key;
mod model;
mod prompts;
mod quotes;
mod reading;
mod settings;
mod stronger_answer;
mod subject;
mod usage;
mod validation;
mod wire;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use interview::Question;
use interview::claims::{Claims, ClarityClaim, Report, StrongerAnswer};
use interview::follow_up::{FollowUp, Target};
use interview::judging::{self, Agreement, Assignment};
use interview::marks::{CoachKind, JudgedBy};
use interview::wording::joined;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use crate::error::{CoachError, malformed, refused};
pub use connection::Connection;
pub use discovery::{FoundServer, Recommended, find_servers, recommend, runs_elsewhere};
use fence::{Mark, fence};
use model::Model;
use prompts::Prompts;
use reading::Judged;
use settings::limit;
pub use settings::{Calls, LONGEST_JUDGING, LlmSettings, OnFailure, Preset, Thinking};
pub use usage::{Cost, Usage, metered};
pub use wire::{Enforcement, FoundModel};

/// The most words of an answer that is sent to a model: over an hour of speech.
const MOST_WORDS: usize = 12_000;

/// The most answers of which finished panels are kept until the others are there.
const MOST_UNFINISHED: usize = 64;

/// The coach that asks a language model, or two.
#[derive(Debug)]
pub struct LlmCoach {
    model: Model,
    second: Option<Model>,
    prompts: Arc<Prompts>,
    /// What was judged of answers of which something failed, so that asking again asks only for the rest.
    unfinished: Arc<Mutex<HashMap<u64, Finished>>>,
}

/// What was judged of an answer so far.
#[derive(Clone, Debug, Default)]
struct Finished {
    correctness: Option<Judged<Claims>>,
    clarity: Option<Judged<Vec<ClarityClaim>>>,
    stronger: Option<Option<String>>,
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
        Ok(Self { model, second, prompts: Arc::new(prompts), unfinished: Arc::default() })
    }

    /// Tries the connection: asks which models there are, and has the question's model answer judged. The server's context must be large
    /// enough for every question of `bank`, too.
    ///
    /// # Errors
    /// What is wrong, in words: nobody answers, the key is not accepted, the model is not there, the context is too small, the address
    /// belongs to something else, or the replies are too slow or in no form.
    pub async fn check_connection(&self, question: &Question, bank: &[Question]) -> Result<Connection, CoachError> {
        connection::check(self, question, bank).await
    }

    /// Whether a judging waits for the server to load its model.
    pub fn is_loading(&self) -> bool {
        self.model.is_loading()
    }

    /// What happens to an answer that it could not judge.
    pub fn on_failure(&self) -> OnFailure {
        self.model.settings().on_failure
    }

    /// How many calls may be under way at once. A server that is loading its model is waited for.
    pub async fn places(&self) -> Result<usize, CoachError> {
        self.model.places().await
    }

    /// The claims about correctness, and a remark when something of them does not count or when two models were asked.
    async fn correctness(&self, assignment: &Assignment<'_>, fenced: &str) -> Result<Judged<Claims>, CoachError> {
        let Assignment { rubric, transcript, .. } = *assignment;
        if rubric.is_empty() {
            return Ok(Judged { claims: Claims::default(), remark: None });
        }
        let first = correctness::judge(&self.model, &self.prompts, assignment, fenced);
        let Some(second) = &self.second else { return first.await };
        let (first, other) = tokio::join!(first, correctness::judge(second, &self.prompts, assignment, fenced));
        let (asked, also_asked) = (self.model.name(), second.name());
        let Judged { claims, remark } = first?;
        let (claims, opinions) = match other {
            Ok(other) => {
                let agreement = judging::agreement(rubric, transcript, claims, &other.claims);
                let Agreement { claims, disagreements } =
                    agreement.map_err(|invalid| malformed(invalid.to_string()))?;
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
        Ok(Judged { claims, remark: joined([Some(opinions), remark]) })
    }

    /// Judges one answer. The claims of each panel are also sent to `panels`, if there is such a channel, as soon as they are ready; a
    /// receiver that is gone or full is ignored. The follow-up is worded while the other calls run; a wording that is not there when they
    /// are done is dropped, so that feedback never waits for it.
    ///
    /// What was judged when something else failed for now is kept, and not asked for when the answer is judged again; `taken` is how long
    /// the attempts before took, because all of them together have the time that one answer may take.
    ///
    /// # Errors
    /// When neither panel could be judged. When one could not, the report says why; nothing is made up in its place.
    pub async fn judge(
        &self,
        assignment: &Assignment<'_>,
        taken: Duration,
        panels: Option<&Panels>,
    ) -> Result<Report<CoachError>, CoachError> {
        let fenced = fenced(assignment)?;
        let answer = self.fingerprint(assignment);
        let finished = self.lock_unfinished().remove(&answer).unwrap_or_default();
        let limit = limit(self.model.settings().judging_seconds);
        // Its time begins when the answers before it are judged.
        let _turn = self.model.turn().await;
        let deadline = Instant::now() + limit.saturating_sub(taken);
        let (judged, decided) = oneshot::channel();
        let correctness = async {
            let judging = self.correctness(assignment, &fenced).boxed();
            let judged_now = within(limit, deadline, finished.correctness, judging).await;
            if let Ok(Judged { claims, .. }) = &judged_now {
                Panel::Correctness(claims.clone()).send(panels);
                // A stretch question is asked as it is.
                let next = judging::follow_up(assignment, claims).filter(|next| next.target != Target::Stretch);
                judged.send(next).ok();
            }
            judged_now
        };
        let clarity = async {
            let judging = clarity::judge(&self.model, &self.prompts, assignment, &fenced).boxed();
            let judged = within(limit, deadline, finished.clarity, judging).await;
            judged.iter().for_each(|judged| Panel::Clarity(judged.claims.clone()).send(panels));
            judged
        };
        let writing = stronger_answer::write(&self.model, &self.prompts, assignment, &fenced).boxed();
        let stronger = within(limit, deadline, finished.stronger, writing);
        let wording = async {
            let follow_up = decided.await.ok()??;
            Some(self.word_follow_up(assignment, follow_up).await)
        };
        let judging = async { tokio::join!(correctness, clarity, stronger) };
        let ((correctness, clarity, stronger), follow_up) = beside(judging, wording).await;
        if correctness.as_ref().is_err_and(CoachError::is_passing)
            || clarity.as_ref().is_err_and(CoachError::is_passing)
        {
            self.keep(
                answer,
                Finished {
                    correctness: correctness.as_ref().ok().cloned(),
                    clarity: clarity.as_ref().ok().cloned(),
                    stronger: stronger.as_ref().ok().cloned(),
                },
            );
        }
        let ((correctness, remark), (clarity, of_clarity)) = (parted(correctness), parted(clarity));
        let correctness = match correctness {
            Err(failure) if clarity.is_err() => return Err(failure),
            correctness => correctness,
        };
        let (stronger_answer, failure) = match stronger {
            Ok(Some(answer)) => (StrongerAnswer::Written(answer), None),
            Ok(None) => (StrongerAnswer::None, None),
            Err(CoachError::Malformed { reason }) => {
                (StrongerAnswer::ModelAnswer, Some(format!("The model's stronger answer is not shown: {reason}.")))
            }
            Err(failure) => (StrongerAnswer::None, Some(format!("There is no stronger answer: {failure}."))),
        };
        Ok(Report {
            correctness,
            clarity,
            stronger_answer,
            follow_up,
            remark: joined([remark, of_clarity, failure]),
            judged_by: self.judged_by(assignment.question),
        })
    }

    /// Keeps what was judged until the answer is judged again.
    fn keep(&self, answer: u64, finished: Finished) {
        let mut unfinished = self.lock_unfinished();
        if unfinished.len() >= MOST_UNFINISHED {
            unfinished.clear();
        }
        unfinished.insert(answer, finished);
    }

    fn lock_unfinished(&self) -> MutexGuard<'_, HashMap<u64, Finished>> {
        // Entries are whole after every statement.
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells apart answers, what they are judged by, and who judges them.
    fn fingerprint(&self, assignment: &Assignment<'_>) -> u64 {
        let mut hasher = DefaultHasher::new();
        let judged_by = self.judged_by(assignment.question);
        (judged_by.model, judged_by.prompt_version, judged_by.rubric_version).hash(&mut hasher);
        (assignment.question.id.as_str(), assignment.prompt).hash(&mut hasher);
        assignment.transcript.words().for_each(|word| (&word.text, word.is_in_doubt()).hash(&mut hasher));
        hasher.finish()
    }

    /// Judges correctness alone, for those who measure judges.
    pub async fn judge_correctness(&self, assignment: &Assignment<'_>) -> Result<Claims, CoachError> {
        Ok(self.correctness(assignment, &fenced(assignment)?).await?.claims)
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
        let (prompts, unfinished) = (Arc::clone(&self.prompts), Arc::clone(&self.unfinished));
        Some(Self { model, second: None, prompts, unfinished })
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

/// `known`, or what `judging` returns before the deadline.
async fn within<T>(
    limit: Duration,
    deadline: Instant,
    known: Option<T>,
    judging: BoxFuture<'_, Result<T, CoachError>>,
) -> Result<T, CoachError> {
    match known {
        Some(known) => Ok(known),
        None => timeout_at(deadline, judging)
            .await
            .unwrap_or(Err(CoachError::TimedOut { limit, what: "to judge the whole answer" })),
    }
}

fn parted<C>(judged: Result<Judged<C>, CoachError>) -> (Result<C, CoachError>, Option<String>) {
    match judged {
        Ok(Judged { claims, remark }) => (Ok(claims), remark),
        Err(failure) => (Err(failure), None),
    }
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
        return Err(refused("there are no words in this answer"));
    }
    if words > MOST_WORDS {
        let reason = format!("the answer has {words} words; at most {MOST_WORDS} are sent to a language model");
        return Err(refused(reason));
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
