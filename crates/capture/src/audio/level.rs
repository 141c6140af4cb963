//! How loud it is.

use interview::Seconds;

/// What a level meter shows for a short stretch of sound, in decibels below full scale (dBFS): 0 is the loudest there is, −90 and
/// below is silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// When the stretch ends, in seconds since recording began.
    pub at: Seconds,
    /// The loudest sample.
    pub peak: f32,
    /// The average (root mean square).
    pub average: f32,
}

impl Level {
    /// The lowest value that is given.
    pub const FLOOR: f32 = -90.0;

    /// Measures `samples`; none are silent.
    pub fn of(samples: &[f32], at: Seconds) -> Self {
        let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        Self { at, peak: decibels(peak), average: decibels(root_mean_square(samples)) }
    }
}

/// The effective amplitude of `samples`; zero for none.
pub(crate) fn root_mean_square(samples: &[f32]) -> f32 {
    let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
    (energy / samples.len().max(1) as f32).sqrt()
}

fn decibels(amplitude: f32) -> f32 {
    (20.0 * amplitude.log10()).clamp(Level::FLOOR, 0.0)
}
