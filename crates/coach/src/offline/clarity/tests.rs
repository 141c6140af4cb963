use interview::Transcript;

use super::*;
use crate::offline::passages::passages;
use crate::offline::reading::Glossary;

fn reading(text: &str) -> Reading {
    Reading::of(&Transcript::typed(text), &Glossary::of(&[]))
}

fn claims_of(answer: &str, is_follow_up: bool) -> Vec<(ClarityCheck, ClarityVerdict)> {
    let reading = reading(answer);
    let passages = passages(&reading);
    let about: Vec<&Passage> = passages.iter().filter(|passage| passage.text.contains("owner")).collect();
    let claims = claims(&reading, &about, is_follow_up);
    claims.into_iter().map(|claim| (claim.check, claim.verdict)).collect()
}

fn verdict(answer: &str, check: ClarityCheck) -> ClarityVerdict {
    let claims = claims_of(answer, false);
    claims.into_iter().find(|(other, _)| *other == check).unwrap().1
}

#[test]
fn a_reason_is_one_of_something() {
    for reason in [
        "The value is dropped there because its owner is gone.",
        "Its owner leaves the scope, so the value is dropped.",
        "Memory safety is the main reason for it.",
    ] {
        assert_eq!(verdict(reason, ClarityCheck::SaysWhy), ClarityVerdict::Yes, "{reason}");
    }
    for none in ["So the value has one owner.", "The value has one owner."] {
        assert_eq!(verdict(none, ClarityCheck::SaysWhy), ClarityVerdict::No, "{none}");
    }
}

#[test]
fn an_example_or_a_definition_makes_terms_clear() {
    let check = ClarityCheck::DefinesOrExemplifies;
    assert_eq!(
        verdict("A value has one owner, for example a vector that a function holds.", check),
        ClarityVerdict::Yes
    );
    assert_eq!(verdict("A value has one owner that drops it.", check), ClarityVerdict::No);
}

#[test]
fn the_headline_stands_within_the_first_words() {
    let headline = "Every value has one owner that drops it at the end of its scope.";
    let talk = "That reminds me of my last job, where we had long meetings about such things every week, and nobody knew the way, \
                and my colleague used to bring a cake along, which was nice, and then we talked about holidays for a while. ";
    assert_eq!(verdict(headline, ClarityCheck::HeadlineFirst), ClarityVerdict::Yes);
    assert_eq!(verdict(&format!("{talk}{headline}"), ClarityCheck::HeadlineFirst), ClarityVerdict::No);
}

#[test]
fn whether_talk_without_a_claim_answers_the_question_cannot_be_known() {
    let talk = "In my last job we had long meetings every week, and my colleague used to bring a cake along.";
    assert_eq!(verdict(talk, ClarityCheck::AnswersTheQuestion), ClarityVerdict::Unclear);
    let claim = "Every value has one owner and is dropped at the end of the owner's scope.";
    assert_eq!(verdict(claim, ClarityCheck::AnswersTheQuestion), ClarityVerdict::Yes);
}

#[test]
fn a_long_answer_needs_signposts_and_a_short_one_none() {
    let long =
        "every value has one owner that drops it at the end of its scope and somebody else may look at it meanwhile ";
    let signposted = format!("First, {long}. Second, {long}. Finally, {long}. ");
    assert_eq!(verdict(&signposted, ClarityCheck::Ordered), ClarityVerdict::Yes);
    assert_eq!(verdict(&long.repeat(4), ClarityCheck::Ordered), ClarityVerdict::No);
    assert_eq!(verdict("Every value has one owner.", ClarityCheck::Ordered), ClarityVerdict::Unclear);
}

#[test]
fn an_end_that_trails_off_or_repeats_does_not_stop_when_done() {
    let check = ClarityCheck::StopsWhenDone;
    let answer = "Every value has one owner that drops it at the end of its scope, which frees the memory without a collector, \
                  and whoever wants to look at it meanwhile borrows it for a time that the compiler checks.";
    assert_eq!(verdict(answer, check), ClarityVerdict::Yes);
    assert_eq!(verdict(&format!("{answer} And so on and stuff like that."), check), ClarityVerdict::No);
    assert_eq!(verdict(&format!("{answer} {answer} {answer}"), check), ClarityVerdict::No);
}

#[test]
fn a_follow_up_asks_for_no_reasons_and_examples() {
    let checks: Vec<ClarityCheck> =
        claims_of("The value has one owner.", true).into_iter().map(|(check, _)| check).collect();
    assert!(!checks.contains(&ClarityCheck::SaysWhy) && !checks.contains(&ClarityCheck::DefinesOrExemplifies));
}

#[test]
fn what_cannot_be_understood_is_not_judged() {
    assert_eq!(claims_of("", false), []);
}
