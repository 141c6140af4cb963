//! What an author is told about a question that can be used: prompts that steer, hints and sources that are missing, old reviews.

use std::collections::HashSet;

use super::question::{Kind, Month, Question, Stage};
use super::{Bank, Remark};
use crate::id::QuestionId;
use crate::transcript::normal_words;

/// Words of a prompt: long enough to ask something, short enough to keep in mind.
const PROMPT_WORDS: std::ops::RangeInclusive<usize> = 5..=45;

/// The most things a prompt asks for: "what happens, and why?" are two.
const PARTS: usize = 2;

/// How a sentence begins that asks without a question mark.
const ASKS: &[&str] = &[
    "tell", "explain", "walk", "talk", "take", "describe", "compare", "design", "give", "show", "sketch", "say", "let",
    "pick", "name", "convince", "help", "suppose", "imagine", "sell", "teach", "how", "what", "why", "i",
];

/// Words by which a prompt asks for something.
const QUESTION_WORDS: &[&str] = &["what", "how", "why", "which", "when", "where", "who"];

/// Phrases that steer a candidate; they belong into a hint.
const STEERS: &[&str] =
    &["think about", "keep in mind", "bear in mind", "mind which", "mind what", "hint", "remember that"];

/// Words and phrases that nobody says any more.
const OLD_ENGLISH: &[&str] = &[
    "mend",
    "mends",
    "mended",
    "mending",
    "for ever",
    "dearer",
    "whom",
    "play it through",
    "plays it through",
    "hurt somebody",
    "hurts somebody",
    "to sleep the sleep",
    "whilst",
    "thereby",
    "whereupon",
    "hitherto",
];

/// Reads a question of `bank` as an editor does, in the month of `today`.
pub fn review(question: &Question, bank: &Bank, today: Month) -> Vec<Remark> {
    let mut remarks = Remarks { question, list: Vec::new() };
    remarks.prompts();
    remarks.help();
    remarks.sources(today);
    remarks.references(bank);
    remarks.stages();
    remarks.versions();
    remarks.misconceptions(bank);
    remarks.words();
    remarks.list
}

struct Remarks<'q> {
    question: &'q Question,
    list: Vec<Remark>,
}

impl Remarks<'_> {
    fn add(&mut self, about: &str, message: impl Into<String>) {
        self.list.push(Remark { about: about.to_owned(), message: message.into() });
    }

    fn prompts(&mut self) {
        let prompts = self.question.prompts.all();
        if prompts.len() < 2 {
            self.add(&prompts[0], "give two or more `prompts`, so that the question sounds new when it comes again");
        }
        let mut seen = HashSet::new();
        for prompt in prompts {
            if !seen.insert(normal_words(prompt).collect::<Vec<_>>()) {
                self.add(prompt, "two prompts have the same words");
            }
            let words = normal_words(prompt).count();
            if !PROMPT_WORDS.contains(&words) {
                self.add(prompt, format!("a prompt has 5 to 45 words; this one has {words}"));
            }
            self.openness(prompt);
        }
    }

    fn openness(&mut self, prompt: &str) {
        let sentences = sentences(prompt);
        let asks = |sentence: &&str| {
            let first = normal_words(sentence).next().unwrap_or_default();
            sentence.ends_with('?') || ASKS.contains(&first.as_str())
        };
        if sentences.len() > 2 {
            self.add(prompt, "a prompt is one line: a sentence that asks, after one that sets the scene where needed");
        }
        if !sentences.last().is_some_and(asks) {
            self.add(prompt, "a prompt ends with what it asks; what helps to answer it belongs into `hints`");
        }
        if let Some(steer) = STEERS.iter().find(|steer| has_phrase(prompt, steer)) {
            self.add(prompt, format!("\"{steer}\" steers the answer; put it into `hints`"));
        }
        let parts = sentences.iter().map(|sentence| parts(sentence)).sum::<usize>();
        if parts > PARTS {
            self.add(
                prompt,
                format!("this asks for {parts} things at once; ask one open question, with one tail at most"),
            );
        }
    }

    fn help(&mut self) {
        if matches!(self.question.kind, Kind::Concept | Kind::Snippet) && self.question.hints.is_empty() {
            self.add("", "there are no `hints`; give one to three, the mildest first");
        }
    }

    fn sources(&mut self, today: Month) {
        let question = self.question;
        if question.sources.is_empty() {
            self.add("", "there are no `sources`");
        }
        for source in question.sources.iter().filter(|source| source.url.is_none()) {
            self.add(&source.title, "this source has no `url`");
        }
        match question.reviewed {
            None => self.add("", "there is no `reviewed`, such as \"2026-11\""),
            Some(month) if month > today => self.add("reviewed =", format!("{month} is still to come")),
            Some(month) if month.next_year() < today => {
                self.add("reviewed =", format!("last reviewed in {month}, more than a year ago: check it again"));
            }
            Some(_) => {}
        }
    }

    fn references(&mut self, bank: &Bank) {
        let question = self.question;
        for (field, ids) in [("conflicts_with", &question.conflicts_with), ("prerequisites", &question.prerequisites)] {
            for id in ids {
                if *id == question.id {
                    self.add(id.as_str(), format!("`{field}` names the question itself"));
                } else if bank.question(id).is_none() {
                    self.add(id.as_str(), format!("`{field}` names `{id}`, and there is no such question"));
                }
            }
        }
        if let Some(both) = question.prerequisites.iter().find(|id| question.conflicts_with.contains(id)) {
            self.add(both.as_str(), format!("`{both}` cannot both come before and never be asked with it"));
        }
        if leads_back(question, bank) {
            self.add("prerequisites =", "its `prerequisites` lead back to the question itself");
        }
    }

    fn stages(&mut self) {
        if self.question.kind != Kind::Design {
            return;
        }
        let points = &self.question.key_points;
        for point in points.iter().filter(|point| point.stage.is_none()) {
            self.add(&point.summary, format!("`{}` has no `stage`: clarify, estimate, sketch or deepen", point.id));
        }
        for stage in [Stage::Clarify, Stage::Estimate] {
            if !points.iter().any(|point| point.stage == Some(stage)) {
                self.add("", format!("a design question has a key point of the stage `{stage}`"));
            }
        }
    }

    fn versions(&mut self) {
        let points = self.question.key_points.iter().map(|point| (point.id.as_str(), [&point.since, &point.until]));
        let wrong = self.question.misconceptions.iter().map(|wrong| (wrong.id.as_str(), [&wrong.since, &wrong.until]));
        for (id, versions) in points.chain(wrong) {
            for version in versions.into_iter().flatten() {
                if !version.contains(|letter: char| letter.is_ascii_digit()) {
                    self.add(version, format!("`since` and `until` of `{id}` name a version, such as \"Rust 1.85\""));
                }
            }
        }
    }

    fn misconceptions(&mut self, bank: &Bank) {
        let subject = bank.topics().get(&self.question.topic).map(|topic| topic.subject.as_str());
        let wrong = self.question.misconceptions.len();
        if subject == Some("rust") && self.question.kind == Kind::Concept && wrong < 3 {
            self.add("", format!("a concept of Rust has three misconceptions or more; this one has {wrong}"));
        }
    }

    fn words(&mut self) {
        for text in texts(self.question) {
            if let Some(old) = OLD_ENGLISH.iter().find(|old| has_phrase(text, old)) {
                self.add(text, format!("\"{old}\" is not plain modern English"));
            }
        }
    }
}

/// Every text of a question that people read or hear.
fn texts(question: &Question) -> Vec<&str> {
    let anchors = &question.anchors;
    let mut texts = vec![
        &question.title,
        &question.model_answer,
        &anchors.wrong_model,
        &anchors.rule_without_reason,
        &anchors.core_points,
        &anchors.trade_offs,
    ];
    texts.extend(question.prompts.all().iter().chain(&question.hints).chain(&question.stretch));
    texts.extend(question.key_points.iter().flat_map(|point| point.says.iter().chain([&point.summary, &point.probe])));
    let wrong = question.misconceptions.iter();
    texts.extend(wrong.flat_map(|wrong| wrong.says.iter().chain([&wrong.claim, &wrong.why_wrong, &wrong.probe])));
    texts.extend(question.snippet.iter().map(|snippet| &snippet.explanation));
    texts.into_iter().map(String::as_str).collect()
}

/// Sentences of a prompt, each with its closing mark.
fn sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(['.', '?', '!']).map(str::trim).filter(|part| part.contains(char::is_alphabetic)).collect()
}

/// How many things a sentence asks for: the question words that begin a clause, and at least one if it asks at all.
fn parts(sentence: &str) -> usize {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let begins = |index: usize| match index.checked_sub(1).map(|before| words[before]) {
        None => true,
        Some(before) => before.ends_with([',', ':', ';']) || ["and", "or", "me"].contains(&before),
    };
    let asks = |word: &str| normal_words(word).next().is_some_and(|word| QUESTION_WORDS.contains(&word.as_str()));
    words.iter().enumerate().filter(|(index, word)| begins(*index) && asks(word)).count()
}

fn has_phrase(text: &str, phrase: &str) -> bool {
    let said = format!(" {} ", normal_words(text).collect::<Vec<_>>().join(" "));
    said.contains(&format!(" {phrase} "))
}

/// Whether a question is among the prerequisites of its prerequisites.
fn leads_back(question: &Question, bank: &Bank) -> bool {
    let mut open: Vec<&QuestionId> = question.prerequisites.iter().collect();
    let mut seen = HashSet::new();
    while let Some(id) = open.pop() {
        if *id == question.id {
            return true;
        }
        if seen.insert(id) {
            open.extend(bank.question(id).into_iter().flat_map(|before| &before.prerequisites));
        }
    }
    false
}
