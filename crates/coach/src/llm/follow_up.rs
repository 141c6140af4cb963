//! The wording of a follow-up. What it aims at is decided before; a wording that gives the answer away is refused.

use std::collections::HashSet;

use interview::follow_up::{FollowUp, Target};
use interview::transcript::normal_words;
use interview::{Question, Transcript};
use serde::Serialize;
use serde_json::Value;

use super::ask::{ask, fault as faulty, text};
use super::form::{Form, Shape};
use super::model::Model;
use super::prompts::{Prompts, Template};
use super::subject::Asked;
use crate::error::{CoachError, malformed, misconfigured};
use crate::lexicon::telling_stems;
use interview::judging::Assignment;

/// The most words of a wording; the template asks for 30.
const MOST_WORDS: usize = 45;

/// The most characters of a wording: people have to listen to it.
const MOST_CHARACTERS: usize = 300;

/// A follow-up as its template sees it.
#[derive(Serialize)]
pub(super) struct Subject<'a> {
    #[serde(flatten)]
    asked: Asked<'a>,
    target: AimedAt<'a>,
    wording: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum AimedAt<'a> {
    KeyPoint { claim: &'a str },
    Misconception { claim: &'a str },
}

/// A wording of `follow_up` that picks up what the candidate said.
pub(super) async fn word(
    model: &Model,
    prompts: &Prompts,
    assignment: &Assignment<'_>,
    follow_up: &FollowUp,
    fenced: &str,
) -> Result<String, CoachError> {
    let form = form();
    let prompt = prompts.render(Template::FollowUp, &subject(assignment, follow_up)?, &form, fenced)?;
    let mut worded = None;
    let take = |reply: &Value| {
        let wording = text(reply, "question").unwrap_or_default();
        match fault(wording, assignment, follow_up) {
            Some(fault) => vec![faulty("", "question", fault)],
            None => {
                worded = Some(wording.to_owned());
                Vec::new()
            }
        }
    };
    let faults = ask(model, prompts, &prompt, &form, take).await?;
    let reason = faults.into_iter().next().map(|fault| fault.what).unwrap_or_default();
    worded.ok_or(malformed(reason))
}

pub(super) fn form() -> Form {
    let question = Shape::Text("the follow-up question", MOST_CHARACTERS);
    Form { name: "follow_up", shape: Shape::Object(vec![("question".to_owned(), question)]) }
}

/// The follow-up as its template sees it; an error when it aims at nothing that its question has.
pub(super) fn subject<'a>(assignment: &Assignment<'a>, follow_up: &'a FollowUp) -> Result<Subject<'a>, CoachError> {
    let target = aimed_at(assignment.question, &follow_up.target)?;
    Ok(Subject { asked: Asked::of(assignment), target, wording: &follow_up.prompt })
}

fn aimed_at<'a>(question: &'a Question, target: &Target) -> Result<AimedAt<'a>, CoachError> {
    let aimed_at = match target {
        Target::KeyPoint(id) => question.key_point(id).map(|point| AimedAt::KeyPoint { claim: &point.summary }),
        Target::Misconception(id) => {
            question.misconception(id).map(|misconception| AimedAt::Misconception { claim: &misconception.claim })
        }
        Target::Stretch => None,
    };
    let absent = || misconfigured("the follow-up aims at nothing in its question");
    aimed_at.ok_or_else(absent)
}

/// What is wrong with a wording.
fn fault(wording: &str, assignment: &Assignment<'_>, follow_up: &FollowUp) -> Option<&'static str> {
    let wording = wording.trim();
    let words = normal_words(wording).count();
    if words == 0
        || words > MOST_WORDS
        || wording.chars().count() > MOST_CHARACTERS
        || wording.chars().any(char::is_control)
    {
        return Some("the question must be one line of 1 to 30 words");
    }
    if !wording.ends_with('?') || wording.matches('?').count() > 1 {
        return Some("it must be exactly one question, ending with a question mark");
    }
    gives_away(wording, assignment, follow_up).then_some("it gives away what it asks for")
}

/// Whether the wording says a key point of the question: holds a way of saying it, or all the content words of one. Words that the
/// candidate or the question said already give nothing away.
fn gives_away(wording: &str, assignment: &Assignment<'_>, follow_up: &FollowUp) -> bool {
    let question = assignment.question;
    let said = Transcript::typed(wording);
    let heard = assignment.transcript.text();
    let known = [question.prompts.first(), assignment.prompt, &follow_up.prompt, &heard];
    let known: HashSet<String> = known.into_iter().flat_map(telling_stems).collect();
    let worded: HashSet<String> = telling_stems(wording).collect();
    let sayings = question.key_points.iter().flat_map(|point| point.says.iter().chain([&point.summary]));
    sayings.into_iter().any(|saying| {
        let telling: Vec<String> = telling_stems(saying).collect();
        let all_said = telling.iter().all(|stem| worded.contains(stem));
        let some_new = telling.iter().any(|stem| !known.contains(stem));
        said.find_words(saying).is_some() || (telling.len() > 1 && all_said && some_new)
    })
}

#[cfg(test)]
mod tests {
    use interview::follow_up::Rubric;

    use super::*;

    fn fault_of(wording: &str) -> Option<&'static str> {
        let question: Question = serde_json::from_str(include_str!("../../tests/fixtures/moved-string.json")).unwrap();
        let rubric = Rubric::of(&question, None);
        let transcript = Transcript::typed("something about the string and what b is");
        let assignment = Assignment::to_question(&question, &rubric, &transcript);
        let point = &question.key_points[0];
        let follow_up = FollowUp { target: Target::KeyPoint(point.id.clone()), prompt: point.probe.clone() };
        fault(wording, &assignment, &follow_up)
    }

    #[test]
    fn a_question_that_picks_up_what_was_said_is_fine() {
        assert_eq!(fault_of("You spoke of the string: what becomes of the first variable at that line?"), None);
    }

    #[test]
    fn a_wording_that_says_a_key_point_is_refused_in_whatever_order() {
        for leak in [
            "Is it that the string moves into b?",
            "Could ownership, at that assignment, have gone from a to b?",
            "Would you perhaps borrow it with a reference?",
            "Is the old variable dead?",
        ] {
            assert_eq!(fault_of(leak), Some("it gives away what it asks for"), "{leak}");
        }
    }

    #[test]
    fn a_wording_that_is_not_one_short_question_is_refused() {
        for odd in ["", "Explain it.", "What? And why?", "Well\u{7}?", &format!("{} why?", "and ".repeat(60))] {
            assert!(
                fault_of(odd).is_some_and(|fault| fault.starts_with("it must") || fault.starts_with("the question")),
                "{odd}"
            );
        }
    }
}
