//! Any rate to [`RATE`], without aliases and without shifting time.

use std::num::NonZeroU32;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _, WindowFunction};

use super::RATE;
use crate::Error;

/// The rates that are taken: below, speech is no longer intelligible; above, no device records.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;

/// The shape of the filter: rubato's own choice, which lets less than a ten-millionth of what lies above 8 kHz through.
const WINDOW: WindowFunction = WindowFunction::BlackmanHarris2;

/// Converts one recording, pushed in pieces of any size. The output starts when the input starts: the delay of the filter is
/// taken off, so times on the result are times on the recording.
pub struct Resampler {
    stage: Stage,
}

enum Stage {
    Unchanged,
    Converting(Box<Conversion>),
}

impl Resampler {
    /// A converter for sound of `rate` samples a second.
    ///
    /// # Errors
    /// [`Error::UnsupportedAudio`] for a rate that nobody records speech at.
    pub fn new(rate: NonZeroU32) -> Result<Self, Error> {
        let stage = if rate == RATE { Stage::Unchanged } else { Stage::Converting(Box::new(Conversion::new(rate)?)) };
        Ok(Self { stage })
    }

    /// Takes the next piece and appends what is ready to `output`.
    ///
    /// # Errors
    /// [`Error::UnsupportedAudio`] when the converter refuses, which no input is known to cause.
    pub fn push(&mut self, mono: &[f32], output: &mut Vec<f32>) -> Result<(), Error> {
        match &mut self.stage {
            Stage::Unchanged => {
                output.extend_from_slice(mono);
                Ok(())
            }
            Stage::Converting(conversion) => conversion.push(mono, output),
        }
    }

    /// Ends the recording and appends what was still held back, so that the result is as long as the recording.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn finish(self, output: &mut Vec<f32>) -> Result<(), Error> {
        match self.stage {
            Stage::Unchanged => Ok(()),
            Stage::Converting(conversion) => conversion.finish(output),
        }
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
        // Pieces of 10 ms: at 48 kHz larger ones lose the top of the speech band.
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

    /// Converts one piece of what is waiting, from `offset`, and gives how much of it was used. A `partial` piece is filled
    /// up with silence.
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
