//! More ways of saying a question's claims than its author wrote down.

use interview::Question;

use super::background::Background;
use super::matching;
use super::phrasings::{Asked, Phrasings, claims};
use super::reading::Reading;
use super::thresholds::{FEW_PHRASINGS, IN_MODEL_ANSWER};

/// The phrasings of a question's claims. Claims that come with few get more: from the model answer, and from the bank's claims that are
/// like them.
pub(super) fn phrasings(question: &Question, asked: Asked<'_>, background: &Background) -> Phrasings {
    let authored = claims(question);
    let phrasings = Phrasings::of(question, &authored, asked, background.rarity());
    if authored.iter().all(|says| says.len() > FEW_PHRASINGS) {
        return phrasings;
    }
    let with_model_answer = with_model_answer(question, &authored, &phrasings);
    let phrasings = Phrasings::of(question, &with_model_answer, asked, background.rarity());
    let mut enriched = with_model_answer;
    for (number, authored) in authored.iter().enumerate().filter(|(_, says)| says.len() <= FEW_PHRASINGS) {
        if let Some(text) = authored.first() {
            enriched[number].extend(background.library().like(text, number, &phrasings).cloned());
        }
    }
    Phrasings::of(question, &enriched, asked, background.rarity())
}

/// The claims, where the words in which the model answer makes a key point are one more way of making it.
fn with_model_answer(question: &Question, authored: &[Vec<String>], phrasings: &Phrasings) -> Vec<Vec<String>> {
    let model_answer = Reading::of_text(&question.model_answer, &phrasings.glossary);
    let mut claims = authored.to_vec();
    let findings = matching::findings(&model_answer, phrasings);
    for (number, (says, finding)) in claims.iter_mut().zip(findings).enumerate().take(phrasings.key_points) {
        let said = finding.said.filter(|said| said.share >= IN_MODEL_ANSWER && says.len() <= FEW_PHRASINGS);
        let passage = said.map(|said| model_answer.text(&said.words));
        let makes_it =
            |passage: &String| matching::best_claim(passage, phrasings).is_some_and(|(claim, _)| claim == number);
        says.extend(passage.filter(makes_it));
    }
    claims
}
