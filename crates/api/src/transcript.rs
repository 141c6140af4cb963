//! Transcripts on the wire. All times are seconds on the original timeline of the recording.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was said or typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Transcript {
    /// The whole text.
    pub text: String,
    /// The text in stretches of speech, with words and times. Typed text has segments without times.
    #[serde(default)]
    pub segments: Vec<Segment>,
}

/// One stretch of speech, or one paragraph typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Segment {
    /// When it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
    /// Its text.
    pub text: String,
    /// Its words.
    #[serde(default)]
    pub words: Vec<Word>,
}

/// One word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Word {
    /// When it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
    /// The word with its punctuation.
    pub text: String,
    /// How sure the recogniser is of it, 0 to 1.
    #[serde(default = "certain")]
    pub probability: f64,
    /// What the recogniser wrote, where the server put a term of the question in its place. Not needed in what a client sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard_as: Option<String>,
}

fn certain() -> f64 {
    1.0
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimeSpan {
    /// When it starts.
    pub start: f64,
    /// When it ends.
    pub end: f64,
}

/// A transcript that a client made on its own machine, with what was measured there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeardTranscript {
    /// The segments and words; `text` is not needed.
    pub segments: Vec<Segment>,
    /// Where voice activity was found, in order, without padding.
    #[serde(default)]
    pub speech: Vec<TimeSpan>,
    /// Length of the recording in seconds; the end of the last word when missing.
    pub duration: Option<f64>,
    /// The name of the speech model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// The transcript of audio that is not stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Transcription {
    /// The transcript.
    pub transcript: Transcript,
    /// Where voice activity was found.
    pub speech: Vec<TimeSpan>,
    /// Length of the audio in seconds.
    pub duration: f64,
    /// Whether the file ended before its own end: what there was of it was transcribed.
    pub truncated: bool,
}
