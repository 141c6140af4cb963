//! A question, ways of judging an answer to it, and servers that play a language model.

pub mod scripted_model;
pub mod socket;

use std::num::NonZeroU16;
use std::time::Duration;

use coach::llm::{LlmSettings, Preset};
use coach::{CoachError, LlmCoach, Panels};
use interview::follow_up::Rubric;
use interview::judging::{self, Assignment};
use interview::marks::Feedback;
use interview::{Question, Transcript};
use scripted_model::ScriptedModel;
use serde_json::{Value, json};

/// An answer that makes the first two of three key points.
pub const ANSWER: &str = "So the string moves into b, and a can't be used after that. That's why the last line fails.";

/// The question that all tests ask.
pub fn question() -> Question {
    serde_json::from_str(include_str!("../fixtures/moved-string.json")).unwrap()
}

/// Settings for a model on a local server.
pub fn settings(base_url: &str) -> LlmSettings {
    let base_url = Some(base_url.parse().unwrap());
    let concurrency = NonZeroU16::new(4);
    LlmSettings { base_url, retries: 0, concurrency, ..LlmSettings::new(Preset::Custom, "a-model") }
}

/// Judges a typed answer to the main question.
pub async fn judge(coach: &LlmCoach, answer: &str) -> Result<Feedback, CoachError> {
    judge_with_panels(coach, answer, None).await
}

/// The same by a coach of its own, which asks this model.
pub async fn judged_by(model: &ScriptedModel, answer: &str) -> Feedback {
    judge(&LlmCoach::new(&settings(&model.base_url())).unwrap(), answer).await.unwrap()
}

/// Judges a typed answer to the main question, with panels going to `panels`.
pub async fn judge_with_panels(
    coach: &LlmCoach,
    answer: &str,
    panels: Option<&Panels>,
) -> Result<Feedback, CoachError> {
    let question = question();
    let rubric = Rubric::of(&question, None);
    let transcript = Transcript::typed(answer);
    let assignment = Assignment::to_question(&question, &rubric, &transcript);
    let report = coach.judge(&assignment, Duration::ZERO, panels).await?;
    Ok(judging::judge(&assignment, report).unwrap().feedback)
}

/// Why the coach could not judge what was said in the usual answer.
pub async fn failure(coach: &LlmCoach) -> CoachError {
    let question = question();
    let rubric = Rubric::of(&question, None);
    let transcript = Transcript::typed(ANSWER);
    let assignment = Assignment::to_question(&question, &rubric, &transcript);
    coach.judge_correctness(&assignment).await.unwrap_err()
}

/// The verdicts by name, in the question's order.
pub fn verdicts(feedback: &Feedback) -> Vec<&'static str> {
    feedback.marks().unwrap().key_points().iter().map(|mark| mark.counted().as_str()).collect()
}

/// A sound judgement of [`ANSWER`].
pub fn marks() -> Value {
    json!({
        "key_points": {
            "borrow-instead": {"quote": null, "verdict": "missed"},
            "value-moves": {"quote": "The string MOVES into b", "verdict": "hit"},
            "no-use-after-move": {"quote": "a can't be used after that", "verdict": "hit"},
        },
        "misconceptions": {"copies-heap": {"quote": null, "verdict": "not_stated"}},
    })
}

/// A sound judgement of [`ANSWER`]'s clarity.
pub fn clarity() -> Value {
    let check = |quote: Value, verdict: &str, note: Value| json!({"quote": quote, "verdict": verdict, "note": note});
    json!({"checks": {
        "answers_the_question": check(json!("That's why the last line fails"), "yes", Value::Null),
        "headline_first": check(json!("the string moves into b"), "yes", Value::Null),
        "says_why": check(json!("That's why the last line fails"), "yes", Value::Null),
        "defines_or_exemplifies": check(Value::Null, "no", json!("Give a short example.")),
        "ordered": check(Value::Null, "unclear", Value::Null),
        "stops_when_done": check(json!("That's why the last line fails."), "yes", Value::Null),
    }})
}
