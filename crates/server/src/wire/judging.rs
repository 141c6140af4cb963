//! Past judgings on their way out.

use api::judging::Judging;
use interview::bank::Question;
use interview::session::Turn;
use store::{Ending, PastJudging};

use super::feedback;

/// One judging of the answer to `turn`.
pub(crate) fn judging(turn: &Turn, question: &Question, past: &PastJudging) -> Judging {
    let answer = past.ending.answer();
    let (feedback, ungraded_reason) = match &past.ending {
        Ending::Judged { answer, feedback } => (Some(feedback::judged(turn, question, answer, feedback)), None),
        Ending::Ungraded { reason, .. } => (None, Some(reason.to_string())),
    };
    Judging {
        judged_at: past.settled_at,
        text: answer.map(|answer| answer.transcript.text()),
        corrected: answer.is_some_and(|answer| answer.corrected),
        feedback,
        ungraded_reason,
    }
}
