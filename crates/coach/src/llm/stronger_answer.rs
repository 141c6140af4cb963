//! The candidate's own answer, made stronger.

use schemars::JsonSchema;
use serde::Deserialize;

use super::ask::{Checked, ask};
use super::model::Model;
use super::prompts::{Prompts, Template};
use super::subject::AskedWithRubric;
use super::wire::Form;
use crate::error::CoachError;
use interview::judging::Assignment;

/// The longest answer that is shown, in characters; 200 words have about 1200.
const LONGEST_ANSWER: usize = 4000;

/// The form of a reply.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reply {
    answer: String,
}

/// A stronger answer in the candidate's voice; none in a follow-up, where it would give the rest of the question away.
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
    let prompt = prompts.render(Template::StrongerAnswer, &subject, fenced)?;
    let form = Form::of::<Reply>("stronger_answer");
    ask(model, prompts, &prompt, &form, |reply: Reply| check(&reply.answer)).await.map(Some)
}

fn check(answer: &str) -> Checked<String> {
    let answer: String = answer.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let answer = answer.trim();
    if answer.is_empty() {
        Checked::Unusable("the answer is empty".to_owned())
    } else if answer.chars().count() > LONGEST_ANSWER {
        Checked::Unusable(format!("the answer is longer than {LONGEST_ANSWER} characters"))
    } else {
        Checked::Sound(answer.to_owned())
    }
}
