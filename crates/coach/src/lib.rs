//! Words to claims.
//!
//! A coach reads one answer against its rubric and says which key points it makes, which misconceptions it states and how clearly
//! it was said. Coaches only claim; [`interview::judging`] checks every claim against the transcript and computes every score.
//!
//! This crate does not know that databases, pages or microphones exist. Start reading at [`Coach`]: [`OfflineCoach`] is plain computation, [`LlmCoach`] asks a
//! model over HTTP.

mod coach;
mod error;
mod lexicon;
pub mod llm;
pub mod offline;
mod proofreading;
mod similarity;
mod verifier;

pub use coach::{Coach, as_fallback};
pub use error::CoachError;
pub use llm::{LlmCoach, LlmSettings, Panel, Panels};
pub use offline::OfflineCoach;
pub use proofreading::proofread;
pub use similarity::similarity;
pub use verifier::{Chances, Verifier};
