//! The coaches of a server.

use std::fmt;
use std::sync::Arc;

use coach::{Coach, OfflineCoach};
use interview::Question;
use interview::marks::CoachKind;
use store::queue::CoachWish;

/// Who judges when nobody asks for somebody else.
#[derive(Clone, Default)]
pub enum CoachChoice {
    /// The offline coach.
    #[default]
    Offline,
    /// A language model. When it fails, answers stay ungraded and can be judged again later.
    LanguageModel(Arc<dyn Coach>),
}

impl fmt::Debug for CoachChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offline => "Offline",
            Self::LanguageModel(_) => "LanguageModel",
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
    /// The coaches of a choice, for a bank of these questions.
    pub(crate) fn of(choice: &CoachChoice, questions: &[Question]) -> Self {
        let offline: Arc<dyn Coach> = Arc::new(OfflineCoach::new(questions));
        let (first, llm) = match choice {
            CoachChoice::Offline => (Arc::clone(&offline), None),
            CoachChoice::LanguageModel(llm) => (Arc::clone(llm), Some(Arc::clone(llm))),
        };
        Self { first, offline, llm }
    }

    /// The coach that a wish names, or the first choice when it names none. `None` when the wish cannot be met.
    pub(crate) fn for_wish(&self, wish: &CoachWish) -> Option<Arc<dyn Coach>> {
        match wish.coach {
            None => Some(Arc::clone(&self.first)),
            Some(CoachKind::Offline) => Some(Arc::clone(&self.offline)),
            Some(CoachKind::Llm) => self.llm.clone(),
        }
    }
}
