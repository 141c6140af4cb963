//! Feedback on the wire: three panels, and who judged.

mod comparison;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::transcript::TimeSpan;

pub use comparison::Change;

/// The three panels. They are never blended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Feedback {
    /// What was said.
    pub correctness: Option<Correctness>,
    /// How clearly it was said.
    pub clarity: Option<Clarity>,
    /// How it was said, measured on the audio; typed answers have none.
    pub delivery: Option<Delivery>,
    /// A stronger answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stronger_answer: Option<String>,
    /// The one thing to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
    /// Something to know about this judging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Who judged, by what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged_by: Option<JudgedBy>,
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Correctness {
    /// 0 to 10; none when more than half of the weight is unclear.
    pub score: Option<f64>,
    /// 1 to 4; none without a score.
    pub band: Option<u8>,
    /// What an answer of this band sounds like for this question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band_anchor: Option<String>,
    /// The key points, in the question's order.
    pub key_points: Vec<KeyPointMark>,
    /// The misconceptions stated.
    pub misconceptions: Vec<MisconceptionMark>,
}

/// The mark for one key point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyPointMark {
    /// The key point's id.
    pub id: String,
    /// The claim it makes.
    pub summary: String,
    /// 1 to 5.
    pub weight: u8,
    /// Whether it is core.
    pub core: bool,
    /// `hit`, `missed` or `unclear`.
    pub verdict: Verdict,
    /// Why it is unclear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
    /// The words that back the verdict, as they stand in the transcript.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// A misconception that was stated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MisconceptionMark {
    /// The misconception's id.
    pub id: String,
    /// The wrong claim.
    pub claim: String,
    /// Why it is wrong.
    pub why_wrong: String,
    /// The words that state it.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// Words of the transcript and when they were said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// The words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// When they begin, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
    /// When they end, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
}

/// What became of a key point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Made.
    Hit,
    /// Not made.
    Missed,
    /// Cannot be told; counts neither way.
    Unclear,
}

impl Verdict {
    /// The word that stands for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Missed => "missed",
            Self::Unclear => "unclear",
        }
    }
}

/// How clearly it was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Clarity {
    /// 0 to 10; none when more than half of the checks are unclear.
    pub score: Option<f64>,
    /// The checks.
    pub checks: Vec<ClarityMark>,
}

/// The mark for one clarity check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClarityMark {
    /// The check, such as `headline_first`.
    pub id: String,
    /// What is checked.
    pub summary: String,
    /// `yes`, `no` or `unclear`.
    pub verdict: ClarityVerdict,
    /// The words it rests on.
    #[serde(flatten)]
    pub evidence: Evidence,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The outcome of a clarity check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClarityVerdict {
    /// Met.
    Yes,
    /// Not met.
    No,
    /// Cannot be told; counts neither way.
    Unclear,
}

impl ClarityVerdict {
    /// The word that stands for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unclear => "unclear",
        }
    }
}

/// How it was said: arithmetic on the audio's timeline, never a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Length of the recording in seconds.
    pub duration: f64,
    /// How many words were heard.
    pub words: usize,
    /// Words a minute from first to last word, pauses included.
    pub words_per_minute: Option<f64>,
    /// Words a minute of the time in which there was speech.
    pub articulation_rate: Option<f64>,
    /// Silences over 1 s.
    pub pauses_over_1s: usize,
    /// Silences over 2.5 s.
    pub pauses_over_2_5s: usize,
    /// The median silence in seconds.
    pub median_pause: Option<f64>,
    /// The longest silence.
    pub longest_pause: Option<TimeSpan>,
    /// Silent time as a share of the time from first to last word, 0 to 1.
    pub pause_ratio: Option<f64>,
    /// Seconds until the first word; shown, never scored.
    pub time_to_first_word: Option<f64>,
    /// Filled pauses that were transcribed: a lower bound, because recognisers drop them.
    pub filled_pauses: usize,
    /// The same with voiced stretches that got no words: an estimate.
    pub filled_pauses_estimated: Option<usize>,
    /// Filled pauses transcribed, a minute.
    pub filled_pauses_per_minute: Option<f64>,
    /// "like", "you know" and the like, the most frequent first.
    pub discourse_markers: Vec<CountedPhrase>,
    /// "I guess", "sort of" and the like, where they were said.
    pub hedges: Vec<Evidence>,
    /// Phrases that were said more than once.
    pub repeated_phrases: Vec<CountedPhrase>,
    /// Words said twice in a row.
    pub immediate_repeats: usize,
    /// Seconds from first to last word.
    pub spoken: f64,
    /// The question's time limit in seconds.
    pub limit: Option<u32>,
    /// Seconds over the limit.
    pub over_limit: f64,
}

/// A phrase and how often it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountedPhrase {
    /// The phrase.
    pub phrase: String,
    /// How often.
    pub count: usize,
}

/// Who judged, by what. Results are compared only within one such tuple.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JudgedBy {
    /// The coach.
    pub coach: Coach,
    /// The language model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The version of the prompts, or of the offline coach's rules.
    pub prompt_version: String,
    /// The version of the key points.
    pub rubric_version: String,
}

/// The sort of a coach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Coach {
    /// Rules on the server's machine.
    Offline,
    /// A language model over HTTP.
    Llm,
}
