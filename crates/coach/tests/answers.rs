//! The offline coach on answers that were written without looking at the bank's phrasings, half of them never used for tuning.

mod support;

use std::collections::BTreeMap;

use coach::OfflineCoach;
use interview::Bank;
use support::{Answer, Label, judge, written_answers};

#[test]
fn answers_are_told_apart() {
    let bank = support::bank::built_in();
    let coach = OfflineCoach::new(bank.questions());
    for half in ["tuned", "held-out"] {
        let answers: Vec<Answer> = written_answers().into_iter().filter(|answer| answer.half == half).collect();
        let table = Table::of(&coach, &bank, &answers);
        println!("{half}: {table:#?}");
    }
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
        let (mut wrong, mut found, mut others, mut alarms) = (0, 0, 0, 0);
        for answer in answers {
            let Some(question) = bank.question(&answer.question.parse().unwrap()) else { continue };
            let feedback = judge(coach, question, &answer.answer);
            let score = feedback.correctness.score.map_or(0.0, |score| score.get());
            let stated = feedback.correctness.marks.misconceptions.len();
            scores.insert((&answer.question, answer.label), score);
            if answer.label == Label::Wrong {
                wrong += 1;
                found += usize::from(stated > 0);
            } else {
                others += 1;
                alarms += usize::from(stated > 0);
            }
            if std::env::var("SHOW").is_ok_and(|shown| answer.id.contains(&shown)) {
                support::show(&answer.id, question, &feedback);
            }
        }
        let pairs = |better: Label, worse: Label| {
            let compared: Vec<f64> = scores
                .iter()
                .filter(|((_, label), _)| *label == better)
                .filter_map(|((question, _), score)| Some((score, scores.get(&(*question, worse))?)))
                .map(|(better, worse)| {
                    if better > worse {
                        1.0
                    } else if better == worse {
                        0.5
                    } else {
                        0.0
                    }
                })
                .collect();
            compared.iter().sum::<f64>() / compared.len().max(1) as f64
        };
        Self {
            strong_over_partial: pairs(Label::Strong, Label::Partial),
            strong_over_wrong: pairs(Label::Strong, Label::Wrong),
            partial_over_wrong: pairs(Label::Partial, Label::Wrong),
            over_off_topic: (pairs(Label::Strong, Label::OffTopic) + pairs(Label::Partial, Label::OffTopic)) / 2.0,
            misconceptions_found: f64::from(found as u32) / f64::from(wrong.max(1)),
            false_alarms: f64::from(alarms as u32) / f64::from(others.max(1)),
        }
    }
}
