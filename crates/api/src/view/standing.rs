//! How far a candidate has come, in words.

use interview::wording::counted;
use jiff::Timestamp;

use crate::progress::{PointProgress, QuestionProgress, Remaining, Standing, WeakPoint};

/// The name of a subject or a stage for people: `Rust`, `C++`, `System design`.
pub fn subject(name: &str) -> String {
    let mut letters = name.chars();
    match (name, letters.next()) {
        ("cpp", _) => "C++".to_owned(),
        (_, Some(first)) => format!("{}{}", first.to_uppercase(), letters.as_str().replace('-', " ")),
        (_, None) => String::new(),
    }
}

/// Subjects by their names, such as `Go, Rust`.
pub fn subjects(names: &[String]) -> String {
    names.iter().map(|name| subject(name)).collect::<Vec<_>>().join(", ")
}

/// How many questions of how many were asked: `4 of 20`.
pub fn asked(standing: &Standing) -> String {
    format!("{} of {}", standing.attempted, standing.questions)
}

/// What is due, or when something is: `3 now`, `in 2 days`; `-` when nothing is known.
pub fn due(standing: &Standing, now: Timestamp) -> String {
    match (standing.due, standing.next_due) {
        (0, None) => "-".to_owned(),
        (0, Some(next)) => until(next, now),
        (due, _) => format!("{due} now"),
    }
}

/// The last scores, the latest one last: `3.8, 6.0, 7.5`; `-` when there are none.
pub fn scores(standing: &Standing) -> String {
    let scores: Vec<String> = standing.scores.iter().map(|score| format!("{score:.1}")).collect();
    if scores.is_empty() { "-".to_owned() } else { scores.join(", ") }
}

/// How long it is until a time, in whole days, begun ones counted: `now`, `in 1 day`, `in 12 days`.
pub fn until(time: Timestamp, now: Timestamp) -> String {
    const DAY: i64 = 24 * 60 * 60;
    match time.as_second().saturating_sub(now.as_second()) {
        ..=0 => "now".to_owned(),
        1..=DAY => "in 1 day".to_owned(),
        seconds => format!("in {} days", (seconds + DAY - 1) / DAY),
    }
}

/// What is left before the interview: `12 days left until the interview, about 7 questions a day.`
pub fn remaining(left: &Remaining) -> String {
    let days = counted(left.days, "day");
    match left.questions_a_day {
        0 => format!("{days} left until the interview, and no question is left to ask before it."),
        count => format!("{days} left until the interview, about {} a day.", counted(count, "question")),
    }
}

/// How often a question was asked, and when it is due: `asked 2 times, due in 1 day`.
pub fn attempts(question: &QuestionProgress, now: Timestamp) -> String {
    let due = question.due.map(|due| format!(", due {}", until(due, now))).unwrap_or_default();
    let scores = question.scores.iter().map(|score| format!("{score:.1}")).collect::<Vec<_>>().join(", ");
    let scores = if scores.is_empty() { scores } else { format!(", scores {scores}") };
    format!("asked {}{due}{scores}", counted(question.attempts, "time"))
}

/// How often a key point was made or missed, and when it is due: `marked 2 times, due in 8 days`.
pub fn reviews(point: &PointProgress, now: Timestamp) -> String {
    format!("marked {}, due {}", counted(point.attempts, "time"), until(point.due, now))
}

/// The weak points by question, in the order of first points.
pub fn by_question(points: &[WeakPoint]) -> Vec<Vec<&WeakPoint>> {
    let mut questions: Vec<Vec<&WeakPoint>> = Vec::new();
    for point in points {
        match questions.iter_mut().find(|question| question[0].question == point.question) {
            Some(question) => question.push(point),
            None => questions.push(vec![point]),
        }
    }
    questions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-28T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn subjects_have_names() {
        assert_eq!(["rust", "cpp", "system-design", ""].map(subject), ["Rust", "C++", "System design", ""]);
    }

    #[test]
    fn days_are_counted_to_the_end() {
        let after = |time: &str| until(time.parse().unwrap(), now());
        assert_eq!(after("2026-11-27T12:00:00Z"), "now");
        assert_eq!(after("2026-11-28T12:00:00Z"), "now");
        assert_eq!(after("2026-11-28T12:00:01Z"), "in 1 day");
        assert_eq!(after("2026-11-29T12:00:00Z"), "in 1 day");
        assert_eq!(after("2026-11-30T11:00:00Z"), "in 2 days");
    }

    #[test]
    fn what_is_due_now_comes_before_what_is_due_next() {
        let next = now() + jiff::SignedDuration::from_hours(48);
        let standing = |due, next_due| Standing { due, next_due, ..Standing::default() };
        assert_eq!(due(&standing(3, Some(next)), now()), "3 now");
        assert_eq!(due(&standing(0, Some(next)), now()), "in 2 days");
        assert_eq!(due(&standing(0, None), now()), "-");
    }

    #[test]
    fn what_is_left_is_told_by_the_day() {
        let words = |days, questions| {
            let questions_a_day = usize::div_ceil(questions, days);
            remaining(&Remaining { days, questions, questions_a_day })
        };
        assert_eq!(words(12, 80), "12 days left until the interview, about 7 questions a day.");
        assert_eq!(words(1, 1), "1 day left until the interview, about 1 question a day.");
        assert_eq!(words(2, 0), "2 days left until the interview, and no question is left to ask before it.");
    }

    #[test]
    fn scores_come_with_one_decimal() {
        assert_eq!(scores(&Standing { scores: vec![4.0, 6.25], ..Standing::default() }), "4.0, 6.2");
        assert_eq!(scores(&Standing::default()), "-");
    }
}
