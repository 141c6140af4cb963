//! Byte ranges (RFC 9110, section 14).

use std::ops::Range;

use axum::http::{HeaderMap, header};

use crate::api_error::ApiError;

/// The part of `size` bytes that a request asks for; `None` for the whole. Several ranges at once, and what cannot be read, stand for
/// the whole, as the RFC allows.
pub(crate) fn byte_range(headers: &HeaderMap, size: u64) -> Result<Option<Range<u64>>, ApiError> {
    let asked = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).and_then(parsed);
    let Some((first, last)) = asked else { return Ok(None) };
    let range = match (first, last) {
        (Some(first), last) => first..last.map_or(size, |last| last.saturating_add(1)).min(size),
        (None, Some(suffix)) => size.saturating_sub(suffix)..size,
        (None, None) => return Ok(None),
    };
    if range.is_empty() { Err(ApiError::OutOfRange(size)) } else { Ok(Some(range)) }
}

/// The numbers of `bytes=FIRST-LAST`.
fn parsed(value: &str) -> Option<(Option<u64>, Option<u64>)> {
    let number = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    let (first, last) = value.trim().strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (number(first.trim())?, number(last.trim())?);
    let is_in_order = !matches!((first, last), (Some(first), Some(last)) if last < first);
    is_in_order.then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(value: &str) -> Result<Option<Range<u64>>, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, value.parse().unwrap());
        byte_range(&headers, 100)
    }

    #[test]
    fn a_player_gets_the_part_it_asks_for() {
        assert_eq!(range("bytes=0-9").unwrap(), Some(0..10));
        assert_eq!(range("bytes=90-").unwrap(), Some(90..100));
        assert_eq!(range("bytes=-10").unwrap(), Some(90..100));
        assert_eq!(range("bytes=50-9999").unwrap(), Some(50..100));
        assert_eq!(range("bytes=-9999").unwrap(), Some(0..100));
    }

    #[test]
    fn what_cannot_be_read_stands_for_the_whole() {
        for odd in ["bytes=9-1", "bytes=a-b", "items=0-1", "bytes=0-1,5-6", "bytes=-", "bytes="] {
            assert_eq!(range(odd).unwrap(), None, "{odd}");
        }
    }

    #[test]
    fn beyond_the_end_there_is_nothing() {
        for beyond in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert!(matches!(range(beyond), Err(ApiError::OutOfRange(100))), "{beyond}");
        }
    }
}
