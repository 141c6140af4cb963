//! What the offline coach knows of the bank as a whole: how rare each word is in its claims, and which claims are like another.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use interview::Question;

use super::matching;
use super::phrasings::{Asked, Phrasings, claims};
use super::reading::{Glossary, Reading};
use super::thresholds::{LIKE, LIKE_IN_RETURN};
use crate::lexicon::{Concept, Feature, Polarity, Unit};

/// Word rarity, computed in the background so that a program starts at once, and the bank's claims, prepared when the first question needs
/// them.
pub(crate) struct Background(Arc<Bank>);

struct Bank {
    questions: Vec<Question>,
    rarity: OnceLock<Rarity>,
    library: OnceLock<Library>,
}

impl Background {
    /// Starts the background computation.
    pub(crate) fn of(questions: &[Question]) -> Self {
        let bank = Bank { questions: questions.to_vec(), rarity: OnceLock::new(), library: OnceLock::new() };
        let bank = Arc::new(bank);
        let worker = Arc::clone(&bank);
        // The thread ends by itself. Whoever needs the result before it is there waits for it.
        std::thread::spawn(move || worker.rarity().claims());
        Self(bank)
    }

    /// How rare words are among the bank's claims.
    pub(crate) fn rarity(&self) -> &Rarity {
        self.0.rarity()
    }

    /// The bank's claims, to look up those that are like another.
    pub(crate) fn library(&self) -> &Library {
        self.0.library.get_or_init(|| Library::of(&self.0.questions, self.0.rarity()))
    }
}

impl Bank {
    fn rarity(&self) -> &Rarity {
        self.rarity.get_or_init(|| Rarity::of(&self.questions))
    }
}

/// In how many of the bank's claims each concept occurs. A claim is a key point or a misconception with all its phrasings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rarity {
    claims: usize,
    occurrences: HashMap<Concept, usize>,
}

impl Rarity {
    /// The rarity of words in these questions' claims.
    pub(crate) fn of<'a>(questions: impl IntoIterator<Item = &'a Question>) -> Self {
        let mut rarity = Self::default();
        for question in questions {
            let glossary = Glossary::of(&question.glossary);
            let points = question.key_points.iter().map(|point| &point.says);
            for says in points.chain(question.misconceptions.iter().map(|misconception| &misconception.says)) {
                rarity.add(says, &glossary);
            }
        }
        rarity
    }

    /// The number of claims.
    pub(crate) fn claims(&self) -> usize {
        self.claims
    }

    /// The weight of the unit, 0 to 1: the mean of how rare its words are and how rare its most frequent meaning is (inverse
    /// document frequency, scaled so that what never occurs has 1).
    pub(crate) fn weight(&self, unit: &Unit) -> f32 {
        let rarities = || said(unit).map(|feature| self.rarity(feature.concept));
        let own = rarities().next().unwrap_or(1.0);
        let most_frequent = rarities().fold(1.0, f32::min);
        (own + most_frequent) / 2.0
    }

    fn rarity(&self, concept: Concept) -> f32 {
        let occurrences = self.occurrences.get(&concept).copied().unwrap_or(0) as f32;
        let claims = (self.claims.max(100) + 1) as f32;
        (claims / (occurrences + 0.5)).ln().max(0.0) / (claims / 0.5).ln()
    }

    fn add(&mut self, says: &[String], glossary: &Glossary) {
        let mut concepts = HashSet::new();
        for phrasing in says {
            let reading = Reading::of_text(phrasing, glossary);
            concepts.extend(reading.units().flat_map(|said_unit| said(&said_unit.unit)).map(|feature| feature.concept));
        }
        for concept in concepts {
            *self.occurrences.entry(concept).or_default() += 1;
        }
        self.claims += 1;
    }
}

/// The concepts that the unit stands for, without those that it excludes.
fn said(unit: &Unit) -> impl Iterator<Item = &Feature> {
    unit.features.iter().filter(|feature| feature.polarity == Polarity::Positive)
}

/// The bank's claims with their phrasings, so that a question whose author wrote down few phrasings can be judged with those of questions
/// on the same subject.
pub(crate) struct Library {
    questions: Vec<PreparedClaims>,
}

/// One question's claims.
struct PreparedClaims {
    claims: Vec<Vec<String>>,
    phrasings: Phrasings,
}

impl Library {
    /// The claims of these questions.
    pub(crate) fn of(questions: &[Question], rarity: &Rarity) -> Self {
        let prepared = |question: &Question| {
            let claims = claims(question);
            let phrasings = Phrasings::of(question, &claims, Asked::Question(question.prompts.first()), rarity);
            PreparedClaims { claims, phrasings }
        };
        Self { questions: questions.iter().map(prepared).collect() }
    }

    /// Phrasings of claims like claim `number` of `own`, which reads `text`: the bank's question takes the text for a claim of the same
    /// kind, right or wrong, and `own` takes the phrasing for this claim rather than for another.
    pub(crate) fn like<'l>(
        &'l self,
        text: &'l str,
        number: usize,
        own: &'l Phrasings,
    ) -> impl Iterator<Item = &'l String> {
        let is_right = number < own.key_points;
        let like_it = self.questions.iter().flat_map(move |question| question.like(text, is_right));
        like_it.filter(move |phrasing| {
            let made = matching::best_claim(phrasing, own);
            made.is_some_and(|(claim, share)| claim == number && share >= LIKE_IN_RETURN)
        })
    }
}

impl PreparedClaims {
    /// The phrasings of the claim that the text makes, if it makes one of this kind.
    fn like(&self, text: &str, is_right: bool) -> &[String] {
        match matching::best_claim(text, &self.phrasings) {
            Some((claim, share)) if share >= LIKE && (claim < self.phrasings.key_points) == is_right => {
                &self.claims[claim]
            }
            _ => &[],
        }
    }
}
