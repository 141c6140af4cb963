//! What a sound question must meet beyond its shape.

use super::fault::SourceFile;
use super::fields::{At, Reading};
use super::question::{GlossaryTerm, KeyPoint, Kind, Question, alternatives, spoken};
use super::topics::Topics;
use crate::id::{QuestionId, TopicId};
use crate::transcript::normal_words;

pub(super) fn file_names_question(reading: &Reading<'_>, file: &SourceFile, id: Option<&At<QuestionId>>) {
    if let Some(id) = id.filter(|id| id.value.as_str() != file.stem()) {
        let message =
            format!("the file is called `{}.toml` and its id is `{}`; make them the same", file.stem(), id.value);
        reading.fault(id.offset, message);
    }
}

pub(super) fn topic_is_known(reading: &Reading<'_>, file: &SourceFile, topics: &Topics, topic: Option<&At<TopicId>>) {
    let Some(topic) = topic else { return };
    match topics.get(&topic.value) {
        None => reading.fault(topic.offset, format!("there is no topic `{}` in topics.toml", topic.value)),
        Some(known) if file.subject().is_some_and(|folder| folder != known.subject) => {
            let message = format!("the topic `{}` belongs in the folder `{}`", topic.value, known.subject);
            reading.fault(topic.offset, message);
        }
        Some(_) => {}
    }
}

/// Words of a model answer: 60 to 120 seconds at 150 words a minute.
const MODEL_ANSWER_WORDS: std::ops::RangeInclusive<usize> = 150..=300;

pub(super) fn model_answer_can_be_spoken(reading: &Reading<'_>, answer: Option<At<&str>>, terms: &[GlossaryTerm]) {
    let Some(answer) = answer else { return };
    let words = normal_words(answer.value).count();
    if !MODEL_ANSWER_WORDS.contains(&words) {
        let message = format!("the model answer has {words} words; 60 to 120 seconds of speech are 150 to 300");
        reading.fault(answer.offset, message);
    }
    can_be_spoken(reading, "the model answer", answer, terms);
}

pub(super) fn count_is(reading: &Reading<'_>, key: &str, list: &[At<&str>], most: usize) {
    if let Some(extra) = list.get(most) {
        reading.fault(extra.offset, format!("`{key}` has at most {most} texts; it has {}", list.len()));
    }
}

/// Words of one way of saying something.
const PHRASING_WORDS: std::ops::RangeInclusive<usize> = 3..=25;

/// Ways of saying something that every key point and misconception needs at least.
const PHRASINGS: usize = 4;

pub(super) fn phrasings_can_be_spoken(reading: &Reading<'_>, offset: usize, says: &[At<&str>]) {
    if says.len() < PHRASINGS {
        reading.fault(offset, format!("`says` needs at least {PHRASINGS} ways of saying it; it has {}", says.len()));
    }
    for phrasing in says {
        let words = normal_words(phrasing.value).count();
        if !PHRASING_WORDS.contains(&words) {
            reading.fault(phrasing.offset, format!("a way of saying it has 3 to 25 words; this one has {words}"));
        }
        can_be_spoken(reading, "a way of saying it", *phrasing, &[]);
    }
}

/// Refuses symbols outside the terms of the glossary, which says how those are spoken.
pub(super) fn can_be_spoken(reading: &Reading<'_>, what: &str, text: At<&str>, terms: &[GlossaryTerm]) {
    let unspoken =
        |c: &char| !(c.is_alphanumeric() || c.is_whitespace() || ".,;:?!'\u{2019}\"()-\u{2013}\u{2014}".contains(*c));
    if let Some(symbol) = spoken(text.value, terms).chars().find(unspoken) {
        let message =
            format!("{what} is said aloud; write `{symbol}` as it is spoken, or add the term to the glossary");
        reading.fault(text.offset, message);
    }
}

pub(super) fn probes_can_be_spoken(reading: &Reading<'_>, question: &Question) {
    let points = question.key_points.iter().map(|point| (point.id.as_str(), &point.probe));
    let misconceptions = question.misconceptions.iter().map(|wrong| (wrong.id.as_str(), &wrong.probe));
    for (id, probe) in points.chain(misconceptions) {
        let probe = At { value: probe.as_str(), offset: 0 };
        can_be_spoken(reading, &format!("the probe of `{id}`"), probe, &question.glossary);
    }
}

pub(super) fn snippet_fits_kind(reading: &Reading<'_>, kind: Option<&At<Kind>>, has_snippet: bool) {
    match kind {
        Some(kind) if kind.value == Kind::Snippet && !has_snippet => {
            reading.fault(kind.offset, "a question of kind `snippet` has a [snippet]");
        }
        Some(kind) if kind.value != Kind::Snippet && has_snippet => {
            reading.fault(kind.offset, "a question with a [snippet] is of kind `snippet`");
        }
        _ => {}
    }
}

/// Weights and core flags, with a group of alternatives counted as one point.
pub(super) fn key_points_add_up(reading: &Reading<'_>, question: &Question) {
    let points: Vec<&KeyPoint> = alternatives(&question.key_points).iter().map(|group| group[0]).collect();
    let most = if question.kind == Kind::Design { 9 } else { 7 };
    if !(3..=most).contains(&points.len()) {
        reading.fault(0, format!("a question has 3 to {most} key points; this one has {}", points.len()));
        return;
    }
    let weight = |core_only: bool| -> u32 {
        points.iter().filter(|point| point.core || !core_only).map(|point| u32::from(point.weight.get())).sum()
    };
    let (core, whole) = (weight(true), weight(false));
    let core_points = points.iter().filter(|point| point.core).count();
    if !(1..=3).contains(&core_points) {
        reading.fault(0, format!("one to three key points are core; here {core_points} are"));
    }
    if core * 5 < whole * 2 {
        reading.fault(0, format!("the core points weigh {core} of {whole}; they carry at least two fifths together"));
    }
    for point in points.iter().filter(|point| u32::from(point.weight.get()) * 5 > whole * 3) {
        reading.fault(0, format!("the key point `{}` weighs more than three fifths of the whole", point.id));
    }
}

pub(super) fn groups_are_alike(reading: &Reading<'_>, question: &Question) {
    for group in alternatives(&question.key_points) {
        let Some(name) = &group[0].any_of else { continue };
        if group.len() < 2 {
            reading.fault(0, format!("the group `{name}` has one key point; `any_of` joins at least two"));
        }
        if group.iter().any(|point| (point.weight, point.core) != (group[0].weight, group[0].core)) {
            reading
                .fault(0, format!("the key points of the group `{name}` have the same `weight` and the same `core`"));
        }
    }
}

pub(super) fn stages_are_for_design(reading: &Reading<'_>, question: &Question) {
    for point in question.key_points.iter().filter(|point| point.stage.is_some() && question.kind != Kind::Design) {
        reading.fault(0, format!("`{}` has a `stage`; only design questions have stages", point.id));
    }
}

pub(super) fn ids_are_unique(reading: &Reading<'_>, question: &Question) {
    let points = question.key_points.iter().map(|point| point.id.as_str());
    let misconceptions = question.misconceptions.iter().map(|misconception| misconception.id.as_str());
    let mut seen = std::collections::HashSet::new();
    for id in points.chain(misconceptions).filter(|id| !seen.insert(*id)) {
        reading.fault(0, format!("`{id}` stands for two things; every key point and misconception has its own id"));
    }
}

/// A prompt or a probe that holds one of the answer's own phrasings gives it away.
pub(super) fn nothing_is_given_away(reading: &Reading<'_>, question: &Question) {
    let normal = |text: &str| format!(" {} ", normal_words(text).collect::<Vec<_>>().join(" "));
    let prompts: Vec<String> = question.prompts.all().iter().map(|prompt| normal(prompt)).collect();
    let points = question.key_points.iter().map(|point| (point.id.as_str(), &point.says, &point.probe));
    let misconceptions = question.misconceptions.iter().map(|wrong| (wrong.id.as_str(), &wrong.says, &wrong.probe));
    for (id, says, probe) in points.chain(misconceptions) {
        let probe = normal(probe);
        for phrasing in says {
            let wanted = normal(phrasing);
            if prompts.iter().any(|prompt| prompt.contains(&wanted)) {
                reading.fault(0, format!("a prompt gives `{id}` away: it says \"{phrasing}\""));
            }
            if probe.contains(&wanted) {
                reading.fault(0, format!("the probe of `{id}` gives it away: it says \"{phrasing}\""));
            }
        }
    }
}
