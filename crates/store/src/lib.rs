//! What is remembered.
//!
//! One object-safe [`Store`] for sessions, turns, answers, feedback and the durable queue of judgings, and one [`AudioStore`] for
//! recordings. Which database stands behind a store is decided by [`open`] and known to nobody above it.
//!
//! This crate does not know that coaches, recognisers or pages exist: what is done with a job is the business of whoever takes it.
//!
//! Start reading at [`Store`], then [`queue`].

mod answer;
pub mod archive;
pub mod audio;
mod database;
mod documents;
mod error;
mod private;
pub mod queue;
mod rows;
mod session;
mod sqlite;
mod store;
mod turn_record;

pub use answer::{IdempotencyKey, InvalidIdempotencyKey, Submission};
pub use audio::AudioStore;
pub use database::{DatabaseUrl, InvalidDatabaseUrl, open};
pub use error::{Missing, StoreError};
pub use private::create_data_folder;
pub use queue::{CoachWish, Job, Judging, Lane, PastJudging, Settlement};
pub use session::{
    Cursor, InvalidCursor, InvalidPageLimit, Page, PageLimit, QuestionHead, SessionOverview, SessionQuery,
    StoredSession,
};
pub use store::Store;
