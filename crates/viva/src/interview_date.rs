//! The date of the interview that somebody prepares for.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};

/// When the day of the interview begins in this time zone: what is practised is practised before.
pub fn begins(date: Date) -> Option<Timestamp> {
    date.to_zoned(TimeZone::system()).ok().map(|zoned| zoned.timestamp())
}

/// A date as people write it: `2026-12-20`, `in 3 weeks`, `tomorrow`. It is not over in this time zone.
pub fn parse(text: &str) -> Result<Date, String> {
    parse_on(Zoned::now().date(), text)
}

fn parse_on(today: Date, text: &str) -> Result<Date, String> {
    let words = text.trim().to_lowercase();
    let date = words.parse::<Date>().ok().or_else(|| today.checked_add(from_now(&words)?).ok());
    match date {
        None => Err("write a date such as 2026-12-20, or `in 3 weeks`".to_owned()),
        Some(date) if date < today => Err(format!("{date} is over")),
        Some(date) => Ok(date),
    }
}

fn from_now(words: &str) -> Option<Span> {
    let (count, unit) = match words.strip_prefix("in ").unwrap_or(words).split_whitespace().collect::<Vec<_>>()[..] {
        ["today"] => (0, "day"),
        ["tomorrow"] => (1, "day"),
        ["next", unit] | ["a" | "one", unit] => (1, unit),
        [count, unit] => (count.parse::<i32>().ok()?, unit),
        _ => return None,
    };
    match unit.trim_end_matches('s') {
        "day" => 1.day().checked_mul(count.into()).ok(),
        "week" => 1.week().checked_mul(count.into()).ok(),
        "month" => 1.month().checked_mul(count.into()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_date_may_be_written_as_people_write_it() {
        let read = |text| parse_on(date(2026, 11, 29), text);
        assert_eq!(read("2026-12-20"), Ok(date(2026, 12, 20)));
        assert_eq!(read(" In 3 weeks "), Ok(date(2026, 12, 20)));
        assert_eq!(read("10 days"), Ok(date(2026, 12, 9)));
        assert_eq!(read("in a month"), Ok(date(2026, 12, 29)));
        assert_eq!(read("next week"), Ok(date(2026, 12, 6)));
        assert_eq!((read("today"), read("tomorrow")), (Ok(date(2026, 11, 29)), Ok(date(2026, 11, 30))));
    }

    #[test]
    fn what_is_no_date_or_is_over_is_refused() {
        let read = |text| parse_on(date(2026, 11, 29), text).unwrap_err();
        assert_eq!(read("2026-11-28"), "2026-11-28 is over");
        assert_eq!(read("in -1 days"), "2026-11-28 is over");
        for text in ["soon", "in 3 years and more", "2026-13-01", "in 99999999 weeks", ""] {
            assert!(read(text).starts_with("write a date"), "{text}");
        }
    }
}
