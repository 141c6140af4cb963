//! Anthropic's messages, as far as they are used.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, End, Enforcement, Message, Options, Said, Tokens};
use crate::llm::form::Object;
use crate::llm::settings::Thinking;

/// The version of the format.
pub(super) const VERSION: &str = "2023-06-01";

pub(super) fn request(call: &Call<'_>, options: &Options<'_>) -> Object {
    // Everything up to here is the same for all answers to a question, so the service may keep it. It is not the same for all questions at
    // any earlier place: the tool with the question's key points comes first in what is kept.
    let system = Object::default()
        .with("type", "text")
        .with("text", call.instructions)
        .with("cache_control", json!({"type": "ephemeral"}));
    let messages: Vec<Object> = call.messages.iter().map(Message::as_object).collect();
    let budget = options.thinking.and_then(Thinking::budget);
    let body = Object::default()
        .with("model", options.model)
        .with("max_tokens", options.most_tokens)
        .with("system", [system])
        .with("messages", messages);
    let body = match options.enforcement {
        Enforcement::Schema | Enforcement::Json => {
            // Models that are not held to a schema know no strict tools.
            let strict = (options.enforcement == Enforcement::Schema).then_some(true);
            let tool = Object::default()
                .with("name", call.form.name)
                .with("description", "Hands in the reply.")
                .with_some("strict", strict)
                .with("input_schema", call.form.schema(options.preset.takes_bounds()));
            // A model that thinks cannot be made to use a tool, only told to.
            let choice = match budget {
                None => json!({"type": "tool", "name": call.form.name}),
                Some(_) => json!({"type": "auto"}),
            };
            body.with("tools", [tool]).with("tool_choice", choice)
        }
        Enforcement::Described => body,
    };
    let thinking = budget.map(|budget| json!({"type": "enabled", "budget_tokens": budget}));
    body.with_some("thinking", thinking)
        .with_some("temperature", options.temperature.filter(|_| budget.is_none()))
        .with("stream", options.is_streamed)
}

/// The body of a whole response, or one event of a stream.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    Message(Whole),
    MessageStart {
        message: Whole,
    },
    ContentBlockDelta {
        delta: Delta,
    },
    MessageDelta {
        delta: Stop,
        usage: Option<Usage>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Whole {
    model: Option<String>,
    content: Vec<Block>,
    #[serde(flatten)]
    stop: Stop,
    usage: Option<Usage>,
}

/// One block of a reply: text, the use of a tool, or something that is not needed.
#[derive(Deserialize)]
struct Block {
    text: Option<String>,
    input: Option<Value>,
}

#[derive(Deserialize)]
struct Delta {
    text: Option<String>,
    partial_json: Option<String>,
    thinking: Option<String>,
}

#[derive(Deserialize)]
struct Stop {
    stop_reason: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

pub(super) fn read(data: &[u8], said: &mut Said) -> Result<(), serde_json::Error> {
    match serde_json::from_slice(data)? {
        Event::Message(whole) | Event::MessageStart { message: whole } => {
            let handed_in = whole.content.iter().find_map(|block| block.input.as_ref()).map(Value::to_string);
            let written = || whole.content.iter().filter_map(|block| block.text.as_deref()).collect();
            said.text.push_str(&handed_in.unwrap_or_else(written));
            said.model = whole.model.or(said.model.take());
            end(whole.stop, said);
            count(whole.usage, said);
        }
        Event::ContentBlockDelta { delta } => {
            said.has_thought |= delta.thinking.is_some();
            said.text.push_str(&delta.text.or(delta.partial_json).unwrap_or_default());
        }
        Event::MessageDelta { delta, usage } => {
            end(delta, said);
            count(usage, said);
        }
        Event::Other => {}
    }
    Ok(())
}

fn end(stop: Stop, said: &mut Said) {
    match stop.stop_reason.as_deref() {
        Some("refusal") => said.end = Some(End::Declined),
        Some("max_tokens" | "model_context_window_exceeded") => said.end = Some(End::CutOff),
        Some(_) => said.end = Some(End::Complete),
        None => {}
    }
}

fn count(usage: Option<Usage>, said: &mut Said) {
    let Some(usage) = usage else { return };
    let cached = usage.cache_read_input_tokens.unwrap_or_default();
    // Tokens that are read from the cache or put there are not among `input_tokens`.
    let input =
        usage.input_tokens.map_or(0, |input| input + cached + usage.cache_creation_input_tokens.unwrap_or_default());
    said.tokens.update(Tokens { input, cached, output: usage.output_tokens.unwrap_or_default() });
}
