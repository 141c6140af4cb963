use std::time::Duration;

use interview::marks::Counted;

use super::*;
use crate::dataset::{Dataset, ExpectedMisconception, Item, ReaderMarks};
use crate::evaluator::{JudgedItem, JudgedPoint, QuotedMisconception};
use crate::figures::Order;
use crate::marked::{Agreed, ByCertainty, ClaimKind, Confusion, FalseTicks, VerdictFigures};

/// An item of a group with a label and people's score, and the score that it was given.
fn judged(group: &str, label: Option<Label>, people: Option<f64>, score: Option<f64>) -> (Item, JudgedItem) {
    let json = serde_json::json!({"id": "i", "question": "some-id", "answer": "x", "group": group});
    let item = Item { label, score: people, ..serde_json::from_value(json).unwrap() };
    let judged = match score {
        Some(score) => JudgedItem { id: "i".to_owned(), score: Some(score), ..JudgedItem::default() },
        None => JudgedItem::ungraded("i", "no coach".to_owned()),
    };
    (item, judged)
}

/// The summary of these judgements, of a question with the misconceptions `m1` and `m2`.
fn summary(judged: &[(Item, JudgedItem)]) -> Summary {
    let items = judged.iter().map(|(item, _)| item.clone()).collect();
    let dataset = Dataset { items, broken_lines: Vec::new() };
    let judgement = |(item, (_, judged)): (_, &(Item, JudgedItem))| Judgement {
        item,
        judged: judged.clone(),
        misconceptions: vec!["m1".to_owned(), "m2".to_owned()],
        similarity: None,
    };
    let list = dataset.items.iter().zip(judged).map(judgement).collect();
    let judgements = Judgements { dataset: &dataset, list, took: Duration::from_secs(2) };
    Summary::of(&judgements)
}

fn labelled(group: &str, scores: [(Label, f64); 4]) -> Vec<(Item, JudgedItem)> {
    scores.into_iter().map(|(label, score)| judged(group, Some(label), None, Some(score))).collect()
}

#[test]
fn pairs_are_compared_within_groups_only_and_ties_count_half() {
    use Label::{OffTopic, Partial, Strong, Wrong};
    let mut all = labelled("one", [(Strong, 8.0), (Partial, 5.0), (Wrong, 2.0), (OffTopic, 0.0)]);
    all.extend(labelled("two", [(Strong, 4.0), (Partial, 4.0), (Wrong, 6.0), (OffTopic, 0.0)]));
    let order = summary(&all).figures.order;
    let shares: Vec<(&str, f64, usize)> = order.iter().map(|(name, share)| (*name, share.share, share.of)).collect();
    assert_eq!(
        shares,
        [
            ("full_order", 0.5, 2),
            ("over_offtopic", 1.0, 4),
            ("partial_over_wrong", 0.5, 2),
            ("strong_over_partial", 0.75, 2),
            ("strong_over_wrong", 0.5, 2),
        ]
    );
}

#[test]
fn scores_are_compared_on_the_scale_that_people_used() {
    let people = [(0.0, 1.0), (5.0, 3.0), (10.0, 5.0), (10.0, 4.0)];
    let all: Vec<_> = people.iter().map(|(score, people)| judged("one", None, Some(*people), Some(*score))).collect();
    let agreement = summary(&all).figures.agreement.unwrap();
    assert_eq!((agreement.count, agreement.scale, agreement.groups_with_r), (4, 5.0, 1));
    // Stretched to 0, 2.5, 5, 5 against 1, 3, 5, 4: squared differences 1, 0.25, 0, 1.
    assert_eq!(agreement.rmse, Some((2.25_f64 / 4.0).sqrt()));
    assert_eq!(agreement.rmse_after_fit, None, "one group leaves no other to fit to");
    assert_eq!(agreement.mean_group_r, agreement.pearson);
}

#[test]
fn the_fit_never_sees_the_group_that_it_is_measured_on() {
    let all = [("one", 2.0, 1.0), ("one", 4.0, 1.0), ("two", 2.0, 3.0), ("two", 4.0, 5.0)]
        .map(|(group, score, people)| judged(group, None, Some(people), Some(score)));
    // Group one by two's curve: 3 and 5 against 1 and 1; group two by one's: 1 and 1 against 3 and 5.
    assert_eq!(summary(&all).figures.agreement.unwrap().rmse_after_fit, Some((40.0_f64 / 4.0).sqrt()));
}

#[test]
fn what_was_not_judged_is_counted_and_compared_with_nothing() {
    let all = [judged("one", Some(Label::Strong), None, None), judged("one", Some(Label::Wrong), None, Some(1.0))];
    let summary = summary(&all);
    assert_eq!((summary.items, summary.ungraded, summary.unscored), (2, 1, 0));
    assert_eq!(summary.figures.order, Order::default());
    assert_eq!((summary.figures.agreement, summary.seconds), (None, 2.0));
}

#[test]
fn misconceptions_are_expected_where_the_item_or_its_label_says_so() {
    let found = |ids: &[&str], (item, judged): (Item, JudgedItem)| {
        let found = ids.iter().map(|id| misconception(id));
        (item, JudgedItem { misconceptions: found.collect(), ..judged })
    };
    let expecting = |id: &str, (mut item, judged): (Item, JudgedItem)| {
        item.expect.misconception = Some(ExpectedMisconception::Named(id.to_owned()));
        (item, judged)
    };
    let plain = |label| judged("one", Some(label), None, Some(5.0));
    let all = [
        found(&["m1"], plain(Label::Wrong)),
        expecting("m1", found(&["m2"], plain(Label::Wrong))),
        expecting("m1", found(&["m1"], plain(Label::Partial))),
        plain(Label::Wrong),
        plain(Label::Strong),
        found(&["m1"], plain(Label::OffTopic)),
    ];
    let misconceptions = summary(&all).misconceptions;
    assert_eq!(misconceptions.recall.map(|share| (share.share, share.of)), Some((0.5, 4)));
    assert_eq!(misconceptions.false_alarms.map(|share| (share.share, share.of)), Some((0.5, 2)));
}

#[test]
fn expectations_on_scores_hold_or_do_not() {
    let expecting = |max: Option<f64>, min: Option<f64>, score: Option<f64>| {
        let (mut item, judged) = judged("one", None, None, score);
        (item.expect.max_score, item.expect.min_score) = (max, min);
        (item, judged)
    };
    let all = [
        expecting(Some(3.0), None, Some(3.0)),
        expecting(None, Some(7.0), Some(6.9)),
        expecting(Some(3.0), None, None),
        expecting(None, None, Some(1.0)),
    ];
    assert_eq!(summary(&all).expectations_met.map(|share| (share.share, share.of)), Some((1.0 / 3.0, 3)));
}

#[test]
fn bands_are_held_against_labels_and_else_against_quarters_of_the_scale() {
    let all = [
        judged("one", Some(Label::Strong), None, Some(9.0)),
        judged("one", Some(Label::Wrong), None, Some(0.0)),
        judged("one", None, Some(5.0), Some(9.0)),
    ];
    let banded = all.into_iter().zip([4, 1, 4]);
    let banded: Vec<_> =
        banded.map(|((item, judged), band)| (item, JudgedItem { band: Some(band), ..judged })).collect();
    assert_eq!(summary(&banded).band_kappa, Some(1.0));
}

fn misconception(id: &str) -> QuotedMisconception {
    QuotedMisconception { id: id.to_owned(), sure: true, quote: "x".to_owned() }
}

/// An answer with a reader's marks, and a judge's verdicts on the points `a` to `d` and misconceptions found.
fn marked(label: Label, marks: [&str; 3], verdicts: [Counted; 4], found: &[&str]) -> (Item, JudgedItem) {
    let ids = |ids: &str| ids.split_whitespace().map(str::to_owned).collect();
    let (item, judged) = judged("one", Some(label), None, Some(5.0));
    let [hit, half, stated] = marks.map(ids);
    let points = ["a", "b", "c", "d"].into_iter().zip(verdicts);
    let key_points = points.map(|(id, verdict)| JudgedPoint {
        id: id.to_owned(),
        verdict,
        plausibility: None,
        sure: true,
        doubt: None,
        quote: None,
    });
    let misconceptions = found.iter().map(|id| misconception(id));
    let judged = JudgedItem { key_points: key_points.collect(), misconceptions: misconceptions.collect(), ..judged };
    (Item { marks: Some(ReaderMarks { hit, half, stated }), subject: Some("go".to_owned()), ..item }, judged)
}

#[test]
fn verdicts_are_counted_against_marks_and_half_made_claims_are_not() {
    use Counted::{Hit, Missed, Unclear};
    let all = [
        marked(Label::Strong, ["a b", "", ""], [Hit, Unclear, Hit, Missed], &["m1"]),
        marked(Label::Refuting, ["a", "d", "m2"], [Hit, Missed, Missed, Hit], &["m2"]),
        marked(Label::Wrong, ["", "a", "m1 m2"], [Hit, Hit, Missed, Unclear], &["m1"]),
        marked(Label::Twisted, ["", "", ""], [Missed, Missed, Missed, Hit], &[]),
        judged("one", Some(Label::Strong), None, Some(5.0)),
    ];
    let marks = summary(&all).marks.unwrap();
    let counts = |figures: &VerdictFigures| {
        let Confusion { true_positives, false_positives, false_negatives, true_negatives, unclear } = figures.counts;
        [true_positives, false_positives, false_negatives, true_negatives, unclear]
    };
    assert_eq!(marks.answers, 4);
    // Points: a unclear verdict on a point that the reader finds made is a false negative.
    assert_eq!(counts(&marks.all.key_points), [2, 3, 1, 8, 2]);
    assert_eq!(counts(&marks.all.misconceptions), [2, 1, 1, 4, 0]);
    let points = &marks.all.key_points;
    assert_eq!((points.precision.unwrap().share, points.recall.unwrap().share), (2.0 / 5.0, 2.0 / 3.0));
    assert_eq!((points.f1, points.unclear.unwrap().share), (Some(0.5), 2.0 / 14.0));
    // Agreement in 10 of 14; by chance (5 × 3 + 9 × 11) / 14².
    let by_chance = 114.0 / 196.0;
    assert!((points.kappa.unwrap() - (10.0 / 14.0 - by_chance) / (1.0 - by_chance)).abs() < 1e-12);
    assert_eq!(marks.false_alarms.map(|share| (share.share, share.of)), Some((0.5, 2)));
    assert_eq!(marks.false_ticks, FalseTicks { ticks: 2, answers: 2 });
    assert_eq!(counts(&marks.by_label["twisted"].key_points), [0, 1, 0, 3, 0]);
    assert_eq!(marks.by_subject["go"], marks.all);
    let d = marks.by_claim.iter().find(|claim| claim.claim == "d").unwrap();
    assert_eq!((d.kind, d.counts.false_positives, d.counts.unclear), (ClaimKind::KeyPoint, 1, 1));
}

#[test]
fn verdicts_that_are_probable_are_measured_apart_and_plausibilities_are_compared_with_what_was_made() {
    use Counted::{Hit, Missed, Unclear};
    let mut all = [
        marked(Label::Strong, ["a b", "", "m1"], [Hit, Hit, Missed, Unclear], &["m1"]),
        marked(Label::Wrong, ["d", "c", ""], [Missed, Hit, Hit, Missed], &["m1", "m2"]),
    ];
    let plausibilities = [[0.95, 0.62, 0.04, 0.4], [0.2, 0.68, 0.92, 0.24]];
    for ((_, judged), plausibilities) in all.iter_mut().zip(plausibilities) {
        for (point, plausibility) in judged.key_points.iter_mut().zip(plausibilities) {
            point.plausibility = Some(plausibility);
            point.sure = !(0.1..0.9).contains(&plausibility);
        }
    }
    all[1].1.misconceptions[0].sure = false;
    let marks = summary(&all).marks.unwrap();
    let shares = |Agreed { hits, misses, misconceptions }: Agreed| {
        [hits, misses, misconceptions].map(|share| share.map(|share| (share.share, share.of)))
    };
    let ByCertainty { sure, probable } = marks.by_certainty.unwrap();
    // The half made c does not count, and what is unclear is no verdict.
    assert_eq!(shares(sure), [Some((1.0, 1)), Some((1.0, 1)), Some((0.5, 2))]);
    assert_eq!(shares(probable), [Some((0.5, 2)), Some((0.5, 2)), Some((0.0, 1))]);
    let calibration: Vec<_> = marks.calibration.iter().map(|it| (it.plausibility, it.made.share, it.made.of)).collect();
    let expected = [(0.04, 0.0, 1), (0.22, 0.5, 2), (0.4, 0.0, 1), (0.65, 0.5, 2), (0.95, 1.0, 1)];
    let is_near =
        |((a, b, c), (x, y, z)): (&(f64, f64, usize), &(f64, f64, usize))| (a - x).abs() < 1e-9 && (b, c) == (y, z);
    assert!(calibration.len() == 5 && calibration.iter().zip(&expected).all(is_near), "{calibration:?}");
    let all_sure = [marked(Label::Strong, ["a", "", ""], [Hit, Missed, Missed, Missed], &[])];
    assert_eq!(summary(&all_sure).marks.unwrap().by_certainty, None);
}

#[test]
fn without_marks_there_is_nothing_to_compare_with() {
    assert_eq!(summary(&[judged("one", Some(Label::Strong), None, Some(5.0))]).marks, None);
}
