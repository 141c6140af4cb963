//! Sound to words: a microphone or a file becomes 16 kHz mono sound, the sound becomes spans of speech, and each span becomes
//! words on the original timeline.
//!
//! This crate knows no questions, no marks, no database and no HTTP API. Its results are types of [`interview`]. No type of
//! whisper.cpp, of the sound system or of the decoders leaves the one file that wraps it.
//!
//! One answer, end to end: an [`audio::Decoder`] or a [`recording::Recorder`] pushes sound into a
//! [`recognise::RecognitionStream`]; it cuts [`speech::SpeechSpan`]s at pauses and hands each to the
//! [`recognise::Recogniser`], whose thread owns the [`transcribe::Transcriber`];
//! [`recognise::RecognitionStream::finish`] waits for the last of them and returns a [`recognise::Recognition`].
//! Start reading at [`recognise`].

pub mod audio;
mod error;
pub mod models;
pub mod recognise;
pub mod recording;
pub mod speech;
#[cfg(test)]
mod tests;
pub mod transcribe;

use std::time::Duration;

pub use error::Error;

/// How long to wait before giving up: every time limit on devices and recognition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Opening a microphone. Some systems ask the user for permission first.
    pub opening: Duration,
    /// From opening a microphone to its first sound. Bluetooth devices take seconds to wake.
    pub first_sound: Duration,
    /// Closing the device and the file.
    pub closing: Duration,
    /// Recognising one span of speech, the spans of others before it included.
    pub recognition: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            opening: Duration::from_secs(60),
            first_sound: Duration::from_secs(8),
            closing: Duration::from_secs(5),
            recognition: Duration::from_secs(120),
        }
    }
}
