use interview::Transcript;

use super::*;
use crate::offline::passages::passages;
use crate::offline::reading::Glossary;

/// The verdict on an answer of which the passages with "owner" are about what was asked.
fn verdict(answer: &str, is_off_topic: bool) -> Option<ClarityVerdict> {
    let reading = Reading::of(&Transcript::typed(answer), &Glossary::of(&[]));
    let passages = passages(&reading);
    let about: Vec<&Passage> = passages.iter().filter(|passage| passage.text.contains("owner")).collect();
    addresses_the_question(&reading, &about, is_off_topic).map(|claim| claim.verdict)
}

#[test]
fn only_talk_about_something_else_is_said_not_to_answer_the_question() {
    let talk = "That reminds me of my last job, where we had long meetings about such things every week.";
    let answer = "Every value has one owner that drops it at the end of its scope.";
    assert_eq!(verdict(talk, true), Some(ClarityVerdict::No));
    assert_eq!(verdict(talk, false), None, "it may be vague");
    assert_eq!(verdict(&format!("{talk} {answer}"), false), Some(ClarityVerdict::Yes));
}
