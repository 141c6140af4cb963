//! Many channels to one.

use std::num::NonZeroU16;

/// Appends the average of each frame of interleaved samples to `mono`. What is not a number counts as silence, and what is
/// louder than full scale is brought back to it, so that nothing behind this sees a sample outside −1 to 1. An incomplete last
/// frame is left out.
pub fn average_channels(interleaved: &[f32], channels: NonZeroU16, mono: &mut Vec<f32>) {
    let channels = usize::from(channels.get());
    let share = 1.0 / channels as f32;
    mono.extend(interleaved.chunks_exact(channels).map(|frame| {
        let average = frame.iter().sum::<f32>() * share;
        if average.is_nan() { 0.0 } else { average.clamp(-1.0, 1.0) }
    }));
}
