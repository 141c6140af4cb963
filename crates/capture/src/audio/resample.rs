//! Resampling to [`RATE`], without aliases and without a shift in time.

use std::num::NonZeroU32;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _, WindowFunction};

use super::RATE;
use crate::Error;

/// Accepted rates: below, speech is unintelligible; above, no device records.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;

/// rubato's default filter; it attenuates everything above 8 kHz by 140 dB.
const WINDOW: WindowFunction = WindowFunction::BlackmanHarris2;

/// Resamples one recording, pushed in blocks of any size. The filter's delay is removed, so times in the output are times in the
/// recording.
pub struct Resampler(Option<Box<Conversion>>);

impl Resampler {
    /// A resampler from `rate` samples a second.
    ///
    /// # Errors
    /// [`Error::UnsupportedAudio`] for a rate out of range.
    pub fn new(rate: NonZeroU32) -> Result<Self, Error> {
        Ok(Self(if rate == RATE { None } else { Some(Box::new(Conversion::new(rate)?)) }))
    }

    /// Takes the next block and appends what is ready to `output`.
    ///
    /// # Errors
    /// [`Error::UnsupportedAudio`] when the resampler fails, which no input is known to cause.
    pub fn push(&mut self, mono: &[f32], output: &mut Vec<f32>) -> Result<(), Error> {
        match &mut self.0 {
            Some(conversion) => conversion.push(mono, output)?,
            None => output.extend_from_slice(mono),
        }
        Ok(())
    }

    /// Ends the recording and appends the rest, so that the output is as long as the recording.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn finish(self, output: &mut Vec<f32>) -> Result<(), Error> {
        self.0.map_or(Ok(()), |conversion| conversion.finish(output))
    }
}

struct Conversion {
    rate: NonZeroU32,
    filter: Fft<f32>,
    waiting: Vec<f32>,
    converted: Vec<f32>,
    /// Samples still to be dropped from the beginning: the filter's delay.
    early: usize,
    taken: u64,
    given: u64,
}

impl Conversion {
    fn new(rate: NonZeroU32) -> Result<Self, Error> {
        let unsupported = |_| Error::UnsupportedAudio { codec: format!("{rate} samples a second") };
        if !RATES.contains(&rate.get()) {
            return Err(unsupported(()));
        }
        let [from, to] = [rate, RATE].map(|rate| rate.get() as usize);
        // Chunks of 10 ms: at 48 kHz larger ones lose the top of the speech band.
        let filter =
            Fft::new_custom(from, to, from / 100, 1, 1, WINDOW, FixedSync::Input).map_err(|_| unsupported(()))?;
        let converted = vec![0.0; filter.output_frames_max()];
        let early = filter.output_delay();
        Ok(Self { rate, filter, waiting: Vec::new(), converted, early, taken: 0, given: 0 })
    }

    fn push(&mut self, mono: &[f32], output: &mut Vec<f32>) -> Result<(), Error> {
        self.taken += mono.len() as u64;
        self.waiting.extend_from_slice(mono);
        let mut done = 0;
        while self.waiting.len() - done >= self.filter.input_frames_next() {
            done += self.convert(done, None, output)?;
        }
        self.waiting.drain(..done);
        Ok(())
    }

    fn finish(mut self, output: &mut Vec<f32>) -> Result<(), Error> {
        let expected = (self.taken * u64::from(RATE.get())).div_ceil(u64::from(self.rate.get()));
        let mut rest = Some(self.waiting.len());
        while self.given < expected {
            let before = output.len();
            self.convert(0, Some(rest.take().unwrap_or(0)), output)?;
            let surplus = usize::try_from(self.given.saturating_sub(expected)).unwrap_or(0);
            output.truncate(output.len().saturating_sub(surplus).max(before));
        }
        Ok(())
    }

    /// Converts one chunk of the waiting samples, from `offset`, and returns how many were used. A `partial` chunk is padded with
    /// silence.
    fn convert(&mut self, offset: usize, partial: Option<usize>, output: &mut Vec<f32>) -> Result<usize, Error> {
        let refused = |rate| Error::UnsupportedAudio { codec: format!("{rate} samples a second") };
        let indexing = Indexing { input_offset: offset, partial_len: partial, ..Indexing::default() };
        let room = self.converted.len();
        let input = InterleavedSlice::new(&self.waiting, 1, self.waiting.len()).map_err(|_| refused(self.rate))?;
        let mut into = InterleavedSlice::new_mut(&mut self.converted, 1, room).map_err(|_| refused(self.rate))?;
        let (used, made) =
            self.filter.process_into_buffer(&input, &mut into, Some(&indexing)).map_err(|_| refused(self.rate))?;
        let dropped = self.early.min(made);
        self.early -= dropped;
        self.given += (made - dropped) as u64;
        output.extend_from_slice(&self.converted[dropped..made]);
        Ok(used)
    }
}
