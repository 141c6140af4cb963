//! Words to claims.
//!
//! A coach reads one answer against its rubric and says which key points it makes, which misconceptions it states and how clearly
//! it was said. Coaches only claim; [`interview::judging`] checks every claim against the transcript and computes every score.
//!
//! This crate does not know that databases, pages or microphones exist. Start reading at [`Coach`]: [`OfflineCoach`] is plain computation, [`LlmCoach`] asks a
//! model over HTTP.

mod demands;
mod error;
mod lexicon;
pub mod llm;
pub mod offline;
mod proofreading;
mod similarity;
mod verifier;

use std::sync::Arc;

use interview::Question;
use interview::claims::Report;
use interview::marks::JudgedBy;
use interview::wording::joined;

pub use error::CoachError;
pub use llm::{LlmCoach, LlmSettings, Panel, Panels};
pub use offline::OfflineCoach;
pub use proofreading::proofread;
pub use similarity::similarity;
pub use verifier::{Chances, Verifier};

/// Whoever judges answers. A coach only claims; [`interview::judging`] decides what its claims are worth.
#[derive(Clone, Debug)]
pub enum Coach {
    /// A trained verifier and rules on this machine: computes on the calling thread.
    Offline(Arc<OfflineCoach>),
    /// A language model over HTTP.
    Llm(Arc<LlmCoach>),
}

impl Coach {
    /// Who judges answers to `question`, and by which versions of what.
    pub fn judged_by(&self, question: &Question) -> JudgedBy {
        match self {
            Self::Offline(offline) => offline.judged_by(question),
            Self::Llm(llm) => llm.judged_by(question),
        }
    }
}

/// The offline coach's report, with a remark that it judged because the language model could not. Its [`JudgedBy`] stays its own, so that
/// results of the two are never mixed up.
pub fn as_fallback(report: Report<CoachError>, failure: &CoachError) -> Report<CoachError> {
    let stepped_in = format!("The language model could not judge this answer ({failure}), so the offline coach did.");
    Report { remark: joined([Some(stepped_in), report.remark]), ..report }
}
