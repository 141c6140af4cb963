//! From the text of a file to a question.

use toml::de::DeTable;

use super::fault::{Fault, SourceFile};
use super::fields::{At, Fields, Reading};
use super::question::{Anchors, Citation, GlossaryTerm, KeyPoint, Misconception, Prompts, Question};
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
    if fields.number::<u8, u8>("format_version").is_some_and(|version| version != 2) {
        reading.fault(0, "this program reads `format_version = 2`");
    }
    let id = fields.parsed("id");
    let title = fields.text("title");
    let topic = fields.parsed("topic");
    let level = fields.parsed("level");
    let kind = fields.parsed("kind");
    let prompts = fields.texts("prompts");
    let hints = fields.optional_texts("hints");
    let time_limit = fields.number::<u32, _>("time_limit_seconds");
    let model_answer = fields.text("model_answer");
    let sources = all(fields.tables("sources"), citation);
    let reviewed = fields.optional_parsed("reviewed");
    let stretch = fields.optional_texts("stretch");
    let conflicts_with = fields.all_parsed("conflicts_with");
    let prerequisites = fields.all_parsed("prerequisites");
    let tags = fields.all_parsed("tags");
    let anchors = fields.table("anchors").and_then(anchors);
    let key_points = all(fields.tables("key_points"), key_point);
    let misconceptions = all(fields.tables("misconceptions"), misconception);
    let glossary = all(fields.tables("glossary"), glossary_term);
    let snippet = fields.optional_table("snippet").map(snippet);
    let proofs = all(fields.tables("proofs"), proof);
    fields.finish();

    rules::file_names_question(reading, file, id.as_ref());
    rules::topic_is_known(reading, file, topics, topic.as_ref());
    let terms = glossary.as_deref().unwrap_or_default();
    rules::count_is(reading, "hints", &hints, 3);
    rules::count_is(reading, "stretch", &stretch, 2);
    let asked = prompts.iter().flatten().map(|prompt| ("a prompt", prompt));
    let more = hints.iter().map(|hint| ("a hint", hint)).chain(stretch.iter().map(|more| ("a stretch question", more)));
    asked.chain(more).for_each(|(what, text)| rules::can_be_spoken(reading, what, *text, terms));
    rules::model_answer_can_be_spoken(reading, model_answer, terms);
    rules::snippet_fits_kind(reading, kind.as_ref(), snippet.is_some());
    let prompts = prompts.and_then(|prompts| {
        Prompts::try_from(all_owned(prompts)).map_err(|error| reading.fault(0, error.to_string())).ok()
    });

    let question = Question {
        id: id?.value,
        title: owned(title?),
        topic: topic?.value,
        level: level?.value,
        kind: kind?.value,
        prompts: prompts?,
        hints: all_owned(hints),
        snippet: match snippet {
            Some(snippet) => Some(snippet?),
            None => None,
        },
        key_points: key_points?,
        misconceptions: misconceptions?,
        anchors: anchors?,
        model_answer: owned(model_answer?),
        glossary: glossary?,
        sources: sources?,
        reviewed: reviewed.map(|at| at.value),
        stretch: all_owned(stretch),
        conflicts_with,
        prerequisites,
        tags,
        time_limit: time_limit?,
        proofs: proofs?,
    };
    rules::key_points_add_up(reading, &question);
    rules::groups_are_alike(reading, &question);
    rules::ids_are_unique(reading, &question);
    rules::stages_are_for_design(reading, &question);
    rules::probes_can_be_spoken(reading, &question);
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

fn all_owned(texts: Vec<At<&str>>) -> Vec<String> {
    texts.into_iter().map(owned).collect()
}

fn citation(mut fields: Fields<'_, '_>) -> Option<Citation> {
    let reading = fields.reading;
    let title = fields.text("title");
    let url = fields.optional_text("url");
    fields.finish();
    if let Some(url) = url.filter(|url| !url.value.starts_with("https://")) {
        reading.fault(url.offset, "a source's `url` begins with https://");
    }
    Some(Citation { title: owned(title?), url: url.map(owned) })
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

fn key_point(mut fields: Fields<'_, '_>) -> Option<KeyPoint> {
    let id = fields.parsed("id");
    let summary = fields.text("summary");
    let weight = fields.number::<u8, _>("weight");
    let core = fields.boolean("core");
    let any_of = fields.optional_parsed("any_of");
    let since = fields.optional_text("since");
    let until = fields.optional_text("until");
    let stage = fields.optional_parsed("stage");
    let says = phrasings(&mut fields);
    let probe = fields.text("probe");
    fields.finish();
    Some(KeyPoint {
        id: id?.value,
        summary: owned(summary?),
        weight: weight?,
        core: core?,
        any_of: any_of.map(|at| at.value),
        since: since.map(owned),
        until: until.map(owned),
        stage: stage.map(|at| at.value),
        says: says?,
        probe: owned(probe?),
    })
}

fn misconception(mut fields: Fields<'_, '_>) -> Option<Misconception> {
    let id = fields.parsed("id");
    let claim = fields.text("claim");
    let why_wrong = fields.text("why_wrong");
    let since = fields.optional_text("since");
    let until = fields.optional_text("until");
    let says = phrasings(&mut fields);
    let probe = fields.text("probe");
    fields.finish();
    Some(Misconception {
        id: id?.value,
        claim: owned(claim?),
        why_wrong: owned(why_wrong?),
        since: since.map(owned),
        until: until.map(owned),
        says: says?,
        probe: owned(probe?),
    })
}

fn phrasings(fields: &mut Fields<'_, '_>) -> Option<Vec<String>> {
    let says = fields.texts("says")?;
    rules::phrasings_can_be_spoken(fields.reading, fields.offset, &says);
    Some(all_owned(says))
}

fn glossary_term(mut fields: Fields<'_, '_>) -> Option<GlossaryTerm> {
    let term = fields.text("term");
    let spoken = fields.text("spoken");
    let heard_as = fields.texts("heard_as");
    fields.finish();
    Some(GlossaryTerm { term: owned(term?), spoken: owned(spoken?), heard_as: all_owned(heard_as?) })
}
