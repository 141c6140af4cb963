//! What can go wrong on the way from sound to words, named for what the caller can do about it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use interview::Seconds;

/// Why there are no words.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no sound in it: ask for another recording.
    #[error("the recording is empty: record again, or choose another file")]
    EmptyAudio,
    /// The bytes are no sound at all, whatever the name says: ask for another file.
    #[error("this is not audio that can be read: give wav, flac, mp3, ogg, webm, m4a, aac or aiff")]
    NotAudio,
    /// A sound file of which nothing can be decoded any more: ask for another copy.
    #[error("the audio file is damaged and nothing in it can be decoded: record again, or send it again")]
    DamagedAudio,
    /// A known kind of file whose contents nothing here can decode: ask for another format.
    #[error("the audio uses {codec}, which cannot be decoded: convert it to wav or flac")]
    UnsupportedAudio {
        /// What was found in the file.
        codec: String,
    },
    /// Longer than the caller's limit: ask for a shorter recording.
    #[error("the recording is longer than the limit of {:.0} seconds: give a shorter one", limit.get())]
    TooLong {
        /// The longest recording that is taken.
        limit: Seconds,
    },
    /// A file could not be read: check that it exists and may be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file could not be written: check the folder and the space left.
    #[error("cannot write `{}`: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The machine has no microphone that can be used: plug one in, or type.
    #[error("no microphone was found: plug one in, or type your answers")]
    NoMicrophone,
    /// No microphone has that name: choose one that exists.
    #[error("there is no microphone `{name}`: choose one of {}", listed(known))]
    UnknownMicrophone {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// Another program holds the microphone: close it and try again.
    #[error("the microphone `{device}` is in use by another program: close that and try again")]
    MicrophoneBusy {
        /// The microphone.
        device: String,
    },
    /// The system does not let this program listen: grant the permission.
    #[error("the microphone `{device}` may not be used by this program: allow it in the system's privacy settings")]
    MicrophoneDenied {
        /// The microphone.
        device: String,
    },
    /// The microphone could not be started, or stopped working: check it and record again.
    #[error("the microphone `{device}` does not work: {reason}")]
    MicrophoneFailed {
        /// The microphone.
        device: String,
        /// What the sound system said.
        reason: String,
    },
    /// No model of that name is known: choose one from the list, or give a path.
    #[error("there is no model `{name}`: choose one of {}, or give the path of a file", listed(known))]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// The names that are known.
        known: Vec<String>,
    },
    /// The model is known and not on this machine: download it.
    #[error("the model `{name}` is not on this machine: run `viva model pull {name}`")]
    ModelMissing {
        /// The model.
        name: String,
    },
    /// The file is no whole whisper model: download it again.
    #[error("`{}` is not a whole whisper model: {reason}; download it again", path.display())]
    ModelDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The download did not come to its end; what came is kept: try again to go on from there.
    #[error("downloading the model `{name}` failed: {reason}; try again to go on from where it stopped")]
    DownloadFailed {
        /// The model.
        name: String,
        /// What went wrong.
        reason: String,
    },
    /// The server has no such file, or does not give it out: check the address.
    #[error("the server at {address} answered {status} for the model `{name}`: check the address")]
    DownloadRefused {
        /// The model.
        name: String,
        /// What was asked for, without credentials.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// What was downloaded is not the model; it was removed: try again, or another server.
    #[error("what was downloaded for the model `{name}` is not that model: {reason}; it was removed")]
    DownloadCorrupt {
        /// The model.
        name: String,
        /// How it differs.
        reason: String,
    },
    /// The recogniser failed on this sound: the recording is untouched, try again or use another model.
    #[error("the recogniser failed: {reason}")]
    Transcription {
        /// What it said.
        reason: String,
    },
    /// The recogniser is too slow for the caller: use a smaller model.
    #[error("the recogniser took longer than {} seconds over one stretch of speech: use a smaller model", limit.as_secs())]
    TooSlow {
        /// How long was waited.
        limit: Duration,
    },
    /// The machine gives no more threads.
    #[error("cannot start a thread: {source}")]
    Thread {
        /// What the system said.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::Unreadable { path: path.to_owned(), source }
    }

    pub(crate) fn unwritable(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        |source| Self::Unwritable { path: path.to_owned(), source }
    }

    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::ModelDamaged { path: path.to_owned(), reason: reason.into() }
    }
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
