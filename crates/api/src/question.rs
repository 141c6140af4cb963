//! Questions on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which questions to list. An empty filter lists them all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QuestionFilter {
    /// A subject, such as `rust`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// A topic, such as `ownership`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// `junior`, `mid`, `senior` or `staff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// `concept`, `snippet`, `design` or `behavioral`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A tag, such as `error-e0382`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Words that must all occur in the title, the prompts, the topic or the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

/// Whether a question's answer is wanted before the question was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Reveal {
    /// Shows key points and model answer of a question that was not answered yet.
    #[serde(default)]
    pub reveal: bool,
}

/// A list of questions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionList {
    /// The questions.
    pub questions: Vec<Question>,
}

/// A question as it is asked. What would give the answer away is in [`Question::answer`], which is there only once the question was
/// answered in a session, or when `?reveal=true` asks for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Question {
    /// Names the question.
    pub id: String,
    /// What lists show.
    pub title: String,
    /// Its topic.
    pub topic: String,
    /// `junior`, `mid`, `senior` or `staff`.
    pub level: String,
    /// `concept`, `snippet`, `design` or `behavioral`.
    pub kind: String,
    /// What the interviewer says.
    pub prompt: String,
    /// The code that is read live.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snippet: Option<Snippet>,
    /// How long an answer should take at most, in seconds.
    pub time_limit_seconds: u32,
    /// Terms that a recogniser should expect, as they are said.
    pub glossary: Vec<String>,
    /// What a good answer makes of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<QuestionAnswer>,
}

/// Code that is shown with a question. Without what the compiler says of it: that is the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Snippet {
    /// `rust`, `go` or `cpp`.
    pub language: String,
    /// The code.
    pub code: String,
}

/// What a good answer to a question makes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionAnswer {
    /// The claims that a good answer makes.
    pub key_points: Vec<KeyPoint>,
    /// The wrong claims that people make.
    pub misconceptions: Vec<Misconception>,
    /// A spoken answer that makes every key point.
    pub model_answer: String,
    /// What the compiler or a run says of the snippet, and the version one would write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snippet: Option<SnippetAnswer>,
    /// The official documents that it rests on.
    pub sources: Vec<Citation>,
}

/// A document that an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Citation {
    /// Its title and chapter.
    pub title: String,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// One claim that a good answer makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyPoint {
    /// Names it within the question.
    pub id: String,
    /// The claim.
    pub summary: String,
    /// 1 to 5.
    pub weight: u8,
    /// Whether an answer without it can be more than partly right.
    pub core: bool,
    /// The group of alternatives it belongs to, of which one is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_of: Option<String>,
    /// The stage of a design interview that it belongs to: `clarify`, `estimate`, `sketch` or `deepen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The versions for which the claim holds.
    #[serde(flatten)]
    pub versions: Versions,
}

/// Versions of a language or a program, such as `Rust 1.85`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Versions {
    /// The first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// One wrong claim that people make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Misconception {
    /// Names it within the question.
    pub id: String,
    /// The wrong claim.
    pub claim: String,
    /// Why it is wrong.
    pub why_wrong: String,
    /// The versions for which it is wrong.
    #[serde(flatten)]
    pub versions: Versions,
}

/// What really happens with a snippet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SnippetAnswer {
    /// The outcome in one line, such as `does not compile: E0382, line 4`.
    pub outcome: String,
    /// Why.
    pub explanation: String,
    /// The version one would write instead.
    pub corrected: String,
}
