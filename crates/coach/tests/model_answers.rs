//! The bank's own answers must earn nearly full marks from the offline coach: one point in twenty may be unclear or missed, because the
//! coach would rather ask than tick what was not said.

#![allow(clippy::unwrap_used)]

mod support;

use coach::OfflineCoach;
use interview::marks::Verdict;
use support::{bank, judge};

#[test]
fn model_answers_make_every_point_and_state_nothing_wrong() {
    let bank = bank::built_in();
    let coach = OfflineCoach::new(bank.questions());
    let mut faults = Vec::new();
    let mut points = 0;
    // Every sixth question: all of them take minutes.
    for question in bank.questions().iter().step_by(6) {
        let feedback = judge(&coach, question, &question.model_answer);
        let marks = feedback.marks().unwrap();
        points += marks.key_points().len();
        let not_made = marks.key_points().iter().filter(|mark| !matches!(mark.verdict, Verdict::Hit { .. }));
        faults.extend(not_made.map(|mark| format!("{}: `{}` is not found", question.id, mark.id)));
        let stated = marks.misconceptions().iter();
        faults.extend(stated.map(|mark| {
            format!("{}: `{}` is found in \u{201C}{}\u{201D}", question.id, mark.id, mark.evidence.quote())
        }));
    }
    assert!(faults.len() * 20 <= points, "of {points} points:\n{}", faults.join("\n"));
}
