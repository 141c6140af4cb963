//! Failures of the store, by what the caller can do about them.

use std::path::PathBuf;

use interview::{QuestionId, SessionId, TurnId};

/// The cause of a failure.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is nothing with this id.
    #[error("there is no {0}")]
    NotFound(Missing),
    /// The turn's state does not allow it. Read the turn again and decide.
    #[error("turn {turn} is {state}, so it cannot be {wanted}")]
    Conflict {
        /// The turn.
        turn: TurnId,
        /// The state it is in.
        state: &'static str,
        /// What was to be done with it, as a participle.
        wanted: &'static str,
    },
    /// The session is finished: its turns take no more answers.
    #[error("session {0} is finished and takes no more answers")]
    Finished(SessionId),
    /// The turn's answer was sent under this idempotency key with another body. Use another key, or send the same body.
    #[error("turn {0} was answered under this idempotency key with another body")]
    KeyReused(TurnId),
    /// The id of something new is in use. Make another.
    #[error("the id of a new session, turn or answer is in use; make another")]
    Duplicate,
    /// Another program is using the database. Talk to that one, or stop it.
    #[error("another program is using the database {}", path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// A newer version wrote the database, or something in it. Update this program.
    #[error("{what} was written by a newer version; update this program")]
    Newer {
        /// What was written.
        what: String,
    },
    /// The disk is full. Make room, then try again.
    #[error("the disk is full; make room and try again")]
    Full,
    /// The database or the audio folder cannot be reached just now. Try again later.
    #[error("storage is not available: {0}")]
    Unavailable(#[source] BoxError),
    /// What is stored cannot be read back. Restore a copy.
    #[error("stored data is damaged: {0}")]
    Corrupt(#[source] BoxError),
    /// The recording is larger than allowed. Send a shorter one; nothing of it was kept.
    #[error("the recording is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The upload of a recording or an archive ended early. Send it again; nothing of the recording was kept.
    #[error("the upload broke off: {0}")]
    BrokenOff(#[source] BoxError),
    /// This is no archive, or it is damaged. Sessions that were imported before the fault stay.
    #[error("the archive cannot be imported: {0}")]
    Archive(String),
}

/// What was not found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// A session.
    #[error("session {0}")]
    Session(SessionId),
    /// A turn.
    #[error("turn {0}")]
    Turn(TurnId),
    /// A question, among those of the session.
    #[error("question {0} in the session")]
    Question(QuestionId),
    /// A recording, by its key.
    #[error("recording {0}")]
    Audio(String),
    /// The mark that a decision is about.
    #[error("mark of that name in the feedback on turn {0}")]
    Mark(TurnId),
}
