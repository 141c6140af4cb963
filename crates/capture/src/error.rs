//! The errors of this crate. Each variant is one thing that the caller can do about it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use interview::Seconds;

/// Why there are no words, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A recording without sound: ask for another one.
    #[error("the recording is empty: record again, or choose another file")]
    EmptyAudio,
    /// Not audio at all, whatever the name says: ask for another file.
    #[error("this is not audio that can be read: give wav, flac, mp3, ogg, webm, m4a, aac or aiff")]
    NotAudio,
    /// An audio file that cannot be decoded any more: ask for another copy.
    #[error("the audio file is damaged and nothing in it can be decoded: record again, or send it again")]
    DamagedAudio,
    /// A known container with an unknown codec: ask for another format.
    #[error("the audio uses {codec}, which cannot be decoded: convert it to wav or flac")]
    UnsupportedAudio {
        /// The codec, or why it is not supported.
        codec: String,
    },
    /// Longer than the caller's limit: ask for a shorter recording.
    #[error("the recording is longer than the limit of {:.0} seconds: give a shorter one", limit.get())]
    TooLong {
        /// The longest recording that is accepted.
        limit: Seconds,
    },
    /// A file could not be read: check that it exists and may be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A file could not be written: check the folder and the space left.
    #[error("cannot write `{}`: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// No usable microphone: plug one in, or type.
    #[error("no microphone was found: plug one in, or type your answers")]
    NoMicrophone,
    /// No microphone of that name: choose one that exists.
    #[error("there is no microphone `{name}`: choose one of {}", listed(known))]
    UnknownMicrophone {
        /// The name.
        name: String,
        /// The microphones that exist.
        known: Vec<String>,
    },
    /// Several microphones match: give more of the name.
    #[error("several microphones match `{name}`: choose one of {}", listed(matching))]
    AmbiguousMicrophone {
        /// The name.
        name: String,
        /// The microphones that match.
        matching: Vec<String>,
    },
    /// Another program uses the microphone: close it and try again.
    #[error("the microphone `{device}` is in use by another program: close that and try again")]
    MicrophoneBusy {
        /// The microphone.
        device: String,
    },
    /// The system denies access: grant the permission.
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
        /// The sound system's error.
        reason: String,
    },
    /// No model of that name: choose one from the list, or give a path.
    #[error("there is no model `{name}`: choose one of {}, or give the path of a file", listed(known))]
    UnknownModel {
        /// The name.
        name: String,
        /// The names in the catalogue.
        known: Vec<String>,
    },
    /// The model is not on this machine: download it.
    #[error("the model `{name}` is not on this machine: run `viva model pull {name}`")]
    ModelMissing {
        /// The model.
        name: String,
    },
    /// The file is not a complete whisper model: download it again.
    #[error("`{}` is not a complete whisper model: {reason}; download it again", path.display())]
    ModelDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The download was interrupted; what has arrived is kept: try again to resume.
    #[error("downloading the model `{name}` failed: {reason}; try again to resume it")]
    DownloadFailed {
        /// The model.
        name: String,
        /// What went wrong.
        reason: String,
    },
    /// The server does not have the file, or refuses it: check the address.
    #[error("the server at {address} answered {status} for the model `{name}`: check the address")]
    DownloadRefused {
        /// The model.
        name: String,
        /// The address, without credentials.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// The downloaded file was not the model, and was removed: try again, or another server.
    #[error("what was downloaded for the model `{name}` is not that model: {reason}; it was removed")]
    DownloadCorrupt {
        /// The model.
        name: String,
        /// How it differs.
        reason: String,
    },
    /// The recogniser failed on this sound; the recording is kept: try again or use another model.
    #[error("the recogniser failed: {reason}")]
    Transcription {
        /// Its error.
        reason: String,
    },
    /// The recogniser is too slow for the caller: use a smaller model.
    #[error("the recogniser took longer than {} seconds on one span of speech: use a smaller model", limit.as_secs())]
    TooSlow {
        /// How long this waited.
        limit: Duration,
    },
    /// The caller cancelled recognition.
    #[error("recognition was cancelled")]
    Cancelled,
    /// The system starts no more threads: close other programs.
    #[error("cannot start a thread: {source}")]
    Thread {
        /// The system's error.
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
