//! Headers by which a client says how it wants its answer.

use std::time::Duration;

use api::{IDEMPOTENCY_KEY, PREFER};
use axum::http::HeaderMap;
use store::IdempotencyKey;

use crate::api_error::ApiError;

/// How long the client is willing to wait (`Prefer: wait=SECONDS`, RFC 7240), at most `limit`. Preferences that make no sense are
/// ignored, as the RFC asks.
pub(crate) fn wait(headers: &HeaderMap, limit: Duration) -> Duration {
    let preferences = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
    preferences
        .flat_map(|value| value.split([',', ';']))
        .filter_map(|preference| preference.trim().strip_prefix("wait="))
        .find_map(|seconds| seconds.trim_matches('"').parse().ok())
        .map_or(Duration::ZERO, |seconds| Duration::from_secs(seconds).min(limit))
}

/// The client's own name for this request.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, ApiError> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let unreadable = || ApiError::Malformed("an idempotency key has 1 to 255 visible ASCII characters".to_owned());
    let key = value.to_str().map_err(|_| unreadable())?;
    key.parse().map(Some).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(value: &str) -> u64 {
        let mut headers = HeaderMap::new();
        headers.insert(PREFER, value.parse().unwrap());
        wait(&headers, Duration::from_secs(60)).as_secs()
    }

    #[test]
    fn a_preference_is_read_among_others_and_kept_within_the_limit() {
        assert_eq!(waits("wait=20"), 20);
        assert_eq!(waits("respond-async, wait=5"), 5);
        assert_eq!(waits("wait=\"7\""), 7);
        assert_eq!(waits("wait=99999999999"), 60);
    }

    #[test]
    fn a_preference_that_makes_no_sense_is_ignored() {
        for senseless in ["wait=-1", "wait=soon", "wait", "handling=lenient", ""] {
            assert_eq!(waits(senseless), 0, "{senseless}");
        }
    }
}
