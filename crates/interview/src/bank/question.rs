//! One question and what a good answer to it makes.

use serde::{Deserialize, Serialize};

use super::snippet::{Proof, Snippet};
use crate::id::{KeyPointId, MisconceptionId, QuestionId, TopicId};

/// One question of the bank, with all that is needed to ask it and to judge its answers.
///
/// Questions come from `bank::parse`, which refuses nonsense; the stored form is what that once accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Names the question in the whole bank; also the name of its file.
    pub id: QuestionId,
    /// What lists show, three to ten words.
    pub title: String,
    /// What it is about.
    pub topic: TopicId,
    /// Whom it is for.
    pub level: Level,
    /// What sort of answer it wants.
    pub kind: Kind,
    /// What the interviewer says, as it is said aloud.
    pub prompt: String,
    /// The code that is read live; present exactly when the kind is [`Kind::Snippet`].
    pub snippet: Option<Snippet>,
    /// The claims that a good answer makes, 3 to 7, in the author's order.
    pub key_points: Vec<KeyPoint>,
    /// The wrong claims that people make.
    pub misconceptions: Vec<Misconception>,
    /// What answers of each band sound like.
    pub anchors: Anchors,
    /// A spoken answer of 60 to 120 seconds that makes every key point.
    pub model_answer: String,
    /// Terms that the recogniser should expect.
    pub glossary: Vec<GlossaryTerm>,
    /// The chapters of official documents that the answer rests on.
    pub sources: Vec<String>,
    /// How long an answer should take at most.
    pub time_limit: TimeLimit,
    /// Programs that show claims of this question to be true.
    #[serde(default)]
    pub proofs: Vec<Proof>,
}

impl Question {
    /// The key point of that id, if the question has it.
    pub fn key_point(&self, id: &KeyPointId) -> Option<&KeyPoint> {
        self.key_points.iter().find(|point| &point.id == id)
    }

    /// The misconception of that id, if the question has it.
    pub fn misconception(&self, id: &MisconceptionId) -> Option<&Misconception> {
        self.misconceptions.iter().find(|misconception| &misconception.id == id)
    }

    /// The version of what answers are judged against: changes whenever a key point, a misconception or the model answer does, and with
    /// nothing else.
    /// Sixteen hexadecimal digits (FNV-1a, 64 bit), not meant to withstand forgery.
    pub fn rubric_version(&self) -> String {
        let mut hash = Fnv::default();
        for point in &self.key_points {
            hash.write(point.id.as_str());
            hash.write(&point.summary);
            hash.write(&point.weight.get().to_string());
            hash.write(if point.core { "core" } else { "" });
            point.says.iter().for_each(|phrasing| hash.write(phrasing));
        }
        for misconception in &self.misconceptions {
            hash.write(misconception.id.as_str());
            hash.write(&misconception.claim);
            misconception.says.iter().for_each(|phrasing| hash.write(phrasing));
        }
        hash.write(&self.model_answer);
        format!("{:016x}", hash.0)
    }
}

/// One checkable claim that a good answer makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyPoint {
    /// Unique within the question.
    pub id: KeyPointId,
    /// The claim in one line, as feedback shows it.
    pub summary: String,
    /// How much it counts, against the other key points.
    pub weight: Weight,
    /// Whether an answer without it can be more than partly right.
    pub core: bool,
    /// Ways of saying it in speech, four or more.
    pub says: Vec<String>,
    /// The follow-up that aims at it without giving it away.
    pub probe: String,
}

/// One known wrong claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Misconception {
    /// Unique within the question, among key points too.
    pub id: MisconceptionId,
    /// The wrong claim in one line.
    pub claim: String,
    /// Why it is wrong, for the feedback.
    pub why_wrong: String,
    /// Ways of asserting it in speech, four or more.
    pub says: Vec<String>,
    /// The follow-up that makes the candidate reconsider.
    pub probe: String,
}

/// What an answer of each [band](crate::scoring::Band) sounds like for this question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchors {
    /// Band 1.
    pub wrong_model: String,
    /// Band 2.
    pub rule_without_reason: String,
    /// Band 3.
    pub core_points: String,
    /// Band 4.
    pub trade_offs: String,
}

/// A term of the question, for the recogniser and for reading its mistakes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GlossaryTerm {
    /// As it is written: `Arc<Mutex<T>>`.
    pub term: String,
    /// As it is said: "arc mutex".
    pub spoken: String,
    /// As recognisers tend to mishear it: "ark mute x".
    pub heard_as: Vec<String>,
}

/// Whom a question is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// First job, first year.
    Junior,
    /// Works alone.
    Mid,
    /// Decides for others.
    Senior,
}

/// What sort of answer a question wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Explain an idea.
    Concept,
    /// Read code live and say what happens and why.
    Snippet,
    /// Design a system and weigh its choices.
    Design,
    /// Tell what one did.
    Behavioral,
}

macro_rules! word_enum {
    ($name:ident { $($variant:ident => $word:literal),+ }, $error:ident) => {
        impl $name {
            /// Every value, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that stands for it in files, flags and the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err($error(text.to_owned())) }
            }
        }
    };
}

word_enum!(Level { Junior => "junior", Mid => "mid", Senior => "senior" }, UnknownLevel);
word_enum!(Kind { Concept => "concept", Snippet => "snippet", Design => "design", Behavioral => "behavioral" }, UnknownKind);

/// There is no such level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a level: use junior, mid or senior")]
pub struct UnknownLevel(String);

/// There is no such kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a kind: use concept, snippet, design or behavioral")]
pub struct UnknownKind(String);

/// How much a key point counts: 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Weight(u8);

impl Weight {
    /// The number, 1 to 5.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Weight {
    type Error = InvalidWeight;

    fn try_from(weight: u8) -> Result<Self, Self::Error> {
        if (1..=5).contains(&weight) { Ok(Self(weight)) } else { Err(InvalidWeight) }
    }
}

impl From<Weight> for u8 {
    fn from(weight: Weight) -> Self {
        weight.0
    }
}

/// The number is no weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a weight is a whole number from 1 to 5")]
pub struct InvalidWeight;

/// How long an answer should take at most: 30 to 600 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct TimeLimit(u32);

impl TimeLimit {
    /// The limit in seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for TimeLimit {
    type Error = InvalidTimeLimit;

    fn try_from(seconds: u32) -> Result<Self, Self::Error> {
        if (30..=600).contains(&seconds) { Ok(Self(seconds)) } else { Err(InvalidTimeLimit) }
    }
}

impl From<TimeLimit> for u32 {
    fn from(limit: TimeLimit) -> Self {
        limit.0
    }
}

/// The number is no time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time limit is a whole number of seconds from 30 to 600")]
pub struct InvalidTimeLimit;

/// Fowler, Noll and Vo's hash, variant 1a, with a separator after every part so that parts cannot run together.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn write(&mut self, part: &str) {
        for byte in part.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
