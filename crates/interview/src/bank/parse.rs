//! From the text of a file to a question.

use toml::de::DeTable;

use super::fault::{Fault, SourceFile};
use super::fields::{At, Fields, Reading};
use super::question::{Anchors, GlossaryTerm, KeyPoint, Misconception, Question};
use super::rules;
use super::snippet_parse::{proof, snippet};
use super::topics::Topics;

/// Reads one question.
///
/// # Errors
///
/// Every fault of the file, by line: what is not TOML, unknown or missing fields, values out of range, unknown topics, and all that
/// contradicts `docs/questions.md`.
pub fn parse_question(file: &SourceFile, topics: &Topics) -> Result<Question, Vec<Fault>> {
    let reading = Reading::of(file);
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    for error in &errors {
        reading.fault(error.span().map_or(0, |span| span.start), error.message());
    }
    let question = if errors.is_empty() { question(&reading, file, topics, table.get_ref()) } else { None };
    match (question, reading.into_faults()) {
        (Some(question), faults) if faults.is_empty() => Ok(question),
        (_, faults) => Err(faults),
    }
}

fn question(reading: &Reading<'_>, file: &SourceFile, topics: &Topics, table: &DeTable<'_>) -> Option<Question> {
    let mut fields = Fields::of(reading, "the question", 0, table);
    if fields.number::<u8, u8>("format_version").is_some_and(|version| version != 1) {
        reading.fault(0, "this program reads `format_version = 1`");
    }
    let id = fields.parsed("id");
    let title = fields.text("title");
    let topic = fields.parsed("topic");
    let level = fields.parsed("level");
    let kind = fields.parsed("kind");
    let prompt = fields.text("prompt");
    let time_limit = fields.number::<u32, _>("time_limit_seconds");
    let model_answer = fields.text("model_answer");
    let sources = fields.texts("sources");
    let anchors = fields.table("anchors").and_then(anchors);
    let key_points = all(fields.tables("key_points"), |fields| key_point(reading, fields));
    let misconceptions = all(fields.tables("misconceptions"), |fields| misconception(reading, fields));
    let glossary = all(fields.tables("glossary"), glossary_term);
    let snippet = fields.optional_table("snippet").map(|fields| snippet(reading, fields));
    let proofs = all(fields.tables("proofs"), |fields| proof(reading, fields));
    fields.finish();

    rules::file_names_question(reading, file, id.as_ref());
    rules::topic_is_known(reading, file, topics, topic.as_ref());
    rules::prompt_can_be_spoken(reading, prompt);
    rules::model_answer_can_be_spoken(reading, model_answer);
    rules::snippet_fits_kind(reading, kind.as_ref(), snippet.is_some());

    let question = Question {
        id: id?.value,
        title: owned(title?),
        topic: topic?.value,
        level: level?.value,
        kind: kind?.value,
        prompt: owned(prompt?),
        snippet: match snippet {
            Some(snippet) => Some(snippet?),
            None => None,
        },
        key_points: key_points?,
        misconceptions: misconceptions?,
        anchors: anchors?,
        model_answer: owned(model_answer?),
        glossary: glossary?,
        sources: sources?.into_iter().map(owned).collect(),
        time_limit: time_limit?,
        proofs: proofs?,
    };
    rules::key_points_add_up(reading, &question);
    rules::ids_are_unique(reading, &question);
    rules::nothing_is_given_away(reading, &question);
    Some(question)
}

/// Reads every table; `None` when one of them has a fault.
fn all<'r, 'd, T>(tables: Vec<Fields<'r, 'd>>, read: impl Fn(Fields<'r, 'd>) -> Option<T>) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = tables.into_iter().map(read).collect();
    read.into_iter().collect()
}

/// The text in one line: authors break long lines as they like.
fn owned(text: At<&str>) -> String {
    text.value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn anchors(mut fields: Fields<'_, '_>) -> Option<Anchors> {
    let wrong_model = fields.text("wrong_model");
    let rule_without_reason = fields.text("rule_without_reason");
    let core_points = fields.text("core_points");
    let trade_offs = fields.text("trade_offs");
    fields.finish();
    Some(Anchors {
        wrong_model: owned(wrong_model?),
        rule_without_reason: owned(rule_without_reason?),
        core_points: owned(core_points?),
        trade_offs: owned(trade_offs?),
    })
}

fn key_point(reading: &Reading<'_>, mut fields: Fields<'_, '_>) -> Option<KeyPoint> {
    let id = fields.parsed("id");
    let summary = fields.text("summary");
    let weight = fields.number::<u8, _>("weight");
    let core = fields.boolean("core");
    let says = phrasings(reading, &mut fields);
    let probe = fields.text("probe");
    fields.finish();
    Some(KeyPoint {
        id: id?.value,
        summary: owned(summary?),
        weight: weight?,
        core: core?,
        says: says?,
        probe: owned(probe?),
    })
}

fn misconception(reading: &Reading<'_>, mut fields: Fields<'_, '_>) -> Option<Misconception> {
    let id = fields.parsed("id");
    let claim = fields.text("claim");
    let why_wrong = fields.text("why_wrong");
    let says = phrasings(reading, &mut fields);
    let probe = fields.text("probe");
    fields.finish();
    Some(Misconception {
        id: id?.value,
        claim: owned(claim?),
        why_wrong: owned(why_wrong?),
        says: says?,
        probe: owned(probe?),
    })
}

fn phrasings(reading: &Reading<'_>, fields: &mut Fields<'_, '_>) -> Option<Vec<String>> {
    let offset = fields.offset();
    let says = fields.texts("says")?;
    rules::phrasings_can_be_spoken(reading, offset, &says);
    Some(says.into_iter().map(owned).collect())
}

fn glossary_term(mut fields: Fields<'_, '_>) -> Option<GlossaryTerm> {
    let term = fields.text("term");
    let spoken = fields.text("spoken");
    let heard_as = fields.texts("heard_as");
    fields.finish();
    Some(GlossaryTerm {
        term: owned(term?),
        spoken: owned(spoken?),
        heard_as: heard_as?.into_iter().map(owned).collect(),
    })
}
