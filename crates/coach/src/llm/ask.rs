//! One request to a model: ask, read, check, and ask once more for what was wrong.

use serde_json::Value;

use super::form::Form;
use super::model::Model;
use super::prompts::{Prompts, RenderedPrompt};
use super::settings::Thinking;
use super::usage;
use super::wire::{Call, End, Message, Said};
use crate::error::{CoachError, malformed, refused};

/// How much of a faulty reply is sent back, in bytes.
const LONGEST_REMINDER: usize = 16 * 1024;

/// At how many opening braces a reply is looked for.
const MOST_STARTS: usize = 64;

/// Something in a reply that cannot be used: an entry, by the names of its object and its own, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub group: String,
    pub entry: String,
    pub what: String,
}

pub(super) fn fault(group: &str, entry: &str, what: &str) -> Fault {
    Fault { group: group.to_owned(), entry: entry.to_owned(), what: what.to_owned() }
}

/// The text of a field; none for null and for blanks.
pub(super) fn text<'v>(entry: &'v Value, field: &str) -> Option<&'v str> {
    entry.get(field).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// Why nothing of a reply can be used.
#[derive(Debug, thiserror::Error)]
enum NoReply {
    #[error("it is empty")]
    Empty,
    #[error("it was cut off at the token limit")]
    CutOff,
    #[error("the model spent all its tokens on thinking: {0}")]
    OnlyThoughts(&'static str),
    #[error("it repeats itself over and over")]
    Repeating,
    #[error("it holds no complete JSON object")]
    NoObject,
}

/// Asks `model` for a reply of `form`. Each JSON object that comes is given to `take`, which keeps what it can use and says what is
/// wrong with the rest; for that the model is asked once more. Returns what is still wrong then.
///
/// # Errors
/// What the model's server answers; [`CoachError::Refused`] when the model declines; [`CoachError::Malformed`] when neither reply holds an
/// object.
pub(super) async fn ask(
    model: &Model,
    prompts: &Prompts,
    prompt: &RenderedPrompt,
    form: &Form,
    mut take: impl FnMut(&Value) -> Vec<Fault> + Send,
) -> Result<Vec<Fault>, CoachError> {
    let messages = vec![Message::Ours(prompt.material.clone())];
    let mut call = Call { instructions: &prompt.instructions, messages, form, is_repair: false };
    let said = model.say(&call).await?;
    let (faults, fault) = match read(&said, model.thinking())? {
        Ok(reply) => {
            let faults = take(&reply);
            if faults.is_empty() {
                return Ok(faults);
            }
            let lines: Vec<String> = faults.iter().map(|fault| format!("- {}: {}", fault.entry, fault.what)).collect();
            (Some(faults), lines.join("\n"))
        }
        Err(unusable) => (None, format!("- the whole reply: {unusable}")),
    };
    usage::count(|usage| usage.invalid_replies += 1);
    let wanted: Vec<(&str, &str)> =
        faults.iter().flatten().map(|fault| (fault.group.as_str(), fault.entry.as_str())).collect();
    let form = form.only(&wanted);
    let request = prompts.repair(&fault, &form.line())?;
    ask_for_repair(&mut call, said.text, request);
    let call = Call { form: &form, is_repair: true, ..call };
    let repaired = model.say(&call).await.and_then(|said| read(&said, model.thinking()));
    match (repaired, faults) {
        (Ok(Ok(reply)), _) => Ok(take(&reply)),
        // What could be used of the first reply is better than nothing.
        (_, Some(faults)) => Ok(faults),
        (Ok(Err(unusable)), None) => {
            usage::count(|usage| usage.invalid_replies += 1);
            Err(malformed(unusable.to_string()))
        }
        (Err(error), None) => Err(error),
    }
}

/// What to do about a model that was told to think this much.
fn against_thoughts(told: Option<Thinking>) -> &'static str {
    match told {
        Some(Thinking::Off) => {
            "it was told not to think, so choose another model, or give it room with `thinking = \"low\"`"
        }
        None => "set `thinking` to \"off\" or \"low\", or choose another model",
        Some(Thinking::Low) => "set `thinking` to \"off\", or choose another model",
        Some(Thinking::Medium | Thinking::High) => "set `thinking` lower, or choose another model",
    }
}

/// The JSON object in what a model said that was told to think this much, or why there is none.
fn read(said: &Said, thinking: Option<Thinking>) -> Result<Result<Value, NoReply>, CoachError> {
    let text = said.reply();
    let unusable = match said.end {
        Some(End::Declined) => return Err(refused("the model declines to judge this answer")),
        Some(End::CutOff) if text.trim().is_empty() && said.has_thought => {
            NoReply::OnlyThoughts(against_thoughts(thinking))
        }
        Some(End::CutOff) => NoReply::CutOff,
        Some(End::Repeating) => NoReply::Repeating,
        Some(End::Complete) | None if text.trim().is_empty() => NoReply::Empty,
        Some(End::Complete) | None => NoReply::NoObject,
    };
    Ok(find(text).or_else(|| find(&completed(text)?)).ok_or(unusable))
}

/// The last of the largest JSON objects in `text`, whatever is around it: models put prose, code fences and drafts around a reply.
fn find(text: &str) -> Option<Value> {
    let (mut found, mut searched) = (None::<(usize, Value)>, 0);
    for (start, _) in text.match_indices('{').take(MOST_STARTS) {
        if start < searched {
            continue;
        }
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        let value = match values.next() {
            Some(Ok(value)) => value,
            // The objects inside one that was cut off are no replies of their own.
            Some(Err(error)) if error.is_eof() => break,
            Some(Err(_)) | None => continue,
        };
        searched = start + values.byte_offset();
        let length = values.byte_offset();
        if found.as_ref().is_none_or(|(longest, _)| length >= *longest) {
            found = Some((length, value));
        }
    }
    found.map(|(_, value)| value)
}

/// `text` from its first brace to the end of its last whole object, with what is open closed: what can be saved of a reply that was cut
/// off. None when nothing was whole.
fn completed(text: &str) -> Option<String> {
    let start = text.find('{')?;
    let (mut open, mut in_text, mut escaped, mut whole) = (0_usize, false, false, None);
    for (place, c) in text[start..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '{' if !in_text => open += 1,
            '}' if !in_text => {
                open = open.checked_sub(1)?;
                whole = Some((start + place + 1, open));
            }
            _ => {}
        }
    }
    let (end, open) = whole?;
    Some(text[start..end].to_owned() + &"}".repeat(open))
}

/// Adds the faulty reply and the request to correct it. An empty reply is left out, because servers refuse empty messages; the request then
/// joins the material, because some chat templates demand that speakers alternate.
fn ask_for_repair(call: &mut Call<'_>, mut reply: String, request: String) {
    reply.truncate(reply.floor_char_boundary(LONGEST_REMINDER));
    let reply = reply.trim();
    match call.messages.last_mut() {
        Some(Message::Ours(material)) if reply.is_empty() => {
            material.push_str("\n\n");
            material.push_str(&request);
        }
        _ => call.messages.extend([Message::Models(reply.to_owned()), Message::Ours(request)]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_text(text: &str, end: End) -> Result<Value, NoReply> {
        read(&Said { text: text.to_owned(), end: Some(end), ..Said::default() }, None).unwrap()
    }

    #[test]
    fn the_reply_is_found_among_prose_fences_and_thoughts() {
        for text in [
            r#"{"ready": true}"#,
            "Sure! Here you are:\n```json\n{\"ready\": true}\n```\nAnything else?",
            "<think>maybe {\"ready\": false, \"or\": \"not\"}</think>{\"ready\": true}",
            "[THINK]{\"ready\": false, \"or\": \"not\"}[/THINK]{\"ready\": true}",
            "<|channel|>analysis<|message|>{\"ready\": false, \"or\": 1}<|channel|>final<|message|>{\"ready\": true}",
            r#"I weighed {this} and {"that": 1}. {"ready": true}"#,
        ] {
            assert_eq!(read_text(text, End::Complete).unwrap(), json!({"ready": true}), "{text}");
        }
    }

    #[test]
    fn a_text_without_an_object_has_no_reply() {
        for text in ["I'm sorry, I can't do that.", r#"{"ready": tr"#, "{{{{{", &"{".repeat(10_000), "}{"] {
            assert!(matches!(read_text(text, End::Complete), Err(NoReply::NoObject)), "{text}");
        }
        assert!(matches!(read_text(" ", End::Complete), Err(NoReply::Empty)));
        assert!(matches!(read_text("{", End::CutOff), Err(NoReply::CutOff)));
        let thinking = Said { has_thought: true, end: Some(End::CutOff), ..Said::default() };
        assert!(matches!(read(&thinking, None), Ok(Err(NoReply::OnlyThoughts(_)))));
    }

    #[test]
    fn what_to_do_about_thoughts_depends_on_what_the_model_was_told() {
        let words = against_thoughts;
        assert!(words(Some(Thinking::Off)).contains("give it room"), "{}", words(Some(Thinking::Off)));
        assert!(words(Some(Thinking::High)).contains("set `thinking` lower"));
        for told in [None, Some(Thinking::Low)] {
            assert!(words(told).contains("\"off\""), "{}", words(told));
        }
    }

    #[test]
    fn the_whole_entries_of_a_reply_that_was_cut_off_are_kept() {
        let cut = r#"{"key_points": {"a": {"quote": "a \"}\" b", "verdict": "hit"}, "b": {"quote": "c"#;
        assert_eq!(
            read_text(cut, End::CutOff).unwrap(),
            json!({"key_points": {"a": {"quote": "a \"}\" b", "verdict": "hit"}}})
        );
    }
}
