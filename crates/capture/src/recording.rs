//! Recording an answer: from whatever delivers sound to a file on disk and words, at the same time.
//!
//! One thread owns the source of sound, the file and the listener. It is told to stop through a channel; every wait in it has a
//! limit.

#[cfg(feature = "microphone")]
mod microphone;
#[cfg(test)]
mod playback;
mod recorder;
mod source;
#[cfg(test)]
mod tests;

#[cfg(feature = "microphone")]
pub use microphone::{Device, Microphone, devices};
pub use recorder::{Ending, Recorded, Recorder, RecorderSettings};
pub use source::{AudioSource, Delivery};
