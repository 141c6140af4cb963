//! Words to claims.
//!
//! A [`Coach`] reads one answer against its rubric and says which key points it makes, which misconceptions it states and how clearly
//! it was said. Coaches only claim; [`interview::judging`] checks every claim against the transcript and computes every score.
//!
//! This crate does not know that databases, pages or microphones exist. Start reading at [`Coach`].

mod coach;
mod error;
pub mod eval;
mod fallback;
mod lexicon;
pub mod llm;
pub mod offline;
mod proofreading;
mod similarity;

pub use coach::{Coach, Panel, Panels};
pub use error::CoachError;
pub use fallback::WithFallback;
pub use llm::{LlmCoach, LlmSettings};
pub use offline::OfflineCoach;
pub use proofreading::{proofread, telling_probes};
