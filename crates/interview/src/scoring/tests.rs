use proptest::prelude::*;

use super::*;
use crate::marks::{ClarityCheck, DecidedVerdict, Decision, Verdict};
use crate::tests::{marks, question};

/// The panel for the test question's points (weights 3 core, 2, 1), one letter each, and misconceptions stated.
fn correctness(letters: &str, misconceptions: usize) -> Correctness {
    let rubric = Rubric::of(&question(), None);
    let marks = marks(&rubric.key_points, letters, misconceptions);
    Correctness::of(&rubric, marks)
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

/// The ends of the range that takes the score's place.
fn range(letters: &str, misconceptions: usize) -> Option<(u8, u8)> {
    match correctness(letters, misconceptions).rating() {
        Some(Rating::Range { low, high }) => Some((low, high)),
        Some(Rating::Exact(_)) | None => None,
    }
}

#[test]
fn unclear_points_are_left_out_of_the_score() {
    assert_eq!(score("hhu", 0), Some(10.0));
    assert_eq!(score("muh", 0), Some(2.5), "exactly a third is unclear");
}

#[test]
fn with_more_than_a_third_of_the_weight_unclear_there_is_a_range() {
    assert_eq!(score("huu", 0), None);
    assert_eq!(range("huu", 0), Some((5, 10)), "3 of 6 to 6 of 6");
    assert_eq!(range("uum", 0), Some((0, 9)), "0 of 6 to 5 of 6, rounded outwards");
    assert_eq!(range("muu", 0), Some((0, 5)), "the core point stays missed");
    assert_eq!(range("uhh", 0), Some((5, 10)), "the core point may be made");
    assert_eq!(range("huu", 1), Some((3, 9)), "3.5 to 8.5");
}

#[test]
fn nothing_is_scored_0_while_a_point_is_unclear() {
    assert_eq!(range("mmu", 0), Some((0, 2)), "the unclear sixth may have been made");
    assert_eq!(score("mmm", 0), Some(0.0), "nothing is unclear");
    assert_eq!(score("hmu", 4), Some(0.0), "a point was made, and four misconceptions cost more");
}

#[test]
fn a_missed_core_point_caps_the_range_too() {
    let mut rubric = Rubric::of(&question(), None);
    for (point, weight) in rubric.key_points.iter_mut().zip([1, 5, 1_u8]) {
        point.weight = weight.try_into().unwrap();
    }
    let rating = Correctness::of(&rubric, marks(&rubric.key_points, "muh", 0)).rating();
    assert_eq!(rating, Some(Rating::Range { low: 1, high: 6 }), "not the 8.6 that 6 of 7 would be");
}

#[test]
fn with_nothing_decided_there_is_neither_score_nor_range() {
    for letters in ["uuu", ""] {
        assert_eq!(correctness(letters, 0).rating(), None, "{letters:?}");
    }
}

#[test]
fn a_range_of_one_number_is_a_score() {
    assert_eq!(range("muu", 4), None);
    assert_eq!(score("muu", 4), Some(0.0), "four misconceptions cost more than the unclear points can earn");
}

#[test]
fn what_the_candidate_decides_counts_and_narrows_the_range() {
    assert_eq!(range("huu", 0), Some((5, 10)));
    assert_eq!(score("hHu", 0), Some(10.0), "a sixth is left unclear");
    assert_eq!(score("hMu", 0), Some(6.0));
    assert_eq!(range("uuH", 0), Some((1, 10)));
}

#[test]
fn a_decision_replaces_the_coach_s_verdict_until_it_is_taken_back() {
    let rubric = Rubric::of(&question(), None);
    let coach = correctness("hmu", 1);
    let mut decisions = Decisions::default();
    let id = |name: &str| name.parse().unwrap();
    decisions.add(Decision::KeyPoint(id("heavy"), Some(DecidedVerdict::Missed)));
    decisions.add(Decision::KeyPoint(id("middle"), Some(DecidedVerdict::Hit)));
    decisions.add(Decision::Misconception("wrong".parse().unwrap(), false));
    let decided = coach.clone().decided(&rubric, &decisions);
    let points = decided.marks().key_points();
    assert_eq!(
        points.iter().map(|mark| mark.counted()).collect::<Vec<_>>(),
        [Counted::Missed, Counted::Hit, Counted::Unclear]
    );
    assert!(points[0].evidence().is_none(), "words that were a hit are no evidence of a miss");
    assert!(points[1].evidence().is_none(), "a decision brings no evidence");
    assert!(matches!(points[1].verdict, Verdict::Missed), "the coach's own verdict is kept");
    assert!(decided.marks().misconceptions().is_empty() && decided.marks().disputed().len() == 1);
    assert_eq!(decided.score().map(Score::get), Some(4.0), "2 of 5, no penalty");

    decisions.add(Decision::KeyPoint(id("heavy"), None));
    decisions.add(Decision::KeyPoint(id("middle"), None));
    decisions.add(Decision::Misconception("wrong".parse().unwrap(), true));
    assert!(decisions.is_empty());
    assert_eq!(decided.decided(&rubric, &decisions), coach);
}

#[test]
fn a_missed_core_point_caps_the_score() {
    assert_eq!(score("mhh", 0), Some(5.0));
    let mut rubric = Rubric::of(&question(), None);
    rubric.key_points[0].weight = 1.try_into().unwrap();
    rubric.key_points[1].weight = 5.try_into().unwrap();
    let marks = marks(&rubric.key_points, "mhh", 0);
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
    assert_eq!(band("huu", 0), None, "there is only a range");
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
        prop_assert_eq!(one.rating, other.rating);
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
    fn however_the_unclear_points_turn_out_the_score_is_in_the_range(
        letters in letters(),
        turns_out in letters(),
        misconceptions in 0_usize..5,
    ) {
        if let Some((low, high)) = range(&letters, misconceptions) {
            prop_assert!(low < high && high <= 10);
            let later: String =
                letters.chars().zip(turns_out.chars()).map(|(now, later)| if now == 'u' { later } else { now }).collect();
            if let Some(score) = score(&later, misconceptions) {
                prop_assert!((f64::from(low)..=f64::from(high)).contains(&score), "{letters}: {low} to {high}, {later}: {score}");
            }
            if let Some((later_low, later_high)) = range(&later, misconceptions) {
                prop_assert!(low <= later_low && later_high <= high, "{letters} -> {later}");
            }
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
    let rating = |letters: &str| Correctness::of(&rubric, marks(&rubric.key_points, letters, 0)).rating();
    let of = |letters: &str| rating(letters).map(Rating::middle);
    assert_eq!(of("hmh"), Some(10.0), "the second fix is not needed");
    assert_eq!(of("mhh"), Some(10.0), "any member does, and no cap applies");
    assert_eq!(of("hhh"), Some(10.0));
    assert_eq!(of("mmh"), Some(2.5), "missed when all are missed: 1 of 3 + 1");
    assert_eq!(rating("umh"), Some(Rating::Range { low: 2, high: 10 }), "unclear when no member is hit and one may be");
    assert_eq!(of("Hmh"), Some(10.0), "the candidate made one of them");
}
