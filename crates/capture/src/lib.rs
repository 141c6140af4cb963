//! Sound to words: a microphone or a file becomes 16 kHz mono sound, the sound becomes stretches of speech, and each
//! stretch becomes words on the original timeline.
//!
//! This crate knows no questions, no marks, no database and no HTTP API. What it hands out is made of the types of
//! [`interview`]. No type of whisper.cpp, of the sound devices or of the decoders leaves its one file.
//!
//! One answer, end to end: an [`audio::Decoder`] or a [`recording::Recorder`] pushes sound into a [`listen::Listener`]; it
//! cuts [`speech::SpeechSpan`]s at pauses and hands each to the [`listen::Recogniser`], whose thread owns the
//! [`transcribe::Transcriber`]; [`listen::Listener::finish`] waits for the last of them and gives a [`listen::Heard`].
//! Start reading at [`listen`].

pub mod audio;
mod error;
#[cfg(test)]
mod fixtures;
pub mod formats;
pub mod listen;
pub mod models;
pub mod recording;
pub mod speech;
pub mod transcribe;

pub use error::Error;
