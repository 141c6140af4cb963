//! The coaches of a server.

use std::sync::Arc;

use coach::{Coach, LlmCoach, OfflineCoach};
use interview::Question;
use interview::marks::CoachKind;
use store::queue::CoachWish;

/// Who judges when nobody asks for somebody else.
#[derive(Clone, Debug, Default)]
pub enum CoachChoice {
    /// The offline coach.
    #[default]
    Offline,
    /// A language model. When it fails, answers stay ungraded and can be judged again later.
    LanguageModel(Arc<LlmCoach>),
    /// A language model. When it fails, the offline coach judges, and the feedback says so.
    LanguageModelOrOffline(Arc<LlmCoach>),
}

/// Everybody who can judge.
#[derive(Clone)]
pub(crate) struct Coaches {
    first: Coach,
    offline: Arc<OfflineCoach>,
    llm: Option<Arc<LlmCoach>>,
}

impl Coaches {
    /// The coaches of a choice, for a bank of these questions.
    pub(crate) fn of(choice: &CoachChoice, questions: &[Question]) -> Self {
        let offline = Arc::new(OfflineCoach::new(questions));
        let (first, llm) = match choice {
            CoachChoice::Offline => (Coach::Offline(Arc::clone(&offline)), None),
            CoachChoice::LanguageModel(llm) => (Coach::Llm(Arc::clone(llm)), Some(llm)),
            CoachChoice::LanguageModelOrOffline(llm) => {
                (Coach::LlmOrOffline(Arc::clone(llm), Arc::clone(&offline)), Some(llm))
            }
        };
        Self { first, offline, llm: llm.cloned() }
    }

    /// Whether a judging waits for the language model to be loaded.
    pub(crate) fn is_model_loading(&self) -> bool {
        self.llm.as_ref().is_some_and(|llm| llm.is_loading())
    }

    /// The coach that a wish names, or the first choice when it names none, for answers to `question`. Another model than the one set
    /// up is asked of the same model server. `None` when the wish cannot be met: no language model is set up, or the offline coach is
    /// asked for a model.
    pub(crate) fn for_wish(&self, wish: &CoachWish, question: &Question) -> Option<Coach> {
        let coach = match wish.coach {
            None => self.first.clone(),
            Some(CoachKind::Offline) => Coach::Offline(Arc::clone(&self.offline)),
            Some(CoachKind::Llm) => Coach::Llm(Arc::clone(self.llm.as_ref()?)),
        };
        match &wish.model {
            None => Some(coach),
            Some(_) if coach.judged_by(question).model == wish.model => Some(coach),
            Some(_) if wish.coach == Some(CoachKind::Offline) => None,
            Some(name) => Some(Coach::Llm(Arc::new(self.llm.as_ref()?.with_model(name)?))),
        }
    }
}
