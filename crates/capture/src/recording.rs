//! Recording an answer from a source of sound into a file and into words, at the same time.
//!
//! One thread owns the source, the file and the recognition stream. It gets its commands through a channel, and every wait in
//! it has a limit.

#[cfg(feature = "microphone")]
mod microphone;
#[cfg(test)]
mod tests;

use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use interview::Seconds;
use serde::Serialize;

use crate::audio::{GrowingWav, Level, Resampler, average_channels, round_to_16_bits};
use crate::recognise::{Event, RecognitionStream};
use crate::{Error, Patience};

#[cfg(feature = "microphone")]
pub use microphone::{Microphone, devices};

/// How long the thread waits for sound before it looks for commands again.
const READ_LIMIT: Duration = Duration::from_millis(50);

/// A source of live sound. It is opened, read and dropped on one thread; dropping it frees the device.
pub trait AudioSource {
    /// Samples per second and channel.
    fn rate(&self) -> NonZeroU32;

    /// The number of interleaved channels.
    fn channels(&self) -> NonZeroU16;

    /// Appends what has arrived since the last call to `interleaved`, in whole frames. While there is nothing it waits, for
    /// `limit` at most.
    fn read(&mut self, interleaved: &mut Vec<f32>, limit: Duration) -> Read;

    /// Samples lost so far because nobody read them in time. It never decreases.
    fn lost(&self) -> u64;
}

/// The result of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Sound was appended.
    Sound,
    /// Nothing arrived within the limit.
    Nothing,
    /// There will be no more sound, for this reason. Everything that arrived before has been read.
    Lost(String),
}

/// A microphone of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Device {
    /// The system's name for it; unique.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Whether it is used when none is chosen.
    pub is_default: bool,
    /// Samples per second; unknown while another program uses it.
    pub rate: Option<u32>,
    /// The number of channels; unknown while another program uses it.
    pub channels: Option<u16>,
}

impl Device {
    /// The device that `wanted` means: its id, its name, its number in the list (from 1) or a part of its id or name, the first
    /// of these that fits. Case and white space do not matter.
    ///
    /// # Errors
    /// [`Error::NoMicrophone`], [`Error::UnknownMicrophone`], and [`Error::AmbiguousMicrophone`] for a part of the names of
    /// several microphones.
    pub fn find<'a>(devices: &'a [Self], wanted: &str) -> Result<&'a Self, Error> {
        let wanted_key = key(wanted);
        let keys = |device: &Self| [key(&device.id), key(&device.name)];
        let exact = devices.iter().find(|device| keys(device).contains(&wanted_key));
        let numbered = || wanted_key.parse::<usize>().ok().and_then(|number| devices.get(number.checked_sub(1)?));
        if let Some(device) = exact.or_else(numbered) {
            return Ok(device);
        }
        let has_part =
            |device: &&Self| !wanted_key.is_empty() && keys(device).iter().any(|key| key.contains(&wanted_key));
        let matching: Vec<&Self> = devices.iter().filter(has_part).collect();
        let names = |devices: &mut dyn Iterator<Item = &Self>| devices.map(|device| device.id.clone()).collect();
        match matching.as_slice() {
            // Sound systems list one microphone several times, under one name.
            [first, others @ ..] if others.iter().all(|other| other.name == first.name) => Ok(first),
            [] if devices.is_empty() => Err(Error::NoMicrophone),
            [] => Err(Error::UnknownMicrophone { name: wanted.to_owned(), known: names(&mut devices.iter()) }),
            several => Err(Error::AmbiguousMicrophone {
                name: wanted.to_owned(),
                matching: names(&mut several.iter().copied()),
            }),
        }
    }
}

/// A name as it is compared: in lower case, white space collapsed.
fn key(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How an answer is recorded.
#[derive(Clone, Debug)]
pub struct RecorderSettings {
    /// The file that is written while recording; an existing one is replaced.
    pub file: PathBuf,
    /// The name of the source in errors.
    pub device: String,
    /// How much is still recorded after [`Recorder::finish`]: people press the key while they say the last word, and its
    /// sound is still on the way.
    pub tail: Duration,
    /// The longest recording; it then ends by itself.
    pub longest: Duration,
    /// How long to wait for the device.
    pub patience: Patience,
}

impl RecorderSettings {
    /// Records from `device` to `file`, with a tail of half a second, for an hour at most.
    pub fn new(device: impl Into<String>, file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            device: device.into(),
            tail: Duration::from_millis(500),
            longest: Duration::from_secs(3600),
            patience: Patience::default(),
        }
    }
}

/// An answer that is being recorded. Dropping it cancels the recording.
pub struct Recorder {
    commands: Sender<Command>,
    result: Receiver<Recorded>,
    running: Weak<()>,
    settings: RecorderSettings,
}

/// A recording that has ended. The device is free, and the file is complete.
pub struct Recorded {
    /// The file with the sound.
    pub file: PathBuf,
    /// Its length.
    pub duration: Seconds,
    /// Samples that were lost because the machine did not keep up; zero when all went well.
    pub lost: u64,
    /// Why it ended.
    pub ending: Ending,
    /// The words, some of which may still be on their way.
    pub recognition: RecognitionStream,
}

/// Why a recording ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It was finished by [`Recorder::finish`].
    Finished,
    /// It reached the longest length.
    Full,
    /// The source stopped delivering, for this reason.
    SourceLost(String),
    /// The file could not be written, for this reason; what was written until then is there.
    NotSaved(String),
}

enum Command {
    Finish,
    Cancel,
}

impl Recorder {
    /// Opens the source on the recording thread and begins. It returns when sound is coming in: what is said from then on is
    /// recorded.
    ///
    /// # Errors
    /// Those of `open`, [`Error::Unwritable`] for the file, [`Error::UnsupportedAudio`] for a source with an impossible rate,
    /// [`Error::MicrophoneFailed`] for one that does not open in time, [`Error::Thread`].
    pub fn start<Open, Source>(
        open: Open,
        recognition: RecognitionStream,
        settings: RecorderSettings,
    ) -> Result<Self, Error>
    where
        Open: FnOnce() -> Result<Source, Error> + Send + 'static,
        Source: AudioSource + 'static,
    {
        let (commands, receiver) = mpsc::channel();
        let (started, opening) = mpsc::sync_channel(1);
        let (finished, result) = mpsc::sync_channel(1);
        let alive = Arc::new(());
        let running = Arc::downgrade(&alive);
        let thread_settings = settings.clone();
        let record = move || match open().and_then(|source| Recording::new(source, recognition, thread_settings)) {
            Ok(recording) => {
                // After a timeout nobody wants the device any more.
                if started.send(Ok(())).is_ok()
                    && let Some(recorded) = recording.run(&receiver, alive)
                {
                    finished.send(recorded).ok(); // The recorder may be gone.
                }
            }
            Err(fault) => drop(started.send(Err(fault))),
        };
        std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(record)
            .map_err(|source| Error::Thread { source })?;
        match opening.recv_timeout(settings.patience.opening) {
            Ok(Ok(())) => Ok(Self { commands, result, running, settings }),
            Ok(Err(fault)) => Err(fault),
            Err(RecvTimeoutError::Timeout) => Err(failed(&settings, "it did not open in time")),
            Err(RecvTimeoutError::Disconnected) => Err(failed(&settings, "opening it crashed")),
        }
    }

    /// Whether sound is still being recorded. It ends without a command when the source is lost, the disk is full or the
    /// recording is as long as it may be; [`finish`](Self::finish) then returns what was recorded.
    pub fn is_running(&self) -> bool {
        self.running.strong_count() > 0
    }

    /// Ends the recording after the tail. It waits for the device and the file, not for the words.
    ///
    /// # Errors
    /// [`Error::MicrophoneFailed`] when the device cannot be stopped; the file is readable even then.
    pub fn finish(self) -> Result<Recorded, Error> {
        self.commands.send(Command::Finish).ok(); // It may have ended by itself.
        match self.result.recv_timeout(self.settings.tail + self.settings.patience.closing) {
            Ok(recorded) => Ok(recorded),
            Err(RecvTimeoutError::Timeout) => Err(failed(&self.settings, "it cannot be stopped")),
            Err(RecvTimeoutError::Disconnected) => Err(failed(&self.settings, "recording crashed")),
        }
    }

    /// Stops at once. When this returns the device is free, the file is complete, and no more of it is recognised. Dropping the
    /// recorder does the same.
    pub fn cancel(self) {}
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if self.commands.send(Command::Cancel).is_ok() {
            // The thread lets go of its end last of all.
            self.result.recv_timeout(self.settings.patience.closing).ok();
        }
    }
}

/// What the thread owns.
struct Recording<Source> {
    source: Source,
    settings: RecorderSettings,
    file: GrowingWav,
    recognition: RecognitionStream,
    resampler: Resampler,
    interleaved: Vec<f32>,
    mono: Vec<f32>,
    block: Vec<f32>,
    lost: u64,
}

impl<Source: AudioSource> Recording<Source> {
    fn new(source: Source, recognition: RecognitionStream, settings: RecorderSettings) -> Result<Self, Error> {
        let resampler = Resampler::new(source.rate())?;
        let file = GrowingWav::create(&settings.file)?;
        let [interleaved, mono, block] = std::array::from_fn(|_| Vec::new());
        Ok(Self { source, settings, file, recognition, resampler, interleaved, mono, block, lost: 0 })
    }

    /// Records to the end; `None` when it was cancelled.
    fn run(mut self, commands: &Receiver<Command>, alive: Arc<()>) -> Option<Recorded> {
        let ending = self.record(commands);
        let Self { source, settings, mut file, mut recognition, resampler, mut block, lost, .. } = self;
        drop(source);
        drop(alive);
        // What the resampler still holds back.
        let flushed = resampler.finish(&mut block).and_then(|()| {
            round_to_16_bits(&mut block);
            file.append(&block)
        });
        let duration = file.duration();
        let saved = flushed.and(file.finish());
        let ending = match (ending?, saved) {
            (_, Err(fault)) => Ending::NotSaved(fault.to_string()),
            (ending, Ok(())) => ending,
        };
        recognition.push(&block);
        Some(Recorded { file: settings.file, duration, lost, ending, recognition })
    }

    /// Records until there is a reason not to; `None` when it is cancelled.
    fn record(&mut self, commands: &Receiver<Command>) -> Option<Ending> {
        let mut until: Option<Instant> = None;
        loop {
            match commands.try_recv() {
                Ok(Command::Finish) => {
                    until = Some(Instant::now() + self.settings.tail);
                    self.recognition.cancel_preview();
                }
                Ok(Command::Cancel) | Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                return Some(Ending::Finished);
            }
            match self.source.read(&mut self.interleaved, READ_LIMIT) {
                Read::Sound => {
                    if let Err(fault) = self.take_sound() {
                        return Some(Ending::NotSaved(fault.to_string()));
                    }
                }
                Read::Nothing => {}
                Read::Lost(reason) => return Some(Ending::SourceLost(reason)),
            }
            match until {
                None => self.recognition.preview(),
                Some(_) => self.recognition.collect(),
            }
            if self.file.duration().get() >= self.settings.longest.as_secs_f64() {
                return Some(Ending::Full);
            }
        }
    }

    fn take_sound(&mut self) -> Result<(), Error> {
        self.mono.clear();
        average_channels(&self.interleaved, self.source.channels(), &mut self.mono);
        self.interleaved.clear();
        self.resampler.push(&self.mono, &mut self.block)?;
        round_to_16_bits(&mut self.block);
        self.report();
        // To disk first: whatever happens in recognition, the sound is kept.
        self.file.append(&self.block)?;
        self.recognition.push(&self.block);
        self.block.clear();
        Ok(())
    }

    fn report(&mut self) {
        let level = Level::of(&self.block, self.file.duration());
        self.recognition.send_event(Event::Level { level, silence: self.recognition.silence() });
        let lost = self.source.lost();
        if lost > self.lost {
            self.lost = lost;
            self.recognition.send_event(Event::Overrun { lost });
        }
    }
}

fn failed(settings: &RecorderSettings, reason: &str) -> Error {
    Error::MicrophoneFailed { device: settings.device.clone(), reason: reason.to_owned() }
}
