//! What several tests need: the bank, and one way of judging.

#![allow(dead_code, clippy::unwrap_used)]

pub mod bank;

use coach::OfflineCoach;
use interview::follow_up::Rubric;
use interview::judging::{self, Assignment};
use interview::marks::Feedback;
use interview::{Question, Transcript};

/// What the coach makes of a typed answer to the question itself.
pub fn judge(coach: &OfflineCoach, question: &Question, answer: &str) -> Feedback {
    let rubric = Rubric::of(question, None);
    let transcript = Transcript::typed(answer);
    let assignment = Assignment::to_question(question, &rubric, &transcript);
    judging::judge(&assignment, coach.judge(&assignment)).unwrap().feedback
}
