//! A turn as templates see it.

use std::collections::HashMap;
use std::sync::LazyLock;

use interview::bank::{KeyPoint, Language, Misconception, Outcome, Snippet};
use interview::follow_up::Rubric;
use interview::hash::fnv1a;
use interview::judging::Assignment;
use serde::{Deserialize, Serialize};

use super::form::Object;
use super::reading::{KEY_POINTS, MISCONCEPTIONS};

/// Answers to the built-in questions with a reader's marks and quotes, by question: one that is good, and one with near misses. They come
/// from the answers that the offline coach learns from (`judging/answers`), never from those that judges are measured on.
static GRADED: LazyLock<HashMap<String, Vec<Graded>>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../data/graded_answers.json")).unwrap_or_default());

/// An answer with the words that it makes points with, by their ids. What is in none of the maps is not in the answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Graded {
    answer: String,
    hit: HashMap<String, String>,
    unclear: HashMap<String, String>,
    stated: HashMap<String, String>,
}

/// What was asked.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Asked<'a> {
    prompt: &'a str,
    /// The main question, in a follow-up.
    follows_up_on: Option<&'a str>,
    snippet: Option<SnippetFacts<'a>>,
}

impl<'a> Asked<'a> {
    pub fn of(assignment: &Assignment<'a>) -> Self {
        Self {
            prompt: assignment.prompt,
            follows_up_on: assignment.target.map(|_| assignment.question.prompts.first()),
            snippet: assignment.question.snippet.as_ref().map(SnippetFacts::of),
        }
    }
}

/// What was asked and what answers to it are judged by.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AskedWithRubric<'a> {
    #[serde(flatten)]
    asked: Asked<'a>,
    pub key_points: Vec<&'a KeyPoint>,
    /// Points that a follow-up does not ask for.
    pub beyond: &'a [KeyPoint],
    pub misconceptions: &'a [Misconception],
    pub examples: Vec<Example>,
}

/// An answer to the same question, and the reply that judges it rightly.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Example {
    pub answer: String,
    pub reply: String,
}

impl<'a> AskedWithRubric<'a> {
    /// With the key points in an order that has nothing to do with the author's, so that a model's preference for what stands first
    /// favours no kind of point. The order depends on `seed` and the points alone: the same question reads the same every time.
    pub fn shuffled(assignment: &Assignment<'a>, seed: &str) -> Self {
        let mut key_points: Vec<&KeyPoint> = assignment.rubric.key_points.iter().collect();
        key_points.sort_by_cached_key(|point| {
            let parts = [seed, assignment.question.id.as_str(), point.id.as_str()];
            fnv1a(parts.into_iter().flat_map(|part| part.bytes().chain([0xff])))
        });
        let Rubric { beyond, misconceptions, .. } = assignment.rubric;
        Self { asked: Asked::of(assignment), key_points, beyond, misconceptions, examples: Vec::new() }
    }

    /// With up to `count` graded answers, if it is a question itself that was asked, and one of the built-in ones.
    pub fn with_examples(mut self, assignment: &Assignment<'_>, count: u8) -> Self {
        let graded = GRADED.get(assignment.question.id.as_str()).filter(|_| assignment.target.is_none());
        let graded = graded.into_iter().flatten().take(usize::from(count));
        self.examples = graded.map(|graded| self.example(graded)).collect();
        self
    }

    fn example(&self, graded: &Graded) -> Example {
        let entry =
            |quote: Option<&String>, verdict: &str| Object::default().with("quote", quote).with("verdict", verdict);
        let points = self.key_points.iter().fold(Object::default(), |points, point| {
            let id = point.id.as_str();
            points.with(
                id,
                match (graded.hit.get(id), graded.unclear.get(id)) {
                    (Some(quote), _) => entry(Some(quote), "hit"),
                    (None, Some(quote)) => entry(Some(quote), "unclear"),
                    (None, None) => entry(None, "missed"),
                },
            )
        });
        let wrong = self.misconceptions.iter().fold(Object::default(), |wrong, known| {
            let quote = graded.stated.get(known.id.as_str());
            wrong.with(known.id.as_str(), entry(quote, if quote.is_some() { "stated" } else { "not_stated" }))
        });
        let reply = Object::default().with(KEY_POINTS, points);
        let reply = if self.misconceptions.is_empty() { reply } else { reply.with(MISCONCEPTIONS, wrong) };
        Example { answer: graded.answer.clone(), reply: serde_json::to_string(&reply).unwrap_or_default() }
    }
}

/// Code, and what really happens.
#[derive(Clone, Debug, Serialize)]
struct SnippetFacts<'a> {
    language: String,
    code: &'a str,
    facts: String,
    explanation: &'a str,
    corrected: &'a str,
}

impl<'a> SnippetFacts<'a> {
    fn of(snippet: &'a Snippet) -> Self {
        let language = match snippet.language {
            Language::Rust(edition) => format!("rust, edition {}", edition.as_str()),
            other => other.as_str().to_owned(),
        };
        Self {
            language,
            code: snippet.code.trim_end(),
            facts: facts(&snippet.outcome),
            explanation: snippet.explanation.trim(),
            corrected: snippet.corrected.trim_end(),
        }
    }
}

fn facts(outcome: &Outcome) -> String {
    match outcome {
        Outcome::DoesNotCompile { code, message, line } => {
            let code = code.as_ref().map(|code| format!(" with error {code}")).unwrap_or_default();
            let message = message.as_ref().map(|message| format!(", saying \"{message}\"")).unwrap_or_default();
            format!("The compiler refuses it{code} at line {line}{message}.")
        }
        Outcome::Warns { message } => format!("It compiles, and a tool warns: \"{message}\"."),
        Outcome::Compiles => "It compiles.".to_owned(),
        Outcome::Prints { output } => format!("It compiles, runs to its end and prints:\n{}", output.trim_end()),
        Outcome::Panics { message } => format!("It compiles, and fails when it runs, saying \"{message}\"."),
        Outcome::Hangs => "It compiles, and never ends when it runs.".to_owned(),
    }
}
