//! The recording on disk: a WAV file that is whole at every moment while it grows.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use interview::Seconds;

use super::{RATE, duration};
use crate::Error;

const HEADER_BYTES: usize = 44;
const SAMPLE_BYTES: u64 = 2;
/// How much sound may be missing from the header at most when the power goes: half a second.
const SAMPLES_BETWEEN_HEADERS: u64 = RATE.get() as u64 / 2;

/// A recording that is being written: 16 kHz, one channel, 16 bits. Every piece is handed to the system at once, and the header
/// is brought up to date twice a second, so a killed program or a lost power supply costs at most the last second.
pub struct GrowingWav {
    file: File,
    path: PathBuf,
    samples: u64,
    named_in_header: u64,
    bytes: Vec<u8>,
}

impl GrowingWav {
    /// Starts a recording at `path`, in place of what was there.
    ///
    /// # Errors
    /// [`Error::Unwritable`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let mut file = File::create(path).map_err(Error::unwritable(path))?;
        file.write_all(&header(0)).map_err(Error::unwritable(path))?;
        Ok(Self { file, path: path.to_owned(), samples: 0, named_in_header: 0, bytes: Vec::new() })
    }

    /// Adds sound at [`RATE`].
    ///
    /// # Errors
    /// [`Error::Unwritable`], for instance when the disk is full; what was written before stays readable.
    pub fn append(&mut self, samples: &[f32]) -> Result<(), Error> {
        self.bytes.clear();
        self.bytes.extend(samples.iter().flat_map(|sample| to_16_bits(*sample).to_le_bytes()));
        self.file.write_all(&self.bytes).map_err(Error::unwritable(&self.path))?;
        self.samples += samples.len() as u64;
        if self.samples - self.named_in_header >= SAMPLES_BETWEEN_HEADERS {
            self.update_header()?;
        }
        Ok(())
    }

    /// How much has been recorded.
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
        self.named_in_header = self.samples;
        Ok(())
    }
}

/// Makes a recording that was cut off by a crash whole again: its header then names all the sound that is in the file. A file
/// that is whole already stays as it is.
///
/// # Errors
/// [`Error::Unreadable`] and [`Error::Unwritable`]; [`Error::NotAudio`] for a file that [`GrowingWav`] did not write.
pub fn mend(path: &Path) -> Result<Seconds, Error> {
    let mut file = File::options().read(true).write(true).open(path).map_err(Error::unreadable(path))?;
    let bytes = file.metadata().map_err(Error::unreadable(path))?.len();
    let mut found = [0; HEADER_BYTES];
    file.read_exact(&mut found).map_err(|_| Error::NotAudio)?;
    let samples = (bytes - HEADER_BYTES as u64) / SAMPLE_BYTES;
    let whole = header(samples);
    let is_ours = found[..4] == whole[..4] && found[8..40] == whole[8..40];
    if !is_ours {
        return Err(Error::NotAudio);
    }
    if found != whole {
        write_header(&mut file, samples).map_err(Error::unwritable(path))?;
        file.sync_data().map_err(Error::unwritable(path))?;
    }
    Ok(duration(samples))
}

fn write_header(file: &mut File, samples: u64) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header(samples))
}

/// The 44 bytes before the samples, as Microsoft and IBM's "Multimedia Programming Interface and Data Specifications 1.0" lays
/// them out.
fn header(samples: u64) -> [u8; HEADER_BYTES] {
    let data_bytes = u32::try_from(samples * SAMPLE_BYTES).unwrap_or(u32::MAX - HEADER_BYTES as u32);
    let mut header = [0; HEADER_BYTES];
    let mut rest = header.as_mut_slice();
    let parts: [&[u8]; 13] = [
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
    for part in parts {
        let (place, after) = rest.split_at_mut(part.len());
        place.copy_from_slice(part);
        rest = after;
    }
    header
}

fn to_16_bits(sample: f32) -> i16 {
    // The cast saturates, and turns what is not a number into silence.
    (sample * 32_767.0).round() as i16
}
