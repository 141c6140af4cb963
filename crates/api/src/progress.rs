//! Progress on the wire.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::feedback::Verdict;

/// How far a candidate has come, and what to say again first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// The time that `due` and `next_due` are meant for.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// What is left before the interview; missing when there is none, or it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<Remaining>,
    /// Every subject that has questions.
    pub subjects: Vec<SubjectProgress>,
    /// Every question that was asked, those due first at the head.
    #[serde(default)]
    pub questions: Vec<QuestionProgress>,
    /// The key points that were missed the last time, those due longest first, then the heaviest.
    pub weak_points: Vec<WeakPoint>,
}

/// How progress is wanted. What is left out is as the settings of the server say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProgressQuery {
    /// When the interview is that is prepared for: nothing is due after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>, format = DateTime)]
    pub interview_at: Option<Timestamp>,
    /// The subjects of the interview, separated by commas; all when the server knows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subjects: Option<String>,
    /// The levels of the interview, separated by commas; all when the server knows none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<String>,
}

/// What is left to practise before the interview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Remaining {
    /// The days until it, begun ones counted.
    pub days: usize,
    /// The questions to ask until then: new ones, and those that come back.
    pub questions: usize,
    /// How many that makes a day.
    pub questions_a_day: usize,
}

/// The progress in one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SubjectProgress {
    /// Names the subject, such as `rust`.
    pub subject: String,
    /// All of it.
    #[serde(flatten)]
    pub standing: Standing,
    /// Its topics that have questions.
    pub topics: Vec<TopicProgress>,
}

/// The progress in one topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TopicProgress {
    /// Names the topic, such as `ownership`.
    pub topic: String,
    /// Its name for people.
    pub title: String,
    /// How it stands.
    #[serde(flatten)]
    pub standing: Standing,
}

/// How far some questions are known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// How many questions there are.
    pub questions: usize,
    /// How many of them were asked at least once.
    pub attempted: usize,
    /// How many of them are due.
    pub due: usize,
    /// When the next one becomes due that is not due yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_due: Option<Timestamp>,
    /// The correctness scores of the last answers, 0 to 10, three at most, the earliest first. All are by the judge of the last one: scores
    /// of different judges cannot be compared.
    pub scores: Vec<f64>,
}

/// The progress in one question that was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionProgress {
    /// The question's id.
    pub question: String,
    /// Its title.
    pub title: String,
    /// Its topic.
    pub topic: String,
    /// How often it was asked.
    pub attempts: usize,
    /// When it was last asked.
    #[schema(value_type = String, format = DateTime)]
    pub last: Timestamp,
    /// When to ask it again; missing when no answer could be rated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due: Option<Timestamp>,
    /// The correctness scores of the last answers, as those of a topic.
    pub scores: Vec<f64>,
    /// The key points that were made or missed; none while its follow-ups are to be answered.
    pub points: Vec<PointProgress>,
}

/// The progress in one key point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PointProgress {
    /// The key point's id.
    pub key_point: String,
    /// The claim it makes.
    pub summary: String,
    /// Whether it is core.
    pub core: bool,
    /// How often it was made or missed.
    pub attempts: usize,
    /// What it was the last time: `hit`, after a follow-up too, or `missed`.
    pub last: Verdict,
    /// When to say it again.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
}

/// A key point that was missed the last time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WeakPoint {
    /// The question's id.
    pub question: String,
    /// The question's title.
    pub title: String,
    /// The question's topic.
    pub topic: String,
    /// The key point's id.
    pub key_point: String,
    /// The claim it makes.
    pub summary: String,
    /// The follow-up that asks for it.
    pub probe: String,
    /// Whether it is core.
    pub core: bool,
    /// When to say it again.
    #[schema(value_type = String, format = DateTime)]
    pub due: Timestamp,
}
