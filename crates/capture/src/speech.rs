//! Where in the sound somebody speaks.
//!
//! A [`VoiceDetector`] judges frames of 16 ms; [`VoiceActivity`] smooths its output to runs of speech; [`SpeechSpans`] cuts the
//! sound at the pauses between runs into the spans that the recogniser gets.

mod spans;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::time::Duration;

use crate::audio::samples_in;

pub use spans::{SpanSettings, SpeechSpan, SpeechSpans};

/// The samples of a frame: 16 ms.
pub const FRAME_SAMPLES: usize = 256;

/// The unit that a detector judges.
pub type Frame = [f32; FRAME_SAMPLES];

/// From this probability on a frame is voice; earshot's own value, confirmed by our measurements.
const THRESHOLD: f32 = 0.5;
/// This much voice in a row begins a run; less is a click or a cough.
const ONSET: Duration = Duration::from_millis(64);
/// A silence up to this long belongs to the run: it is the closure of a consonant, not a pause (Campione and Véronis 2002).
const HANGOVER: Duration = Duration::from_millis(200);

/// Tells voice from other sound, one frame after the other. The result may depend on earlier frames.
pub trait VoiceDetector: Send {
    /// The probability that somebody speaks in `frame`, 0 to 1.
    fn probability(&mut self, frame: &Frame) -> f32;
}

/// Voice detection by earshot's small neural network.
pub struct EarshotDetector(Box<earshot::Detector>);

impl Default for EarshotDetector {
    fn default() -> Self {
        Self(earshot::Detector::default_boxed())
    }
}

impl VoiceDetector for EarshotDetector {
    fn probability(&mut self, frame: &Frame) -> f32 {
        self.0.predict_f32(frame).clamp(0.0, 1.0)
    }
}

/// A change of state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A run began at this sample.
    Began(u64),
    /// A run ended; these samples are speech.
    Ended(Range<u64>),
}

/// Smooths the detector's output to runs of speech, in samples since the beginning.
pub struct VoiceActivity {
    detector: Box<dyn VoiceDetector>,
    frames: u64,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    Silence { voiced_frames: u64 },
    Speech { first_frame: u64, last_voiced_frame: u64 },
}

impl VoiceActivity {
    /// Uses `detector`.
    pub fn new(detector: Box<dyn VoiceDetector>) -> Self {
        Self { detector, frames: 0, state: State::Silence { voiced_frames: 0 } }
    }

    /// Takes the next frame.
    pub fn push(&mut self, frame: &Frame) -> Option<Change> {
        let is_voice = self.detector.probability(frame) >= THRESHOLD;
        let index = self.frames;
        self.frames += 1;
        match (self.state, is_voice) {
            (State::Silence { voiced_frames }, true) => {
                let voiced_frames = voiced_frames + 1;
                if voiced_frames < frames_in(ONSET) {
                    self.state = State::Silence { voiced_frames };
                    return None;
                }
                let first_frame = self.frames - voiced_frames;
                self.state = State::Speech { first_frame, last_voiced_frame: index };
                Some(Change::Began(samples(first_frame)))
            }
            (State::Silence { .. }, false) => {
                self.state = State::Silence { voiced_frames: 0 };
                None
            }
            (State::Speech { first_frame, .. }, true) => {
                self.state = State::Speech { first_frame, last_voiced_frame: index };
                None
            }
            (State::Speech { last_voiced_frame, .. }, false) => {
                if index - last_voiced_frame <= frames_in(HANGOVER) {
                    None
                } else {
                    self.finish()
                }
            }
        }
    }

    /// Ends the open run, if there is one.
    pub fn finish(&mut self) -> Option<Change> {
        let State::Speech { first_frame, last_voiced_frame } = self.state else { return None };
        self.state = State::Silence { voiced_frames: 0 };
        Some(Change::Ended(samples(first_frame)..samples(last_voiced_frame + 1)))
    }

    /// Whether a run is open.
    pub fn is_speech(&self) -> bool {
        matches!(self.state, State::Speech { .. })
    }
}

fn frames_in(time: Duration) -> u64 {
    (samples_in(time) / FRAME_SAMPLES).max(1) as u64
}

fn samples(frames: u64) -> u64 {
    frames * FRAME_SAMPLES as u64
}
