//! Decodes files and uploads. The only file that uses the decoders.

use std::fs::File;
use std::io::Cursor;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::Path;
use std::sync::LazyLock;

use interview::Seconds;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error as Fault;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;

use super::{RATE, Resampler, average_channels, duration};
use crate::Error;

static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs.register_audio_decoder::<symphonia_adapter_libopus::OpusDecoder>();
    codecs
});

/// After this many undecodable packets in a row the rest of a file is given up.
const UNDECODABLE_PACKETS: usize = 64;

/// Reads wav, aiff, flac, mp3, ogg (Opus, Vorbis), webm (Opus, Vorbis) or m4a/aac of any rate and channel count, block by block,
/// as mono sound at [`RATE`]. The name of the file does not matter; only one block is in memory at a time.
pub struct Decoder {
    reader: Box<dyn FormatReader>,
    track: Track,
    limit: Option<Seconds>,
    /// The resampler and its input rate; the rate may change within a stream.
    resampler: Option<(NonZeroU32, Resampler)>,
    interleaved: Vec<f32>,
    mono: Vec<f32>,
    block: Vec<f32>,
    samples: u64,
    ending: Ending,
}

struct Track {
    id: u32,
    codec: Box<dyn AudioDecoder>,
    /// The length that the file states, in frames, where it can be trusted.
    promised_frames: Option<u64>,
    frames: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Ending {
    NotReached,
    Complete,
    Truncated,
}

impl Decoder {
    /// Opens a file. More sound than `limit` is an error: a small file could decode to days of silence.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::EmptyAudio`], [`Error::NotAudio`], [`Error::UnsupportedAudio`].
    pub fn open(path: &Path, limit: Option<Seconds>) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::unreadable(path))?;
        let metadata = file.metadata().map_err(Error::unreadable(path))?;
        if metadata.is_dir() {
            return Err(Error::NotAudio);
        }
        Self::new(Box::new(file), limit)
    }

    /// Opens an upload.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn from_bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'static, limit: Option<Seconds>) -> Result<Self, Error> {
        Self::new(Box::new(Cursor::new(bytes)), limit)
    }

    fn new(source: Box<dyn MediaSource>, limit: Option<Seconds>) -> Result<Self, Error> {
        if source.byte_len() == Some(0) {
            return Err(Error::EmptyAudio);
        }
        let stream = MediaSourceStream::new(source, Default::default());
        let reader = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|fault| refused(&fault))?;
        let track = Track::of(reader.as_ref())?;
        Ok(Self {
            reader,
            track,
            limit,
            resampler: None,
            interleaved: Vec::new(),
            mono: Vec::new(),
            block: Vec::new(),
            samples: 0,
            ending: Ending::NotReached,
        })
    }

    /// The next block of sound, or `None` at the end.
    ///
    /// # Errors
    /// [`Error::TooLong`] once the limit is passed, [`Error::EmptyAudio`] at the end of a file without any sound,
    /// [`Error::DamagedAudio`] where all of it is lost, [`Error::UnsupportedAudio`] for sound that turns out to be undecodable.
    pub fn next_block(&mut self) -> Result<Option<&[f32]>, Error> {
        self.block.clear();
        while self.block.is_empty() {
            if self.ending != Ending::NotReached {
                return Ok(None);
            }
            self.decode_packet()?;
        }
        self.samples += self.block.len() as u64;
        match self.limit {
            Some(limit) if self.duration() > limit => Err(Error::TooLong { limit }),
            _ => Ok(Some(&self.block)),
        }
    }

    /// The rest of the sound, all of it in memory.
    ///
    /// # Errors
    /// As [`next_block`](Self::next_block).
    pub fn rest(&mut self) -> Result<Vec<f32>, Error> {
        let mut samples = Vec::new();
        while let Some(block) = self.next_block()? {
            samples.extend_from_slice(block);
        }
        Ok(samples)
    }

    /// The length of the sound so far.
    pub fn duration(&self) -> Seconds {
        duration(self.samples)
    }

    /// Whether the file ended before its stated length; known at the end.
    pub fn is_truncated(&self) -> bool {
        self.ending == Ending::Truncated
    }

    fn decode_packet(&mut self) -> Result<(), Error> {
        let mut undecodable = 0;
        loop {
            let packet = match self.reader.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track.id => packet,
                Ok(Some(_)) => continue,
                Ok(None) => return self.end(false),
                // A chained stream: another recording follows in the same file.
                Err(Fault::ResetRequired) => {
                    self.track = Track::of(self.reader.as_ref())?;
                    continue;
                }
                Err(_) => return self.end(true),
            };
            match self.track.codec.decode(&packet) {
                Ok(sound) => {
                    let (rate, channels) = (sound.spec().rate(), sound.spec().channels().count());
                    self.track.frames += sound.frames() as u64;
                    sound.copy_to_vec_interleaved(&mut self.interleaved);
                    return self.convert(rate, channels);
                }
                Err(Fault::DecodeError(_) | Fault::IoError(_)) if undecodable < UNDECODABLE_PACKETS => undecodable += 1,
                Err(_) if self.samples > 0 => return self.end(true),
                Err(fault) => return Err(refused(&fault)),
            }
        }
    }

    fn convert(&mut self, rate: u32, channels: usize) -> Result<(), Error> {
        let (Some(rate), Some(channels)) =
            (NonZeroU32::new(rate), u16::try_from(channels).ok().and_then(NonZeroU16::new))
        else {
            return Err(Error::UnsupportedAudio { codec: format!("{channels} channels at {rate} samples a second") });
        };
        self.mono.clear();
        average_channels(&self.interleaved, channels, &mut self.mono);
        let mut resampler = match self.resampler.take() {
            Some((same, resampler)) if same == rate => resampler,
            Some((_, finished)) => {
                finished.finish(&mut self.block)?;
                Resampler::new(rate)?
            }
            None => Resampler::new(rate)?,
        };
        resampler.push(&self.mono, &mut self.block)?;
        self.resampler = Some((rate, resampler));
        Ok(())
    }

    fn end(&mut self, failed: bool) -> Result<(), Error> {
        if let Some((_, resampler)) = self.resampler.take() {
            resampler.finish(&mut self.block)?;
        }
        if self.samples == 0 && self.block.is_empty() {
            return Err(if failed { Error::DamagedAudio } else { Error::EmptyAudio });
        }
        // A live webm recording has no end mark.
        let is_live = self.reader.format_info().short_name == "matroska";
        let is_short = self.track.promised_frames.is_some_and(|promised| {
            let missing = promised.saturating_sub(self.track.frames);
            missing > u64::from(RATE.get()) / 10
        });
        self.ending = if (failed && !is_live) || is_short { Ending::Truncated } else { Ending::Complete };
        Ok(())
    }
}

impl Track {
    fn of(reader: &dyn FormatReader) -> Result<Self, Error> {
        let track = reader.default_track(TrackType::Audio).ok_or(Error::NotAudio)?;
        let parameters = track
            .codec_params
            .as_ref()
            .and_then(|parameters| parameters.audio())
            .ok_or_else(|| Error::UnsupportedAudio { codec: "an unknown codec".to_owned() })?;
        let codec = CODECS
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|_| Error::UnsupportedAudio { codec: format!("an unknown codec ({})", parameters.codec) })?;
        // Other formats estimate the length from the size of the file.
        let is_exact = ["wave", "aiff", "flac"].contains(&reader.format_info().short_name);
        let promised_frames = track.num_frames.filter(|_| is_exact);
        Ok(Self { id: track.id, codec, promised_frames, frames: 0 })
    }
}

fn refused(fault: &Fault) -> Error {
    match fault {
        Fault::Unsupported(feature) if !feature.contains("probe") && !feature.contains("no suitable") => {
            Error::UnsupportedAudio { codec: (*feature).to_owned() }
        }
        _ => Error::NotAudio,
    }
}
