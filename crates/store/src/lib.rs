//! What is remembered.
//!
//! One object-safe [`Store`] for sessions, turns, answers, feedback and the durable grading queue, and one [`AudioStore`] for
//! recordings. Which database stands behind a store is decided by [`open`] and known to nobody above it.
//!
//! This crate does not know that coaches, recognisers or pages exist: what is done with a queued job is the business of the
//! [`Grader`] it is handed to. A write that promises work and the promise itself are one transaction.
//!
//! Start reading at [`Store`], then [`queue`].

mod answer;
pub mod audio;
mod database;
mod error;
mod judging;
pub mod queue;
mod session;
mod sqlite;
mod store;
mod turn_record;

pub use answer::{IdempotencyKey, InvalidIdempotencyKey, Submission};
pub use audio::AudioStore;
pub use database::{DatabaseUrl, InvalidDatabaseUrl, open};
pub use error::{Missing, StoreError};
pub use judging::{Ending, Judging, PastJudging, Revision, Settlement};
pub use queue::{CoachWish, Grader, GradingJob, Outcome};
pub use session::{
    Cursor, InvalidCursor, InvalidPageLimit, Page, PageLimit, QuestionHead, SessionOverview, SessionQuery,
    SessionState, StoredSession,
};
pub use store::Store;
