use super::*;
use crate::testing::{marks, question};

fn chosen(letters: &str, stated: usize, asked: &[Target]) -> Option<String> {
    let marks = marks(&question().key_points, letters, stated);
    choose(&question(), &marks, &asked.iter().collect::<Vec<_>>()).map(|follow_up| match follow_up.target {
        Target::KeyPoint(id) => id.to_string(),
        Target::Misconception(id) => id.to_string(),
    })
}

fn point(id: &str) -> Target {
    Target::KeyPoint(id.parse().unwrap())
}

#[test]
fn a_stated_misconception_comes_first_then_the_heaviest_missed_point_then_what_is_unclear() {
    assert_eq!(chosen("mmm", 1, &[]).as_deref(), Some("wrong"));
    assert_eq!(chosen("mmm", 0, &[]).as_deref(), Some("heavy"));
    assert_eq!(chosen("hmm", 0, &[]).as_deref(), Some("middle"));
    assert_eq!(chosen("uhm", 0, &[]).as_deref(), Some("light"));
    assert_eq!(chosen("uhh", 0, &[]).as_deref(), Some("heavy"));
}

#[test]
fn what_the_candidate_says_they_made_is_not_aimed_at() {
    assert_eq!(chosen("Hhu", 0, &[]).as_deref(), Some("light"));
    assert_eq!(chosen("uMh", 0, &[]).as_deref(), Some("middle"), "a miss that they admit comes before what is unclear");
}

#[test]
fn nothing_is_asked_twice_and_a_full_answer_needs_no_follow_up() {
    assert_eq!(chosen("mmm", 0, &[point("heavy")]).as_deref(), Some("middle"));
    assert_eq!(chosen("hhh", 0, &[]), None);
    assert_eq!(chosen("hhm", 0, &[point("light")]), None);
}

#[test]
fn a_follow_up_uses_the_bank_s_wording() {
    let follow_up = choose(&question(), &marks(&question().key_points, "mhh", 0), &[]).unwrap();
    assert_eq!(follow_up.prompt, "What about the heavy side of it?");
}

#[test]
fn a_follow_up_is_judged_against_what_it_aims_at() {
    let question = question();
    let ids = |target: Option<&Target>| -> Vec<String> {
        Rubric::of(&question, target).key_points.iter().map(|point| point.id.to_string()).collect()
    };
    assert_eq!(ids(None), ["heavy", "middle", "light"]);
    assert_eq!(ids(Some(&point("light"))), ["light"]);
    assert_eq!(ids(Some(&Target::Misconception("wrong".parse().unwrap()))), ["heavy"], "the core points");
}

/// The test question with its first two points as alternatives.
fn with_alternatives() -> Question {
    let mut question = question();
    for point in &mut question.key_points[..2] {
        point.any_of = Some("fix".parse().unwrap());
    }
    question
}

#[test]
fn a_follow_up_aims_at_alternatives_once_and_any_of_them_answers_it() {
    let question = with_alternatives();
    let aims = |letters: &str, asked: &[&Target]| {
        choose(&question, &marks(&question.key_points, letters, 0), asked).map(|next| next.target)
    };
    assert_eq!(aims("mmh", &[]), Some(point("heavy")), "the first member stands for all");
    assert_eq!(aims("mmh", &[&point("heavy")]), None);
    assert_eq!(aims("mhh", &[]), None, "one of them was said");
    let rubric = Rubric::of(&question, Some(&point("heavy")));
    assert_eq!(rubric.key_points.iter().map(|point| point.id.as_str()).collect::<Vec<_>>(), ["heavy", "middle"]);
}
