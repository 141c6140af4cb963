//! The bank's own answers must earn full marks from the offline coach, but for one point in two hundred: an answer may name a mistake
//! where the key point forbids it, which rules cannot tell from making it.

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
    for question in bank.questions() {
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
    assert!(faults.len() * 200 <= points, "of {points} points:\n{}", faults.join("\n"));
}
