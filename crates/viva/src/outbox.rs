//! Answers on their way to the server: on disk before they are sent, and sent with an idempotency key, so that resending is harmless.
//!
//! Each answer is a folder named after its key. It is created before recording starts, so that a recording that survives a crash can be
//! matched to its turn. The folder is locked while the program uses it; an unlocked one was left behind.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use api::client::{Client, ClientError, Sending};
use api::turn::{NewAnswer, Source, Turn};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::failure::Failure;
use crate::files::replace;

const RECORD: &str = "letter.json";
const RECORDING: &str = "answer.wav";
const LOCK: &str = "lock";
/// The folder for answers that the server refused.
const REFUSED: &str = "refused";

/// Where an answer is to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// The server; `None` is the built-in one.
    pub server: Option<Url>,
    pub session: Uuid,
    pub turn: Uuid,
}

/// The answers that have not reached their server.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
}

/// An answer in the outbox. Dropping it leaves it there for the next start of the program.
#[derive(Debug)]
pub struct PendingAnswer {
    folder: PathBuf,
    record: Record,
    _lock: File,
}

/// The file beside the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    key: Uuid,
    #[serde(flatten)]
    destination: Destination,
    /// `None` until there are words.
    answer: Option<NewAnswer>,
    /// Whether the candidate stopped in the middle of the answer.
    #[serde(default)]
    is_cut_off: bool,
    /// The recording, if it is the user's own file.
    recording: Option<PathBuf>,
}

impl Outbox {
    /// The outbox in `folder`, which is created by the first answer.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Creates an entry for an answer that is about to be given.
    pub fn begin(&self, destination: Destination) -> Result<PendingAnswer, Failure> {
        let key = Uuid::now_v7();
        let folder = self.folder.join(key.to_string());
        std::fs::create_dir_all(&folder).map_err(unusable(&folder))?;
        let lock = File::create(folder.join(LOCK)).map_err(unusable(&folder))?;
        lock.try_lock().ok(); // Without locks two programs could send the same answer, which is harmless.
        let record = Record { key, destination, answer: None, is_cut_off: false, recording: None };
        let pending = PendingAnswer { folder, record, _lock: lock };
        pending.write()?;
        Ok(pending)
    }

    /// The answers left behind, oldest first. Unreadable ones are skipped.
    pub fn left_behind(&self) -> Result<Vec<PendingAnswer>, Failure> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(unusable(&self.folder))?,
        };
        let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        folders.sort();
        Ok(folders.into_iter().filter_map(PendingAnswer::open).collect())
    }
}

impl PendingAnswer {
    /// Opens an answer that is not locked.
    fn open(folder: PathBuf) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join(RECORD)).ok()?;
        let record = serde_json::from_str(&text).ok()?;
        let lock = File::create(folder.join(LOCK)).ok()?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            Ok(()) | Err(TryLockError::Error(_)) => Some(Self { folder, record, _lock: lock }),
        }
    }

    pub fn destination(&self) -> &Destination {
        &self.record.destination
    }

    pub fn recording_path(&self) -> PathBuf {
        self.folder.join(RECORDING)
    }

    /// The recording, if it exists.
    pub fn recording(&self) -> Option<PathBuf> {
        let own = self.record.recording.clone().unwrap_or_else(|| self.recording_path());
        own.is_file().then_some(own)
    }

    /// The answer, once there are words.
    pub fn answer(&self) -> Option<&NewAnswer> {
        self.record.answer.as_ref()
    }

    /// Whether the candidate, or a crash, stopped in the middle of the answer.
    pub fn is_cut_off(&self) -> bool {
        self.record.is_cut_off || self.record.answer.is_none()
    }

    /// Whether there is anything to send.
    pub fn is_empty(&self) -> bool {
        self.record.answer.is_none() && self.recording().is_none()
    }

    /// Stores a complete answer: it is on disk when this returns.
    pub fn keep(&mut self, answer: NewAnswer) -> Result<(), Failure> {
        self.record.is_cut_off = false;
        self.record.answer = Some(answer);
        self.write()
    }

    /// Stores an answer that is not to be sent before the candidate is asked.
    pub fn keep_cut_off(&mut self, answer: NewAnswer) -> Result<(), Failure> {
        self.record.is_cut_off = true;
        self.record.answer = Some(answer);
        self.write()
    }

    /// Stores an answer whose recording is the user's own file.
    pub fn keep_with_recording(&mut self, answer: NewAnswer, recording: &Path) -> Result<(), Failure> {
        let absolute = std::path::absolute(recording).map_err(unusable(recording))?;
        self.record.recording = Some(absolute);
        self.keep(answer)
    }

    /// Sends the answer once and returns its turn, without waiting for feedback. The answer stays in the outbox.
    pub async fn send(&self, client: &Client) -> Result<Turn, ClientError> {
        let sending = Sending { key: self.record.key, wait: Duration::ZERO };
        let turn = self.record.destination.turn;
        match (self.recording(), &self.record.answer) {
            (Some(recording), Some(answer)) => client.answer_aloud(turn, &recording, Some(answer), &sending).await,
            (None, Some(answer)) => client.answer(turn, answer, &sending).await,
            (recording, None) => {
                let recording = recording.unwrap_or_else(|| self.recording_path());
                let untranscribed = NewAnswer { source: Some(Source::Microphone), ..NewAnswer::default() };
                client.answer_aloud(turn, &recording, Some(&untranscribed), &sending).await
            }
        }
    }

    /// Removes the answer: the server has it, or the candidate discarded it.
    pub fn remove(self) -> Result<(), Failure> {
        std::fs::remove_dir_all(&self.folder).map_err(unusable(&self.folder))
    }

    /// Moves an answer that the server refuses out of the way and returns its folder.
    pub fn set_aside(self) -> Result<PathBuf, Failure> {
        let outbox = self.folder.parent().unwrap_or(Path::new(""));
        let aside = outbox.join(REFUSED).join(self.record.key.to_string());
        std::fs::create_dir_all(outbox.join(REFUSED)).map_err(unusable(&aside))?;
        std::fs::rename(&self.folder, &aside).map_err(unusable(&aside))?;
        Ok(aside)
    }

    fn write(&self) -> Result<(), Failure> {
        let path = self.folder.join(RECORD);
        let record = serde_json::to_vec_pretty(&self.record).map_err(std::io::Error::from);
        record.and_then(|record| replace(&path, &record)).map_err(unusable(&path))
    }
}

fn unusable(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| {
        Failure::new(format!("cannot store answers in {}: {error}", path.display()))
            .help("check the folder and the free disk space, or choose another folder with --data")
    }
}

#[cfg(test)]
mod tests;
