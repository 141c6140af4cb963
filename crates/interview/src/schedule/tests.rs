use super::*;
use crate::bank::Bank;
use crate::tests::{asked, bank, day, marked};

fn one() -> Bank {
    bank(&[("q1", "ownership")])
}

/// What is known of the one question after these attempts.
fn after(attempts: &[Attempt]) -> Asked {
    Schedule::of(&one(), attempts).question(&"q1".parse().unwrap()).unwrap().clone()
}

/// In how many days the question is due after one answer on day 0.
fn days(letters: &str) -> Option<u64> {
    let due = after(&[asked("q1", 0.0, letters)]).due?;
    Some(due.duration_since(day(0.0)).unwrap().as_secs() / 86_400)
}

fn followed_up(main: &str, follow_up: Outcome) -> Attempt {
    Attempt { follow_ups: vec![follow_up], ..asked("q1", 0.0, main) }
}

/// What is known of the heavy point after one attempt: whether it was missed, and in how many days it is due.
fn heavy(attempt: Attempt) -> Option<(bool, u64)> {
    let point = after(&[attempt]).points.into_iter().find(|point| point.id.as_str() == "heavy")?;
    Some((point.missed, point.due.duration_since(day(0.0)).unwrap().as_secs() / 86_400))
}

#[test]
fn the_better_the_answer_the_later_the_question_comes_again() {
    assert_eq!(days("mmm"), Some(1), "no core point: again");
    assert_eq!(days("huu"), None, "many points are unclear");
    assert_eq!(days("hhhw"), Some(2), "every core point, and something wrong: good");
    assert_eq!(days("hhh"), Some(8), "every point and nothing wrong: easy");
}

#[test]
fn a_missed_point_brings_its_question_back_when_it_says_so() {
    for letters in ["hmm", "hhm"] {
        let asked = after(&[asked("q1", 0.0, letters)]);
        let light = asked.points.last().unwrap();
        assert_eq!((light.missed, light.due, asked.due), (true, day(1.0), Some(day(1.0))), "the answer itself is good");
    }
}

#[test]
fn some_core_points_are_less_than_all_of_them() {
    let mut question = one().questions()[0].clone();
    question.key_points[1].core = true;
    let (grade, rating) = marked("hmm").rated(&question);
    assert_eq!((grade, rating.map(Rating::middle)), (Some(Grade::Hard), Some(5.0)));
}

#[test]
fn an_answer_without_a_score_is_no_review_of_its_question() {
    assert_eq!(days("uuu"), None);
    assert_eq!(after(&[asked("q1", 0.0, "uuu")]).last, day(0.0), "it was asked all the same");
    let unmarked = Attempt { main: Outcome::Unmarked, ..asked("q1", 3.0, "") };
    let asked_twice = after(&[asked("q1", 0.0, "hhhw"), unmarked]);
    assert_eq!((asked_twice.due, asked_twice.last, asked_twice.attempts), (Some(day(2.0)), day(3.0), 2));
}

#[test]
fn a_question_without_a_score_comes_again_for_the_points_it_missed() {
    assert_eq!(days("umu"), Some(1));
}

#[test]
fn not_knowing_an_answer_is_a_review_too() {
    let skipped = Attempt { main: Outcome::Skipped, ..asked("q1", 0.0, "") };
    let known = after(&[skipped]);
    assert_eq!((known.due, known.points, known.scores), (Some(day(1.0)), Vec::new(), Vec::new()));
}

#[test]
fn intervals_grow_from_answer_to_answer_and_shrink_when_it_is_forgotten() {
    let mut attempts = vec![asked("q1", 0.0, "hhhw")];
    let mut intervals = Vec::new();
    for _ in 0..3 {
        let due = after(&attempts).due.unwrap();
        let last = attempts.last().unwrap().asked_at;
        intervals.push(due.duration_since(last).unwrap().as_secs() / 86_400);
        attempts.push(Attempt { asked_at: due, ..asked("q1", 0.0, "hhhw") });
    }
    // What FSRS 6 gives with its default parameters for "good" whenever a card is due.
    assert_eq!(intervals, [2, 11, 46]);
    let last = attempts.last_mut().unwrap();
    last.main = marked("mmm");
    let forgotten = last.asked_at;
    assert!(after(&attempts).due.unwrap().duration_since(forgotten).unwrap() < DAY * 11);
}

#[test]
fn a_point_counts_in_full_only_when_it_needed_no_follow_up() {
    assert_eq!(heavy(asked("q1", 0.0, "hmm")), Some((false, 2)));
    assert_eq!(heavy(followed_up("mmm", marked("h"))), Some((false, 1)));
    assert_eq!(heavy(followed_up("umm", marked("h"))), Some((false, 1)));
    assert_eq!(heavy(followed_up("mmm", marked("m"))), Some((true, 1)));
    assert_eq!(heavy(followed_up("mmm", Outcome::Skipped)), Some((true, 1)));
    assert_eq!(heavy(followed_up("hmm", marked("m"))), Some((false, 2)), "said once is said");
}

#[test]
fn a_point_counts_how_often_it_was_made_or_missed() {
    let points = after(&[asked("q1", 0.0, "hmu"), asked("q1", 1.0, "mhu"), asked("q1", 2.0, "hhu")]).points;
    let counted: Vec<(&str, usize, bool)> =
        points.iter().map(|point| (point.id.as_str(), point.attempts, point.missed)).collect();
    assert_eq!(counted, [("heavy", 3, false), ("middle", 3, false)], "nothing is known of the light one");
}

#[test]
fn an_unclear_point_is_no_review_until_the_candidate_decides() {
    assert_eq!(heavy(asked("q1", 0.0, "uhh")), None);
    let mut attempt = asked("q1", 0.0, "uhh");
    let Outcome::Marked { decisions, .. } = &mut attempt.main else { unreachable!() };
    decisions.add(crate::marks::Decision::KeyPoint("heavy".parse().unwrap(), Some(DecidedVerdict::Hit)));
    assert_eq!(heavy(attempt.clone()), Some((false, 2)));
    assert_eq!(after(&[attempt]).due, Some(day(8.0)), "and the question is easy");
}

#[test]
fn a_misconception_that_the_candidate_disputes_does_not_count() {
    let mut attempt = asked("q1", 0.0, "hhhw");
    let Outcome::Marked { decisions, .. } = &mut attempt.main else { unreachable!() };
    decisions.add(crate::marks::Decision::Misconception("wrong".parse().unwrap(), false));
    assert_eq!(after(&[attempt]).due, Some(day(8.0)));
}

#[test]
fn scores_by_earlier_key_points_are_left_out() {
    let mut earlier = asked("q1", 0.0, "hhm");
    let Outcome::Marked { judged_by, .. } = &mut earlier.main else { unreachable!() };
    judged_by.rubric_version = "of long ago".to_owned();
    let scores = after(&[earlier, asked("q1", 5.0, "hmm")]).scores;
    assert_eq!(scores.iter().map(|scored| (scored.at, scored.score.get())).collect::<Vec<_>>(), [(day(5.0), 5.0)]);
}

#[test]
fn a_question_that_the_bank_no_longer_has_is_left_out() {
    assert_eq!(Schedule::of(&one(), &[asked("gone", 0.0, "hhh")]), Schedule::default());
}

/// When the question, and its light point, are due before an interview on day 10, after these attempts.
fn before_day_10(attempts: &[Attempt]) -> (SystemTime, SystemTime) {
    let schedule = Schedule::of(&one(), attempts).before(day(10.0), day(9.0));
    let asked = schedule.question(&"q1".parse().unwrap()).unwrap().clone();
    (asked.due.unwrap(), asked.points.last().unwrap().due)
}

#[test]
fn nothing_is_due_after_an_interview() {
    let known = [asked("q1", 4.0, "hhh")];
    assert_eq!(after(&known).due, Some(day(12.0)));
    assert_eq!(before_day_10(&known), (day(10.0), day(6.0)), "what is known until then need not come before");
}

#[test]
fn what_was_missed_comes_back_before_an_interview() {
    let late = [asked("q1", 9.5, "hhm")];
    assert_eq!(after(&late).due, Some(day(10.5)));
    assert_eq!(before_day_10(&late), (day(9.75), day(9.75)), "after half of the time that is left");
}

#[test]
fn what_is_due_before_an_interview_stays_as_it_is() {
    assert_eq!(before_day_10(&[asked("q1", 3.0, "hhhw")]), (day(5.0), day(5.0)));
}

/// On which days the questions that are due are due, before an interview on day 10, in order.
fn days_before_day_10(attempts: &[Attempt]) -> Vec<(String, f64)> {
    let ids = ["q1", "q2", "q3", "q4", "q5"];
    let schedule = Schedule::of(&bank(&ids.map(|id| (id, "ownership"))), attempts).before(day(10.0), day(0.5));
    let due = |id: &str| {
        let due = schedule.question(&id.parse().unwrap())?.due?;
        Some((id.to_owned(), due.duration_since(day(0.0)).unwrap().as_secs_f64() / 86_400.0))
    };
    let mut due: Vec<(String, f64)> = ids.into_iter().filter_map(due).collect();
    due.sort_by(|one, other| one.1.total_cmp(&other.1));
    due
}

fn named<const N: usize>(days: [(&str, f64); N]) -> Vec<(String, f64)> {
    days.into_iter().map(|(id, day)| (id.to_owned(), day)).collect()
}

#[test]
fn what_one_day_missed_comes_back_on_the_days_that_are_left() {
    let skipped = Attempt { main: Outcome::Skipped, ..asked("q5", 0.0, "") };
    let round =
        [asked("q1", 0.0, "hhm"), asked("q2", 0.0, "mmm"), asked("q3", 0.0, "hmm"), asked("q4", 0.0, "hhh"), skipped];
    // Those with the most missed points come first; what was known is due when it would be.
    let expected = [("q2", 1.0), ("q3", 3.0), ("q1", 5.0), ("q5", 7.0), ("q4", 8.0)];
    assert_eq!(days_before_day_10(&round), named(expected));
    assert_eq!(days_before_day_10(&[asked("q1", 0.0, "hhm")]), named([("q1", 1.0)]), "one alone does not wait");
    let other_days = [asked("q1", 0.0, "hhm"), asked("q2", 1.0, "hhm")];
    assert_eq!(days_before_day_10(&other_days), named([("q1", 1.0), ("q2", 2.0)]));
    let late = [asked("q1", 8.0, "hhm"), asked("q2", 8.0, "hhm"), asked("q3", 8.0, "hhm")];
    assert_eq!(days_before_day_10(&late), named([("q1", 9.0), ("q2", 9.0), ("q3", 9.0)]), "one day is left");
}

#[test]
fn a_missed_point_is_put_off_with_its_question() {
    let bank = bank(&[("q1", "ownership"), ("q2", "ownership")]);
    let schedule = Schedule::of(&bank, &[asked("q1", 0.0, "hhm"), asked("q2", 0.0, "hmm")]);
    let schedule = schedule.before(day(11.0), day(0.5));
    let asked = schedule.question(&"q1".parse().unwrap()).unwrap();
    assert_eq!((asked.due, asked.points.last().unwrap().due), (Some(day(6.0)), day(6.0)));
}

#[test]
fn an_interview_that_is_over_changes_nothing() {
    let schedule = Schedule::of(&one(), &[asked("q1", 4.0, "hhh")]);
    assert_eq!(schedule.clone().before(day(10.0), day(10.0)), schedule);
}
