//! What is sent to language models and what comes back: the only types of this crate that cross a process border.

mod chat_completions;
mod messages;

use serde_json::Value;

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// OpenAI's chat completions, which most servers understand; the form of the reply is a JSON schema in `response_format`.
    ChatCompletions,
    /// Anthropic's messages; the form of the reply is the input of a tool that the model is made to use.
    Messages,
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
}

/// A part of the exchange after the instructions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// Material, from us.
    Ours(String),
    /// A reply, from the model.
    Models(String),
}

/// The form of a reply.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Form {
    /// What it is called.
    pub name: &'static str,
    /// The JSON schema, without references.
    pub schema: Value,
}

/// What a model said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// How it ended.
    pub outcome: Outcome,
    /// What it cost.
    pub tokens: Tokens,
}

/// How a reply ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// By itself; the text may be empty.
    Text(String),
    /// At the model's length limit.
    CutOff,
    /// The model, or its provider's filter, declined.
    Declined,
}

/// Tokens that a server counted; 0 where it does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    /// Read.
    pub input: u64,
    /// Written.
    pub output: u64,
}

impl Wire {
    /// The path after the base address.
    pub fn path(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chat/completions",
            Self::Messages => "messages",
        }
    }

    /// The headers that carry the key and what else the format wants, given the key.
    pub fn headers(self, key: Option<&str>) -> Vec<(&'static str, String)> {
        match self {
            Self::ChatCompletions => key.map(|key| ("authorization", format!("Bearer {key}"))).into_iter().collect(),
            Self::Messages => {
                let version = ("anthropic-version", messages::VERSION.to_owned());
                std::iter::once(version).chain(key.map(|key| ("x-api-key", key.to_owned()))).collect()
            }
        }
    }

    /// The body of a request.
    pub fn body(self, model: &str, temperature: Option<f64>, call: &Call<'_>) -> Result<Vec<u8>, serde_json::Error> {
        match self {
            Self::ChatCompletions => serde_json::to_vec(&chat_completions::Request::new(model, temperature, call)),
            Self::Messages => serde_json::to_vec(&messages::Request::new(model, temperature, call)),
        }
    }

    /// What the body of a successful response says; an error when it is not in this format.
    pub fn read(self, body: &[u8]) -> Result<Said, serde_json::Error> {
        match self {
            Self::ChatCompletions => serde_json::from_slice::<chat_completions::Response>(body).map(Said::from),
            Self::Messages => serde_json::from_slice::<messages::Response>(body).map(Said::from),
        }
    }
}

#[cfg(test)]
mod tests;
