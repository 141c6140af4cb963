//! The coaches of a server.

use std::fmt;
use std::sync::{Arc, LazyLock};

use async_trait::async_trait;
use coach::{Coach, CoachError, OfflineCoach, Panels, WithFallback};
use interview::Question;
use interview::claims::Report;
use interview::judging::Assignment;
use interview::marks::{CoachKind, JudgedBy};
use store::queue::CoachWish;
use tokio::task::spawn_blocking;

/// Who judges when nobody asks for somebody else.
#[derive(Clone, Default)]
pub enum CoachChoice {
    /// The offline coach.
    #[default]
    Offline,
    /// A language model. When it fails, answers stay ungraded and can be judged again later.
    LanguageModel(Arc<dyn Coach>),
    /// A language model. When it fails, the offline coach steps in, and the feedback says so.
    LanguageModelOrOffline(Arc<dyn Coach>),
}

impl fmt::Debug for CoachChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offline => "Offline",
            Self::LanguageModel(_) => "LanguageModel",
            Self::LanguageModelOrOffline(_) => "LanguageModelOrOffline",
        })
    }
}

/// Everybody who can judge.
#[derive(Clone)]
pub(crate) struct Coaches {
    first: Arc<dyn Coach>,
    offline: Arc<dyn Coach>,
    llm: Option<Arc<dyn Coach>>,
}

impl Coaches {
    /// The coaches of a choice, for a bank of these questions. Called on an async runtime.
    pub(crate) fn of(choice: &CoachChoice, questions: &[Question]) -> Self {
        let questions = questions.to_vec();
        let prepare: Box<dyn FnOnce() -> OfflineCoach + Send> = Box::new(move || OfflineCoach::new(&questions));
        let offline = Arc::new(LateOfflineCoach(LazyLock::new(prepare)));
        prepare_soon(&offline);
        let offline: Arc<dyn Coach> = offline;
        let (first, llm) = match choice {
            CoachChoice::Offline => (Arc::clone(&offline), None),
            CoachChoice::LanguageModel(llm) => (Arc::clone(llm), Some(Arc::clone(llm))),
            CoachChoice::LanguageModelOrOffline(llm) => {
                let both = WithFallback::new(Arc::clone(llm), Arc::clone(&offline));
                (Arc::new(both) as Arc<dyn Coach>, Some(Arc::clone(llm)))
            }
        };
        Self { first, offline, llm }
    }

    /// The coach that a wish names, or the first choice when it names none, for answers to `question`. Another model than the one set
    /// up is asked of the same model server. `None` when the wish cannot be met: no language model is set up, or the offline coach is
    /// asked for a model.
    pub(crate) fn for_wish(&self, wish: &CoachWish, question: &Question) -> Option<Arc<dyn Coach>> {
        let coach = match wish.coach {
            None => Arc::clone(&self.first),
            Some(CoachKind::Offline) => Arc::clone(&self.offline),
            Some(CoachKind::Llm) => Arc::clone(self.llm.as_ref()?),
        };
        match &wish.model {
            None => Some(coach),
            Some(_) if coach.judged_by(question).model == wish.model => Some(coach),
            Some(_) if wish.coach == Some(CoachKind::Offline) => None,
            Some(name) => self.llm.as_ref()?.with_model(name),
        }
    }
}

/// An offline coach that comes into being when it is first needed: reading the whole bank takes longer than starting the server may.
struct LateOfflineCoach(LazyLock<OfflineCoach, Box<dyn FnOnce() -> OfflineCoach + Send>>);

#[async_trait]
impl Coach for LateOfflineCoach {
    async fn judge(
        &self,
        assignment: Assignment<'_>,
        panels: Option<&Panels>,
    ) -> Result<Report<CoachError>, CoachError> {
        self.0.judge(assignment, panels).await
    }

    fn judged_by(&self, question: &Question) -> JudgedBy {
        self.0.judged_by(question)
    }
}

/// Has the coach come into being beside everything else, so that the first answer does not wait for it.
fn prepare_soon(coach: &Arc<LateOfflineCoach>) {
    let coach = Arc::clone(coach);
    spawn_blocking(move || {
        LazyLock::force(&coach.0);
    });
}
