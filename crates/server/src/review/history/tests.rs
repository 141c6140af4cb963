use api::feedback::{Coach, Correctness, Evidence, JudgedBy, KeyPointMark, Verdict};
use api::question::Question;
use api::transcript::Transcript;
use api::turn::{Answer, Role, Source, TurnState};
use uuid::Uuid;

use super::*;

const WORDS: &str = "there is one owner";

fn feedback(verdict: Verdict, rules: &str) -> Feedback {
    let point = KeyPointMark {
        id: "one-owner".to_owned(),
        summary: "every value has one owner".to_owned(),
        weight: 3,
        core: true,
        verdict,
        doubt: None,
        evidence: Evidence::default(),
    };
    let correctness = Correctness {
        score: Some(5.0),
        band: None,
        band_anchor: None,
        key_points: vec![point],
        misconceptions: Vec::new(),
    };
    let judged_by = JudgedBy {
        coach: Coach::Offline,
        model: None,
        prompt_version: rules.to_owned(),
        rubric_version: "1".to_owned(),
    };
    Feedback { correctness: Some(correctness), judged_by: Some(judged_by), ..Feedback::default() }
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

fn turn(words: &str, feedback: Option<Feedback>) -> Turn {
    let prompt = "Why one owner?".to_owned();
    Turn {
        id: Uuid::nil(),
        session_id: Uuid::nil(),
        position: 1,
        depth: 0,
        role: Role::Main,
        target: None,
        prompt: prompt.clone(),
        question: Question {
            id: "ownership-why".to_owned(),
            title: "Ownership".to_owned(),
            topic: "ownership".to_owned(),
            level: "junior".to_owned(),
            kind: "concept".to_owned(),
            prompt,
            snippet: None,
            time_limit_seconds: 120,
            glossary: Vec::new(),
            answer: None,
        },
        state: if feedback.is_some() { TurnState::Judged } else { TurnState::Ungraded },
        ungraded_reason: None,
        answer: Some(Answer {
            id: Uuid::nil(),
            source: Source::Typed,
            transcript: Some(Transcript { text: words.to_owned(), segments: Vec::new() }),
            corrected: false,
            duration: None,
            audio_url: None,
        }),
        feedback,
        next_turn: None,
    }
}

#[test]
fn an_earlier_judging_shows_its_scores_and_what_is_different_now() {
    let before = judging(Some(feedback(Verdict::Missed, "1")));
    let shown = earlier(&before, &turn(WORDS, Some(feedback(Verdict::Hit, "1"))));
    assert_eq!(shown.outcome, "correctness 5.0 of 10, clarity – of 10");
    assert_eq!(shown.judge.unwrap().name, "the offline coach");
    let about = "every value has one owner".to_owned();
    assert_eq!(shown.changes, Some(vec![Change { about, before: "missed", after: "hit" }]));
    assert!(shown.is_comparable && shown.words.is_none());
}

#[test]
fn scores_of_another_version_are_not_for_comparing() {
    let before = judging(Some(feedback(Verdict::Hit, "1")));
    let shown = earlier(&before, &turn(WORDS, Some(feedback(Verdict::Hit, "2"))));
    assert_eq!(shown.changes, Some(Vec::new()));
    assert!(!shown.is_comparable);
}

#[test]
fn words_that_were_corrected_since_are_shown_as_they_were_judged() {
    let before = judging(Some(feedback(Verdict::Missed, "1")));
    let shown = earlier(&before, &turn("there is one owner only", Some(feedback(Verdict::Hit, "1"))));
    assert_eq!(shown.words.as_deref(), Some(WORDS));
}

#[test]
fn without_feedback_there_is_a_reason_and_nothing_to_compare() {
    let shown = earlier(&judging(None), &turn(WORDS, Some(feedback(Verdict::Hit, "1"))));
    assert_eq!(shown.outcome, "no feedback: the coach was away");
    assert_eq!((shown.judge, shown.changes, shown.is_comparable), (None, None, true));
    let lost = earlier(&judging(Some(feedback(Verdict::Hit, "1"))), &turn(WORDS, None));
    assert_eq!((lost.changes, lost.is_comparable), (None, true));
}
