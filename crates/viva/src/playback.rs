//! Plays recordings, or a quote from one, through the speakers. The only file of this crate that uses cpal.

use api::transcript::TimeSpan;
use capture::audio::{Decoder, RATE};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// Whether this program can play sound.
pub const IS_POSSIBLE: bool = cfg!(feature = "microphone");

/// What is played before a quote, in seconds: times of words are not exact.
const BEFORE: f64 = 0.3;
/// What is played after it.
const AFTER: f64 = 0.5;
/// A shorter quote is played with what was said next, a longer one in part; in seconds.
const LENGTH: std::ops::RangeInclusive<f64> = 3.0..=20.0;

/// Plays a recording in any format that Viva reads, or only a quote from it, to its end or until it is `stopped`.
pub fn play(recording: Vec<u8>, quote: Option<TimeSpan>, stopped: &CancellationToken) -> Result<(), Failure> {
    let sound = match quote {
        Some(quote) => clip(recording, quote)?,
        None => Decoder::from_bytes(recording, None)?.rest()?,
    };
    #[cfg(feature = "microphone")]
    {
        let _silence = crate::microphones::SilencedErrors::begin();
        speakers::play(sound, stopped)
    }
    #[cfg(not(feature = "microphone"))]
    {
        let _ = (sound, stopped);
        Err(Failure::new("this program was built without sound"))
    }
}

/// The part of a recording that has a quote, at [`RATE`].
fn clip(recording: Vec<u8>, quote: TimeSpan) -> Result<Vec<f32>, capture::Error> {
    let sample = |seconds: f64| (seconds.max(0.0) * f64::from(RATE.get())).round() as usize;
    let length = (quote.end + AFTER - quote.start).clamp(*LENGTH.start(), *LENGTH.end());
    let (start, end) = (sample(quote.start - BEFORE), sample(quote.start + length));
    let mut decoder = Decoder::from_bytes(recording, None)?;
    let (mut clip, mut at) = (Vec::new(), 0);
    while at < end
        && let Some(block) = decoder.next_block()?
    {
        let within = |sample: usize| sample.saturating_sub(at).min(block.len());
        clip.extend_from_slice(&block[within(start)..within(end)]);
        at += block.len();
    }
    Ok(clip)
}

#[cfg(feature = "microphone")]
mod speakers {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, OnceLock};
    use std::time::{Duration, Instant};

    use capture::audio::RATE;
    use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
    use cpal::{ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};
    use tokio_util::sync::CancellationToken;

    use crate::failure::Failure;

    /// How often the end is looked for.
    const POLL: Duration = Duration::from_millis(20);
    /// How long the device may take to open, and to play more than the sound lasts.
    const PATIENCE: Duration = Duration::from_secs(3);
    /// Silence after the sound: longer than what devices hold back.
    const DRAIN_SECONDS: usize = 1;

    /// Written by the device's callbacks.
    #[derive(Default)]
    struct Shared {
        is_over: AtomicBool,
        failure: OnceLock<String>,
    }

    /// Plays sound at [`RATE`] through the default device.
    pub fn play(mut sound: Vec<f32>, stopped: &CancellationToken) -> Result<(), Failure> {
        let failed = |fault: cpal::Error| Failure::new(format!("the speakers do not work: {fault}"));
        let device = cpal::default_host().default_output_device().ok_or_else(|| Failure::new("no speakers found"))?;
        let supported = device.default_output_config().map_err(failed)?;
        sound.resize(sound.len() + RATE.get() as usize * DRAIN_SECONDS, 0.0);
        let length = Duration::from_secs_f64(sound.len() as f64 / f64::from(RATE.get()));
        let sound = at_rate(&sound, supported.sample_rate());
        let (config, shared) = (supported.config(), Arc::new(Shared::default()));
        let stream = match supported.sample_format() {
            SampleFormat::I8 => build::<i8>(&device, config, sound, &shared),
            SampleFormat::I16 => build::<i16>(&device, config, sound, &shared),
            SampleFormat::I24 => build::<cpal::I24>(&device, config, sound, &shared),
            SampleFormat::I32 => build::<i32>(&device, config, sound, &shared),
            SampleFormat::U8 => build::<u8>(&device, config, sound, &shared),
            SampleFormat::U16 => build::<u16>(&device, config, sound, &shared),
            SampleFormat::F32 => build::<f32>(&device, config, sound, &shared),
            SampleFormat::F64 => build::<f64>(&device, config, sound, &shared),
            other => Err(cpal::Error::with_message(ErrorKind::UnsupportedConfig, format!("they take {other} samples"))),
        };
        let stream = stream.map_err(failed)?;
        stream.play().map_err(failed)?;
        let deadline = Instant::now() + length + PATIENCE;
        while !stopped.is_cancelled() && !shared.is_over.load(Ordering::Relaxed) {
            if let Some(reason) = shared.failure.get() {
                return Err(Failure::new(format!("the speakers do not work: {reason}")));
            }
            if Instant::now() >= deadline {
                return Err(Failure::new("the speakers take no sound"));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    fn build<T: SizedSample + FromSample<f32>>(
        device: &cpal::Device,
        config: StreamConfig,
        sound: Vec<f32>,
        shared: &Arc<Shared>,
    ) -> Result<cpal::Stream, cpal::Error> {
        let (playing, failing) = (Arc::clone(shared), Arc::clone(shared));
        let (mut at, channels) = (0, usize::from(config.channels.max(1)));
        let fill = move |samples: &mut [T], _: &cpal::OutputCallbackInfo| {
            // Nothing in here may allocate, lock, log or wait.
            for frame in samples.chunks_mut(channels) {
                frame.fill(T::from_sample_(sound.get(at).copied().unwrap_or_default()));
                at += 1;
            }
            playing.is_over.store(at >= sound.len(), Ordering::Relaxed);
        };
        let on_fault = move |fault: cpal::Error| match fault.kind() {
            // A plugin of ALSA may report such an error before it plays; a device that never plays is noticed by the deadline.
            ErrorKind::BackendError | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::Xrun => {}
            _ => drop(failing.failure.set(fault.to_string())), // The first failure counts.
        };
        device.build_output_stream(config, fill, on_fault, Some(PATIENCE))
    }

    /// Sound at [`RATE`] as sound at another rate, by straight lines between samples: good enough for speech.
    fn at_rate(sound: &[f32], rate: u32) -> Vec<f32> {
        let step = f64::from(RATE.get()) / f64::from(rate.max(1));
        let sample = |index: usize| sound.get(index).copied().unwrap_or_default();
        let count = (sound.len() as f64 / step).round() as usize;
        let place = |index: usize| {
            let at = index as f64 * step;
            (at as usize, at.fract() as f32)
        };
        (0..count).map(place).map(|(at, share)| sample(at) + (sample(at + 1) - sample(at)) * share).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn another_rate_changes_neither_length_nor_shape() {
            let ramp: Vec<f32> = (0..1600).map(|index| index as f32 / 1600.0).collect();
            for rate in [8_000, 16_000, 44_100, 48_000] {
                let played = at_rate(&ramp, rate);
                assert_eq!(played.len(), rate as usize / 10, "{rate}");
                let middle = played[played.len() / 2];
                assert!((middle - 0.5).abs() < 1e-3, "{rate}: {middle}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use capture::audio::GrowingWav;

    use super::*;

    /// A recording whose samples say in which tenth of a minute they are.
    fn recording() -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("answer.wav");
        let mut wav = GrowingWav::create(&file).unwrap();
        for second in 0..60 {
            wav.append(&vec![second as f32 / 100.0; RATE.get() as usize]).unwrap();
        }
        wav.finish().unwrap();
        std::fs::read(file).unwrap()
    }

    fn seconds(start: f64, end: f64) -> (f64, f32, f32) {
        let clip = clip(recording(), TimeSpan { start, end }).unwrap();
        let second = |sample: Option<&f32>| (sample.unwrap() * 100.0).round();
        (clip.len() as f64 / f64::from(RATE.get()), second(clip.first()), second(clip.last()))
    }

    #[test]
    fn a_quote_is_played_with_a_little_around_it() {
        assert_eq!(seconds(30.0, 36.0), (6.8, 29.0, 36.0));
    }

    #[test]
    fn a_short_quote_is_played_with_what_was_said_next_and_a_long_one_in_part() {
        assert_eq!(seconds(10.0, 10.4), (3.3, 9.0, 12.0));
        assert_eq!(seconds(10.0, 58.0), (20.3, 9.0, 29.0));
    }

    #[test]
    fn a_quote_at_the_edge_of_a_recording_is_played_as_far_as_there_is_sound() {
        assert_eq!(seconds(0.1, 4.1), (4.6, 0.0, 4.0));
        assert_eq!(seconds(59.0, 59.5), (1.3, 58.0, 59.0));
        assert!(clip(recording(), TimeSpan { start: 70.0, end: 71.0 }).unwrap().is_empty());
    }
}
