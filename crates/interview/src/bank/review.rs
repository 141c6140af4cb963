//! What an author is told about a question that can be used: prompts that steer, hints and sources that are missing, old reviews, words for
//! the voice where people read.

use std::collections::HashSet;

use super::question::{GlossaryTerm, KeyPoint, Kind, Month, Question, Stage};
use super::{Bank, Remark};
use crate::id::QuestionId;
use crate::transcript::{is_function_word, normal_words};

/// Words of a title.
const TITLE_WORDS: std::ops::RangeInclusive<usize> = 3..=10;

/// Words of a prompt with which it asks for a fix too.
const ASKS_FOR_A_FIX: &[&str] = &[
    "change", "correct", "do", "fix", "get", "help", "improve", "instead", "make", "repair", "replace", "rewrite",
    "solve", "write",
];

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
    "mend", "mends", "mended", "mending", "for ever", "dearer", "whom", "play it through", "plays it through",
    "hurt somebody", "hurts somebody", "to sleep the sleep", "whilst", "thereby", "whereupon", "hitherto", "shall",
    "upon", "hence", "thus", "ought", "need not",
];

/// How symbols are read aloud.
const SYMBOLS: &[&str] = &["ampersand", "angle", "dollar", "percent", "plus", "star", "tick", "tilde"];

/// What is often taken from a standard library.
const STD_NAMES: &[&str] = &[
    "array", "async", "atomic", "env", "fmt", "forward", "function", "io", "map", "mem", "move", "mutex", "optional",
    "string", "sync", "thread", "variant", "vector",
];

/// How the parts of a version are read aloud: "one point twenty three".
const NUMBERS: &[&str] = &[
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
    "fifty", "sixty", "seventy", "eighty", "ninety",
];

/// Reads a question of `bank` as an editor does, in the month of `today`.
pub fn review(question: &Question, bank: &Bank, today: Month) -> Vec<Remark> {
    let mut remarks = Remarks { question, list: Vec::new() };
    remarks.title();
    remarks.prompts();
    remarks.help();
    remarks.sources(today);
    remarks.references(bank);
    remarks.stages();
    remarks.versions();
    remarks.misconceptions(bank);
    remarks.words();
    remarks.spoken_forms();
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

    fn title(&mut self) {
        let title = &self.question.title;
        let words = title.split_whitespace().count();
        if !TITLE_WORDS.contains(&words) {
            self.add(title, format!("a title has 3 to 10 words; this one has {words}"));
        }
    }

    fn prompts(&mut self) {
        let prompts = self.question.prompts.all();
        if prompts.len() < 2 {
            self.add(&prompts[0], "give two or more `prompts`, so that the question sounds new when it comes again");
        }
        let mut seen = HashSet::new();
        for prompt in prompts {
            let mut sorted: Vec<String> = normal_words(prompt).collect();
            sorted.sort_unstable();
            let words = sorted.len();
            if !seen.insert(sorted) {
                self.add(prompt, "two prompts have the same words");
            }
            if !PROMPT_WORDS.contains(&words) {
                self.add(prompt, format!("a prompt has 5 to 45 words; this one has {words}"));
            }
            if self.wants_a_fix() && !normal_words(prompt).any(|word| ASKS_FOR_A_FIX.contains(&word.as_str())) {
                self.add(prompt, "a fix is core, but this prompt does not ask for one");
            }
            self.openness(prompt);
        }
    }

    /// Whether a fix has to be named: one of the group `fix` is core.
    fn wants_a_fix(&self) -> bool {
        let of_group = |point: &KeyPoint| point.any_of.as_ref().is_some_and(|group| group.as_str() == "fix");
        self.question.key_points.iter().any(|point| point.core && of_group(point))
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
        let points = self.question.key_points.iter().map(|point| (point.id.as_str(), &point.probe));
        let wrong = self.question.misconceptions.iter().map(|wrong| (wrong.id.as_str(), &wrong.probe));
        let probes: Vec<(&str, &String)> = points.chain(wrong).collect();
        for hint in &self.question.hints {
            if let Some((id, _)) = probes.iter().find(|(_, probe)| are_alike(hint, probe)) {
                self.add(hint, format!("this hint is nearly the probe of `{id}`; help in another way"));
            }
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
        let Question { model_answer, anchors, .. } = self.question;
        let mut texts = shown(self.question);
        texts.extend([
            model_answer, &anchors.wrong_model, &anchors.rule_without_reason, &anchors.core_points, &anchors.trade_offs,
        ]);
        for text in texts {
            if let Some(old) = OLD_ENGLISH.iter().find(|old| has_phrase(text, old)) {
                self.add(text, format!("\"{old}\" is not plain modern English"));
            }
        }
    }

    fn spoken_forms(&mut self) {
        for text in shown(self.question).into_iter().chain([&self.question.model_answer]) {
            let is_said = |term: &&GlossaryTerm| {
                is_only_said(term) && said(&text.replace(&term.term, "")).contains(&said(&term.spoken))
            };
            if let Some(GlossaryTerm { term, spoken, .. }) = self.question.glossary.iter().find(is_said) {
                self.add(text, format!("\"{spoken}\" is for the voice; write `{term}`"));
            } else if let Some(form) = unwritten(text) {
                self.add(
                    text,
                    format!(
                        "\"{form}\" is for the voice; write it as it is printed, and how it is said into the glossary"
                    ),
                );
            }
        }
    }
}

/// Every text of a question that people read on a screen.
fn shown(question: &Question) -> Vec<&String> {
    let mut texts = vec![&question.title];
    texts.extend(question.prompts.all().iter().chain(&question.hints).chain(&question.stretch));
    texts.extend(question.key_points.iter().flat_map(|point| [&point.summary, &point.probe]));
    texts.extend(question.misconceptions.iter().flat_map(|wrong| [&wrong.claim, &wrong.why_wrong, &wrong.probe]));
    texts.extend(question.snippet.iter().map(|snippet| &snippet.explanation));
    texts
}

/// Whether nobody writes a term as it is spoken: its letters or symbols are spelt out ("R A I I", "star this"), its digits are words, or its
/// name is taken apart ("ref cell"). An ordinary phrase, such as "shared pointer" for `shared_ptr`, may be written too.
fn is_only_said(GlossaryTerm { term, spoken, .. }: &GlossaryTerm) -> bool {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let has_digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let spells = spoken.split_whitespace().any(|word| word.len() == 1 || SYMBOLS.contains(&word));
    let is_name = term.contains(|c: char| c.is_uppercase() || c == '<');
    let takes_apart = is_name
        && spoken.contains(' ')
        && letters(term).contains(&letters(spoken))
        && !normal_words(spoken).any(|word| is_function_word(&word));
    let is_without_hyphen = said(&term.replace('-', " ")) == said(spoken);
    !is_without_hyphen && (spells || takes_apart || (has_digits(term) && !has_digits(spoken)))
}

/// A form that only a voice needs, whatever the glossary says: "C plus plus", "std move", "one point twenty", "R A I I".
fn unwritten(text: &str) -> Option<String> {
    let words: Vec<&str> = said_words(text).collect();
    let is_letter = |word: &str| word.len() == 1 && word.starts_with(|c: char| c.is_ascii_uppercase());
    // "A" and "I" are words too.
    let is_no_word = |word: &str| is_letter(word) && word != "A" && word != "I";
    let is_number = |word: &str| NUMBERS.contains(&word);
    let two = words.windows(2).find(|two| match **two {
        ["plus", "plus"] => true,
        ["std", name] => STD_NAMES.contains(&name),
        [one, other] => is_no_word(one) && is_no_word(other),
        _ => false,
    });
    let three = words.windows(3).find(|three| match **three {
        [one, "point", other] => is_number(one) && is_number(other),
        [one, middle, last] => is_letter(one) && is_letter(middle) && is_letter(last),
        _ => false,
    });
    three.or(two).map(|form| form.join(" "))
}

/// Whether two texts are the same, or share four fifths of the words with meaning: of the longer text's, or of the shorter one's where three
/// or more are shared.
fn are_alike(one: &str, other: &str) -> bool {
    let telling = |text| normal_words(text).filter(|word| !is_function_word(word)).collect::<HashSet<_>>();
    let (words, others) = (telling(one), telling(other));
    let shared = words.intersection(&others).count();
    let of_both = if shared < 3 { words.len().max(others.len()) } else { words.len().min(others.len()) };
    normal_words(one).eq(normal_words(other)) || (shared > 0 && shared * 5 >= of_both * 4)
}

/// The words of a text with spaces around each, in lower case: unlike normal words they are not divided at symbols.
fn said(text: &str) -> String {
    said_words(text).map(|word| word.to_lowercase()).fold(" ".to_owned(), |said, word| said + &word + " ")
}

fn said_words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
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
