//! Ollama's own chat, as far as it is used.

use serde::Deserialize;

use super::{Call, End, Enforcement, Message, Options, Said, Tokens};
use crate::llm::form::Object;
use crate::llm::settings::Thinking;

pub(super) fn request(call: &Call<'_>, options: &Options<'_>) -> Object {
    let instructions = Object::default().with("role", "system").with("content", call.instructions);
    let messages = call.messages.iter().map(Message::as_object);
    let messages: Vec<Object> = std::iter::once(instructions).chain(messages).collect();
    let body = Object::default().with("model", options.model).with("messages", messages);
    let body = match options.enforcement {
        Enforcement::Schema => body.with("format", call.form.schema(options.preset.takes_bounds())),
        Enforcement::Json => body.with("format", "json"),
        Enforcement::Described => body,
    };
    let body = match options.thinking {
        None => body,
        Some(Thinking::Off) => body.with("think", false),
        Some(thinking) => body.with("think", thinking.effort()),
    };
    // Without a size the server cuts the beginning off whatever does not fit into 2048 or 4096 tokens, and does not say so.
    let sizes = Object::default()
        .with("num_ctx", options.context)
        .with("num_predict", options.most_tokens)
        .with_some("temperature", options.temperature);
    body.with("options", sizes).with("stream", options.is_streamed)
}

/// The body of a whole response, or one line of a stream.
#[derive(Deserialize)]
struct Response {
    model: Option<String>,
    message: ResponseMessage,
    #[serde(default)]
    done: bool,
    done_reason: Option<String>,
    #[serde(default)]
    prompt_eval_count: u64,
    #[serde(default)]
    eval_count: u64,
}

#[derive(Deserialize)]
struct ResponseMessage {
    #[serde(default)]
    content: String,
    thinking: Option<String>,
}

pub(super) fn read(data: &[u8], said: &mut Said) -> Result<(), serde_json::Error> {
    let response: Response = serde_json::from_slice(data)?;
    said.text.push_str(&response.message.content);
    said.has_thought |= response.message.thinking.is_some_and(|thinking| !thinking.is_empty());
    said.model = response.model.or(said.model.take());
    said.tokens.update(Tokens { input: response.prompt_eval_count, cached: 0, output: response.eval_count });
    if response.done {
        let is_cut_off = response.done_reason.as_deref() == Some("length");
        said.end = Some(if is_cut_off { End::CutOff } else { End::Complete });
    }
    Ok(())
}
