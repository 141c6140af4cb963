//! The candidate's own answer, made stronger, and checked like any other answer.

use interview::claims::{ClaimedVerdict, Claims};
use interview::follow_up::Rubric;
use interview::judging::Assignment;
use interview::{Question, Transcript};
use serde_json::Value;

use super::ask::{Fault, ask, fault, text};
use super::form::{Form, Shape};
use super::model::Model;
use super::prompts::{Prompts, Template};
use super::subject::AskedWithRubric;
use crate::error::{CoachError, malformed};
use crate::offline::OfflineCoach;

/// The longest answer that is shown, in characters; 200 words have about 1200. The grammars of llama.cpp refuse 2000 and more.
const LONGEST_ANSWER: usize = 1800;

/// A stronger answer in the candidate's voice; none in a follow-up, where it would give the rest of the question away.
///
/// # Errors
/// What the model's server answers; [`CoachError::Malformed`] when there is no answer, or one that states a misconception or does
/// not make most of the key points.
pub(super) async fn write(
    model: &Model,
    prompts: &Prompts,
    assignment: &Assignment<'_>,
    fenced: &str,
) -> Result<Option<String>, CoachError> {
    if assignment.target.is_some() {
        return Ok(None);
    }
    let subject = AskedWithRubric::shuffled(assignment, model.name());
    let form = form();
    let prompt = prompts.render(Template::StrongerAnswer, &subject, &form, fenced)?;
    let mut written = None;
    let take = |reply: &Value| -> Vec<Fault> {
        match answer_of(reply) {
            Ok(answer) => written = Some(answer),
            Err(wrong) => return vec![fault("", "answer", &wrong)],
        }
        Vec::new()
    };
    let faults = ask(model, prompts, &prompt, &form, take).await?;
    let reason = faults.into_iter().next().map(|fault| fault.what).unwrap_or_default();
    let answer = written.ok_or_else(|| malformed(reason))?;
    // The offline coach computes for a while.
    let (question, checked) = (assignment.question.clone(), answer.clone());
    let claims = tokio::task::spawn_blocking(move || claims_in(&question, &checked)).await;
    match wrong_with(claims.ok().and_then(Result::ok)) {
        Some(wrong) => Err(malformed(wrong)),
        None => Ok(Some(answer)),
    }
}

pub(super) fn form() -> Form {
    let answer = Shape::Text("the stronger answer", LONGEST_ANSWER);
    Form { name: "stronger_answer", shape: Shape::Object(vec![("answer".to_owned(), answer)]) }
}

fn answer_of(reply: &Value) -> Result<String, String> {
    let answer: String =
        text(reply, "answer").unwrap_or_default().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let answer = answer.trim();
    if answer.is_empty() {
        return Err("it is empty".to_owned());
    }
    if answer.chars().count() > LONGEST_ANSWER {
        return Err(format!("it is longer than {LONGEST_ANSWER} characters"));
    }
    Ok(answer.to_owned())
}

/// What the offline coach finds in the answer.
fn claims_in(question: &Question, answer: &str) -> Result<Claims, CoachError> {
    let (transcript, rubric) = (Transcript::typed(answer), Rubric::of(question, None));
    let offline = OfflineCoach::new(std::slice::from_ref(question));
    offline.judge(&Assignment::to_question(question, &rubric, &transcript)).correctness
}

/// What is wrong with an answer in which this was found: a misconception, too few key points, or that it could not be checked.
fn wrong_with(claims: Option<Claims>) -> Option<String> {
    let Some(claims) = claims else { return Some("it could not be checked".to_owned()) };
    if let Some(stated) = claims.misconceptions.first() {
        return Some(format!("it states the misconception `{}`", stated.id));
    }
    let made = claims.key_points.iter().filter(|claim| matches!(claim.verdict, ClaimedVerdict::Hit(_))).count();
    (2 * made <= claims.key_points.len()).then(|| "it makes too few of the points that a good answer makes".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_points_are_not_most_of_them() {
        let mut question: Question =
            serde_json::from_str(include_str!("../../tests/fixtures/moved-string.json")).unwrap();
        question.key_points.truncate(2);
        let wrong_with = |answer| super::wrong_with(claims_in(&question, answer).ok());
        let half = wrong_with("The string moves into b.");
        assert!(half.as_ref().is_some_and(|wrong| wrong.contains("too few")), "{half:?}");
        assert_eq!(wrong_with("The string moves into b, so a can't be used after that."), None);
    }

    #[test]
    fn an_answer_that_could_not_be_checked_is_not_shown() {
        assert_eq!(wrong_with(None).as_deref(), Some("it could not be checked"));
    }
}
