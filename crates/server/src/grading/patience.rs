//! When something fails: again, or not.

use std::time::Duration;

/// How often a coach is asked at most before an answer stays ungraded. It can be judged again any time.
pub(super) const MOST_ATTEMPTS: u32 = 4;

/// The longest that is waited between two attempts, whatever the coach asks for: the candidate is waiting too.
const LONGEST: Duration = Duration::from_secs(60);

/// How long to wait after the given attempt, counted from 1: what the coach asked for, or 1, 2, 4 … seconds.
pub(super) fn pause(attempt: u32, asked_for: Option<Duration>) -> Duration {
    let doubled = Duration::from_secs(1_u64 << attempt.saturating_sub(1).min(6));
    asked_for.unwrap_or(doubled).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bearable() {
        let seconds = |attempt| pause(attempt, None).as_secs();
        assert_eq!([seconds(1), seconds(2), seconds(3)], [1, 2, 4]);
        assert_eq!(pause(u32::MAX, None), LONGEST);
    }

    #[test]
    fn a_coach_may_ask_for_a_pause_and_not_for_an_hour() {
        assert_eq!(pause(1, Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(pause(1, Some(Duration::from_secs(3600))), LONGEST);
    }
}
