//! The seam between what is remembered and where.

use std::time::Duration;

use async_trait::async_trait;
use interview::marks::Decision;
use interview::schedule::Attempt;
use interview::session::{Answer, Session, Sureness, Turn};
use interview::{QuestionId, SessionId, TurnId};
use jiff::Timestamp;

use crate::answer::{IdempotencyKey, Submission};
use crate::archive::ArchivedSession;
use crate::error::StoreError;
use crate::queue::{CoachWish, Job, Judging, Lane, PastJudging, Settlement};
use crate::session::{Page, SessionQuery, StoredSession};

/// Stores sessions, their answers and feedback, and keeps the queue of judgings.
///
/// Whatever a method returned from is on disk. Every method may fail with [`StoreError::Unavailable`], [`StoreError::Full`],
/// [`StoreError::Corrupt`] or [`StoreError::Newer`]; the others are named where they occur.
#[async_trait]
pub trait Store: Send + Sync {
    /// Stores a new session with its turns.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when an id was used before; [`StoreError::NotFound`] when a turn asks a question that is not part of
    /// the session.
    async fn create_session(&self, session: &Session, turns: &[Turn]) -> Result<StoredSession, StoreError>;

    /// The session with all its turns.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn session(&self, id: SessionId) -> Result<StoredSession, StoreError>;

    /// A number that grows with every change of the session, its turns and its judgings. Costs one look-up.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn session_version(&self, id: SessionId) -> Result<u64, StoreError>;

    /// Whether a turn about the question is over in any session: judged, ungraded or skipped.
    async fn is_question_answered(&self, question: &QuestionId) -> Result<bool, StoreError>;

    /// Every time a question was answered or skipped, in any session, the earliest first; each with the newest state of its turns.
    async fn attempts(&self) -> Result<Vec<Attempt>, StoreError>;

    /// One page of sessions, the newest first.
    async fn sessions(&self, query: &SessionQuery) -> Result<Page, StoreError>;

    /// Marks the session as finished. Finishing it again changes nothing, the time included.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn finish(&self, id: SessionId) -> Result<StoredSession, StoreError>;

    /// Deletes the session, its turns, judgings and jobs, and overwrites their text in the files of the database. Its recordings are the
    /// caller's to delete, [`AudioStore::delete_session`](crate::AudioStore::delete_session). Until
    /// [`Store::recordings_deleted`] the session is in [`Store::deleted_sessions`], so that a crash in between leaves none behind.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn delete(&self, id: SessionId) -> Result<(), StoreError>;

    /// Deletes every session in the same way, and compacts the files of the database.
    async fn delete_all(&self) -> Result<(), StoreError>;

    /// Every session, the newest first.
    async fn session_ids(&self) -> Result<Vec<SessionId>, StoreError>;

    /// The session as it is stored, for an archive.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn export_session(&self, id: SessionId) -> Result<ArchivedSession, StoreError>;

    /// Announces the recordings of a session that is to be imported: until it is, the session is in [`Store::deleted_sessions`], so that a
    /// crash in between leaves none behind. `false` when the session is there already.
    async fn prepare_import(&self, id: SessionId) -> Result<bool, StoreError>;

    /// Stores a session as it was exported. Answers that waited for their judging are queued again.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when an id in it is in use.
    async fn import_session(&self, session: ArchivedSession) -> Result<(), StoreError>;

    /// Sessions that were deleted and whose recordings may still be there.
    async fn deleted_sessions(&self) -> Result<Vec<SessionId>, StoreError>;

    /// Records that no recording of these deleted sessions is left.
    async fn recordings_deleted(&self, sessions: &[SessionId]) -> Result<(), StoreError>;

    /// The turn as it stands.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn turn(&self, id: TurnId) -> Result<Turn, StoreError>;

    /// Stores the answer to a turn and, in the same transaction, queues its judging if it needs one. The same key again returns the
    /// turn as it stands, unchanged: compare the answer's id to tell.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when the turn was skipped or answered under another key;
    /// [`StoreError::Finished`] when the session is finished;
    /// [`StoreError::KeyReused`] when it was answered under this key with another body.
    async fn accept_answer(
        &self,
        turn: TurnId,
        submission: Submission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Turn, StoreError>;

    /// Stores the words of a recording: the turn goes from transcribing to judging, and its job to the other lane. Words that come twice
    /// or too late change nothing; the turn is returned as it stands.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn transcribed(&self, judging: &Judging, answer: Answer) -> Result<Turn, StoreError>;

    /// Ends a judging and its job. A judging that was settled before, or that a correction or regrading has overtaken, changes nothing;
    /// the turn is returned as it stands.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when there is feedback for a recording that still has no words.
    async fn settle(&self, judging: &Judging, settlement: Settlement) -> Result<Turn, StoreError>;

    /// Replaces the words of an answer by the candidate's own correction and queues a new judging of it. Returns which judging that is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when there is no answer of that id, or it is still being transcribed.
    async fn correct_transcript(&self, turn: TurnId, answer: Answer) -> Result<u32, StoreError>;

    /// Queues a new judging of an answer and returns which one it is. Its earlier results stay in [`Store::session_judgings`]; a judging
    /// under way is overtaken.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when there is no answer, or it is still being transcribed.
    async fn regrade(&self, turn: TurnId, wish: CoachWish) -> Result<u32, StoreError>;

    /// Stores a decision of the candidate about a mark, in the turn and in the judging that it shows, and recomputes what follows from it.
    /// The decisions on an answer stay when it is corrected or judged again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], also when the feedback has no such mark; [`StoreError::Conflict`] when there is no feedback.
    async fn decide(&self, turn: TurnId, decision: Decision) -> Result<Turn, StoreError>;

    /// Records that the candidate moved on without an answer. Skipping again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when the turn was answered; [`StoreError::Finished`].
    async fn skip(&self, turn: TurnId) -> Result<Turn, StoreError>;

    /// Counts one more of the `available` hints as taken, if there is one left; the turn is returned as it then stands.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when the turn was answered or skipped; [`StoreError::Finished`].
    async fn take_hint(&self, turn: TurnId, available: u8) -> Result<Turn, StoreError>;

    /// Stores how sure the candidate is of the answer; `None` takes it back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] unless the turn is judged or ungraded.
    async fn set_sureness(&self, turn: TurnId, sureness: Option<Sureness>) -> Result<Turn, StoreError>;

    /// The wordings in which a question was asked of late, the latest last.
    async fn prompts_asked(&self, question: &QuestionId) -> Result<Vec<String>, StoreError>;

    /// Every judging of the session's answers that has ended, by the place of its turn, those of one answer in their order. A judging that
    /// was overtaken has no end; neither has an answer that was kept without asking anybody. A session that does not exist has none.
    async fn session_judgings(&self, id: SessionId) -> Result<Vec<PastJudging>, StoreError>;

    /// Takes the job of the oldest answer in the lane that is due and that nobody holds, until `lease` after `now`.
    async fn take_job(&self, lane: Lane, now: Timestamp, lease: Duration) -> Result<Option<Job>, StoreError>;

    /// Holds a job until `until`. `false` when it is no longer the caller's: its lease ran out and another worker took it, or its judging
    /// was settled, overtaken or deleted.
    async fn extend_lease(&self, job: &Job, until: Timestamp) -> Result<bool, StoreError>;

    /// Puts a job back, to be taken again from `due` on. A job that is no longer the caller's is left alone.
    async fn retry_job(&self, job: &Job, due: Timestamp) -> Result<(), StoreError>;

    /// Puts a job back as if it had not been taken. A job that is no longer the caller's is left alone.
    async fn release_job(&self, job: &Job) -> Result<(), StoreError>;

    /// Waits until a job is queued in the lane; returns at once if that happened since the last call. One caller for each lane. Says
    /// nothing of jobs whose time comes or whose lease runs out: look for those now and then.
    async fn job_queued(&self, lane: Lane);

    /// Ends the use of the database, after which its one file is a complete copy of it.
    async fn close(&self) -> Result<(), StoreError>;
}
