//! Media types of requests.

use axum::http::{HeaderMap, header};

use crate::api_error::ApiError;

/// The media types in which recordings are stored and given back. Nothing else a sender claims is ever repeated to a browser.
const AUDIO_TYPES: [&str; 8] =
    ["audio/wav", "audio/flac", "audio/mpeg", "audio/ogg", "audio/webm", "audio/mp4", "audio/aac", "audio/aiff"];

/// What a recording is stored as when its sender does not know its type.
const UNKNOWN_SOUND: &str = "application/octet-stream";

/// A media type in lower case, without its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaType(String);

impl MediaType {
    /// The type that a request's or a part's headers claim.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(Self::from)
    }

    pub(crate) fn is_json(&self) -> bool {
        self.0 == "application/json"
    }

    pub(crate) fn is_form(&self) -> bool {
        self.0 == "multipart/form-data"
    }
}

impl From<&str> for MediaType {
    fn from(text: &str) -> Self {
        Self(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }
}

/// The type under which a recording is stored. What the sound really is, the decoder finds out.
pub(crate) fn audio_type(claimed: Option<&MediaType>) -> Result<&'static str, ApiError> {
    let Some(MediaType(claimed)) = claimed else { return Ok(UNKNOWN_SOUND) };
    let stored = match claimed.as_str() {
        "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => "audio/wav",
        "audio/x-flac" => "audio/flac",
        "audio/mp3" => "audio/mpeg",
        "audio/opus" | "audio/vorbis" | "application/ogg" => "audio/ogg",
        "video/webm" => "audio/webm",
        "audio/m4a" | "audio/x-m4a" | "video/mp4" => "audio/mp4",
        "audio/x-aiff" => "audio/aiff",
        UNKNOWN_SOUND => UNKNOWN_SOUND,
        other => match AUDIO_TYPES.into_iter().find(|known| *known == other) {
            Some(known) => known,
            None => {
                let known = AUDIO_TYPES.join(", ");
                return Err(ApiError::WrongMediaType(format!("`{other}` is not taken as a recording; send {known}")));
            }
        },
    };
    Ok(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(claimed: &str) -> Option<&'static str> {
        audio_type(Some(&MediaType::from(claimed))).ok()
    }

    #[test]
    fn what_browsers_and_programs_call_a_recording_is_understood() {
        assert_eq!(stored("audio/webm; codecs=opus"), Some("audio/webm"));
        assert_eq!(stored("Audio/X-WAV"), Some("audio/wav"));
        assert_eq!(stored("application/octet-stream"), Some("application/octet-stream"));
        assert_eq!(audio_type(None).ok(), Some("application/octet-stream"));
    }

    #[test]
    fn a_page_is_no_recording_whatever_it_holds() {
        for hostile in ["text/html", "image/svg+xml", "application/javascript", "audio/../html", ""] {
            assert_eq!(stored(hostile), None, "{hostile}");
        }
    }
}
