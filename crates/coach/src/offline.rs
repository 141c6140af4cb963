//! The offline coach: a verifier and rules on this machine, no network.
//!
//! An answer is read (`reading`) and cut into passages. Each claim of the question is looked for in the passages most like it
//! (`likeness`): the verifier tells which of them state or contradict it (`evidence`). What comes of it is claimed (`verdicts`) and then
//! checked like any other coach's claims. Every figure is in `thresholds`.

mod clarity;
mod evidence;
mod likeness;
mod passages;
mod rarity;
mod reading;
mod reference;
mod thresholds;
mod verdicts;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use interview::claims::{Report, StrongerAnswer};
use interview::judging::Assignment;
use interview::marks::{CoachKind, JudgedBy};
use interview::{Question, QuestionId, Transcript};

use crate::demands::{demands, is_about_demands};
use crate::error::CoachError;
use crate::verifier::Verifier;
use evidence::{Evidence, Relation};
use likeness::Phrasings;
use passages::{Passage, passages};
use rarity::Rarity;
use reading::{Glossary, Reading, Sense};
use thresholds::SHORT;
use verdicts::Read;

/// The most prepared questions that are kept; past it all are dropped and prepared again when needed.
const MOST_PREPARED: usize = 1024;

/// The coach that needs nothing but the bank.
pub struct OfflineCoach {
    rarity: Arc<OnceLock<Rarity>>,
    questions: Arc<Vec<Question>>,
    prepared: Mutex<HashMap<Key, Arc<Prepared>>>,
}

impl fmt::Debug for OfflineCoach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfflineCoach").finish_non_exhaustive()
    }
}

/// A question, prepared for comparison with answers.
struct Prepared {
    glossary: Glossary,
    prompt: Reading,
    phrasings: Phrasings,
    is_about_demands: bool,
}

/// What a prepared question depends on: its id, its rubric's version, and what was asked.
type Key = (QuestionId, String, String);

impl OfflineCoach {
    /// A coach for these questions; the rarer a word is among all of them, the more it weighs. It judges other questions too.
    /// Returns at once: the bank is read in the background.
    pub fn new(questions: &[Question]) -> Self {
        let coach =
            Self { rarity: Arc::default(), questions: Arc::new(questions.to_vec()), prepared: Mutex::default() };
        let (rarity, questions) = (Arc::clone(&coach.rarity), Arc::clone(&coach.questions));
        // The thread ends by itself. Whoever needs the result before it is there waits for it.
        std::thread::spawn(move || {
            rarity.get_or_init(|| Rarity::of(questions.iter()));
            Verifier::shared();
        });
        coach
    }

    /// Judges one answer on the calling thread: about half a second of two cores.
    pub fn judge(&self, assignment: &Assignment<'_>) -> Report<CoachError> {
        let prepared = self.prepared(assignment.question, assignment.prompt);
        let is_follow_up = assignment.target.is_some();
        let reading = prepared.reading(assignment);
        let passages = if reading.sense == Sense::Speech { prepared.passages(&reading) } else { Vec::new() };
        let evidence = Evidence::of(assignment.question, &reading, &passages, &prepared.phrasings);
        // What is said twice counts once.
        let clauses = passages.iter().flat_map(|passage| passage.clauses(&reading));
        let said: HashMap<String, usize> =
            clauses.map(|clause| (reading.text(&clause.words), clause.words.len())).collect();
        let is_alone = is_follow_up || said.values().sum::<usize>() <= SHORT;
        // A follow-up asks for one thing, so that its answer may have nothing of the question's other claims.
        let is_off_topic = !is_follow_up && reading.sense == Sense::Speech && evidence.relation() == Relation::None;
        let addresses = clarity::addresses_the_question(&reading, &evidence.about(&passages), is_off_topic);
        // Whether an answer takes up a question is seen from the claims that belong to it; none belong to a stretch question.
        let clarity = addresses.filter(|_| !assignment.rubric.is_empty());
        let read = Read { reading: &reading, passages: &passages, evidence: &evidence, is_alone };
        Report {
            correctness: Ok(verdicts::claims(assignment.question, assignment.rubric, &read)),
            clarity: Ok(clarity.into_iter().collect()),
            stronger_answer: StrongerAnswer::ModelAnswer,
            follow_up: None,
            remark: verdicts::remark(reading.sense).map(str::to_owned),
            judged_by: self.judged_by(assignment.question),
        }
    }

    /// The passages of an answer, and how like each claim each of them is: with the verifier's chances, what the weights are fitted to.
    pub fn examine(&self, assignment: &Assignment<'_>) -> (Vec<String>, Vec<Vec<f32>>) {
        let prepared = self.prepared(assignment.question, assignment.prompt);
        let reading = prepared.reading(assignment);
        let passages = prepared.passages(&reading);
        let likeness = |passage: &Passage| prepared.phrasings.likeness(passage.units(&reading));
        (passages.iter().map(|passage| passage.text.clone()).collect(), passages.iter().map(likeness).collect())
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

    /// How like each claim of the question a text is by its words, 0 to 1: the key points in order, then the misconceptions.
    pub fn likeness(&self, question: &Question, text: &str) -> Vec<f32> {
        let transcript = Transcript::typed(text);
        let prepared = self.prepared(question, question.prompts.first());
        prepared.phrasings.likeness(Reading::of(&transcript, &prepared.glossary).units())
    }

    /// How well an answer agrees with a reference answer, from 0 to 1, where a question has no key points. It orders answers to one
    /// question in the order of people's grades; the number by itself means nothing.
    pub fn agreement(&self, prompt: &str, reference: &str, answer: &Transcript) -> f64 {
        f64::from(reference::agreement(prompt, reference, answer, self.rarity()))
    }

    fn rarity(&self) -> &Rarity {
        self.rarity.get_or_init(|| Rarity::of(self.questions.iter()))
    }

    fn prepared(&self, question: &Question, prompt: &str) -> Arc<Prepared> {
        let key = (question.id.clone(), question.rubric_version(), prompt.to_owned());
        // A poisoned map is still complete: entries are only added whole.
        let lock = || self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Arc::clone(known);
        }
        let glossary = Glossary::of(&question.glossary);
        let is_about_demands = is_about_demands(question, prompt);
        let prompt = Reading::of_text(prompt, &glossary);
        let phrasings = Phrasings::of(question, &prompt, &glossary, self.rarity());
        let made = Arc::new(Prepared { glossary, prompt, phrasings, is_about_demands });
        let mut prepared = lock();
        if prepared.len() >= MOST_PREPARED {
            prepared.clear();
        }
        prepared.insert(key, Arc::clone(&made));
        made
    }
}

impl Prepared {
    /// The passages of an answer, without those that make demands of the judge.
    fn passages(&self, reading: &Reading) -> Vec<Passage> {
        let mut passages = passages(reading);
        if !self.is_about_demands {
            let normal: Vec<String> = reading.words.iter().map(|word| word.normal.clone()).collect();
            let demands = demands(&normal);
            passages.retain(|passage| !demands.iter().any(|demand| passage.overlaps(demand)));
        }
        passages
    }

    fn reading(&self, assignment: &Assignment<'_>) -> Reading {
        let reading = Reading::of(assignment.transcript, &self.glossary).without_repetition_of(&self.prompt);
        if assignment.target.is_some() { reading.with_fragments() } else { reading }
    }
}
