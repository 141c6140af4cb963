//! One span of speech to words.

mod alignment;
mod annotation;
mod prompt;
mod repetition;
#[cfg(test)]
mod tests;
mod transcriber;
mod whisper;
mod words;

pub use prompt::Prompt;
pub use transcriber::Transcriber;
pub use whisper::{Language, UnknownLanguage, Whisper, WhisperSettings};
