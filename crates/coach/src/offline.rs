//! The offline coach: rules on this machine, no model, no network.
//!
//! An answer is read as claims (`reading`), compared with every way of saying the question's key points and misconceptions
//! (`phrasings`, `matching`), and what comes of it is claimed (`verdicts`) and then checked like any other coach's claims. Every
//! threshold is in `thresholds`.

mod background;
mod clarity;
mod enrichment;
mod matching;
mod phrasings;
mod plausibility;
mod reading;
mod reference;
mod thresholds;
mod verdicts;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use interview::claims::{Claims, Report, StrongerAnswer};
use interview::judging::Assignment;
use interview::marks::{CoachKind, JudgedBy};
use interview::transcript::normal_words;
use interview::{Question, Transcript};

use crate::error::CoachError;
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

impl fmt::Debug for OfflineCoach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfflineCoach").finish_non_exhaustive()
    }
}

/// A question, prepared for comparison with answers.
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
    /// A coach for these questions; the rarer a word is among all of them, the more it weighs. It judges other questions too.
    /// Returns at once: the bank is read in the background.
    pub fn new(questions: &[Question]) -> Self {
        Self { background: Background::of(questions), prepared: Mutex::default() }
    }

    /// Judges one answer on the calling thread: milliseconds for a usual answer, more for one of many thousand words.
    pub fn judge(&self, assignment: &Assignment<'_>) -> Report<CoachError> {
        let prepared = self.prepared(assignment);
        let phrasings = &prepared.phrasings;
        let prompt = Reading::of_text(assignment.prompt, &phrasings.glossary);
        let reading = Reading::of(assignment.transcript, &phrasings.glossary).without_repetition_of(&prompt);
        let reading = if assignment.target.is_some() { reading.with_fragments() } else { reading };
        Report {
            correctness: Ok(claims(assignment, &reading, &prepared)),
            clarity: Ok(clarity::claims(&reading, &phrasings.subject, assignment.target.is_some())),
            stronger_answer: StrongerAnswer::ModelAnswer,
            follow_up: None,
            remark: Some(verdicts::remark(reading.sense).to_owned()),
            judged_by: self.judged_by(assignment.question),
        }
    }

    /// Who judges answers to `question`, and by which version of the rules.
    pub fn judged_by(&self, question: &Question) -> JudgedBy {
        JudgedBy {
            coach: CoachKind::Offline,
            model: None,
            prompt_version: thresholds::VERSION.to_owned(),
            rubric_version: question.rubric_version(),
        }
    }

    /// How well an answer agrees with a reference answer, from 0 to 1, where a question has no key points. It orders answers to one
    /// question in the order of people's grades; the number by itself means nothing.
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
        // A poisoned map is still complete: entries are only added whole.
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

fn claims(assignment: &Assignment<'_>, reading: &Reading, prepared: &Prepared) -> Claims {
    let findings = matching::findings(reading, &prepared.phrasings);
    let scope = match assignment.target {
        Some(_) => Scope::FollowUp,
        None => Scope::Question { relevance: reading.stems().cosine(&prepared.model_answer) as f32 },
    };
    let plausibility = Plausibility::of(assignment.question, &findings, scope);
    verdicts::claims(assignment.question, assignment.rubric, reading, &plausibility)
}

#[cfg(test)]
mod tests;
