//! The thread that records.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use interview::Seconds;

use super::{AudioSource, Delivery};
use crate::Error;
use crate::audio::{GrowingWav, Level, Resampler, average_channels};
use crate::listen::{Event, Heard, Listener};

/// How long the thread waits for sound before it looks for commands again.
const READ_LIMIT: Duration = Duration::from_millis(50);
/// How long opening a microphone may take; some ask the user for permission first.
const OPENING_LIMIT: Duration = Duration::from_secs(60);
/// How much longer than its parts the end of a recording may take.
const GRACE: Duration = Duration::from_secs(10);

/// How an answer is recorded.
#[derive(Clone, Debug)]
pub struct RecorderSettings {
    /// The file that is written while recording; what was there is replaced.
    pub file: PathBuf,
    /// How much is still recorded after the command to stop: people press the key while they say the last word, and the sound of it is
    /// still on its way.
    pub tail: Duration,
    /// A recording ends by itself when it is this long.
    pub longest: Duration,
}

impl RecorderSettings {
    /// Records to `file`, with half a second of tail and an hour at most.
    pub fn to(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into(), tail: Duration::from_millis(500), longest: Duration::from_secs(3600) }
    }
}

/// An answer that is being recorded. Dropping it ends the recording, too; the file is whole then, and nothing is transcribed.
pub struct Recorder {
    commands: SyncSender<Command>,
    result: Receiver<Result<Recorded, Error>>,
    /// Alive as long as sound is recorded.
    pub(super) running: Weak<()>,
}

/// A recording that has ended.
#[derive(Debug)]
pub struct Recorded {
    /// The file with the sound.
    pub file: PathBuf,
    /// How long it is.
    pub duration: Seconds,
    /// Samples that were lost because the machine did not keep up; zero when all went well.
    pub lost: u64,
    /// Why it ended.
    pub ending: Ending,
    /// What was said, or why that is not known. The sound is on disk either way.
    pub heard: Result<Heard, Error>,
}

/// Why a recording ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Somebody stopped it.
    Stopped,
    /// It became as long as a recording may be.
    Full,
    /// The source of sound stopped delivering, for this reason.
    SourceLost(String),
    /// The file could not be written any more, for this reason; what was heard until then is there.
    NotSaved(String),
}

enum Command {
    Stop,
}

impl Recorder {
    /// Opens the source on the recording thread and begins. It returns when sound is coming in: what is said from then on is
    /// recorded.
    ///
    /// # Errors
    /// What `open` reports, [`Error::Unwritable`] for the file, [`Error::UnsupportedAudio`] for a source with an impossible rate,
    /// [`Error::Thread`].
    pub fn start<Open, Source>(open: Open, listener: Listener, settings: RecorderSettings) -> Result<Self, Error>
    where
        Open: FnOnce() -> Result<Source, Error> + Send + 'static,
        Source: AudioSource + 'static,
    {
        let (commands, receiver) = mpsc::sync_channel(1);
        let (started, opening) = mpsc::sync_channel(1);
        let (finished, result) = mpsc::sync_channel(1);
        let alive = Arc::new(());
        let running = Arc::downgrade(&alive);
        let record = move || match open().and_then(|source| Recording::begin(source, listener, settings)) {
            Ok(recording) => {
                if started.send(Ok(())).is_ok() {
                    let _nobody_may_want_it = finished.send(Ok(recording.run(&receiver, alive)));
                }
            }
            Err(fault) => drop(started.send(Err(fault))),
        };
        std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(record)
            .map_err(|source| Error::Thread { source })?;
        match opening.recv_timeout(OPENING_LIMIT) {
            Ok(Ok(())) => Ok(Self { commands, result, running }),
            Ok(Err(fault)) => Err(fault),
            Err(_) => Err(broken("it could not be opened within a minute")),
        }
    }

    /// Whether the recording goes on. It ends without being stopped when the microphone is lost or the recording is as long as it
    /// may be; [`stop`](Self::stop) then gives what was recorded.
    pub fn is_running(&self) -> bool {
        self.running.strong_count() > 0
    }

    /// Ends the recording and waits for the last words, for `patience` at most.
    ///
    /// # Errors
    /// [`Error::TooSlow`] when `patience` is over; the file is whole then.
    pub fn stop(self, patience: Duration) -> Result<Recorded, Error> {
        let _it_may_have_ended_by_itself = self.commands.try_send(Command::Stop);
        match self.result.recv_timeout(patience + GRACE) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => Err(Error::TooSlow { limit: patience }),
            Err(RecvTimeoutError::Disconnected) => Err(broken("the recording broke off")),
        }
    }
}

/// What the thread owns.
struct Recording<Source> {
    source: Source,
    settings: RecorderSettings,
    file: GrowingWav,
    listener: Listener,
    resampler: Resampler,
    interleaved: Vec<f32>,
    mono: Vec<f32>,
    block: Vec<f32>,
    lost: u64,
}

impl<Source: AudioSource> Recording<Source> {
    fn begin(source: Source, listener: Listener, settings: RecorderSettings) -> Result<Self, Error> {
        let resampler = Resampler::new(source.rate())?;
        let file = GrowingWav::create(&settings.file)?;
        let [interleaved, mono, block] = std::array::from_fn(|_| Vec::new());
        Ok(Self { source, settings, file, listener, resampler, interleaved, mono, block, lost: 0 })
    }

    fn run(mut self, commands: &Receiver<Command>, alive: Arc<()>) -> Recorded {
        let ending = self.record(commands);
        let ending = self.drain().map_or_else(|fault| Ending::NotSaved(fault.to_string()), |()| ending);
        drop(alive);
        if let Ending::SourceLost(reason) = &ending {
            self.listener.events().send(Event::MicrophoneLost { reason: reason.clone() });
        }
        let duration = self.file.duration();
        let saved = self.file.finish();
        let ending = saved.map_or_else(|fault| Ending::NotSaved(fault.to_string()), |()| ending);
        Recorded { file: self.settings.file, duration, lost: self.lost, ending, heard: self.listener.finish() }
    }

    /// Records until there is a reason not to.
    fn record(&mut self, commands: &Receiver<Command>) -> Ending {
        let mut until: Option<Instant> = None;
        loop {
            match commands.try_recv() {
                Ok(Command::Stop) => until = until.or_else(|| Some(Instant::now() + self.settings.tail)),
                // Nobody holds the recorder any more; after `Stop` that is a matter of course.
                Err(TryRecvError::Disconnected) if until.is_none() => return Ending::Stopped,
                Err(TryRecvError::Disconnected | TryRecvError::Empty) => {}
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                return Ending::Stopped;
            }
            match self.source.read(&mut self.interleaved, READ_LIMIT) {
                Delivery::Sound => {
                    if let Err(fault) = self.take_sound() {
                        return Ending::NotSaved(fault.to_string());
                    }
                }
                Delivery::Nothing => self.listener.collect(),
                Delivery::Over(reason) => return Ending::SourceLost(reason),
            }
            if self.file.duration().get() >= self.settings.longest.as_secs_f64() {
                return Ending::Full;
            }
        }
    }

    /// Takes what the converter still holds back.
    fn drain(&mut self) -> Result<(), Error> {
        let finished = std::mem::replace(&mut self.resampler, Resampler::new(self.source.rate())?);
        finished.finish(&mut self.block)?;
        self.keep_block()
    }

    fn take_sound(&mut self) -> Result<(), Error> {
        self.mono.clear();
        average_channels(&self.interleaved, self.source.channels(), &mut self.mono);
        self.interleaved.clear();
        self.resampler.push(&self.mono, &mut self.block)?;
        self.report();
        self.keep_block()
    }

    /// First to disk, then to the listener: whatever happens in there, the sound is kept.
    fn keep_block(&mut self) -> Result<(), Error> {
        self.file.append(&self.block)?;
        self.listener.push(&self.block);
        self.block.clear();
        Ok(())
    }

    fn report(&mut self) {
        let level = Level::of(&self.block, self.file.duration());
        self.listener.events().send(Event::Level { level, silence: self.listener.silence() });
        let lost = self.source.lost();
        if lost > self.lost {
            self.lost = lost;
            self.listener.events().send(Event::Overrun { lost });
        }
    }
}

fn broken(reason: &str) -> Error {
    Error::MicrophoneFailed { device: "default".to_owned(), reason: reason.to_owned() }
}
