//! The seam between what is remembered and where.

use std::num::NonZeroUsize;
use std::sync::Arc;

use async_trait::async_trait;
use futures::future::BoxFuture;
use interview::session::{Answer, AudioObject, Session, Turn};
use interview::{QuestionId, SessionId, TurnId};

use crate::answer::{IdempotencyKey, Submission};
use crate::error::StoreError;
use crate::judging::{Judging, PastJudging, Settlement};
use crate::queue::{CoachWish, Grader};
use crate::session::{Page, SessionQuery, StoredSession};

/// Remembers sessions and what became of them, and hands out the judgings that were promised.
///
/// Whatever a method returned from is on disk. Every method may fail with [`StoreError::Unavailable`], [`StoreError::Full`] or
/// [`StoreError::Corrupt`]; the others are named where they occur.
#[async_trait]
pub trait Store: Send + Sync {
    /// Remembers a new session with its turns.
    ///
    /// # Errors
    ///
    /// [`StoreError::Duplicate`] when an id was used before; [`StoreError::NotFound`] when a turn asks a question that is not part of
    /// the session.
    async fn create_session(&self, session: &Session, turns: &[Turn]) -> Result<StoredSession, StoreError>;

    /// The session with all its turns.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    async fn session(&self, id: SessionId) -> Result<StoredSession, StoreError>;

    /// A number that grows with every change of the session, its turns and its judgings. Costs one look-up.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    async fn session_version(&self, id: SessionId) -> Result<u64, StoreError>;

    /// Whether a turn about the question is over in any session: judged, ungraded or skipped.
    async fn is_question_answered(&self, question: &QuestionId) -> Result<bool, StoreError>;

    /// One page of sessions, the newest first.
    async fn sessions(&self, query: &SessionQuery) -> Result<Page, StoreError>;

    /// Marks the session as finished. Finishing it again changes nothing, the time included.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    async fn finish(&self, id: SessionId) -> Result<StoredSession, StoreError>;

    /// Forgets the session, its turns, feedback and jobs. Returns its recordings, which are the caller's to delete; deleting them
    /// first, by [`AudioStore::delete_session`](crate::AudioStore::delete_session), leaves none behind even when a crash comes between.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    async fn delete(&self, id: SessionId) -> Result<Vec<AudioObject>, StoreError>;

    /// The turn as it stands.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    async fn turn(&self, id: TurnId) -> Result<Turn, StoreError>;

    /// Stores the answer to a turn and, in the same transaction, queues its judging if it needs one. The same key again returns the
    /// turn as it stands, unchanged: compare the answer's id to tell.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when the turn was skipped or answered under another key;
    /// [`StoreError::KeyReused`] when it was answered under this key with another body.
    async fn accept_answer(
        &self,
        turn: TurnId,
        submission: Submission,
        key: Option<&IdempotencyKey>,
    ) -> Result<Turn, StoreError>;

    /// Gives a recording its words: the turn goes from transcribing to judging, in the same job. Words that come twice or too late
    /// change nothing; the turn is returned as it stands.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    async fn transcribed(&self, judging: &Judging, answer: Answer) -> Result<Turn, StoreError>;

    /// Ends a judging. A judging that was settled before, or that a correction or regrading has overtaken, changes nothing; the turn
    /// is returned as it stands.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when there is feedback for a recording that still has no words.
    async fn settle(&self, judging: &Judging, settlement: Settlement) -> Result<Turn, StoreError>;

    /// Replaces the words of an answer by the candidate's own correction and queues a new judging of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when there is no answer of that id, or it is still being transcribed.
    async fn correct_transcript(&self, turn: TurnId, answer: Answer) -> Result<Turn, StoreError>;

    /// Queues a new judging of an answer. What came of it before stays in [`Store::judgings`]; a judging under way is overtaken.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when there is no answer, or it is still being transcribed.
    async fn regrade(&self, turn: TurnId, wish: CoachWish) -> Result<Turn, StoreError>;

    /// Records that the candidate moved on without an answer. Skipping again changes nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when the turn was answered.
    async fn skip(&self, turn: TurnId) -> Result<Turn, StoreError>;

    /// Every judging of the turn's answer that has ended, the first one first. A judging that was overtaken has no end; neither has
    /// an answer that was kept without asking anybody.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`].
    async fn judgings(&self, turn: TurnId) -> Result<Vec<PastJudging>, StoreError>;

    /// The same for every turn of a session at once, by place. A session that does not exist has none.
    async fn session_judgings(&self, id: SessionId) -> Result<Vec<PastJudging>, StoreError>;

    /// Hands promised judgings to `grader`, at most `concurrency` at a time, until `shutdown` completes. What was interrupted by a
    /// crash comes first. See [`queue`](crate::queue) for what is promised.
    ///
    /// # Errors
    ///
    /// [`StoreError::InUse`] when somebody serves this queue already.
    async fn run_grading(
        &self,
        grader: Arc<dyn Grader>,
        concurrency: NonZeroUsize,
        shutdown: BoxFuture<'static, ()>,
    ) -> Result<(), StoreError>;
}
