use super::*;
use crate::schedule::{Attempt, Outcome};
use crate::tests::{asked, bank, day};

fn three() -> Bank {
    bank(&[("o1", "ownership"), ("o2", "ownership"), ("b1", "borrowing")])
}

fn scores(standing: &Standing) -> Vec<f64> {
    standing.scores.iter().map(|score| score.get()).collect()
}

#[test]
fn topics_stand_alone_and_their_subject_sums_them_up() {
    let bank = three();
    let attempts = [asked("o1", 0.0, "mmm"), asked("o1", 1.0, "hmm"), asked("b1", 9.5, "hhh")];
    let schedule = Schedule::of(&bank, &attempts);
    let progress = Progress::of(&bank, &schedule, day(10.0));
    let [subject] = progress.subjects.as_slice() else { panic!("{progress:?}") };
    assert_eq!((subject.subject, subject.topics.len()), ("rust", 2));
    let [borrowing, ownership] = subject.topics.as_slice() else { panic!("{subject:?}") };
    assert_eq!((borrowing.topic.as_str(), ownership.title), ("borrowing", "Ownership"));
    let Standing { questions, attempted, due, next_due, .. } = ownership.standing;
    assert_eq!((questions, attempted, due, next_due), (2, 1, 1, None));
    assert_eq!((borrowing.standing.due, borrowing.standing.next_due), (0, Some(day(17.5))));
    assert_eq!(scores(&ownership.standing), [0.0, 5.0]);
    let Standing { questions, attempted, due, next_due, .. } = subject.standing;
    assert_eq!((questions, attempted, due, next_due), (3, 2, 1, Some(day(17.5))));
    assert_eq!(scores(&subject.standing), [0.0, 5.0, 10.0]);
}

#[test]
fn a_trend_has_three_scores_of_one_judge() {
    let by = |model: &str, at: f64, letters: &str| {
        let mut attempt = asked("o1", at, letters);
        let Outcome::Marked { judged_by, .. } = &mut attempt.main else { unreachable!() };
        judged_by.model = Some(model.to_owned());
        attempt
    };
    let trend = |attempts: &[Attempt]| {
        let bank = three();
        scores(&Progress::of(&bank, &Schedule::of(&bank, attempts), day(50.0)).subjects[0].standing)
    };
    let mut attempts = vec![by("one", 0.0, "mmm"), by("one", 1.0, "hmm"), by("other", 2.0, "hhm")];
    assert_eq!(trend(&attempts), [8.3]);
    attempts.extend([by("one", 3.0, "hhm"), by("one", 4.0, "hhh")]);
    assert_eq!(trend(&attempts), [5.0, 8.3, 10.0]);
}

#[test]
fn the_weakest_points_are_those_missed_last_time_and_due_longest() {
    let bank = three();
    let attempts = [asked("o1", 5.0, "mmm"), asked("o1", 6.0, "hmm"), asked("b1", 2.0, "hhm"), asked("o2", 8.0, "mhh")];
    let schedule = Schedule::of(&bank, &attempts);
    let progress = Progress::of(&bank, &schedule, day(10.0));
    let weak: Vec<(&str, &str)> =
        progress.weak_points.iter().map(|weak| (weak.question.id.as_str(), weak.point.id.as_str())).collect();
    assert_eq!(weak, [("b1", "light"), ("o1", "middle"), ("o1", "light"), ("o2", "heavy")]);
}

#[test]
fn every_question_that_was_asked_has_its_points_with_their_last_marks() {
    let bank = three();
    let attempts = [asked("o1", 5.0, "mmu"), asked("o1", 6.0, "hmu"), asked("b1", 2.0, "hhh"), asked("o2", 8.0, "uuu")];
    let schedule = Schedule::of(&bank, &attempts);
    let progress = Progress::of(&bank, &schedule, day(10.0));
    let order: Vec<&str> = progress.questions.iter().map(|asked| asked.question.id.as_str()).collect();
    assert_eq!(order, ["o1", "b1", "o2"], "the one due first, then the one without a date");
    let QuestionProgress { asked, points, .. } = &progress.questions[0];
    assert_eq!((asked.attempts, asked.last, asked.due), (2, day(6.0), Some(day(7.0))));
    let points: Vec<(&str, usize, bool)> =
        points.iter().map(|(point, known)| (point.id.as_str(), known.attempts, known.missed)).collect();
    assert_eq!(points, [("heavy", 2, false), ("middle", 2, true)]);
}

#[test]
fn nothing_is_shown_of_an_attempt_that_goes_on() {
    let bank = three();
    let attempts = [asked("o1", 2.0, "hhm"), Attempt { is_over: false, ..asked("o1", 5.0, "mmm") }];
    let schedule = Schedule::of(&bank, &attempts);
    let progress = Progress::of(&bank, &schedule, day(10.0));
    assert_eq!(progress.weak_points, []);
    assert_eq!((progress.questions[0].asked.attempts, progress.questions[0].points.len()), (2, 0));
    assert_eq!(scores(&progress.subjects[0].standing), [8.3]);
    assert_eq!(progress.subjects[0].standing.due, 1, "it is scheduled all the same");
}

#[test]
fn what_is_left_before_an_interview_is_new_or_comes_back() {
    let bank = three();
    let questions: Vec<&Question> = bank.questions().iter().collect();
    let left = |attempts: &[Attempt], at: f64| {
        let schedule = Schedule::of(&bank, attempts).before(day(10.0), day(at));
        let left = Remaining::of(&questions, &schedule, day(10.0), day(at))?;
        Some((left.days, left.questions, left.a_day()))
    };
    assert_eq!(left(&[], 0.0), Some((10, 3, 1)));
    assert_eq!(left(&[], 8.5), Some((2, 3, 2)), "a day that has begun counts");
    assert_eq!(left(&[asked("o1", 8.0, "hhh")], 9.0), Some((1, 2, 2)), "what is known until then is not left");
    assert_eq!(left(&[asked("o1", 8.0, "mhh")], 9.0), Some((1, 3, 3)), "what was missed comes back");
    assert_eq!(left(&[], 10.0), None);
}
