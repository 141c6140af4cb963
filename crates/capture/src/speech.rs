//! Where in the sound somebody speaks.
//!
//! A [`VoiceDetector`] judges frames of 16 ms; [`VoiceActivity`] turns its judgements into runs of speech; [`SpeechSpans`] cuts
//! the sound at the pauses between runs into the spans that the recogniser gets.

mod activity;
mod detector;
mod earshot;
mod spans;
#[cfg(test)]
mod tests;

pub use activity::{ActivitySettings, Change, VoiceActivity};
pub use detector::{FRAME_SAMPLES, Frame, VoiceDetector};
pub use earshot::EarshotDetector;
pub use spans::{SpanSettings, SpeechSpan, SpeechSpans};
