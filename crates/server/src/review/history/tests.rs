use api::feedback::{Feedback, Verdict};
use api::testing::{judged, ungraded};

use super::*;

const WORDS: &str = "one owner";

/// Feedback whose first key point has this verdict, by rules of this version.
fn feedback(verdict: Verdict, rules: &str) -> Feedback {
    let mut feedback = judged().feedback.unwrap();
    feedback.correctness.as_mut().unwrap().key_points[0].verdict = verdict;
    feedback.judged_by.as_mut().unwrap().prompt_version = rules.to_owned();
    feedback
}

fn judging(feedback: Option<Feedback>) -> Judging {
    Judging {
        judged_at: "2026-11-22T14:03:00Z".parse().unwrap(),
        text: Some(WORDS.to_owned()),
        corrected: false,
        ungraded_reason: feedback.is_none().then(|| "the coach was away".to_owned()),
        feedback,
    }
}

fn turn(feedback: Feedback) -> Turn {
    Turn { feedback: Some(feedback), ..judged() }
}

#[test]
fn an_earlier_judging_shows_its_scores_and_what_changed() {
    let before = judging(Some(feedback(Verdict::Missed, "1")));
    let shown = earlier(&before, &turn(feedback(Verdict::Hit, "1")));
    assert_eq!(shown.outcome, "correctness 6.0, clarity 5.0");
    assert_eq!(shown.judge.unwrap().name, "the offline coach");
    let about = "every value has exactly one owner".to_owned();
    assert_eq!(shown.changes, Some(vec![Change { about, before: "missed", after: "hit" }]));
    assert!(shown.is_comparable && shown.words.is_none());
}

#[test]
fn scores_of_another_version_cannot_be_compared() {
    let before = judging(Some(feedback(Verdict::Hit, "1")));
    let shown = earlier(&before, &turn(feedback(Verdict::Hit, "2")));
    assert_eq!(shown.changes, Some(Vec::new()));
    assert!(!shown.is_comparable);
}

#[test]
fn a_corrected_transcript_is_shown_as_it_was_judged() {
    let before = Judging { text: Some("one honour".to_owned()), ..judging(Some(feedback(Verdict::Missed, "1"))) };
    let shown = earlier(&before, &turn(feedback(Verdict::Hit, "1")));
    assert_eq!(shown.words.as_deref(), Some("one honour"));
}

#[test]
fn without_feedback_there_is_a_reason_and_nothing_to_compare() {
    let shown = earlier(&judging(None), &turn(feedback(Verdict::Hit, "1")));
    assert_eq!(shown.outcome, "not graded: the coach was away");
    assert_eq!((shown.judge, shown.changes, shown.is_comparable), (None, None, true));
    let lost = earlier(&judging(Some(feedback(Verdict::Hit, "1"))), &ungraded("no coach"));
    assert_eq!((lost.changes, lost.is_comparable), (None, true));
}
