//! Times in words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A time on a recording: `1:07`.
pub(crate) fn stopwatch(seconds: f64) -> String {
    // Cutting off the fraction is what a stopwatch does; times from outside were checked to be small and not negative.
    let whole = seconds.max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// A point in time on this machine's clock: `22 November 2026, 14:03`.
pub(crate) fn day(time: Timestamp) -> String {
    time.to_zoned(TimeZone::system()).strftime("%-d %B %Y, %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::stopwatch;

    #[test]
    fn minutes_and_seconds() {
        assert_eq!([stopwatch(0.0), stopwatch(7.99), stopwatch(67.2)], ["0:00", "0:07", "1:07"]);
        assert_eq!(stopwatch(3600.0), "60:00");
    }
}
