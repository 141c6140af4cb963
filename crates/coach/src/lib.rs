//! Words to marks.
//!
//! A [`Coach`] reads one answer against its rubric and says which key points it makes, which misconceptions it states and how clearly
//! it was said. Coaches only claim; [`evidence`] checks every claim against the transcript, and `interview` computes every score.
//!
//! This crate does not know that databases, pages or microphones exist. Start reading at [`Coach`], then [`evidence`].

mod advice;
mod coach;
mod error;
pub mod eval;
pub mod evidence;
mod fallback;
mod lexicon;
pub mod llm;
pub mod offline;
mod proofreading;
mod similarity;

pub use coach::{Assignment, Coach, Panel, Panels};
pub use error::CoachError;
pub use fallback::WithFallback;
pub use llm::{LlmCoach, LlmSettings};
pub use offline::OfflineCoach;
pub use proofreading::{Remark, proofread};
