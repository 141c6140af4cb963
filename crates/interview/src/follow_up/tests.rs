use uuid::Uuid;

use super::*;
use crate::bank::Stage;
use crate::session::Place;
use crate::tests::{judged_turn, marks, question, round};

fn chosen(letters: &str, stated: usize, asked: &[Target]) -> Option<String> {
    let marks = marks(&question().key_points, letters, stated);
    choose(&question(), &marks, &asked.iter().collect::<Vec<_>>()).map(|follow_up| match follow_up.target {
        Target::KeyPoint(id) => id.to_string(),
        Target::Misconception(id) => id.to_string(),
        Target::Stretch => "stretch".to_owned(),
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
fn what_was_surely_missed_is_asked_about_before_what_was_probably_missed() {
    let mut question = question();
    question.key_points[2].core = true;
    let first = |letters: &str| choose(&question, &marks(&question.key_points, letters, 0), &[]).unwrap().target;
    assert_eq!(first("nmm"), point("light"), "of what was surely missed the core comes first");
    assert_eq!(first("nmn"), point("middle"), "what is surely missing before a core point that may have been made");
    assert_eq!(first("nhn"), point("heavy"), "of what is alike in doubt the heaviest");
    assert_eq!(chosen("hnm", 0, &[]).as_deref(), Some("light"));
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
fn a_design_is_gone_through_in_its_stages_among_points_of_like_weight() {
    let mut question = question();
    for (point, stage) in question.key_points.iter_mut().zip([Stage::Deepen, Stage::Sketch, Stage::Clarify]) {
        point.stage = Some(stage);
    }
    question.key_points[2].weight = question.key_points[1].weight;
    let first = |question: &Question, letters: &str| {
        choose(question, &marks(&question.key_points, letters, 0), &[]).map(|follow_up| follow_up.target)
    };
    assert_eq!(first(&question, "hmm"), Some(point("light")), "clarifying comes before sketching");
    assert_eq!(first(&question, "huu"), Some(point("light")));
    assert_eq!(first(&question, "mmm"), Some(point("heavy")), "core points come first in any stage");
}

#[test]
fn a_follow_up_uses_the_bank_s_wording() {
    let follow_up = choose(&question(), &marks(&question().key_points, "mhh", 0), &[]).unwrap();
    assert_eq!(follow_up.prompt, "What about the heavy side of it?");
}

#[test]
fn a_follow_up_is_judged_against_what_it_aims_at() {
    let question = question();
    let ids = |points: &[KeyPoint]| points.iter().map(|point| point.id.as_str()).collect::<Vec<_>>().join(" ");
    let judged = |target: Option<&Target>| {
        let Rubric { key_points, beyond, .. } = Rubric::of(&question, target);
        (ids(&key_points), ids(&beyond))
    };
    let both = |asked: &str, beyond: &str| (asked.to_owned(), beyond.to_owned());
    assert_eq!(judged(None), both("heavy middle light", ""));
    assert_eq!(judged(Some(&point("light"))), both("light", "heavy middle"));
    let misconception = Target::Misconception("wrong".parse().unwrap());
    assert_eq!(judged(Some(&misconception)), both("heavy", "middle light"), "the core points");
    let stretch = Rubric::of(&question, Some(&Target::Stretch));
    assert_eq!(stretch, Rubric { key_points: vec![], beyond: vec![], misconceptions: vec![] });
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

/// A judged answer: what it was asked for, the verdicts on the points of its rubric (then of those that it was not asked for), and how often
/// it states the misconception.
type Judged<'a> = (Option<Target>, &'a str, usize);

/// What is asked after the last of these answers to `question`.
fn asked_after(question: &Question, answers: &[Judged<'_>], limit: u8) -> Option<FollowUp> {
    let session = Session {
        questions: vec![question.clone()],
        follow_ups: FollowUpLimit::try_from(limit).unwrap(),
        ..round(&["q1"])
    };
    let marks_of = |(target, letters, stated): &Judged<'_>| {
        let Rubric { key_points, beyond, .. } = Rubric::of(question, target.as_ref());
        let (asked, unasked) = letters.split_at(key_points.len());
        let beyond = marks(&beyond, unasked, 0).key_points;
        Marks { beyond, ..marks(&key_points, asked, *stated) }
    };
    let turn = |(depth, answer): (u8, &Judged<'_>)| Turn {
        id: Uuid::from_u128(depth.into()).into(),
        place: Place { position: 1, depth },
        ..judged_turn(question, answer.0.as_ref(), marks_of(answer), &[])
    };
    let turns: Vec<Turn> = (0..).zip(answers).map(turn).collect();
    let round = Round { session: &session, turns: &turns, is_finished: false, turn: turns.last()? };
    decide(&round, &marks_of(answers.last()?))
}

/// What is asked after these answers to the test question, which has two stretch questions.
fn next(answers: &[Judged<'_>], limit: u8) -> Option<String> {
    let question = Question { stretch: vec!["How hard?".to_owned(), "How harder?".to_owned()], ..question() };
    asked_after(&question, answers, limit).map(|next| next.prompt)
}

#[test]
fn whoever_makes_every_point_is_asked_a_stretch_question() {
    assert_eq!(next(&[(None, "hhh", 0)], 1).as_deref(), Some("How hard?"));
    assert_eq!(next(&[(None, "hhH", 0)], 1).as_deref(), Some("How hard?"), "the candidate says they made the last one");
    assert_eq!(next(&[(None, "hhu", 0)], 1).as_deref(), Some("What about the light side of it?"));
    assert_eq!(asked_after(&question(), &[(None, "hhh", 0)], 1), None, "a question without a stretch question");
    let alternatives = Question { stretch: vec!["How hard?".to_owned()], ..with_alternatives() };
    assert_eq!(asked_after(&alternatives, &[(None, "mhh", 0)], 1).unwrap().target, Target::Stretch);
}

#[test]
fn which_stretch_question_is_asked_depends_on_the_turn() {
    let second_turn = [(None, "mhh", 0), (Some(point("heavy")), "h", 0)];
    assert_eq!(next(&second_turn, 3).as_deref(), Some("How harder?"));
}

#[test]
fn points_made_in_follow_ups_count_for_the_stretch_question() {
    let answers = [(None, "mmh", 0), (Some(point("heavy")), "h", 0), (Some(point("middle")), "h", 0)];
    assert_eq!(next(&answers[..2], 3).as_deref(), Some("What about the middle side of it?"));
    assert_eq!(next(&answers, 3).as_deref(), Some("How hard?"));
    assert_eq!(next(&answers, 2), None, "within the limit on follow-ups");
    let made_unasked = [(None, "mmm", 0), (Some(point("heavy")), "hh", 0)];
    assert_eq!(next(&made_unasked, 3).as_deref(), Some("What about the light side of it?"));
    let missed_again = [(None, "hhm", 0), (Some(point("light")), "m", 0)];
    assert_eq!(next(&missed_again, 3), None);
}

#[test]
fn whoever_stated_a_misconception_is_asked_no_stretch_question() {
    let about_wrong = Some(Target::Misconception("wrong".parse().unwrap()));
    assert_eq!(next(&[(None, "hhh", 1)], 3).as_deref(), Some("Are you sure about that?"));
    assert_eq!(next(&[(None, "hhh", 1), (about_wrong, "h", 0)], 3), None);
}

#[test]
fn one_stretch_question_is_enough() {
    assert_eq!(next(&[(None, "hhh", 0), (Some(Target::Stretch), "", 0)], 3), None);
}

#[test]
fn a_point_or_a_misconception_is_asked_about_by_its_probe() {
    let question = question();
    let (point, wrong) = (&question.key_points[0], &question.misconceptions[0]);
    let asked = |target: Target| about(&question, target).map(|asked| asked.prompt);
    assert_eq!(asked(Target::KeyPoint(point.id.clone())), Some(point.probe.clone()));
    assert_eq!(asked(Target::Misconception(wrong.id.clone())), Some(wrong.probe.clone()));
    assert_eq!(asked(Target::KeyPoint("unknown".parse().unwrap())), None);
    assert_eq!(asked(Target::Stretch), None);
}
