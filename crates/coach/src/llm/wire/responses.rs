//! OpenAI's responses, as far as they are used.

use serde::Deserialize;
use serde::de::Error;
use serde_json::{Value, json};

use super::{Call, End, Enforcement, Message, Options, Said, Tokens};
use crate::llm::form::Object;

pub(super) fn request(call: &Call<'_>, options: &Options<'_>) -> Object {
    let format = match options.enforcement {
        Enforcement::Schema => Some(
            Object::default()
                .with("type", "json_schema")
                .with("name", call.form.name)
                .with("strict", true)
                .with("schema", call.form.schema(options.preset.takes_bounds())),
        ),
        Enforcement::Json => Some(Object::default().with("type", "json_object")),
        Enforcement::Described => None,
    };
    let input: Vec<Object> = call.messages.iter().map(Message::as_object).collect();
    Object::default()
        .with("model", options.model)
        .with("instructions", call.instructions)
        .with("input", input)
        .with_some("text", format.map(|format| Object::default().with("format", format)))
        .with("max_output_tokens", options.most_tokens)
        .with_some("reasoning", options.thinking.map(|thinking| json!({"effort": thinking.effort()})))
        .with_some("temperature", options.temperature)
        // An answer is not kept where the candidate did not put it.
        .with("store", false)
        .with("stream", options.is_streamed)
}

/// The body of a whole response, or one event of a stream.
#[derive(Deserialize)]
struct Event {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    delta: Option<Value>,
    /// In the events that begin and end a stream.
    response: Option<Whole>,
    #[serde(flatten)]
    whole: Whole,
}

#[derive(Deserialize)]
struct Whole {
    model: Option<String>,
    status: Option<String>,
    output: Option<Vec<Item>>,
    incomplete_details: Option<Incomplete>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Item {
    content: Option<Vec<Part>>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Incomplete {
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    input_tokens: u64,
    input_tokens_details: Option<Details>,
    #[serde(default)]
    output_tokens: u64,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: u64,
}

pub(super) fn read(data: &[u8], said: &mut Said) -> Result<(), serde_json::Error> {
    let event: Event = serde_json::from_slice(data)?;
    match event.kind.as_deref() {
        None if event.whole.output.is_none() => return Err(Error::custom("neither an event nor a response")),
        None => finish(event.whole, said),
        Some("response.output_text.delta") => {
            said.text.push_str(event.delta.as_ref().and_then(Value::as_str).unwrap_or_default());
        }
        Some("response.refusal.delta") => said.end = Some(End::Declined),
        Some("response.completed" | "response.incomplete") => {
            event.response.into_iter().for_each(|whole| finish(whole, said));
        }
        Some(kind) => said.has_thought |= kind.starts_with("response.reasoning"),
    }
    Ok(())
}

fn finish(whole: Whole, said: &mut Said) {
    let parts: Vec<Part> = whole.output.into_iter().flatten().filter_map(|item| item.content).flatten().collect();
    if said.text.is_empty() {
        let texts = parts.iter().filter(|part| part.kind == "output_text").filter_map(|part| part.text.as_deref());
        said.text = texts.collect();
    }
    if let Some(usage) = whole.usage {
        let cached = usage.input_tokens_details.map_or(0, |details| details.cached_tokens);
        said.tokens.update(Tokens { input: usage.input_tokens, cached, output: usage.output_tokens });
    }
    said.model = whole.model.or(said.model.take());
    let reason = whole.incomplete_details.and_then(|incomplete| incomplete.reason);
    said.end = match (whole.status.as_deref(), reason.as_deref()) {
        _ if parts.iter().any(|part| part.kind == "refusal") => Some(End::Declined),
        (_, Some("content_filter")) => Some(End::Declined),
        (Some("incomplete"), _) => Some(End::CutOff),
        _ => said.end.or(Some(End::Complete)),
    };
}
