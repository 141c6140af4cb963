//! One question and what a good answer to it makes.

use serde::{Deserialize, Serialize};

use super::snippet::{Proof, Snippet};
use crate::bounded::bounded;
use crate::hash::fnv1a;
use crate::id::{GroupId, KeyPointId, MisconceptionId, QuestionId, Tag, TopicId};
use crate::word_enum;

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
    /// What the interviewer says, in several wordings.
    #[serde(alias = "prompt")]
    pub prompts: Prompts,
    /// What helps without giving the answer away, the mildest hint first.
    #[serde(default)]
    pub hints: Vec<String>,
    /// The code that is read live; present exactly when the kind is [`Kind::Snippet`].
    pub snippet: Option<Snippet>,
    /// The claims that a good answer makes, in the author's order.
    pub key_points: Vec<KeyPoint>,
    /// The wrong claims that people make.
    pub misconceptions: Vec<Misconception>,
    /// What answers of each band sound like.
    pub anchors: Anchors,
    /// A spoken answer of 60 to 120 seconds that makes every key point.
    pub model_answer: String,
    /// Terms that the recogniser should expect.
    pub glossary: Vec<GlossaryTerm>,
    /// The official documents that the answer rests on.
    pub sources: Vec<Citation>,
    /// When an expert last read it.
    pub reviewed: Option<Month>,
    /// Harder questions for whoever makes every point.
    #[serde(default)]
    pub stretch: Vec<String>,
    /// Questions that give this one's answer away, and those that this one gives away.
    #[serde(default)]
    pub conflicts_with: Vec<QuestionId>,
    /// Questions that come before this one when both are asked.
    #[serde(default)]
    pub prerequisites: Vec<QuestionId>,
    /// Words that it can be found by.
    #[serde(default)]
    pub tags: Vec<Tag>,
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

    /// Whether every word of `text` occurs in the title, the prompts, the topic or the id. Case does not matter.
    pub fn has_words(&self, text: &str) -> bool {
        let own = format!("{} {} {} {}", self.title, self.prompts.all().join(" "), self.topic, self.id).to_lowercase();
        text.to_lowercase().split_whitespace().all(|word| own.contains(word))
    }

    /// A text of the question as it is read aloud: every glossary term in its spoken form.
    pub fn spoken(&self, text: &str) -> String {
        spoken(text, &self.glossary)
    }

    /// The version of what answers are judged against: changes whenever a key point, a misconception or the model answer does, and with
    /// nothing else: neither with prompts, hints and probes nor with sources.
    /// Sixteen hexadecimal digits (FNV-1a, 64 bit), not meant to withstand forgery.
    pub fn rubric_version(&self) -> String {
        let mut bytes = Vec::new();
        // The separator keeps parts from running together.
        let mut write = |part: &str| bytes.extend(part.bytes().chain([0xff]));
        for point in &self.key_points {
            write(point.id.as_str());
            write(&point.summary);
            write(&point.weight.get().to_string());
            write(if point.core { "core" } else { "" });
            // Written only where it is set, so that questions without it keep the version they have always had.
            if let Some(group) = &point.any_of {
                write("any_of");
                write(group.as_str());
            }
            versions(&point.since, &point.until).for_each(&mut write);
            point.says.iter().for_each(|phrasing| write(phrasing));
        }
        for misconception in &self.misconceptions {
            write(misconception.id.as_str());
            write(&misconception.claim);
            versions(&misconception.since, &misconception.until).for_each(&mut write);
            misconception.says.iter().for_each(|phrasing| write(phrasing));
        }
        write(&self.model_answer);
        format!("{:016x}", fnv1a(bytes))
    }
}

/// What the rubric's version holds of the versions that a claim is bound to.
fn versions<'q>(since: &'q Option<String>, until: &'q Option<String>) -> impl Iterator<Item = &'q str> {
    let versions = [("since", since), ("until", until)].into_iter();
    versions.filter_map(|(name, version)| Some([name, version.as_deref()?])).flatten()
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
    /// The group it belongs to: one hit among the points of a group suffices, and the group counts once.
    pub any_of: Option<GroupId>,
    /// The version since which the claim holds, such as `Rust 1.85`.
    pub since: Option<String>,
    /// The version until which it holds.
    pub until: Option<String>,
    /// The stage of a design interview that it belongs to; only in questions of kind [`Kind::Design`].
    pub stage: Option<Stage>,
    /// Ways of saying it in speech, four or more.
    pub says: Vec<String>,
    /// The follow-up that aims at it without giving it away.
    pub probe: String,
}

impl KeyPoint {
    /// Whether the other point is this one or an alternative to it.
    pub fn counts_with(&self, other: &Self) -> bool {
        self.id == other.id || (self.any_of.is_some() && self.any_of == other.any_of)
    }
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
    /// The version since which it is wrong.
    pub since: Option<String>,
    /// The version until which it is wrong.
    pub until: Option<String>,
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

/// The text as it is read aloud: every term of the glossary in its spoken form, the longest term first.
pub fn spoken(text: &str, glossary: &[GlossaryTerm]) -> String {
    let mut terms: Vec<&GlossaryTerm> = glossary.iter().collect();
    terms.sort_by_key(|term| std::cmp::Reverse(term.term.len()));
    let joins = |edge: Option<char>, neighbour: Option<char>| {
        edge.is_some_and(char::is_alphanumeric) && neighbour.is_some_and(char::is_alphanumeric)
    };
    let (mut said, mut rest, mut before) = (String::with_capacity(text.len()), text, None);
    while let Some(next) = rest.chars().next() {
        let term = terms.iter().find(|GlossaryTerm { term, .. }| {
            rest.strip_prefix(term.as_str()).is_some_and(|after| {
                !term.is_empty()
                    && !joins(term.chars().next(), before)
                    && !joins(term.chars().next_back(), after.chars().next())
            })
        });
        let (written, spoken) = match term {
            Some(term) => (term.term.as_str(), term.spoken.as_str()),
            None => (&rest[..next.len_utf8()], &rest[..next.len_utf8()]),
        };
        said.push_str(spoken);
        before = written.chars().next_back();
        rest = &rest[written.len()..];
    }
    said
}

/// The key points that count as one: each alone, or the members of an `any_of` group together, in the order of first members.
pub fn alternatives(points: &[KeyPoint]) -> Vec<Vec<&KeyPoint>> {
    let mut counted: Vec<Vec<&KeyPoint>> = Vec::new();
    for point in points {
        match counted.iter_mut().find(|group| group[0].counts_with(point)) {
            Some(group) => group.push(point),
            None => counted.push(vec![point]),
        }
    }
    counted
}

/// What the interviewer says: at least one wording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "OneOrMore", into = "Vec<String>")]
pub struct Prompts(Vec<String>);

impl Prompts {
    /// The wording that comes first.
    pub fn first(&self) -> &str {
        &self.0[0]
    }

    /// Every wording.
    pub fn all(&self) -> &[String] {
        &self.0
    }
}

impl From<String> for Prompts {
    fn from(only: String) -> Self {
        Self(vec![only])
    }
}

impl TryFrom<Vec<String>> for Prompts {
    type Error = NoPrompt;

    fn try_from(prompts: Vec<String>) -> Result<Self, Self::Error> {
        if prompts.is_empty() { Err(NoPrompt) } else { Ok(Self(prompts)) }
    }
}

impl From<Prompts> for Vec<String> {
    fn from(prompts: Prompts) -> Self {
        prompts.0
    }
}

/// Prompts as they are stored: a list, or one text from when questions had only one.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl TryFrom<OneOrMore> for Prompts {
    type Error = NoPrompt;

    fn try_from(stored: OneOrMore) -> Result<Self, Self::Error> {
        match stored {
            OneOrMore::One(only) => Ok(only.into()),
            OneOrMore::More(prompts) => prompts.try_into(),
        }
    }
}

/// There is nothing to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a question has at least one prompt")]
pub struct NoPrompt;

/// A document that an answer rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredCitation")]
pub struct Citation {
    /// Its title and chapter.
    pub title: String,
    /// Where it is, by `https`.
    pub url: Option<String>,
}

/// A citation as it is stored: with an address, or the title alone from when there was no more.
#[derive(Deserialize)]
#[serde(untagged)]
enum StoredCitation {
    Title(String),
    Full { title: String, url: Option<String> },
}

impl From<StoredCitation> for Citation {
    fn from(stored: StoredCitation) -> Self {
        match stored {
            StoredCitation::Title(title) => Self { title, url: None },
            StoredCitation::Full { title, url } => Self { title, url },
        }
    }
}

/// A month of a year, written `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: u16,
    month: u8,
}

impl Month {
    /// The `month`, 1 to 12, of a `year`.
    pub fn new(year: u16, month: u8) -> Option<Self> {
        (1..=12).contains(&month).then_some(Self { year, month })
    }

    /// The same month a year later.
    pub fn next_year(self) -> Self {
        Self { year: self.year.saturating_add(1), ..self }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl std::str::FromStr for Month {
    type Err = InvalidMonth;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('-').filter(|(year, month)| year.len() == 4 && month.len() == 2);
        parts
            .and_then(|(year, month)| Self::new(year.parse().ok()?, month.parse().ok()?))
            .ok_or_else(|| InvalidMonth(text.to_owned()))
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidMonth;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// The text is no month of a year.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month: write year and month, such as 2026-11")]
pub struct InvalidMonth(String);

/// Whom a question is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// First job, first year.
    Junior,
    /// Works alone.
    Mid,
    /// Decides for a team.
    Senior,
    /// Decides across teams.
    Staff,
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

/// A stage of a design interview, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Asks what is wanted.
    Clarify,
    /// Puts numbers to it.
    Estimate,
    /// Draws the whole.
    Sketch,
    /// Goes into one part.
    Deepen,
}

word_enum!(Level, "level" {
    Junior => "junior", Mid => "mid", Senior => "senior", Staff => "staff"
});
word_enum!(Kind, "kind" {
    Concept => "concept", Snippet => "snippet", Design => "design", Behavioral => "behavioral"
});
word_enum!(Stage, "stage" {
    Clarify => "clarify", Estimate => "estimate", Sketch => "sketch", Deepen => "deepen"
});

bounded!(
    /// How much a key point counts: 1 to 5.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "u8", into = "u8")]
    Weight(u8).get, (1..=5), "a weight is a whole number from 1 to 5"
);

bounded!(
    /// How long an answer may take: 30 to 600 seconds.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "u32", into = "u32")]
    TimeLimit(u32).seconds, (30..=600), "a time limit is a whole number of seconds from 30 to 600"
);
