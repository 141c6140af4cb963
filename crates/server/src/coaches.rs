//! The coaches of a server.

use std::sync::Arc;

use coach::llm::OnFailure;
use coach::{Coach, LlmCoach, OfflineCoach};
use interview::Question;
use interview::marks::CoachKind;
use store::queue::CoachWish;

/// The coaches that an answer can be judged by. The language model goes first, if there is one.
pub(crate) struct Coaches {
    offline: Arc<OfflineCoach>,
    llm: Option<Arc<LlmCoach>>,
}

impl Coaches {
    pub(crate) fn new(llm: Option<Arc<LlmCoach>>, questions: &[Question]) -> Self {
        Self { offline: Arc::new(OfflineCoach::new(questions)), llm }
    }

    /// Whether a judging waits for a language model server to load its model.
    pub(crate) fn is_model_loading(&self) -> bool {
        self.llm.as_ref().is_some_and(|llm| llm.is_loading())
    }

    /// The coach that fits a wish about an answer to `question`; `None` when it is not set up here.
    pub(crate) fn for_wish(&self, wish: &CoachWish, question: &Question) -> Option<Coach> {
        let coach = match (wish.coach, &self.llm) {
            (Some(CoachKind::Offline), _) | (None, None) => Coach::Offline(Arc::clone(&self.offline)),
            (_, llm) => Coach::Llm(Arc::clone(llm.as_ref()?)),
        };
        match &wish.model {
            None => Some(coach),
            Some(_) if coach.judged_by(question).model == wish.model => Some(coach),
            Some(_) if wish.coach == Some(CoachKind::Offline) => None,
            Some(name) => Some(Coach::Llm(Arc::new(self.llm.as_ref()?.with_model(name)?))),
        }
    }

    /// The offline coach, if it judges what `coach` could not: where the settings say so and the wish names no coach. Another
    /// model than the one set up has none.
    pub(crate) fn fallback(&self, coach: &Coach, wish: &CoachWish) -> Option<&Arc<OfflineCoach>> {
        let (Coach::Llm(asked), Some(own)) = (coach, &self.llm) else { return None };
        let steps_in = own.on_failure() == OnFailure::Offline && Arc::ptr_eq(asked, own) && wish.coach.is_none();
        steps_in.then_some(&self.offline)
    }
}
