//! What to take away from a session, in words.

use jiff::Timestamp;

use super::brief::said_back;
use super::standing::until;
use crate::session::{ComesBack, Debrief};

/// How many questions are named; of more only the number is told.
const NAMED: usize = 4;

/// Which questions come back when: `in 1 day: Ownership, Borrowing; in 8 days: Traits; 2 more later`.
pub fn comes_back(questions: &[ComesBack], now: Timestamp) -> Option<String> {
    let mut parts: Vec<(String, Vec<&str>)> = Vec::new();
    for question in questions.iter().take(NAMED) {
        let when = until(question.due, now);
        match parts.last_mut().filter(|(last, _)| *last == when) {
            Some((_, titles)) => titles.push(&question.title),
            None => parts.push((when, vec![&question.title])),
        }
    }
    let mut parts: Vec<String> =
        parts.into_iter().map(|(when, titles)| format!("{when}: {}", titles.join(", "))).collect();
    let more = questions.len().saturating_sub(NAMED);
    parts.extend((more > 0).then(|| format!("{more} more later")));
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// How many words are said in half a minute.
const WORDS_SAID: usize = 75;
/// The habit, the best thing, what comes back, the weakest point, the feeling; they are said in another order.
const BY_IMPORTANCE: [usize; 5] = [1, 0, 4, 3, 2];

/// A debrief as it is read aloud, in half a minute at most; nothing when there is nothing to say. What went well and what to change come before
/// the rest where not everything fits.
pub fn spoken_debrief(debrief: &Debrief, now: Timestamp) -> Option<String> {
    let Debrief { best, habit, feeling, weakest, comes_back } = debrief;
    // Of each part the forms that it can be said in, the longest first.
    let best = best.iter().flat_map(|best| {
        let point = format!("You made this point: {}.", best.claim);
        [format!("{point} {}", said_back(&best.quote)), point]
    });
    let weakest = weakest.iter().flat_map(|weakest| {
        let title = format!("To practise: {}.", weakest.title);
        [format!("{title} {}", weakest.advice), title]
    });
    let next =
        comes_back.iter().take(1).map(|next| format!("Next, {} comes back {}.", next.title, until(next.due, now)));
    let parts: [Vec<String>; 5] = [
        best.collect(),
        habit.iter().cloned().collect(),
        feeling.iter().cloned().collect(),
        weakest.collect(),
        next.collect(),
    ];
    let (mut said, mut left) = ([None; 5], WORDS_SAID);
    for index in BY_IMPORTANCE {
        let count = |text: &str| text.split_whitespace().count();
        said[index] = parts[index].iter().find(|text| count(text) <= left).map(String::as_str);
        left -= said[index].map_or(0, count);
    }
    let said: Vec<&str> = said.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::session::{BestPoint, WeakestPoint};

    fn back(title: &str, hours: i64) -> ComesBack {
        let due = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        ComesBack { question: title.to_lowercase(), title: title.to_owned(), due }
    }

    #[test]
    fn what_comes_back_is_told_by_day_and_the_rest_is_counted() {
        let told = |questions: &[ComesBack]| comes_back(questions, Timestamp::UNIX_EPOCH);
        assert_eq!(told(&[]), None);
        let two = [back("Ownership", 24), back("Borrowing", 24), back("Traits", 192)];
        assert_eq!(told(&two).as_deref(), Some("in 1 day: Ownership, Borrowing; in 8 days: Traits"));
        let six = ["A", "B", "C", "D", "E", "F"].map(|title| back(title, 48));
        assert_eq!(told(&six).as_deref(), Some("in 2 days: A, B, C, D; 2 more later"));
    }

    #[test]
    fn a_debrief_is_said_in_a_few_sentences_and_only_what_is_known() {
        assert_eq!(spoken_debrief(&Debrief::default(), Timestamp::UNIX_EPOCH), None);
        let debrief = Debrief {
            best: Some(BestPoint {
                question: "ownership".to_owned(),
                claim: "every value has one owner".to_owned(),
                quote: "one owner at a time.".to_owned(),
            }),
            habit: Some("In both answers you did not say why.".to_owned()),
            feeling: Some("Your feeling fitted the result in 2 answers.".to_owned()),
            weakest: Some(WeakestPoint {
                question: "traits".to_owned(),
                title: "Traits".to_owned(),
                advice: "Read the model answer.".to_owned(),
                focus: None,
            }),
            comes_back: vec![back("Ownership", 24), back("Traits", 48)],
        };
        let expected = "You made this point: every value has one owner. You said “one owner at a time”. In both answers you did \
                        not say why. Your feeling fitted the result in 2 answers. To practise: Traits. Read the model answer. Next, Ownership comes back in 1 day.";
        assert_eq!(spoken_debrief(&debrief, Timestamp::UNIX_EPOCH).as_deref(), Some(expected));
    }

    #[test]
    fn a_debrief_is_said_in_half_a_minute_however_long_its_texts_are() {
        for words in [1, 12, 30, 70, 400] {
            let long = "word ".repeat(words);
            let debrief = Debrief {
                best: Some(BestPoint { question: String::new(), claim: long.clone(), quote: long.clone() }),
                habit: Some("In both answers you did not say why.".to_owned()),
                feeling: Some(long.clone()),
                weakest: Some(WeakestPoint {
                    question: String::new(),
                    title: "Traits".to_owned(),
                    advice: long,
                    focus: None,
                }),
                comes_back: vec![back("Ownership", 24)],
            };
            let said = spoken_debrief(&debrief, Timestamp::UNIX_EPOCH).unwrap();
            assert!(said.split_whitespace().count() <= WORDS_SAID, "{said}");
            assert!(said.contains("did not say why"), "{said}");
        }
    }
}
