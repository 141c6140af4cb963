//! Claims of the bank that are like another claim, so that a question whose author wrote down few phrasings can be judged with those of
//! questions on the same subject.

use interview::Question;

use super::matching;
use super::phrasings::{Asked, Phrasings, claims};
use super::rarity::Rarity;
use super::thresholds::{LIKE, LIKE_IN_RETURN};

/// The bank's claims with their phrasings.
pub(crate) struct Library {
    shelves: Vec<Shelf>,
}

/// One question's claims.
struct Shelf {
    claims: Vec<Vec<String>>,
    phrasings: Phrasings,
}

impl Library {
    /// The claims of these questions.
    pub(crate) fn of(questions: &[Question], rarity: &Rarity) -> Self {
        let shelf = |question: &Question| {
            let claims = claims(question);
            let phrasings = Phrasings::of(question, &claims, Asked::Question(question.prompts.first()), rarity);
            Shelf { claims, phrasings }
        };
        Self { shelves: questions.iter().map(shelf).collect() }
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
        let like_it = self.shelves.iter().flat_map(move |shelf| shelf.like(text, is_right));
        like_it.filter(move |phrasing| {
            let made = matching::best_claim(phrasing, own);
            made.is_some_and(|(claim, share)| claim == number && share >= LIKE_IN_RETURN)
        })
    }
}

impl Shelf {
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
