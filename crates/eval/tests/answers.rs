//! The offline coach on spoken answers of known worth: how often it puts the better answer above the poorer one, finds the
//! misconception that was stated, and raises a false alarm; and how many of its verdicts a careful reader shares. The bounds stand a
//! little below what was measured; they guard against getting worse.

#![allow(clippy::unwrap_used)]

#[path = "support/answers.rs"]
mod answers;
#[path = "../../coach/tests/support/bank.rs"]
mod bank;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;

use answers::{bare_claims, degenerate, marked, written};
use coach::{Coach, OfflineCoach};
use eval::{Dataset, Evaluation, Evaluator, Judge, Results, Share, Summary};
use interview::Bank;

#[tokio::test]
async fn answers_that_were_looked_at_for_tuning_are_told_apart() {
    let figures = Measured::of(&judged("tuning answers", |bank| some(written("tuning", bank))).await.summary);
    figures.are_at_least(&Measured {
        strong_over_partial: 0.88,
        strong_over_wrong: 0.95,
        partial_over_wrong: 0.76,
        over_offtopic: 0.86,
        misconceptions_found: 0.33,
        free_of_false_alarms: 0.92,
    });
}

#[tokio::test]
async fn answers_that_nobody_looked_at_are_told_apart() {
    let figures = Measured::of(&judged("held out answers", |bank| some(written("held_out", bank))).await.summary);
    figures.are_at_least(&Measured {
        strong_over_partial: 0.90,
        strong_over_wrong: 0.95,
        partial_over_wrong: 0.58,
        over_offtopic: 0.78,
        misconceptions_found: 0.36,
        free_of_false_alarms: 0.95,
    });
}

#[tokio::test]
async fn answers_to_questions_without_phrasings_are_told_apart() {
    let figures = Measured::of(
        &judged("answers judged by bare claims", |bank| some(bare_claims("held_out", bank))).await.summary,
    );
    figures.are_at_least(&Measured {
        strong_over_partial: 0.55,
        strong_over_wrong: 0.55,
        partial_over_wrong: 0.35,
        over_offtopic: 0.50,
        misconceptions_found: 0.00,
        free_of_false_alarms: 0.95,
    });
}

#[tokio::test]
async fn answers_that_only_look_like_answers_earn_what_they_say_and_no_more() {
    let bank = bank::built_in();
    let dataset = degenerate(&bank);
    let evaluation = judged("degenerate answers", degenerate).await;
    let wrong = dataset.items.iter().zip(&evaluation.items).filter(|(item, judged)| {
        let score = judged.score.unwrap_or_default();
        score > item.expect.max_score.unwrap_or(10.0) || score < item.expect.min_score.unwrap_or_default()
    });
    let wrong: Vec<_> =
        wrong.map(|(item, judged)| (&item.id, judged.score, item.expect.max_score, item.expect.min_score)).collect();
    assert!(dataset.items.len() >= 100 && wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn most_verdicts_are_those_of_a_careful_reader() {
    let marks = judged("marked answers", |bank| some(marked("tuning", bank))).await.summary.marks.unwrap();
    let share = |share: Option<Share>| share.unwrap().share;
    let (hits, stated) = (marks.all.key_points, marks.all.misconceptions);
    assert!(share(hits.precision) >= 0.85 && share(hits.recall) >= 0.60, "{hits:?}");
    assert!(share(stated.precision) >= 0.70 && share(stated.recall) >= 0.40, "{stated:?}");
}

/// The answers of every fifth group: all of them take minutes.
fn some(mut dataset: Dataset) -> Dataset {
    let groups: BTreeSet<String> = dataset.items.iter().map(|item| item.group().to_owned()).collect();
    let some: BTreeSet<String> = groups.into_iter().step_by(5).collect();
    dataset.items.retain(|item| some.contains(item.group()));
    dataset
}

/// Has the dataset judged, and prints the table that users see.
async fn judged(name: &str, dataset: impl Fn(&Bank) -> Dataset) -> Evaluation {
    let bank = bank::built_in();
    let dataset = dataset(&bank);
    let coach = Coach::Offline(Arc::new(OfflineCoach::new(bank.questions())));
    let evaluator = Evaluator {
        judge: Judge::Coach(&coach),
        bank: &bank,
        concurrency: std::thread::available_parallelism().unwrap(),
        whole: false,
        similarity_baseline: true,
        earlier: &Results::default(),
    };
    let evaluation = evaluator.judge(&dataset, std::future::pending(), |_| {}).await.evaluation();
    assert_eq!((evaluation.summary.ungraded, evaluation.summary.broken_lines.len()), (0, 0));
    print(&format!("\n{name}\n{}", evaluation.table()));
    evaluation
}

/// Prints past the test runner, which keeps what goes through its own macros to itself.
fn print(text: &str) {
    std::io::stdout().write_all(format!("{text}\n").as_bytes()).unwrap();
}

/// The figures that matter, all the better the higher.
#[derive(Debug)]
struct Measured {
    strong_over_partial: f64,
    strong_over_wrong: f64,
    partial_over_wrong: f64,
    over_offtopic: f64,
    misconceptions_found: f64,
    free_of_false_alarms: f64,
}

impl Measured {
    fn of(summary: &Summary) -> Self {
        let order = |pair: &str| summary.figures.order[pair].share;
        let share = |share: Option<Share>| share.unwrap().share;
        Self {
            strong_over_partial: order("strong_over_partial"),
            strong_over_wrong: order("strong_over_wrong"),
            partial_over_wrong: order("partial_over_wrong"),
            over_offtopic: order("over_offtopic"),
            misconceptions_found: share(summary.misconceptions.recall),
            free_of_false_alarms: 1.0 - share(summary.misconceptions.false_alarms),
        }
    }

    fn are_at_least(&self, bounds: &Self) {
        for (measured, bound) in [
            (self.strong_over_partial, bounds.strong_over_partial),
            (self.strong_over_wrong, bounds.strong_over_wrong),
            (self.partial_over_wrong, bounds.partial_over_wrong),
            (self.over_offtopic, bounds.over_offtopic),
            (self.misconceptions_found, bounds.misconceptions_found),
            (self.free_of_false_alarms, bounds.free_of_false_alarms),
        ] {
            assert!(measured >= bound, "{self:?} against {bounds:?}");
        }
    }
}
