//! The recording on disk: a WAV file that is readable at every moment while it grows.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use interview::Seconds;

use super::{RATE, duration};
use crate::Error;

const HEADER_BYTES: usize = 44;
const SAMPLE_BYTES: u64 = 2;
/// The value of 1.0 in 16 bits; decoders divide by it.
const FULL_SCALE: f32 = 32_768.0;
/// How much sound a power failure may leave out of the header: half a second.
const SAMPLES_BETWEEN_HEADERS: u64 = RATE.get() as u64 / 2;

/// A recording that is being written: 16 kHz, one channel, 16 bits. Every block is written at once, and the header is updated
/// twice a second, so a crash or a power failure costs at most the last second.
pub struct GrowingWav {
    file: File,
    path: PathBuf,
    samples: u64,
    samples_in_header: u64,
    bytes: Vec<u8>,
}

impl GrowingWav {
    /// Creates the file at `path`, or replaces it.
    ///
    /// # Errors
    /// [`Error::Unwritable`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let mut file = File::create(path).map_err(Error::unwritable(path))?;
        file.write_all(&header(0)).map_err(Error::unwritable(path))?;
        Ok(Self { file, path: path.to_owned(), samples: 0, samples_in_header: 0, bytes: Vec::new() })
    }

    /// Appends sound at [`RATE`].
    ///
    /// # Errors
    /// [`Error::Unwritable`], for instance when the disk is full; what was written before stays readable.
    pub fn append(&mut self, samples: &[f32]) -> Result<(), Error> {
        self.bytes.clear();
        self.bytes.extend(samples.iter().flat_map(|sample| to_16_bits(*sample).to_le_bytes()));
        self.file.write_all(&self.bytes).map_err(Error::unwritable(&self.path))?;
        self.samples += samples.len() as u64;
        if self.samples - self.samples_in_header >= SAMPLES_BETWEEN_HEADERS {
            self.update_header()?;
        }
        Ok(())
    }

    /// The length so far.
    pub fn duration(&self) -> Seconds {
        duration(self.samples)
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// [`Error::Unwritable`].
    pub fn finish(mut self) -> Result<(), Error> {
        self.update_header()
    }

    fn update_header(&mut self) -> Result<(), Error> {
        write_header(&mut self.file, self.samples).map_err(Error::unwritable(&self.path))?;
        self.file.seek(SeekFrom::End(0)).map_err(Error::unwritable(&self.path))?;
        self.file.sync_data().map_err(Error::unwritable(&self.path))?;
        self.samples_in_header = self.samples;
        Ok(())
    }
}

/// Repairs a recording after a crash: its header then covers all the sound in the file. A complete file stays as it is. Returns
/// the length.
///
/// # Errors
/// [`Error::Unreadable`] and [`Error::Unwritable`]; [`Error::NotAudio`] for a file that [`GrowingWav`] did not write.
pub fn repair(path: &Path) -> Result<Seconds, Error> {
    let mut file = File::options().read(true).write(true).open(path).map_err(Error::unreadable(path))?;
    let bytes = file.metadata().map_err(Error::unreadable(path))?.len();
    let mut found = [0; HEADER_BYTES];
    file.read_exact(&mut found).map_err(|_| Error::NotAudio)?;
    let samples = (bytes - HEADER_BYTES as u64) / SAMPLE_BYTES;
    let complete = header(samples);
    let is_ours = found[..4] == complete[..4] && found[8..40] == complete[8..40];
    if !is_ours {
        return Err(Error::NotAudio);
    }
    if complete != found {
        write_header(&mut file, samples).map_err(Error::unwritable(path))?;
        file.sync_data().map_err(Error::unwritable(path))?;
    }
    Ok(duration(samples))
}

fn write_header(file: &mut File, samples: u64) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header(samples))
}

/// The 44 bytes before the samples, after Microsoft and IBM's "Multimedia Programming Interface and Data Specifications 1.0".
fn header(samples: u64) -> Vec<u8> {
    let data_bytes = u32::try_from(samples * SAMPLE_BYTES).unwrap_or(u32::MAX - HEADER_BYTES as u32);
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &(data_bytes + HEADER_BYTES as u32 - 8).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &RATE.get().to_le_bytes(),
        &(RATE.get() * SAMPLE_BYTES as u32).to_le_bytes(),
        &(SAMPLE_BYTES as u16).to_le_bytes(),
        &(SAMPLE_BYTES as u16 * 8).to_le_bytes(),
        b"data",
        &data_bytes.to_le_bytes(),
    ];
    fields.concat()
}

/// Rounds sound to what a recording holds, so that what is heard live is what a reader of the file hears.
pub(crate) fn round_to_16_bits(samples: &mut [f32]) {
    for sample in samples {
        *sample = f32::from(to_16_bits(*sample)) / FULL_SCALE;
    }
}

fn to_16_bits(sample: f32) -> i16 {
    // The cast saturates, and turns NaN into silence.
    (sample * FULL_SCALE).round() as i16
}
