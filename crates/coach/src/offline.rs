//! The offline coach: rules on this machine, no model, no network.
//!
//! An answer is read as claims (`reading`), held against every way of saying the question's key points and misconceptions
//! (`phrasings`, `matching`), and what comes of it is claimed (`verdicts`) and then checked like any other coach's claims. Every
//! number that decides stands in `thresholds`.

mod advice;
mod background;
mod clarity;
mod enrichment;
mod likeness;
mod matching;
mod phrasings;
mod plausibility;
mod rarity;
mod reading;
mod reference;
mod thresholds;
mod verdicts;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use interview::marks::{CoachKind, Feedback, JudgedBy, Marks};
use interview::scoring::{Clarity, Correctness};
use interview::transcript::normal_words;
use interview::{Question, Transcript};

use crate::coach::{Assignment, Coach, Panel, Panels};
use crate::error::CoachError;
use crate::evidence;
use crate::similarity::Stems;
use background::Background;
use phrasings::{Asked, Phrasings};
use plausibility::{Plausibility, Scope};
use reading::Reading;

/// The most prepared questions that are kept; past it all are dropped and prepared anew when needed.
const MOST_PREPARED: usize = 1024;

/// The coach that needs nothing but the bank.
pub struct OfflineCoach {
    background: Background,
    prepared: Mutex<HashMap<Key, Arc<Prepared>>>,
}

/// A question as answers are held against it.
struct Prepared {
    phrasings: Phrasings,
    model_answer: Stems,
}

/// What a prepared question depends on: its rubric's version, and what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    question: interview::QuestionId,
    rubric_version: String,
    asked: String,
    is_follow_up: bool,
}

impl OfflineCoach {
    /// A coach for these questions; how rare words are among all of them decides how much a word tells. It judges other questions too.
    pub fn new(questions: &[Question]) -> Self {
        Self { background: Background::of(questions), prepared: Mutex::default() }
    }

    /// Judges one answer, as [`Coach::judge`] does, on the calling thread.
    ///
    /// # Errors
    /// When the rubric is not the question's own.
    pub fn judge_now(&self, assignment: &Assignment<'_>) -> Result<Feedback, CoachError> {
        let prepared = self.prepared(assignment);
        let phrasings = &prepared.phrasings;
        let prompt = Reading::of_text(assignment.prompt, &phrasings.glossary);
        let reading = Reading::of(assignment.transcript, &phrasings.glossary).without_repetition_of(&prompt);
        let reading = if assignment.target.is_some() { reading.with_fragments() } else { reading };
        let correctness = Correctness::of(&assignment.rubric.key_points, marks(assignment, &reading, &prepared)?);
        let clarity_claims = clarity::claims(&reading, &phrasings.subject, assignment.target.is_some());
        let clarity = Clarity::of(evidence::check_clarity(assignment.transcript, &clarity_claims));
        Ok(Feedback {
            stronger_answer: advice::stronger_answer(assignment, &correctness.marks),
            next_step: advice::next_step(assignment, &correctness.marks, &clarity.marks),
            remark: Some(advice::remark(reading.sense).to_owned()),
            judged_by: self.judged_by(assignment.question),
            correctness,
            clarity,
        })
    }

    /// How well an answer agrees with a reference answer, from 0 to 1, where a question has no key points. It orders answers to one
    /// question, and is meant to go with what people would grade; by itself it says nothing.
    pub fn agreement(&self, prompt: &str, reference: &str, answer: &Transcript) -> f64 {
        f64::from(reference::agreement(prompt, reference, answer, self.background.rarity()))
    }

    fn prepared(&self, assignment: &Assignment<'_>) -> Arc<Prepared> {
        let key = Key {
            question: assignment.question.id.clone(),
            rubric_version: assignment.question.rubric_version(),
            asked: assignment.prompt.to_owned(),
            is_follow_up: assignment.target.is_some(),
        };
        // A thread that panicked while it held the lock left a complete map behind: entries are only ever added whole.
        let lock = || self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let asked = match assignment.target {
            None => Asked::Question(assignment.prompt),
            Some(_) => Asked::FollowUp(assignment.prompt),
        };
        let phrasings = enrichment::phrasings(assignment.question, asked, &self.background);
        let model_answer = Stems::of(normal_words(&assignment.question.model_answer));
        let made = Arc::new(Prepared { phrasings, model_answer });
        let mut prepared = lock();
        if prepared.len() >= MOST_PREPARED {
            prepared.clear();
        }
        prepared.insert(key, Arc::clone(&made));
        made
    }
}

#[async_trait]
impl Coach for OfflineCoach {
    async fn judge(&self, assignment: Assignment<'_>, panels: Option<&Panels>) -> Result<Feedback, CoachError> {
        let feedback = self.judge_now(&assignment)?;
        Panel::Correctness(feedback.correctness.clone()).announce(panels);
        Panel::Clarity(feedback.clarity.clone()).announce(panels);
        Ok(feedback)
    }

    fn judged_by(&self, question: &Question) -> JudgedBy {
        JudgedBy {
            coach: CoachKind::Offline,
            model: None,
            prompt_version: thresholds::VERSION.to_owned(),
            rubric_version: question.rubric_version(),
        }
    }
}

fn marks(assignment: &Assignment<'_>, reading: &Reading, prepared: &Prepared) -> Result<Marks, CoachError> {
    let findings = matching::findings(reading, &prepared.phrasings);
    let scope = match assignment.target {
        Some(_) => Scope::FollowUp,
        None => Scope::Question { relevance: reading.stems().cosine(&prepared.model_answer) as f32 },
    };
    let plausibility = Plausibility::of(assignment.question, &findings, scope);
    let claims = verdicts::claims(assignment.question, assignment.rubric, reading, &plausibility);
    evidence::check(assignment.rubric, assignment.transcript, claims)
        .map_err(|invalid| CoachError::Malformed { reason: invalid.to_string() })
}

#[cfg(test)]
mod tests;
