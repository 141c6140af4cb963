//! OpenAI's chat completions, as far as they are used.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Call, Outcome, Said, Tokens};

/// The body of a request.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    model: &'a str,
    messages: Vec<RequestMessage<'a>>,
    response_format: ResponseFormat<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    stream: bool,
}

#[derive(Serialize)]
struct RequestMessage<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct ResponseFormat<'a> {
    r#type: &'static str,
    json_schema: JsonSchema<'a>,
}

#[derive(Serialize)]
struct JsonSchema<'a> {
    name: &'static str,
    strict: bool,
    schema: &'a Value,
}

impl<'a> Request<'a> {
    pub(super) fn new(model: &'a str, temperature: Option<f64>, call: &'a Call<'_>) -> Self {
        let instructions = RequestMessage { role: "system", content: call.instructions };
        let messages = call.messages.iter().map(|message| match message {
            super::Message::Ours(text) => RequestMessage { role: "user", content: text },
            super::Message::Models(text) => RequestMessage { role: "assistant", content: text },
        });
        let json_schema = JsonSchema { name: call.form.name, strict: true, schema: &call.form.schema };
        Self {
            model,
            messages: std::iter::once(instructions).chain(messages).collect(),
            response_format: ResponseFormat { r#type: "json_schema", json_schema },
            temperature,
            stream: false,
        }
    }
}

/// The body of a successful response.
#[derive(Deserialize)]
pub(super) struct Response {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    message: ResponseMessage,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct ResponseMessage {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

impl From<Response> for Said {
    fn from(response: Response) -> Self {
        let tokens = response
            .usage
            .map(|usage| Tokens { input: usage.prompt_tokens, output: usage.completion_tokens })
            .unwrap_or_default();
        let outcome = match response.choices.into_iter().next() {
            None => Outcome::Text(String::new()),
            Some(choice) => match choice.finish_reason.as_deref() {
                Some("content_filter") => Outcome::Declined,
                Some("length") => Outcome::CutOff,
                _ if choice.message.refusal.is_some_and(|refusal| !refusal.is_empty()) => Outcome::Declined,
                _ => Outcome::Text(choice.message.content.unwrap_or_default()),
            },
        };
        Said { outcome, tokens }
    }
}
