//! How an interviewer keeps time.

use std::time::Duration;

use crate::bank::TimeLimit;

/// What a question takes beside the answer to it: asking it, judging the answer, and a follow-up.
const AROUND: Duration = Duration::from_secs(90);

/// How long a question is planned to take.
pub fn planned(limit: TimeLimit) -> Duration {
    AROUND + Duration::from_secs(u64::from(limit.seconds()))
}

/// Whether the next question of an interview is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// It is asked.
    Ask,
    /// It is asked, and announced as the last one: no time would be left for another.
    AskLast,
    /// The time is up, so no question is begun.
    End,
}

impl Pace {
    /// The pace with so much time left before a question with this limit. `is_last`: there are no more questions after it.
    pub fn of(left: Duration, limit: TimeLimit, is_last: bool) -> Self {
        if left.is_zero() {
            Self::End
        } else if is_last || left <= planned(limit) {
            Self::AskLast
        } else {
            Self::Ask
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_that_takes_the_rest_of_the_time_is_the_last_and_none_is_begun_after_the_time() {
        let limit = TimeLimit::try_from(120).unwrap();
        let pace = |left, is_last| Pace::of(Duration::from_secs(left), limit, is_last);
        assert_eq!(pace(1200, false), Pace::Ask);
        assert_eq!(pace(211, false), Pace::Ask);
        assert_eq!(pace(210, false), Pace::AskLast);
        assert_eq!(pace(1, false), Pace::AskLast);
        assert_eq!(pace(0, false), Pace::End);
        assert_eq!(pace(1200, true), Pace::AskLast);
        assert_eq!(pace(0, true), Pace::End);
    }
}
