//! Sound as the rest of the crate wants it: 16,000 samples a second, one channel, between −1 and 1.

mod decode;
mod resample;
#[cfg(test)]
mod tests;
mod wav;

use std::num::{NonZeroU16, NonZeroU32};

use interview::Seconds;

pub use decode::Decoder;
pub use resample::Resampler;
pub(crate) use wav::round_to_16_bits;
pub use wav::{GrowingWav, repair};

/// Samples per second of all decoded and recorded sound: the rate of the voice detector and the recogniser.
pub const RATE: NonZeroU32 = NonZeroU32::new(16_000).unwrap();

/// The time that a number of samples takes at [`RATE`].
pub fn duration(samples: u64) -> Seconds {
    Seconds::of_samples(usize::try_from(samples).unwrap_or(usize::MAX), RATE)
}

/// The number of samples at [`RATE`] in a time.
pub(crate) const fn samples_in(time: std::time::Duration) -> usize {
    (time.as_millis() as usize) * (RATE.get() as usize) / 1000
}

/// Appends the average of each frame of interleaved samples to `mono`. NaN becomes silence, and louder samples are clamped to
/// −1 to 1. An incomplete last frame is left out.
pub fn average_channels(interleaved: &[f32], channels: NonZeroU16, mono: &mut Vec<f32>) {
    let channels = usize::from(channels.get());
    let share = 1.0 / channels as f32;
    mono.extend(interleaved.chunks_exact(channels).map(|frame| {
        let average = frame.iter().sum::<f32>() * share;
        if average.is_nan() { 0.0 } else { average.clamp(-1.0, 1.0) }
    }));
}

/// The loudness of a block of sound in decibels below full scale (dBFS): 0 is the maximum, −90 and below is silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The end of the block, in seconds since the recording began.
    pub at: Seconds,
    /// The loudest sample.
    pub peak: f32,
}

impl Level {
    /// The lowest value.
    pub const FLOOR: f32 = -90.0;

    /// Measures `samples`; no samples are silence.
    pub fn of(samples: &[f32], at: Seconds) -> Self {
        let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        Self { at, peak: (20.0 * peak.log10()).clamp(Self::FLOOR, 0.0) }
    }
}

/// The root mean square of `samples`; zero for none.
pub(crate) fn root_mean_square(samples: &[f32]) -> f32 {
    let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
    (energy / samples.len().max(1) as f32).sqrt()
}
