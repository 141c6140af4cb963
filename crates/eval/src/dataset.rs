//! Labelled answers, one JSON object a line.

use std::fmt;

use interview::QuestionId;
use interview::bank::Bank;
use serde::{Deserialize, Deserializer, Serialize};

use crate::question::{InlineQuestion, NamedQuestion};

/// The longest line that is read, in bytes.
const LONGEST_LINE: usize = 1024 * 1024;

/// Labelled answers, and the lines that could not be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// The answers, in the order of their lines.
    pub items: Vec<Item>,
    /// The lines that are left out.
    pub broken_lines: Vec<BrokenLine>,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokenLine {
    /// The file, for a data set of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its number, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for BrokenLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, reason } = self;
        let file = file.as_ref().map(|file| format!("{file} ")).unwrap_or_default();
        write!(f, "{file}line {line} skipped: {reason}")
    }
}

/// One labelled answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Item {
    /// Names the answer.
    #[serde(deserialize_with = "name")]
    pub id: String,
    /// What was asked.
    pub question: LabelledQuestion,
    /// What the candidate said.
    pub answer: String,
    /// What the answer was meant to be.
    pub label: Option<Label>,
    /// What people gave it, on any scale that begins at 0.
    pub score: Option<f64>,
    /// Answers of one group are compared with each other; the question, when there is none.
    #[serde(default, deserialize_with = "name_if_any")]
    pub group: Option<String>,
    /// Who wrote or spoke it.
    pub voice: Option<String>,
    /// The subject of its question, if the bank knows it.
    #[serde(skip)]
    pub subject: Option<String>,
    /// What a judgement must hold.
    #[serde(default, deserialize_with = "or_nothing")]
    pub expect: Expectation,
    /// What a reader found in it.
    pub marks: Option<ReaderMarks>,
}

/// A reader's marks on one answer, by the ids of the question's key points and misconceptions. Every other claim is not made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReaderMarks {
    /// The key points that it makes.
    #[serde(default)]
    pub hit: Vec<String>,
    /// The claims that it makes in part, or so that readers could differ: they count neither way.
    #[serde(default)]
    pub half: Vec<String>,
    /// The misconceptions that it states.
    #[serde(default)]
    pub stated: Vec<String>,
}

impl ReaderMarks {
    /// Checks that the question has these claims.
    pub(crate) fn check(&self, question: &NamedQuestion) -> Result<(), String> {
        let Self { hit, half, stated } = self;
        let (points, wrong) = (question.key_points(), question.misconceptions());
        if let Some(id) = hit.iter().find(|id| !points.contains(id)) {
            return Err(format!("`hit` names `{id}`, and the question has no such key point"));
        }
        if let Some(id) = stated.iter().find(|id| !wrong.contains(id)) {
            return Err(format!("`stated` names `{id}`, and the question has no such misconception"));
        }
        if let Some(id) = half.iter().find(|id| !points.contains(id) && !wrong.contains(id)) {
            return Err(format!("`half` names `{id}`, and the question has no such claim"));
        }
        match half.iter().find(|id| hit.contains(id) || stated.contains(id)) {
            Some(id) => Err(format!("`{id}` is marked both as made and as half made")),
            None => Ok(()),
        }
    }
}

impl Item {
    /// What names its question: an id, or the prompt.
    pub fn question_name(&self) -> &str {
        match &self.question {
            LabelledQuestion::Bank(id) => id.as_str(),
            LabelledQuestion::Inline(question) => &question.prompt,
        }
    }

    /// Its question, as coaches judge by it.
    pub(crate) fn named_question(&self, bank: &Bank) -> Result<NamedQuestion, String> {
        match &self.question {
            LabelledQuestion::Bank(id) => {
                let question = bank.question(id).cloned().map(NamedQuestion::of_bank);
                question.ok_or_else(|| format!("there is no question `{id}` in the bank"))
            }
            LabelledQuestion::Inline(inline) => inline.to_question().map_err(|unfit| unfit.to_string()),
        }
    }

    /// The group whose answers it is compared with.
    pub fn group(&self) -> &str {
        self.group.as_deref().unwrap_or_else(|| self.question_name())
    }
}

/// What was asked: a question of the bank, or one that the line itself holds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub enum LabelledQuestion {
    /// By its id.
    Bank(QuestionId),
    /// In full.
    Inline(Box<InlineQuestion>),
}

impl TryFrom<serde_json::Value> for LabelledQuestion {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, Self::Error> {
        match value {
            serde_json::Value::String(id) => id.parse().map(Self::Bank).map_err(|error| format!("`question`: {error}")),
            question @ serde_json::Value::Object(_) => serde_json::from_value(question)
                .map(|question| Self::Inline(Box::new(question)))
                .map_err(|error| format!("`question`: {error}")),
            _ => {
                Err("`question` must be the id of a bank's question, or an object with `prompt` and `reference`"
                    .to_owned())
            }
        }
    }
}

/// What an answer was meant to be, from worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Fluent talk about something else.
    #[serde(alias = "off_topic", alias = "off-topic", alias = "off topic")]
    OffTopic,
    /// Confident and false.
    Wrong,
    /// The right terms with their relations turned round: sides exchanged, cause for effect, always for never.
    Twisted,
    /// Right about a part, wrong about another.
    Mixed,
    /// True and shallow.
    Partial,
    /// Right, and mentions wrong beliefs in order to reject them.
    Refuting,
    /// Right, with reasons and limits.
    Strong,
}

interview::word_enum!(Label, "label" {
    OffTopic => "offtopic", Wrong => "wrong", Twisted => "twisted", Mixed => "mixed", Partial => "partial",
    Refuting => "refuting", Strong => "strong"
});

/// What a judgement must hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Expectation {
    /// The score must not be higher.
    pub max_score: Option<f64>,
    /// The score must not be lower.
    pub min_score: Option<f64>,
    /// The misconception that must be found.
    pub misconception: Option<ExpectedMisconception>,
}

/// Which misconception must be found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum ExpectedMisconception {
    /// Any at all, or none.
    Any(bool),
    /// This one, by its id.
    Named(String),
}

impl Dataset {
    /// Reads all lines; empty ones are skipped, broken ones are named and left out. Marks must name claims that `bank`'s question, or the
    /// line's own, has.
    pub fn parse(text: &str, bank: &Bank) -> Self {
        let mut dataset = Self::default();
        dataset.add_lines(text, None, bank);
        dataset
    }

    /// Adds the lines of a file.
    pub(crate) fn add_lines(&mut self, text: &str, file: Option<&str>, bank: &Bank) {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match parse_line(line, bank) {
                Ok(item) => self.items.push(item),
                Err(reason) => {
                    let file = file.map(str::to_owned);
                    self.broken_lines.push(BrokenLine { file, line: number + 1, reason });
                }
            }
        }
    }
}

/// The subject that the bank has the question under.
pub(crate) fn subject_of(id: &QuestionId, bank: &Bank) -> Option<String> {
    let topic = bank.topics().get(&bank.question(id)?.topic)?;
    Some(topic.subject.clone())
}

fn parse_line(line: &str, bank: &Bank) -> Result<Item, String> {
    if line.len() > LONGEST_LINE {
        return Err(format!("the line is longer than {LONGEST_LINE} bytes"));
    }
    let mut item: Item = serde_json::from_str(line).map_err(|error| fault(&error))?;
    let numbers = [item.score, item.expect.max_score, item.expect.min_score];
    if let Some(number) = numbers.into_iter().flatten().find(|number| !number.is_finite() || *number < 0.0) {
        return Err(format!("{number} is no score: scores begin at 0"));
    }
    if let LabelledQuestion::Bank(id) = &item.question {
        item.subject = subject_of(id, bank);
    }
    // A question that is not there is reported when it is to be judged.
    if let (Some(marks), Ok(question)) = (&item.marks, item.named_question(bank)) {
        marks.check(&question)?;
    }
    Ok(item)
}

/// What is wrong with a line. The parser counts every line as its first, which would only confuse.
fn fault(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match message.strip_suffix(&place) {
        Some(what) if error.column() > 0 => format!("{what} at column {}", error.column()),
        Some(what) => what.to_owned(),
        None => message,
    }
}

/// A name: a text or a number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a name is a text or a number")]
enum Name {
    Text(String),
    Number(serde_json::Number),
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        match name {
            Name::Text(text) => text,
            Name::Number(number) => number.to_string(),
        }
    }
}

/// Reads a name.
pub(crate) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Name::deserialize(deserializer).map(String::from)
}

/// Reads a name that may be missing.
pub(crate) fn name_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Name>::deserialize(deserializer)?.map(String::from))
}

/// Reads a value that may be `null` for its default.
pub(crate) fn or_nothing<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Dataset {
        Dataset::parse(text, &Bank::default())
    }

    #[test]
    fn a_broken_line_names_its_number_and_the_rest_is_read() {
        let dataset = parse(
            "{\"id\": \"a\", \"question\": \"some-id\", \"answer\": \"x\", \"label\": \"strong\", \"half\": \"tuned\"}\n\
             {\"id\": \"b\"\n\
             \n\
             {\"id\": \"c\", \"question\": \"NOT AN ID\", \"answer\": \"x\"}\n\
             {\"id\": \"d\", \"question\": \"some-id\", \"answer\": \"x\", \"score\": -1}\n\
             {\"id\": \"e\", \"question\": {\"prompt\": \"p\", \"reference\": \"r\"}, \"answer\": \"\", \"expect\": {\"misconception\": \"m1\"}}\n",
        );
        let ids: Vec<&str> = dataset.items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(ids, ["a", "e"]);
        let lines: Vec<usize> = dataset.broken_lines.iter().map(|broken| broken.line).collect();
        assert_eq!(lines, [2, 4, 5]);
        assert_eq!(dataset.broken_lines[0].reason, "EOF while parsing an object at column 10");
        assert!(dataset.broken_lines[1].reason.contains("`NOT AN ID` is not an id"), "{:?}", dataset.broken_lines);
        assert_eq!((dataset.items[0].group(), dataset.items[1].group()), ("some-id", "p"));
        assert_eq!(dataset.items[1].expect.misconception, Some(ExpectedMisconception::Named("m1".to_owned())));
    }

    #[test]
    fn what_a_question_lacks_is_named() {
        let reason = |question: &str| {
            let dataset = parse(&format!("{{\"id\": \"a\", \"question\": {question}, \"answer\": \"x\"}}"));
            dataset.broken_lines[0].reason.clone()
        };
        assert!(reason("{\"prompt\": \"p\"}").contains("missing field `reference`"));
        assert!(reason("[]").contains("an object with `prompt` and `reference`"));
        let claim = "{\"prompt\": \"p\", \"reference\": \"r\", \"key_points\": [7]}";
        assert!(reason(claim).contains("a claim is a text"), "{}", reason(claim));
    }

    #[test]
    fn what_others_leave_empty_or_number_is_read() {
        let line = "{\"id\": 5, \"question\": {\"prompt\": \"p\", \"reference\": \"r\", \"key_points\": null}, \"answer\": \"x\", \
                    \"label\": \"off_topic\", \"score\": null, \"group\": 1.1, \"expect\": null}";
        let item = &parse(line).items[0];
        assert_eq!((item.id.as_str(), item.group(), item.label), ("5", "1.1", Some(Label::OffTopic)));
    }

    #[test]
    fn marks_name_claims_that_the_question_has() {
        let marked = |marks: &str| {
            let dataset = parse(&format!(
                "{{\"id\": \"a\", \"answer\": \"x\", \"marks\": {marks}, \"question\": {{\"prompt\": \"p\", \"reference\": \"r\", \
                 \"key_points\": [{{\"id\": \"k1\", \"summary\": \"s\"}}], \"misconceptions\": [{{\"id\": \"m1\", \"claim\": \"c\"}}]}}}}"
            ));
            dataset.broken_lines.first().map(ToString::to_string).unwrap_or_default()
        };
        assert_eq!(marked(r#"{"hit": ["k1"], "half": ["m1"]}"#), "");
        let fault = "line 1 skipped: `hit` names `m1`, and the question has no such key point";
        assert_eq!(marked(r#"{"hit": ["m1"], "half": [], "stated": []}"#), fault);
        assert!(marked(r#"{"stated": ["k1"]}"#).contains("`stated` names `k1`"));
        assert!(marked(r#"{"half": ["k2"]}"#).contains("`half` names `k2`"));
        assert!(marked(r#"{"hit": ["k1"], "half": ["k1"]}"#).contains("both as made and as half made"));
        assert!(marked(r#"{"hits": []}"#).contains("unknown field `hits`"));
    }
}
