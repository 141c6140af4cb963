use proptest::prelude::*;

use super::*;
use crate::Transcript;
use crate::marks::{ClarityCheck, Doubt, Evidence, KeyPointMark, MisconceptionMark, Verdict};
use crate::testing::question;

fn evidence() -> Evidence {
    Transcript::typed("said so").find_quote("said").unwrap()
}

fn verdict(letter: char) -> Verdict {
    match letter {
        'h' => Verdict::Hit { evidence: evidence() },
        'm' => Verdict::Missed,
        _ => Verdict::Unclear { doubt: Doubt::CoachUndecided, evidence: None },
    }
}

/// Marks for the test question's points (weights 3 core, 2, 1), one letter each: hit, missed, unclear; and misconceptions stated.
fn correctness(letters: &str, misconceptions: usize) -> Correctness {
    let question = question();
    let key_points = question
        .key_points
        .iter()
        .zip(letters.chars())
        .map(|(point, letter)| KeyPointMark { id: point.id.clone(), verdict: verdict(letter) })
        .collect();
    let stated = MisconceptionMark { id: question.misconceptions[0].id.clone(), evidence: evidence() };
    Correctness::of(&Rubric::of(&question, None), Marks { key_points, misconceptions: vec![stated; misconceptions] })
}

fn score(letters: &str, misconceptions: usize) -> Option<f64> {
    correctness(letters, misconceptions).score().map(Score::get)
}

#[test]
fn the_score_is_the_share_of_the_decided_weight() {
    assert_eq!(score("hhh", 0), Some(10.0));
    assert_eq!(score("hhm", 0), Some(8.3));
    assert_eq!(score("hmm", 0), Some(5.0));
    assert_eq!(score("mmm", 0), Some(0.0));
}

#[test]
fn unclear_points_are_left_out_and_more_than_half_of_the_weight_unclear_gives_no_score() {
    assert_eq!(score("hhu", 0), Some(10.0));
    assert_eq!(score("huu", 0), Some(10.0), "exactly half is decided");
    assert_eq!(score("uhm", 0), Some(6.7), "half is unclear");
    assert_eq!(score("uum", 0), None);
    assert_eq!(score("uuu", 0), None);
}

#[test]
fn a_missed_core_point_caps_the_score() {
    assert_eq!(score("mhh", 0), Some(5.0));
    let mut rubric = Rubric::of(&question(), None);
    rubric.key_points[0].weight = 1.try_into().unwrap();
    rubric.key_points[1].weight = 5.try_into().unwrap();
    let marks = Marks {
        key_points: rubric
            .key_points
            .iter()
            .zip("mhh".chars())
            .map(|(point, letter)| KeyPointMark { id: point.id.clone(), verdict: verdict(letter) })
            .collect(),
        misconceptions: vec![],
    };
    assert_eq!(Correctness::of(&rubric, marks).score().map(Score::get), Some(CORE_CAP));
}

#[test]
fn every_misconception_costs_the_same_and_the_floor_is_zero() {
    assert_eq!(score("hhh", 1), Some(8.5));
    assert_eq!(score("hhh", 2), Some(7.0));
    assert_eq!(score("mmm", 1), Some(0.0));
}

#[test]
fn bands_say_how_far_understanding_reaches() {
    let band = |letters, misconceptions| correctness(letters, misconceptions).band().map(Band::number);
    assert_eq!(band("mhh", 0), Some(1));
    assert_eq!(band("hmm", 0), Some(3));
    assert_eq!(band("hhm", 0), Some(4));
    assert_eq!(band("hhh", 1), Some(3), "something wrong was said");
    assert_eq!(band("uuu", 0), None);
}

fn letters() -> impl Strategy<Value = String> {
    proptest::collection::vec(prop::sample::select(vec!['h', 'm', 'u']), 3)
        .prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn scores_stay_between_zero_and_ten_whatever_the_marks(letters in letters(), misconceptions in 0_usize..9) {
        if let Some(score) = score(&letters, misconceptions) {
            prop_assert!((0.0..=10.0).contains(&score));
        }
    }

    #[test]
    fn the_order_of_marks_does_not_matter(letters in letters(), misconceptions in 0_usize..3) {
        let question = question();
        let one = correctness(&letters, misconceptions);
        let mut reversed = one.marks.clone();
        reversed.key_points.reverse();
        let other = Correctness::of(&Rubric::of(&question, None), reversed);
        prop_assert_eq!(one.score, other.score);
        prop_assert_eq!(one.band, other.band);
    }

    #[test]
    fn hitting_one_more_point_never_lowers_the_score(letters in letters(), place in 0_usize..3, misconceptions in 0_usize..3) {
        let better: String = letters.chars().enumerate().map(|(index, letter)| if index == place { 'h' } else { letter }).collect();
        if let (Some(before), Some(after)) = (score(&letters, misconceptions), score(&better, misconceptions)) {
            prop_assert!(after >= before, "{letters} {before} -> {better} {after}");
        }
    }

    #[test]
    fn any_number_can_be_clamped_to_a_score(value in prop::num::f64::ANY) {
        prop_assert!((0.0..=10.0).contains(&Score::clamped(value).get()));
    }
}

fn clarity(letters: &str) -> Option<f64> {
    let marks = ClarityCheck::ALL.iter().zip(letters.chars()).map(|(check, letter)| ClarityMark {
        check: *check,
        verdict: match letter {
            'y' => ClarityVerdict::Yes,
            'n' => ClarityVerdict::No,
            _ => ClarityVerdict::Unclear,
        },
        evidence: None,
        note: None,
    });
    Clarity::of(marks.collect()).score().map(Score::get)
}

#[test]
fn clarity_is_the_share_of_yes_among_the_decided_checks() {
    assert_eq!(clarity("yyyyyy"), Some(10.0));
    assert_eq!(clarity("yynnnn"), Some(3.3));
    assert_eq!(clarity("yyyuuu"), Some(10.0));
    assert_eq!(clarity("yyuuuu"), None);
    assert_eq!(clarity(""), None);
}

#[test]
fn alternatives_count_once_and_one_hit_suffices() {
    let mut rubric = Rubric::of(&question(), None);
    for point in &mut rubric.key_points[..2] {
        point.any_of = Some("fix".parse().unwrap());
        point.core = true;
        point.weight = 3.try_into().unwrap();
    }
    let of = |letters: &str| {
        let points = rubric.key_points.iter().zip(letters.chars());
        let key_points = points.map(|(point, letter)| KeyPointMark { id: point.id.clone(), verdict: verdict(letter) });
        let marks = Marks { key_points: key_points.collect(), misconceptions: Vec::new() };
        Correctness::of(&rubric, marks).score().map(Score::get)
    };
    assert_eq!(of("hmh"), Some(10.0), "the second fix is not needed");
    assert_eq!(of("mhh"), Some(10.0), "any member does, and no cap applies");
    assert_eq!(of("hhh"), Some(10.0));
    assert_eq!(of("mmh"), Some(2.5), "missed when all are missed: 1 of 3 + 1");
    assert_eq!(of("umh"), None, "unclear when no member is hit and one may be: 3 of 4 are unclear");
}
