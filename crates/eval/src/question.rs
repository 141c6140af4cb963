//! A question that a dataset brings along, made into one that coaches can judge.

use std::collections::HashMap;

use interview::OutOfBounds;
use interview::bank::{Anchors, KeyPoint, Kind, Level, Misconception, Question};
use interview::id::InvalidSlug;
use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation;

use crate::dataset::{name_if_any, or_nothing};

/// The most points that a reference answer is taken apart into.
const MOST_POINTS: usize = 12;

/// A question with a reference answer, with or without key points.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct InlineQuestion {
    /// What was asked.
    pub prompt: String,
    /// A good answer.
    pub reference: String,
    /// The claims that a good answer makes; without them, the sentences of the reference are taken for claims.
    #[serde(default, deserialize_with = "or_nothing")]
    key_points: Vec<Claim>,
    /// The wrong claims that people make.
    #[serde(default, deserialize_with = "or_nothing")]
    misconceptions: Vec<Claim>,
}

/// A question in the bank's form, and what its claims were called where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedQuestion {
    pub(crate) question: Question,
    /// By id, where it has another name.
    names: HashMap<String, String>,
}

/// A claim, in one line or in full.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a claim is a text, or an object with `summary` or `claim`")]
enum Claim {
    Line(String),
    Full(FullClaim),
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct FullClaim {
    #[serde(default, deserialize_with = "name_if_any")]
    id: Option<String>,
    #[serde(alias = "claim", alias = "text", alias = "statement", alias = "point", alias = "description")]
    summary: String,
    weight: Option<u8>,
    #[serde(default, deserialize_with = "or_nothing")]
    core: bool,
    #[serde(default, deserialize_with = "or_nothing")]
    why_wrong: String,
    #[serde(default, deserialize_with = "or_nothing")]
    says: Vec<String>,
}

/// A dataset's question that cannot be judged by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnfitQuestion {
    #[error(transparent)]
    Id(#[from] InvalidSlug),
    #[error(transparent)]
    Number(#[from] OutOfBounds),
    #[error("the question has neither key points nor a reference answer")]
    NothingToJudgeBy,
}

impl InlineQuestion {
    /// Whether there is nothing but the reference to judge by.
    pub(crate) fn has_only_a_reference(&self) -> bool {
        self.key_points.is_empty()
    }

    /// The question in the bank's form. Its claims are numbered, because they may be called anything.
    pub(crate) fn to_question(&self) -> Result<NamedQuestion, UnfitQuestion> {
        let sentences: Vec<Claim>;
        let key_points = if self.has_only_a_reference() {
            let reference = self.reference.unicode_sentences().map(str::trim).filter(|sentence| !sentence.is_empty());
            sentences = reference.take(MOST_POINTS).map(|sentence| Claim::Line(sentence.to_owned())).collect();
            &sentences
        } else {
            &self.key_points
        };
        if key_points.is_empty() {
            return Err(UnfitQuestion::NothingToJudgeBy);
        }
        let question = Question {
            id: "inline".parse()?,
            title: self.prompt.clone(),
            topic: "inline".parse()?,
            level: Level::Mid,
            kind: Kind::Concept,
            prompts: self.prompt.clone().into(),
            hints: Vec::new(),
            snippet: None,
            key_points: numbered(key_points, key_point)?,
            misconceptions: numbered(&self.misconceptions, misconception)?,
            anchors: Anchors {
                wrong_model: String::new(),
                rule_without_reason: String::new(),
                core_points: String::new(),
                trade_offs: String::new(),
            },
            model_answer: self.reference.clone(),
            glossary: Vec::new(),
            sources: Vec::new(),
            reviewed: None,
            stretch: Vec::new(),
            conflicts_with: Vec::new(),
            prerequisites: Vec::new(),
            tags: Vec::new(),
            time_limit: 120.try_into()?,
            proofs: Vec::new(),
        };
        let ids = question.key_points.iter().map(|point| point.id.to_string());
        let ids = ids.chain(question.misconceptions.iter().map(|misconception| misconception.id.to_string()));
        let claims = key_points.iter().chain(&self.misconceptions);
        let names = ids.zip(claims).filter_map(|(id, claim)| Some((id, claim.in_full().id?))).collect();
        Ok(NamedQuestion { question, names })
    }
}

impl NamedQuestion {
    /// A question of the bank, whose claims keep their ids.
    pub(crate) fn of_bank(question: Question) -> Self {
        Self { question, names: HashMap::new() }
    }

    /// What all key points are called where the question comes from.
    pub(crate) fn key_points(&self) -> Vec<String> {
        self.question.key_points.iter().map(|point| self.name(point.id.as_str())).collect()
    }

    /// What all misconceptions are called where the question comes from.
    pub(crate) fn misconceptions(&self) -> Vec<String> {
        self.question.misconceptions.iter().map(|misconception| self.name(misconception.id.as_str())).collect()
    }

    /// What a key point or misconception is called where the question comes from.
    pub(crate) fn name(&self, id: &str) -> String {
        self.names.get(id).map_or(id, String::as_str).to_owned()
    }
}

impl Claim {
    fn in_full(&self) -> FullClaim {
        match self {
            Self::Full(claim) => claim.clone(),
            Self::Line(line) => FullClaim { summary: line.clone(), ..FullClaim::default() },
        }
    }
}

fn numbered<T>(
    claims: &[Claim],
    make: impl Fn(usize, FullClaim) -> Result<T, UnfitQuestion>,
) -> Result<Vec<T>, UnfitQuestion> {
    claims.iter().enumerate().map(|(index, claim)| make(index + 1, claim.in_full())).collect()
}

fn key_point(number: usize, claim: FullClaim) -> Result<KeyPoint, UnfitQuestion> {
    Ok(KeyPoint {
        id: format!("point-{number}").parse()?,
        weight: claim.weight.unwrap_or(1).try_into()?,
        core: claim.core,
        any_of: None,
        since: None,
        until: None,
        stage: None,
        says: says(&claim),
        summary: claim.summary,
        probe: String::new(),
    })
}

fn misconception(number: usize, claim: FullClaim) -> Result<Misconception, UnfitQuestion> {
    Ok(Misconception {
        id: format!("misconception-{number}").parse()?,
        says: says(&claim),
        claim: claim.summary,
        why_wrong: claim.why_wrong,
        since: None,
        until: None,
        probe: String::new(),
    })
}

/// The ways of saying a claim: at least the claim itself.
fn says(claim: &FullClaim) -> Vec<String> {
    if claim.says.is_empty() { vec![claim.summary.clone()] } else { claim.says.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(json: &str) -> Result<NamedQuestion, UnfitQuestion> {
        serde_json::from_str::<InlineQuestion>(json).unwrap().to_question()
    }

    fn names(question: &NamedQuestion) -> Vec<String> {
        [question.key_points(), question.misconceptions()].concat()
    }

    #[test]
    fn claims_may_be_lines_or_objects() {
        let question = question(
            r#"{"prompt": "p?", "reference": "r", "key_points": ["one thing", {"id": "two", "summary": "s", "weight": 3, "core": true, "says": ["x y z"]}],
                "misconceptions": [{"claim": "it is so", "why_wrong": "it is not"}]}"#,
        )
        .unwrap();
        let weights: Vec<_> =
            question.question.key_points.iter().map(|point| (point.weight.get(), point.core)).collect();
        assert_eq!(weights, [(1, false), (3, true)]);
        assert_eq!(names(&question), ["point-1", "two", "misconception-1"]);
        assert_eq!(question.question.key_points[0].says, ["one thing"]);
    }

    #[test]
    fn claims_keep_the_names_that_others_gave_them() {
        let question = question(
            r#"{"prompt": "p?", "reference": "r", "key_points": [{"id": "KP_1", "text": "s"}, {"id": 2, "statement": "t"}],
                "misconceptions": [{"id": "m", "description": "it is so", "says": null}]}"#,
        )
        .unwrap();
        assert_eq!(names(&question), ["KP_1", "2", "m"]);
    }

    #[test]
    fn without_key_points_each_sentence_of_the_reference_is_one() {
        let question =
            question(r#"{"prompt": "p?", "reference": "A stack is last in, first out. It has push and pop."}"#)
                .unwrap();
        let claims: Vec<&str> = question.question.key_points.iter().map(|point| point.summary.as_str()).collect();
        assert_eq!(claims, ["A stack is last in, first out.", "It has push and pop."]);
    }

    #[test]
    fn a_question_without_anything_to_judge_by_is_refused() {
        assert_eq!(question(r#"{"prompt": "p?", "reference": " "}"#), Err(UnfitQuestion::NothingToJudgeBy));
        let heavy = r#"{"prompt": "p?", "reference": "r", "key_points": [{"summary": "s", "weight": 9}]}"#;
        assert_eq!(question(heavy).unwrap_err().to_string(), "a weight is a whole number from 1 to 5");
    }
}
