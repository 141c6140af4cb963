use interview::Transcript;

use super::*;
use crate::offline::passages::passages;
use crate::offline::reading::Glossary;

/// The verdicts on an answer of which the passages with "owner" are about what was asked.
fn verdicts(answer: &str) -> Vec<(ClarityCheck, ClarityVerdict)> {
    let reading = Reading::of(&Transcript::typed(answer), &Glossary::of(&[]));
    let passages = passages(&reading);
    let about: Vec<&Passage> = passages.iter().filter(|passage| passage.text.contains("owner")).collect();
    claims(&reading, &about).into_iter().map(|claim| (claim.check, claim.verdict)).collect()
}

const HEADLINE: &str = "Every value has one owner that drops it at the end of its scope.";
const TALK: &str = "That reminds me of my last job, where we had long meetings about such things every week, and nobody knew the way, \
                    and my colleague used to bring a cake along, which was nice, and then we talked about holidays for a while.";

#[test]
fn the_headline_stands_within_the_first_words() {
    let yes = (ClarityCheck::HeadlineFirst, ClarityVerdict::Yes);
    assert!(verdicts(HEADLINE).contains(&yes));
    assert!(verdicts(&format!("{TALK} {HEADLINE}")).contains(&(ClarityCheck::HeadlineFirst, ClarityVerdict::No)));
}

#[test]
fn talk_about_something_else_does_not_answer_the_question() {
    assert_eq!(verdicts(TALK), [(ClarityCheck::AnswersTheQuestion, ClarityVerdict::No)]);
    assert!(verdicts(HEADLINE).contains(&(ClarityCheck::AnswersTheQuestion, ClarityVerdict::Yes)));
}

#[test]
fn what_cannot_be_understood_is_not_judged() {
    assert_eq!(verdicts(""), []);
}
