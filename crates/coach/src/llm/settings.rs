//! What a language model coach is set up with.

use std::num::{NonZeroU16, NonZeroU64};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::wire::Wire;

/// The settings of a language model coach. Keys themselves are never part of them, only where a key is found.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LlmSettings {
    /// Whose server it is: decides the wire format, and address and key variable unless they are given.
    #[serde(default)]
    pub preset: Preset,
    /// The address that the wire format's paths are appended to, such as `http://127.0.0.1:11434/v1`. Required for
    /// [`Preset::Custom`].
    #[serde(default)]
    pub base_url: Option<Url>,
    /// The model's name, as its server knows it.
    pub model: String,
    /// A second model on the same server that judges correctness too; where the two disagree a point is unclear.
    #[serde(default)]
    pub second_model: Option<String>,
    /// The environment variable that holds the key; the preset's own when it is not given.
    #[serde(default)]
    pub key_variable: Option<String>,
    /// The file that holds the key; goes before the variable.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// How random replies are, 0 to 2. When it is not given, 0 for local servers; services decide for themselves, because some refuse it.
    #[serde(default)]
    pub temperature: Option<f64>,
    /// Seconds until a connection is established.
    #[serde(default = "LlmSettings::default_connect_seconds")]
    pub connect_seconds: NonZeroU64,
    /// Seconds from the request until the reply begins. Most servers begin once the model is done.
    #[serde(default = "LlmSettings::default_first_byte_seconds")]
    pub first_byte_seconds: NonZeroU64,
    /// Seconds until the whole reply is there.
    #[serde(default = "LlmSettings::default_whole_call_seconds")]
    pub whole_call_seconds: NonZeroU64,
    /// How many calls may be under way at once.
    #[serde(default = "LlmSettings::default_concurrency")]
    pub concurrency: NonZeroU16,
    /// How often a call is tried again when the server is busy or cannot be reached.
    #[serde(default = "LlmSettings::default_retries")]
    pub retries: u8,
    /// What happens to an answer that the model could not judge.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// A folder of templates that go before the built-in ones.
    #[serde(default)]
    pub prompts: Option<PathBuf>,
}

/// What happens to an answer that the model could not judge. It is kept in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// It stays ungraded, and can be regraded.
    #[default]
    StayUngraded,
    /// The offline coach steps in, visibly.
    Offline,
}

/// Known servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// api.openai.com.
    #[serde(rename = "openai")]
    OpenAi,
    /// api.anthropic.com.
    Anthropic,
    /// Ollama on this machine.
    Ollama,
    /// The server of llama.cpp on this machine.
    LlamaCpp,
    /// vLLM on this machine.
    Vllm,
    /// LM Studio on this machine.
    LmStudio,
    /// openrouter.ai.
    #[serde(rename = "openrouter")]
    OpenRouter,
    /// Any other server that understands OpenAI's chat completions.
    #[default]
    Custom,
}

impl Preset {
    pub(super) fn wire(self) -> Wire {
        match self {
            Self::Anthropic => Wire::Messages,
            _ => Wire::ChatCompletions,
        }
    }

    pub(super) fn base_url(self) -> Option<&'static str> {
        match self {
            Self::OpenAi => Some("https://api.openai.com/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Ollama => Some("http://127.0.0.1:11434/v1"),
            Self::LlamaCpp => Some("http://127.0.0.1:8080/v1"),
            Self::Vllm => Some("http://127.0.0.1:8000/v1"),
            Self::LmStudio => Some("http://127.0.0.1:1234/v1"),
            Self::OpenRouter => Some("https://openrouter.ai/api/v1"),
            Self::Custom => None,
        }
    }

    pub(super) fn key_variable(self) -> Option<&'static str> {
        match self {
            Self::OpenAi => Some("OPENAI_API_KEY"),
            Self::Anthropic => Some("ANTHROPIC_API_KEY"),
            Self::OpenRouter => Some("OPENROUTER_API_KEY"),
            Self::Ollama | Self::LlamaCpp | Self::Vllm | Self::LmStudio | Self::Custom => None,
        }
    }

    pub(super) fn temperature(self) -> Option<f64> {
        match self {
            Self::Ollama | Self::LlamaCpp | Self::Vllm | Self::LmStudio => Some(0.0),
            Self::OpenAi | Self::Anthropic | Self::OpenRouter | Self::Custom => None,
        }
    }
}

impl LlmSettings {
    /// Settings for a model of a known server, all else by default.
    pub fn new(preset: Preset, model: impl Into<String>) -> Self {
        Self {
            preset,
            base_url: None,
            model: model.into(),
            second_model: None,
            key_variable: None,
            key_file: None,
            temperature: None,
            connect_seconds: Self::default_connect_seconds(),
            first_byte_seconds: Self::default_first_byte_seconds(),
            whole_call_seconds: Self::default_whole_call_seconds(),
            concurrency: Self::default_concurrency(),
            retries: Self::default_retries(),
            on_failure: OnFailure::default(),
            prompts: None,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        let seconds = |seconds: NonZeroU64| Duration::from_secs(seconds.get());
        Limits {
            connect: seconds(self.connect_seconds),
            first_byte: seconds(self.first_byte_seconds),
            whole_call: seconds(self.whole_call_seconds),
        }
    }

    const fn default_connect_seconds() -> NonZeroU64 {
        NonZeroU64::MIN.saturating_add(4)
    }

    const fn default_first_byte_seconds() -> NonZeroU64 {
        NonZeroU64::MIN.saturating_add(79)
    }

    const fn default_whole_call_seconds() -> NonZeroU64 {
        NonZeroU64::MIN.saturating_add(89)
    }

    const fn default_concurrency() -> NonZeroU16 {
        NonZeroU16::MIN.saturating_add(3)
    }

    const fn default_retries() -> u8 {
        2
    }
}

/// How long each part of a call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Until a connection is established.
    pub connect: Duration,
    /// Until the reply begins.
    pub first_byte: Duration,
    /// Until the reply is whole.
    pub whole_call: Duration,
}
