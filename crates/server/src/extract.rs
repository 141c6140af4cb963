//! Reading requests. Every rejection is an [`ApiError`], so every error leaves as a problem document.

use std::ops::Range;
use std::time::Duration;

use api::{IDEMPOTENCY_KEY, PREFER};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt, TryStreamExt};
use serde::de::{DeserializeOwned, IgnoredAny};
use store::IdempotencyKey;

use crate::api_error::ApiError;

/// The size limit of a JSON body or a form, in bytes; answers have a limit of their own.
const JSON_LIMIT: u64 = 1024 * 1024;

/// How long the client may stay silent in the middle of a body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The longest that a client may ask to wait.
pub(crate) const WAIT_LIMIT: Duration = Duration::from_secs(60);

/// The id in the path, or a tuple of ids. Text that is no id names nothing, so it is not found.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::from_request_parts(parts, state).await;
        path.map(|Path(id)| Self(id)).map_err(|_| ApiError::NotFound("the id in the address does not exist".to_owned()))
    }
}

/// The query string of a request.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(query)| Self(query))
            .map_err(|rejection| ApiError::Malformed(rejection.body_text()))
    }
}

/// A body that is a JSON object. An empty body stands for an empty object.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let media_type = media_type(request.headers());
        let bytes = collect(limited(request, JSON_LIMIT)?).await?;
        if bytes.is_empty() {
            return parse_json(b"{}").map(Self);
        }
        match media_type.as_deref() {
            Some("application/json") => parse_json(&bytes).map(Self),
            _ => Err(ApiError::WrongMediaType("send JSON with the header `content-type: application/json`".to_owned())),
        }
    }
}

/// The field `text` of a form of one of our pages.
pub(crate) struct TextForm(pub(crate) String);

impl<S: Send + Sync> FromRequest<S> for TextForm {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = collect(limited(request, JSON_LIMIT)?).await?;
        let text = url::form_urlencoded::parse(&bytes).find(|(name, _)| name == "text");
        text.map(|(_, text)| Self(text.into_owned()))
            .ok_or_else(|| ApiError::Malformed("the form has no field `text`".to_owned()))
    }
}

/// Parses a JSON object: what is not JSON is malformed, JSON that does not fit is unprocessable.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        ApiError::Malformed(format!("the text is not valid UTF-8: look at byte {}", error.valid_up_to()))
    })?;
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return Err(ApiError::Malformed(format!("this is not JSON: {error}")));
    }
    // Serde reads a struct from an array of its fields, too.
    if !text.trim_start().starts_with('{') {
        return Err(ApiError::Unprocessable("send a JSON object".to_owned()));
    }
    serde_json::from_str(text).map_err(|error| ApiError::Unprocessable(error.to_string()))
}

/// A body as it arrives.
pub(crate) type Chunks<'a> = BoxStream<'a, Result<Bytes, ApiError>>;

/// Refuses a body by the length it announces, before any of it is read.
pub(crate) fn check_length(headers: &HeaderMap, limit: u64) -> Result<(), ApiError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit) { Err(ApiError::TooLarge(limit)) } else { Ok(()) }
}

/// The body chunk by chunk, within `limit` bytes and [`READ_TIMEOUT`]; refused at once if it announces more.
pub(crate) fn limited(request: Request, limit: u64) -> Result<Chunks<'static>, ApiError> {
    check_length(request.headers(), limit)?;
    Ok(read_within(limit, request.into_body().into_data_stream().map_err(|error| error.to_string())))
}

/// Chunks within `limit` bytes and [`READ_TIMEOUT`].
pub(crate) fn read_within<'a>(limit: u64, chunks: impl Stream<Item = Result<Bytes, String>> + Send + 'a) -> Chunks<'a> {
    let state = (chunks.boxed(), 0_u64);
    stream::try_unfold(state, move |(mut chunks, read)| async move {
        let next = tokio::time::timeout(READ_TIMEOUT, chunks.next()).await.map_err(|_| ApiError::ClientTooSlow)?;
        let broken_off = |error| ApiError::Malformed(format!("the request broke off: {error}; send it again"));
        let Some(chunk) = next.transpose().map_err(broken_off)? else { return Ok(None) };
        let read = read.saturating_add(chunk.len() as u64);
        if read > limit { Err(ApiError::TooLarge(limit)) } else { Ok(Some((chunk, (chunks, read)))) }
    })
    .boxed()
}

/// The whole of a small body.
pub(crate) async fn collect(chunks: Chunks<'_>) -> Result<Bytes, ApiError> {
    Ok(chunks.try_collect::<BytesMut>().await?.freeze())
}

/// How long the client is willing to wait (`Prefer: wait=SECONDS`, RFC 7240), at most [`WAIT_LIMIT`]. Preferences that cannot be read
/// are ignored, as the RFC asks.
pub(crate) fn wait(headers: &HeaderMap) -> Duration {
    let values = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .filter_map(|preference| preference.split(';').next()?.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
        .find_map(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok())
        .map_or(Duration::ZERO, |seconds| Duration::from_secs(seconds).min(WAIT_LIMIT))
}

/// The client's own name for this request.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, ApiError> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().parse::<IdempotencyKey>();
    key.map(Some).map_err(|error| ApiError::Malformed(error.to_string()))
}

/// The part of `size` bytes that a request asks for; `None` for the whole. Several ranges at once, and what cannot be read, stand for
/// the whole, as the RFC allows.
pub(crate) fn byte_range(headers: &HeaderMap, size: u64) -> Result<Option<Range<u64>>, ApiError> {
    let asked = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).and_then(range_numbers);
    let Some((first, last)) = asked else { return Ok(None) };
    let range = match (first, last) {
        (Some(first), last) => first..last.map_or(size, |last| last.saturating_add(1)).min(size),
        (None, Some(suffix)) => size.saturating_sub(suffix)..size,
        (None, None) => return Ok(None),
    };
    if range.is_empty() { Err(ApiError::OutOfRange(size)) } else { Ok(Some(range)) }
}

/// The numbers of `bytes=FIRST-LAST`.
fn range_numbers(value: &str) -> Option<(Option<u64>, Option<u64>)> {
    let number = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    let (first, last) = value.trim().strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (number(first.trim())?, number(last.trim())?);
    let is_in_order = !matches!((first, last), (Some(first), Some(last)) if last < first);
    is_in_order.then_some((first, last))
}

/// The media types in which recordings are stored and given back. Nothing else a sender claims is ever repeated to a browser.
const AUDIO_TYPES: [&str; 8] =
    ["audio/wav", "audio/flac", "audio/mpeg", "audio/ogg", "audio/webm", "audio/mp4", "audio/aac", "audio/aiff"];

/// What a recording is stored as when its sender does not know its type.
const UNKNOWN_SOUND: &str = "application/octet-stream";

/// The [`essence`] of the media type that a request's headers claim.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(essence)
}

/// A media type in lower case, without its parameters.
pub(crate) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The type under which a recording is stored. What the sound really is, the decoder finds out. `claimed` is an [`essence`].
pub(crate) fn audio_type(claimed: Option<&str>) -> Result<&'static str, ApiError> {
    let Some(claimed) = claimed else { return Ok(UNKNOWN_SOUND) };
    Ok(match claimed {
        "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => "audio/wav",
        "audio/x-flac" => "audio/flac",
        "audio/mp3" => "audio/mpeg",
        "audio/opus" | "audio/vorbis" | "application/ogg" => "audio/ogg",
        "video/webm" => "audio/webm",
        "audio/m4a" | "audio/x-m4a" | "video/mp4" => "audio/mp4",
        "audio/x-aiff" => "audio/aiff",
        // Clients that were generated from the OpenAPI document send its media range as it is.
        UNKNOWN_SOUND | "audio/*" => UNKNOWN_SOUND,
        other => AUDIO_TYPES.into_iter().find(|known| *known == other).ok_or_else(|| {
            let known = AUDIO_TYPES.join(", ");
            ApiError::WrongMediaType(format!("unsupported audio type `{other}`; send {known}"))
        })?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(value: &str) -> u64 {
        let mut headers = HeaderMap::new();
        headers.insert(PREFER, value.parse().unwrap());
        wait(&headers).as_secs()
    }

    #[test]
    fn a_wait_is_read_in_any_case_with_any_white_space_and_kept_within_the_limit() {
        for (value, seconds) in [
            ("wait=20", 20),
            ("respond-async, wait=5", 5),
            ("wait=\"7\"", 7),
            ("WAIT=8", 8),
            ("Wait = 9", 9),
            ("\twait\t=\t10 ; foo=bar", 10),
            ("foo; wait=1, wait=11", 11),
            ("wait=99999999999", 60),
        ] {
            assert_eq!(waits(value), seconds, "{value}");
        }
    }

    #[test]
    fn a_preference_that_cannot_be_read_is_ignored() {
        for unreadable in ["wait=-1", "wait=soon", "wait", "handling=lenient", "await=5", "foo; wait=5", ""] {
            assert_eq!(waits(unreadable), 0, "{unreadable}");
        }
    }

    #[test]
    fn what_is_not_json_is_malformed_and_json_of_another_shape_is_unprocessable() {
        #[derive(Debug, Default, serde::Deserialize)]
        #[serde(default)]
        struct Body {
            _number: u8,
            _text: String,
        }
        for malformed in ["", "{", "nope", "{\"_number\": 1", "{} {}", "{\"_number\": 01}"] {
            let parsed = parse_json::<Body>(malformed.as_bytes());
            assert!(matches!(parsed, Err(ApiError::Malformed(_))), "{malformed}: {parsed:?}");
        }
        for misfit in [
            "[]", " [1, \"\"]", "1", "null", "\"{}\"", "{\"_number\": \"1\"}", "{\"_number\": 1e999}",
            "{\"_number\": 256}", "{\"_text\": \"\\ud800\"}",
        ] {
            let parsed = parse_json::<Body>(misfit.as_bytes());
            assert!(matches!(parsed, Err(ApiError::Unprocessable(_))), "{misfit}: {parsed:?}");
        }
    }

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

    fn stored(claimed: &str) -> Option<&'static str> {
        audio_type(Some(&essence(claimed))).ok()
    }

    #[test]
    fn what_browsers_and_programs_call_a_recording_is_understood() {
        assert_eq!(stored("audio/webm; codecs=opus"), Some("audio/webm"));
        assert_eq!(stored("Audio/X-WAV"), Some("audio/wav"));
        assert_eq!(stored("application/octet-stream"), Some("application/octet-stream"));
        assert_eq!(stored("audio/*"), Some("application/octet-stream"));
        assert_eq!(audio_type(None).ok(), Some("application/octet-stream"));
    }

    #[test]
    fn a_page_is_no_recording_whatever_it_holds() {
        for hostile in ["text/html", "image/svg+xml", "application/javascript", "audio/../html", ""] {
            assert_eq!(stored(hostile), None, "{hostile}");
        }
    }
}
