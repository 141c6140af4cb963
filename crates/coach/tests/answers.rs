//! The offline coach on spoken answers of known worth: how often it puts the better answer above the poorer one, finds the
//! misconception that was stated, and raises a false alarm. The bounds stand a little below what was measured; they guard against
//! getting worse.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;
use std::io::Write;

use coach::OfflineCoach;
use interview::Bank;
use support::answers::{Answer, Label, written};
use support::{bank, judge};

#[test]
fn answers_that_were_looked_at_for_tuning_are_told_apart() {
    let table = table("tuning");
    assert!(table.strong_over_partial >= 0.90, "{table:?}");
    assert!(table.strong_over_wrong >= 0.95, "{table:?}");
    assert!(table.partial_over_wrong >= 0.85, "{table:?}");
    assert!(table.over_off_topic >= 0.97, "{table:?}");
    assert!(table.misconceptions_found >= 0.55, "{table:?}");
    assert!(table.false_alarms <= 0.05, "{table:?}");
}

#[test]
fn answers_that_nobody_looked_at_are_told_apart() {
    let table = table("held_out");
    assert!(table.strong_over_partial >= 0.80, "{table:?}");
    assert!(table.strong_over_wrong >= 0.95, "{table:?}");
    assert!(table.partial_over_wrong >= 0.85, "{table:?}");
    assert!(table.over_off_topic >= 0.95, "{table:?}");
    assert!(table.misconceptions_found >= 0.55, "{table:?}");
    assert!(table.false_alarms <= 0.05, "{table:?}");
}

fn table(half: &str) -> Table {
    let bank = bank::built_in();
    let coach = OfflineCoach::new(bank.questions());
    let table = Table::of(&coach, &bank, &written(half));
    let shown = format!("offline coach, {half} answers: {table:?}\n");
    std::io::stdout().write_all(shown.as_bytes()).unwrap();
    table
}

#[derive(Debug)]
struct Table {
    strong_over_partial: f64,
    strong_over_wrong: f64,
    partial_over_wrong: f64,
    over_off_topic: f64,
    misconceptions_found: f64,
    false_alarms: f64,
}

impl Table {
    fn of(coach: &OfflineCoach, bank: &Bank, answers: &[Answer]) -> Self {
        let mut scores: BTreeMap<(&str, Label), f64> = BTreeMap::new();
        let (mut expected, mut found, mut clean, mut alarms) = (0_u32, 0_u32, 0_u32, 0_u32);
        for answer in answers {
            let Some(question) = bank.question(&answer.question.parse().unwrap()) else { continue };
            let correctness = judge(coach, question, &answer.answer).correctness;
            let score = correctness.score.map_or(0.0, f64::from);
            scores.insert((&answer.question, answer.label), score);
            let stated = correctness.marks.misconceptions;
            if let Some(misconception) = &answer.expect.misconception {
                expected += 1;
                found += u32::from(stated.iter().any(|mark| mark.id.as_str() == misconception));
            }
            if answer.label != Label::Wrong {
                clean += 1;
                alarms += u32::from(!stated.is_empty());
            }
        }
        let pairs = |better: Label, worse: Label| share_in_order(&scores, better, worse);
        Self {
            strong_over_partial: pairs(Label::Strong, Label::Partial),
            strong_over_wrong: pairs(Label::Strong, Label::Wrong),
            partial_over_wrong: pairs(Label::Partial, Label::Wrong),
            over_off_topic: (pairs(Label::Strong, Label::OffTopic) + pairs(Label::Partial, Label::OffTopic)) / 2.0,
            misconceptions_found: f64::from(found) / f64::from(expected.max(1)),
            false_alarms: f64::from(alarms) / f64::from(clean.max(1)),
        }
    }
}

/// The share of questions whose better answer scores more than the worse one; equal scores count half.
fn share_in_order(scores: &BTreeMap<(&str, Label), f64>, better: Label, worse: Label) -> f64 {
    let pairs: Vec<(f64, f64)> = scores
        .iter()
        .filter(|((_, label), _)| *label == better)
        .filter_map(|((question, _), score)| Some((*score, *scores.get(&(*question, worse))?)))
        .collect();
    assert!(pairs.len() >= 10, "there are only {} pairs of answers", pairs.len());
    let in_order: f64 = pairs
        .iter()
        .map(|(better, worse)| f64::from(u8::from(better > worse)) + if better == worse { 0.5 } else { 0.0 })
        .sum();
    in_order / pairs.len() as f64
}
