use super::*;
use crate::Transcript;
use crate::marks::{Doubt, KeyPointMark, MisconceptionMark, Verdict};
use crate::testing::question;

fn marks(letters: &str, stated: bool) -> Marks {
    let question = question();
    let evidence = Transcript::typed("said so").find_quote("said").unwrap();
    let verdict = |letter| match letter {
        'h' => Verdict::Hit { evidence: evidence.clone() },
        'm' => Verdict::Missed,
        _ => Verdict::Unclear { doubt: Doubt::WordsInDoubt, evidence: None },
    };
    let key_points = question.key_points.iter().zip(letters.chars());
    Marks {
        key_points: key_points
            .map(|(point, letter)| KeyPointMark { id: point.id.clone(), verdict: verdict(letter) })
            .collect(),
        misconceptions: question
            .misconceptions
            .iter()
            .filter(|_| stated)
            .map(|wrong| MisconceptionMark { id: wrong.id.clone(), evidence: evidence.clone() })
            .collect(),
    }
}

fn chosen(letters: &str, stated: bool, asked: &[Target]) -> Option<String> {
    choose(&question(), &marks(letters, stated), &asked.iter().collect::<Vec<_>>()).map(|follow_up| {
        match follow_up.target {
            Target::KeyPoint(id) => id.to_string(),
            Target::Misconception(id) => id.to_string(),
        }
    })
}

fn point(id: &str) -> Target {
    Target::KeyPoint(id.parse().unwrap())
}

#[test]
fn a_stated_misconception_comes_first_then_the_heaviest_missed_point_then_what_is_unclear() {
    assert_eq!(chosen("mmm", true, &[]).as_deref(), Some("wrong"));
    assert_eq!(chosen("mmm", false, &[]).as_deref(), Some("heavy"));
    assert_eq!(chosen("hmm", false, &[]).as_deref(), Some("middle"));
    assert_eq!(chosen("uhm", false, &[]).as_deref(), Some("light"));
    assert_eq!(chosen("uhh", false, &[]).as_deref(), Some("heavy"));
}

#[test]
fn nothing_is_asked_twice_and_a_full_answer_needs_no_follow_up() {
    assert_eq!(chosen("mmm", false, &[point("heavy")]).as_deref(), Some("middle"));
    assert_eq!(chosen("hhh", false, &[]), None);
    assert_eq!(chosen("hhm", false, &[point("light")]), None);
}

#[test]
fn a_follow_up_uses_the_bank_s_wording() {
    let follow_up = choose(&question(), &marks("mhh", false), &[]).unwrap();
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
    let aims =
        |letters: &str, asked: &[&Target]| choose(&question, &marks(letters, false), asked).map(|next| next.target);
    assert_eq!(aims("mmh", &[]), Some(point("heavy")), "the first member stands for all");
    assert_eq!(aims("mmh", &[&point("heavy")]), None);
    assert_eq!(aims("mhh", &[]), None, "one of them was said");
    let rubric = Rubric::of(&question, Some(&point("heavy")));
    assert_eq!(rubric.key_points.iter().map(|point| point.id.as_str()).collect::<Vec<_>>(), ["heavy", "middle"]);
}
