//! The history of an answer on the wire: every time that it was judged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::feedback::Feedback;

/// Every judging of a turn's answer that has ended, the oldest first. Unless the answer is being judged right now, the last one is
/// what the turn shows.
///
/// Scores of two judgings are comparable only where `judged_by` is the same in both: the coach, its model, and the versions of its
/// prompts or rules and of the key points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JudgingList {
    /// The judgings.
    pub judgings: Vec<Judging>,
}

/// One judging of an answer: with feedback, or with the reason why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Judging {
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    pub judged_at: Timestamp,
    /// The words that were judged; none of a recording that could not be turned into words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether the candidate had corrected these words.
    pub corrected: bool,
    /// What the coach found, and who it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
    /// Why there is no feedback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ungraded_reason: Option<String>,
}
