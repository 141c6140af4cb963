//! What is sent to language models and what comes back: the only types of this crate that cross a process border.
//!
//! Replies in chat completions are tested against what a llama.cpp server sent, everything else against the published references.

mod chat_completions;
mod messages;
mod ollama;
mod responses;

use serde_json::{Map, Value};

use super::form::{Form, Object};
use super::settings::{Preset, Thinking};

/// What ends a model's thoughts where they stand before the reply in the same text, in small letters. The last message of gpt-oss is
/// its reply, whatever its header says.
const ENDS_OF_THOUGHTS: [&str; 13] = [
    "</think>", "</thinking>", "</thought>", "</analysis>", "</reasoning>", "</seed:think>", "[/think]",
    "\u{25C1}/think\u{25B7}", "<|end_thinking|>", "<|start_response|>", "<|end_of_thought|>", "<|message|>",
    "assistantfinal",
];

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// OpenAI's chat completions, which most servers understand; the form of the reply is a JSON schema in `response_format`.
    ChatCompletions,
    /// Anthropic's messages; the form of the reply is the input of a tool that the model is made to use.
    Messages,
    /// OpenAI's responses; the form of the reply is a JSON schema in `text`.
    Responses,
    /// Ollama's own chat, where the size of the context can be set; the form of the reply is a JSON schema in `format`.
    Ollama,
}

/// One request to a model.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    /// What to do.
    pub instructions: &'a str,
    /// What to do it to, and what was said about it since.
    pub messages: Vec<Message>,
    /// What the reply looks like.
    pub form: &'a Form,
    /// Whether this asks for a better reply. A model that is asked again as it was asked before says the same again.
    pub is_repair: bool,
}

/// A part of the exchange after the instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// Material, from us.
    Ours(String),
    /// A reply, from the model.
    Models(String),
}

impl Message {
    fn as_object(&self) -> Object {
        let (role, content) = match self {
            Self::Ours(text) => ("user", text),
            Self::Models(text) => ("assistant", text),
        };
        Object::default().with("role", role).with("content", content)
    }
}

/// How the form of a reply is enforced, from the best way to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Enforcement {
    /// The server holds the model to the JSON schema.
    Schema,
    /// The server holds the model to JSON; the form is only described.
    Json,
    /// Nothing is enforced: the form is described, and JSON is looked for in what the model writes.
    Described,
}

/// What a request holds besides its call.
#[derive(Clone, Debug)]
pub(super) struct Options<'a> {
    pub preset: Preset,
    pub model: &'a str,
    pub temperature: Option<f64>,
    pub thinking: Option<Thinking>,
    pub enforcement: Enforcement,
    /// The most tokens that the model may write, its thoughts included.
    pub most_tokens: u32,
    /// Whether the reply comes piece by piece.
    pub is_streamed: bool,
    /// Whether chat completions are told `most_tokens` by OpenAI's newer name.
    pub says_completion_tokens: bool,
    /// The size of the context in tokens, where the request sets it.
    pub context: u32,
    /// Further fields of the body, which replace ours.
    pub extra: &'a Map<String, Value>,
}

/// What a model said, as far as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub text: String,
    /// Whether the model wrote down thoughts beside the reply.
    pub has_thought: bool,
    /// How the reply ended, once it has.
    pub end: Option<End>,
    pub tokens: Tokens,
    /// The model that answered, where the server says it.
    pub model: Option<String>,
}

impl Said {
    /// The text without the thoughts before it.
    pub fn reply(&self) -> &str {
        // A text that begins with the object has no thoughts before it, whatever it quotes.
        if self.text.trim_start().starts_with('{') {
            return &self.text;
        }
        let text = self.text.to_ascii_lowercase();
        let ends = ENDS_OF_THOUGHTS.iter().filter_map(|end| Some(text.rfind(end)? + end.len()));
        &self.text[ends.max().unwrap_or_default()..]
    }
}

/// How a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By itself.
    Complete,
    /// At the token limit.
    CutOff,
    /// The model, or its provider's filter, declined.
    Declined,
    /// We cut it: it repeated itself.
    Repeating,
}

/// Tokens that a server counted; 0 where it does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    /// Read, those from a cache included.
    pub input: u64,
    /// Of these, read from a cache.
    pub cached: u64,
    /// Written.
    pub output: u64,
}

impl Tokens {
    /// Counts that come later are of the whole reply, so that they replace earlier ones.
    fn update(&mut self, later: Self) {
        let newer = |known: &mut u64, later: u64| *known = if later > 0 { later } else { *known };
        newer(&mut self.input, later.input);
        newer(&mut self.cached, later.cached);
        newer(&mut self.output, later.output);
    }
}

impl Wire {
    /// The path after the base address.
    pub fn path(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chat/completions",
            Self::Messages => "messages",
            Self::Responses => "responses",
            Self::Ollama => "api/chat",
        }
    }

    /// The path of the list of models.
    pub fn models_path(self) -> &'static str {
        match self {
            Self::ChatCompletions | Self::Messages | Self::Responses => "models",
            Self::Ollama => "api/tags",
        }
    }

    /// The headers that carry the key and what else the format wants, given the key.
    pub fn headers(self, key: Option<&str>) -> Vec<(&'static str, String)> {
        match self {
            Self::ChatCompletions | Self::Responses | Self::Ollama => {
                key.map(|key| ("authorization", format!("Bearer {key}"))).into_iter().collect()
            }
            Self::Messages => {
                let version = ("anthropic-version", messages::VERSION.to_owned());
                std::iter::once(version).chain(key.map(|key| ("x-api-key", key.to_owned()))).collect()
            }
        }
    }

    /// The body of a request.
    pub fn body(self, call: &Call<'_>, options: &Options<'_>) -> Result<Vec<u8>, serde_json::Error> {
        let body = match self {
            Self::ChatCompletions => chat_completions::request(call, options),
            Self::Messages => messages::request(call, options),
            Self::Responses => responses::request(call, options),
            Self::Ollama => ollama::request(call, options),
        };
        let body = options.extra.iter().fold(body, |body, (name, value)| body.with(name.as_str(), value));
        serde_json::to_vec(&body)
    }

    /// Adds what `data` says: an event of a stream, or the body of a whole response. An error when it is not in this format.
    pub fn read(self, data: &[u8], said: &mut Said) -> Result<(), serde_json::Error> {
        match self {
            Self::ChatCompletions => chat_completions::read(data, said),
            Self::Messages => messages::read(data, said),
            Self::Responses => responses::read(data, said),
            Self::Ollama => ollama::read(data, said),
        }
    }

    /// A server's models, from its list of them.
    pub fn models(self, list: &Value) -> Vec<FoundModel> {
        let listed = list.get("data").or_else(|| list.get("models")).and_then(Value::as_array);
        listed.into_iter().flatten().filter_map(FoundModel::read).collect()
    }
}

/// A model in a server's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundModel {
    /// Its name, as the server knows it.
    pub name: String,
    /// The size of its weights, where the server says it.
    pub bytes: Option<u64>,
    /// The host that the server passes requests on to, where the model runs elsewhere.
    pub remote_host: Option<String>,
    /// Whether it makes vectors of texts and writes nothing.
    is_embedding: bool,
}

impl FoundModel {
    fn read(model: &Value) -> Option<Self> {
        let text = |path: &str| model.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let name = text("/id").or_else(|| text("/name"))?;
        // By name, or by the architecture where Ollama says it.
        let hints = [Some(name.to_lowercase()), text("/details/family")];
        let is_embedding = hints
            .iter()
            .flatten()
            .any(|hint| ["embed", "bert", "minilm", "bge-"].iter().any(|kind| hint.contains(kind)));
        let bytes = model.get("size").or_else(|| model.pointer("/meta/size")).and_then(Value::as_u64);
        let remote_host = text("/remote_host").map(|address| {
            let host = url::Url::parse(&address).ok().and_then(|address| address.host_str().map(str::to_owned));
            host.unwrap_or(address)
        });
        Some(Self { name, bytes: bytes.filter(|bytes| *bytes > 0), remote_host, is_embedding })
    }

    /// Whether it could judge, on the server's machine.
    pub fn can_judge_here(&self) -> bool {
        !self.is_embedding && self.remote_host.is_none()
    }
}

#[cfg(test)]
mod tests;
