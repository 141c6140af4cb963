//! Names of recordings.

use std::fmt;

use interview::{AnswerId, SessionId};
use object_store::path::Path as ObjectPath;

/// The name of a recording: its session's folder, its answer's id, and an ending that other programs know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AudioKey(ObjectPath);

impl AudioKey {
    /// The key of an answer's recording.
    pub fn new(session: SessionId, answer: AnswerId, media_type: &str) -> Self {
        Self(Self::folder(session).join(format!("{answer}.{}", ending(media_type))))
    }

    pub(super) fn folder(session: SessionId) -> ObjectPath {
        ObjectPath::from(session.to_string())
    }

    pub(super) fn path(&self) -> &ObjectPath {
        &self.0
    }
}

impl fmt::Display for AudioKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn ending(media_type: &str) -> &'static str {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    match essence {
        "audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => "wav",
        "audio/flac" | "audio/x-flac" => "flac",
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/ogg" | "audio/opus" | "application/ogg" => "ogg",
        "audio/webm" | "video/webm" => "webm",
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" | "video/mp4" => "m4a",
        "audio/aac" => "aac",
        _ => "audio",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_whose_recording_it_is_and_nothing_that_the_sender_wrote() {
        let session: SessionId = "019aa9f5-6a00-7000-8000-000000000001".parse().unwrap();
        let answer: AnswerId = "019aa9f5-6a00-7000-8000-000000000002".parse().unwrap();
        let key = |media_type: &str| AudioKey::new(session, answer, media_type).to_string();

        let stem = format!("{session}/{answer}");
        assert_eq!(key("audio/webm; codecs=opus"), format!("{stem}.webm"));
        assert_eq!(key("audio/wav"), format!("{stem}.wav"));
        assert_eq!(key("../../etc/passwd"), format!("{stem}.audio"));
    }
}
