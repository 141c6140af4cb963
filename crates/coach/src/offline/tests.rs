#[path = "../../tests/support/bank.rs"]
mod bank;

use interview::Question;

use super::background::Rarity;
use super::phrasings::claims;
use super::*;

/// The question with phrasing `number` of every claim taken out, and what was taken out, by claim.
fn without_phrasing(question: &Question, number: usize) -> (Question, Vec<String>) {
    let mut question = question.clone();
    let mut taken = Vec::new();
    let points = question.key_points.iter_mut().map(|point| &mut point.says);
    for says in points.chain(question.misconceptions.iter_mut().map(|misconception| &mut misconception.says)) {
        let place = number % says.len();
        taken.push(says.remove(place));
    }
    (question, taken)
}

#[test]
fn a_phrasing_that_was_never_seen_is_taken_for_its_own_claim() {
    let bank = bank::built_in();
    let rarity = Rarity::of(bank.questions());
    let (mut right, mut wrong) = (0, 0);
    for question in bank.questions() {
        let (less, taken) = without_phrasing(question, 1);
        let phrasings = Phrasings::of(&less, &claims(&less), Asked::Question(question.prompts.first()), &rarity);
        for (claim, phrase) in taken.iter().enumerate().take(phrasings.key_points) {
            let reading = Reading::of_text(phrase, &phrasings.glossary);
            let findings = matching::findings(&reading, &phrasings);
            let share = |number: usize| findings[number].said.as_ref().map_or(0.0, |said| said.share);
            let best = (0..phrasings.key_points).max_by(|one, other| share(*one).total_cmp(&share(*other)));
            match best {
                Some(best) if share(best) < thresholds::SAID_AT_LEAST => {}
                Some(best) if best == claim => right += 1,
                _ => wrong += 1,
            }
        }
    }
    assert!(right > 2 * wrong, "{right} were taken for their own claim, {wrong} for another");
}

/// The question as somebody writes it who gives each claim one line.
fn with_bare_claims(question: &Question) -> Question {
    let mut question = question.clone();
    question.key_points.iter_mut().for_each(|point| point.says = vec![point.summary.clone()]);
    question.misconceptions.iter_mut().for_each(|wrong| wrong.says = vec![wrong.claim.clone()]);
    question
}

#[test]
fn a_claim_in_one_line_is_also_known_in_the_words_of_the_model_answer_and_of_like_claims_of_the_bank() {
    let bank = bank::built_in();
    let question = bank.question(&"ownership-why".parse().unwrap()).unwrap();
    let bare = with_bare_claims(question);
    let asked = Asked::Question(question.prompts.first());
    let alone = Phrasings::of(&bare, &claims(&bare), asked, &Rarity::default());
    let by_itself = enrichment::phrasings(&bare, asked, &Background::of(&[]));
    let beside_the_bank = enrichment::phrasings(&bare, asked, &Background::of(bank.questions()));
    assert!(by_itself.phrasings.len() > alone.phrasings.len());
    assert!(beside_the_bank.phrasings.len() > by_itself.phrasings.len());
    let found = |phrasings: &Phrasings| {
        let says = question
            .key_points
            .iter()
            .enumerate()
            .flat_map(|(number, point)| point.says.iter().map(move |phrase| (number, phrase)));
        says.filter(|(number, phrase)| {
            matching::best_claim(phrase, phrasings).is_some_and(|(claim, _)| claim == *number)
        })
        .count()
    };
    assert!(found(&beside_the_bank) > found(&alone), "{} and {}", found(&beside_the_bank), found(&alone));
}
