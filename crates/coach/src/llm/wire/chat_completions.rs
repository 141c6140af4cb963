//! OpenAI's chat completions, as far as they are used.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use super::{Call, End, Enforcement, Message, Options, Said, Tokens};
use crate::llm::form::Object;
use crate::llm::settings::{Preset, Thinking};

pub(super) fn request(call: &Call<'_>, options: &Options<'_>) -> Object {
    let instructions = Object::default().with("role", "system").with("content", call.instructions);
    let messages = call.messages.iter().map(Message::as_object);
    let messages: Vec<Object> = std::iter::once(instructions).chain(messages).collect();
    let format = match options.enforcement {
        Enforcement::Schema => {
            let schema = Object::default()
                .with("name", call.form.name)
                .with("strict", true)
                .with("schema", call.form.schema(options.preset.takes_bounds()));
            Some(Object::default().with("type", "json_schema").with("json_schema", schema))
        }
        Enforcement::Json => Some(Object::default().with("type", "json_object")),
        Enforcement::Described => None,
    };
    let limit = if options.says_completion_tokens { "max_completion_tokens" } else { "max_tokens" };
    let body = Object::default()
        .with("model", options.model)
        .with("messages", messages)
        .with_some("response_format", format)
        .with(limit, options.most_tokens)
        .with_some("temperature", options.temperature);
    let body = match (options.preset, options.thinking) {
        (_, None) => body,
        (Preset::OpenRouter, Some(thinking)) => body.with("reasoning", json!({"effort": thinking.effort()})),
        (Preset::LlamaCpp | Preset::Vllm, Some(thinking)) => {
            // Templates that know an effort know no thinking that is off.
            let effort = if thinking == Thinking::Off { Thinking::Low } else { thinking }.effort();
            let enabled = thinking != Thinking::Off;
            body.with("chat_template_kwargs", json!({"enable_thinking": enabled, "reasoning_effort": effort}))
        }
        (_, Some(thinking)) => body.with("reasoning_effort", thinking.effort()),
    };
    if options.is_streamed {
        body.with("stream", true).with("stream_options", json!({"include_usage": true}))
    } else {
        body.with("stream", false)
    }
}

/// The body of a whole response, or one chunk of a stream.
#[derive(Deserialize)]
struct Response {
    model: Option<String>,
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default, alias = "delta")]
    message: Option<ResponseMessage>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct ResponseMessage {
    content: Option<Content>,
    refusal: Option<String>,
    /// Thoughts, as llama.cpp, vLLM and DeepSeek name them.
    reasoning_content: Option<String>,
    /// Thoughts, as OpenRouter and newer servers name them.
    reasoning: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    /// As Mistral's thinking models send it: thoughts and texts.
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
    thinking: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
    prompt_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
}

pub(super) fn read(data: &[u8], said: &mut Said) -> Result<(), serde_json::Error> {
    let response: Response = serde_json::from_slice(data)?;
    if let Some(Usage { prompt_tokens, completion_tokens, prompt_tokens_details }) = response.usage {
        let cached = prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or_default();
        said.tokens.update(Tokens { input: prompt_tokens, cached, output: completion_tokens });
    }
    said.model = response.model.or(said.model.take());
    let Some(choice) = response.choices.into_iter().next() else { return Ok(()) };
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if let Some(message) = choice.message {
        said.has_thought |= given(&message.reasoning_content) || given(&message.reasoning);
        if given(&message.refusal) {
            said.end = Some(End::Declined);
        }
        match message.content {
            Some(Content::Text(text)) => said.text.push_str(&text),
            Some(Content::Parts(parts)) => {
                said.has_thought |= parts.iter().any(|part| part.thinking.is_some());
                said.text.extend(parts.into_iter().filter_map(|part| part.text));
            }
            None => {}
        }
    }
    match choice.finish_reason.as_deref() {
        Some("content_filter") => said.end = Some(End::Declined),
        Some("length") => said.end = Some(End::CutOff),
        Some(_) => said.end = said.end.or(Some(End::Complete)),
        None => {}
    }
    Ok(())
}
