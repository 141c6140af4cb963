//! Anthropic's messages, as far as they are used.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Call, Outcome, Said, Tokens};

/// The version of the format.
pub(super) const VERSION: &str = "2023-06-01";

/// The longest reply asked for, in tokens; the format demands a figure. The longest feedback is under half of it.
const MOST_TOKENS: u32 = 8192;

/// The body of a request.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    model: &'a str,
    max_tokens: u32,
    system: &'a str,
    messages: Vec<RequestMessage<'a>>,
    tools: [Tool<'a>; 1],
    tool_choice: ToolChoice,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
}

#[derive(Serialize)]
struct RequestMessage<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    description: &'static str,
    input_schema: &'a Value,
}

#[derive(Serialize)]
struct ToolChoice {
    r#type: &'static str,
    name: &'static str,
}

impl<'a> Request<'a> {
    pub(super) fn new(model: &'a str, temperature: Option<f64>, call: &'a Call<'_>) -> Self {
        let messages = call.messages.iter().map(|message| match message {
            super::Message::Ours(text) => RequestMessage { role: "user", content: text },
            super::Message::Models(text) => RequestMessage { role: "assistant", content: text },
        });
        let name = call.form.name;
        Self {
            model,
            max_tokens: MOST_TOKENS,
            system: call.instructions,
            messages: messages.collect(),
            tools: [Tool { name, description: "Hands in the reply.", input_schema: &call.form.schema }],
            tool_choice: ToolChoice { r#type: "tool", name },
            temperature,
        }
    }
}

/// The body of a successful response.
#[derive(Deserialize)]
pub(super) struct Response {
    content: Vec<Block>,
    #[serde(default)]
    stop_reason: Option<String>,
    #[serde(default)]
    usage: Option<Usage>,
}

/// One block of a reply: text, the use of a tool, or something that is not needed.
#[derive(Deserialize)]
struct Block {
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    input: Option<Value>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
}

impl From<Response> for Said {
    fn from(response: Response) -> Self {
        let tokens = response
            .usage
            .map(|usage| Tokens { input: usage.input_tokens, output: usage.output_tokens })
            .unwrap_or_default();
        let outcome = match response.stop_reason.as_deref() {
            Some("refusal") => Outcome::Declined,
            Some("max_tokens") => Outcome::CutOff,
            _ => Outcome::Text(text(&response.content)),
        };
        Said { outcome, tokens }
    }
}

/// The tool's input, or, where the model wrote instead of using it, what it wrote.
fn text(blocks: &[Block]) -> String {
    let handed_in = blocks.iter().find_map(|block| block.input.as_ref()).map(Value::to_string);
    handed_in.unwrap_or_else(|| blocks.iter().filter_map(|block| block.text.as_deref()).collect())
}
