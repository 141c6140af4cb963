//! Answers on their way to the server: on disk before they are sent, and sent under a key that makes sending them again harmless.
//!
//! Each answer is a folder named after its key. It is made before the first word is recorded, so that a crash leaves a recording that
//! says what it answers. While the program works on it, the folder is locked; what is unlocked was left behind.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use api::client::{AudioFile, Client, ClientError, Sending};
use api::turn::{NewAnswer, Source, Turn};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

const LETTER: &str = "letter.json";
const RECORDING: &str = "answer.wav";
const LOCK: &str = "lock";
/// The folder of answers that their server does not take.
const REFUSED: &str = "refused";

/// Why the outbox cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// A file of it cannot be read or written: check the folder and the space left.
    #[error("cannot keep answers in {}: {source}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl OutboxError {
    fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::Unusable { path: path.to_owned(), source }
    }
}

/// Where an answer belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// The server; none for the one inside the program.
    pub server: Option<Url>,
    /// The session that the turn is part of.
    pub session: Uuid,
    /// The turn that it answers.
    pub turn: Uuid,
}

/// The answers of this machine that have not reached their server.
#[derive(Clone, Debug)]
pub struct Outbox {
    folder: PathBuf,
}

/// One answer in the outbox. Dropping it leaves it there, for the next start of the program.
#[derive(Debug)]
pub struct Kept {
    folder: PathBuf,
    letter: Letter,
    _lock: File,
}

/// What stands on the disk beside the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Letter {
    key: Uuid,
    #[serde(flatten)]
    addressee: Addressee,
    /// The words; none while they are being said.
    answer: Option<NewAnswer>,
    /// The recording, when it is a file of the candidate's own.
    recording: Option<PathBuf>,
}

impl Outbox {
    /// The outbox in `folder`, which is made when the first answer comes.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Makes room for an answer that is about to be given.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub fn begin(&self, addressee: Addressee) -> Result<Kept, OutboxError> {
        let key = Uuid::now_v7();
        let folder = self.folder.join(key.to_string());
        std::fs::create_dir_all(&folder).map_err(OutboxError::at(&folder))?;
        let lock = File::create(folder.join(LOCK)).map_err(OutboxError::at(&folder))?;
        // A file system without locks keeps answers, too; only two programs at once would then send the same one, which is harmless.
        let _ = lock.try_lock();
        let letter = Letter { key, addressee, answer: None, recording: None };
        let kept = Kept { folder, letter, _lock: lock };
        kept.write()?;
        Ok(kept)
    }

    /// The answers that were left behind, oldest first. What cannot be read is left alone.
    ///
    /// # Errors
    /// [`OutboxError`] when there is an outbox and it cannot be looked into.
    pub fn left_behind(&self) -> Result<Vec<Kept>, OutboxError> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(OutboxError::at(&self.folder))?,
        };
        let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        folders.sort();
        Ok(folders.into_iter().filter_map(Kept::open).collect())
    }
}

impl Kept {
    /// Opens an answer that nobody works on.
    fn open(folder: PathBuf) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join(LETTER)).ok()?;
        let letter = serde_json::from_str(&text).ok()?;
        let lock = File::create(folder.join(LOCK)).ok()?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            Ok(()) | Err(TryLockError::Error(_)) => Some(Self { folder, letter, _lock: lock }),
        }
    }

    /// Where the answer belongs.
    pub fn addressee(&self) -> &Addressee {
        &self.letter.addressee
    }

    /// Where the answer is to be recorded.
    pub fn recording_path(&self) -> PathBuf {
        self.folder.join(RECORDING)
    }

    /// The recording, if there is one.
    pub fn recording(&self) -> Option<PathBuf> {
        let own = self.letter.recording.clone().unwrap_or_else(|| self.recording_path());
        own.is_file().then_some(own)
    }

    /// The words, once they are known.
    pub fn answer(&self) -> Option<&NewAnswer> {
        self.letter.answer.as_ref()
    }

    /// Whether there is anything to send.
    pub fn is_empty(&self) -> bool {
        self.letter.answer.is_none() && self.recording().is_none()
    }

    /// Keeps the words of the answer: they are on the disk when this returns.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub fn keep(&mut self, answer: NewAnswer) -> Result<(), OutboxError> {
        self.letter.answer = Some(answer);
        self.write()
    }

    /// Keeps the words of an answer whose recording is a file of the candidate's own.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub fn keep_with_recording(&mut self, answer: NewAnswer, recording: &Path) -> Result<(), OutboxError> {
        let absolute = std::path::absolute(recording).map_err(OutboxError::at(recording))?;
        self.letter.recording = Some(absolute);
        self.keep(answer)
    }

    /// Sends the answer once, and gives the turn as it is after `wait` at most. It stays in the outbox.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn send(&self, client: &Client, wait: Duration) -> Result<Turn, ClientError> {
        let sending = Sending { key: self.letter.key, wait };
        let turn = self.letter.addressee.turn;
        match (self.recording(), &self.letter.answer) {
            (Some(recording), Some(answer)) => {
                client.answer_aloud(turn, &AudioFile::at(recording), Some(answer), &sending).await
            }
            (None, Some(answer)) => client.answer(turn, answer, &sending).await,
            (recording, None) => {
                let recording = recording.unwrap_or_else(|| self.recording_path());
                let unheard = NewAnswer { source: Some(Source::Microphone), ..NewAnswer::default() };
                client.answer_aloud(turn, &AudioFile::at(recording), Some(&unheard), &sending).await
            }
        }
    }

    /// Takes the answer out of the outbox, because its server has it or because the candidate gave it up.
    ///
    /// # Errors
    /// [`OutboxError`]; the answer may then be sent again, which is harmless.
    pub fn remove(self) -> Result<(), OutboxError> {
        std::fs::remove_dir_all(&self.folder).map_err(OutboxError::at(&self.folder))
    }

    /// Puts the answer aside, because its server will never take it, and gives the folder where it is now.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub fn set_aside(self) -> Result<PathBuf, OutboxError> {
        let outbox = self.folder.parent().unwrap_or(Path::new(""));
        let aside = outbox.join(REFUSED).join(self.letter.key.to_string());
        std::fs::create_dir_all(outbox.join(REFUSED)).map_err(OutboxError::at(&aside))?;
        std::fs::rename(&self.folder, &aside).map_err(OutboxError::at(&aside))?;
        Ok(aside)
    }

    /// Writes the letter so that a crash leaves the old one or the new one, and never half of one.
    fn write(&self) -> Result<(), OutboxError> {
        let path = self.folder.join(LETTER);
        let draft = self.folder.join("letter.json.new");
        let written = || -> std::io::Result<()> {
            let mut file = File::create(&draft)?;
            file.write_all(&serde_json::to_vec_pretty(&self.letter)?)?;
            file.sync_all()?;
            std::fs::rename(&draft, &path)
        };
        written().map_err(OutboxError::at(&path))
    }
}

#[cfg(test)]
mod tests;
