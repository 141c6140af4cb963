//! Sound as everything behind this module wants it: 16,000 samples a second, one channel, between −1 and 1.

mod decode;
mod level;
mod mono;
mod resample;
#[cfg(test)]
mod tests;
mod wav;

use std::num::NonZeroU32;

use interview::Seconds;

pub use decode::Decoder;
pub use level::Level;
pub(crate) use level::root_mean_square;
pub use mono::average_channels;
pub use resample::Resampler;
pub use wav::{GrowingWav, mend};

/// Samples a second of all sound behind the decoders and the microphone: what voice detector and recogniser were made for.
pub const RATE: NonZeroU32 = NonZeroU32::new(16_000).unwrap();

/// The time that a number of samples takes at [`RATE`].
pub fn duration(samples: u64) -> Seconds {
    Seconds::of_samples(usize::try_from(samples).unwrap_or(usize::MAX), RATE)
}

/// The number of samples at [`RATE`] in a stretch of time.
pub(crate) const fn samples_in(time: std::time::Duration) -> usize {
    (time.as_millis() as usize) * (RATE.get() as usize) / 1000
}
