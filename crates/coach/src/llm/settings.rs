//! What a language model coach is set up with.

use std::num::{NonZeroU16, NonZeroU32, NonZeroU64};
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::wire::Wire;

/// How long an answer may be judged unless the settings say otherwise. Whoever waits for feedback should wait a little longer.
pub const LONGEST_JUDGING: Duration = Duration::from_secs(900);

/// The longest limit of time that is counted. Clocks overflow at some later time.
const LONGEST_LIMIT: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The settings of a language model coach. Keys themselves are never part of them, only where a key is found.
///
/// The default limits suit a model of some billion parameters on two cores without a graphics card, which reads a question in minutes and
/// writes a few tokens a second.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LlmSettings {
    /// Whose server it is: decides the wire format, and address and key variable unless they are given.
    pub preset: Preset,
    /// The address that the wire format's paths are appended to, such as `http://127.0.0.1:8080/v1`. Required for [`Preset::Custom`].
    pub base_url: Option<Url>,
    /// The model's name, as its server knows it. Required.
    pub model: String,
    /// A second model on the same server that judges correctness too; where the two disagree a point is unclear.
    pub second_model: Option<String>,
    /// The environment variable that holds the key; the preset's own when it is not given.
    pub key_variable: Option<String>,
    /// The file that holds the key; takes precedence over the variable.
    pub key_file: Option<PathBuf>,
    /// How random replies are, 0 to 2. When it is not given, 0 for local servers; services decide for themselves, because some refuse it.
    pub temperature: Option<f64>,
    /// Whether correctness is judged by one call, or by one for every key point and misconception.
    pub calls: Calls,
    /// How many graded answers to the same question the model is shown before it judges one, 0 to 2. When it is not given, 2 for services;
    /// none for local servers, which without a graphics card read them in half a minute.
    pub examples: Option<u8>,
    /// How much a model thinks before it replies; the preset's own when it is not given.
    pub thinking: Option<Thinking>,
    /// The size of the context in tokens that Ollama is told to use; grown where a request needs more.
    pub context_tokens: NonZeroU32,
    /// Further fields of every request's body, which replace those of the same name.
    pub extra_body: serde_json::Map<String, serde_json::Value>,
    /// Seconds until a connection is established.
    pub connect_seconds: NonZeroU64,
    /// Seconds that a server may say that it is loading its model.
    pub loading_seconds: NonZeroU64,
    /// Seconds from the request until the first token of the reply: the server reads the question and the answer, or loads the model.
    pub first_byte_seconds: NonZeroU64,
    /// Seconds between two tokens of a reply. A local server that reads another prompt meanwhile writes none.
    pub between_tokens_seconds: NonZeroU64,
    /// Seconds until the whole reply is there.
    pub whole_call_seconds: NonZeroU64,
    /// Seconds until the whole answer is judged: a few calls, one after the other where the server has one place for them.
    pub judging_seconds: NonZeroU64,
    /// How many calls may be under way at once. When it is not given, as many as a llama.cpp server has slots for, 1 for other servers on
    /// this machine, 4 for services.
    pub concurrency: Option<NonZeroU16>,
    /// How often a call is tried again when the server is busy or cannot be reached.
    pub retries: u8,
    /// What happens to an answer that the model could not judge.
    pub on_failure: OnFailure,
    /// A folder of templates that take precedence over the built-in ones.
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

/// What one call about correctness asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calls {
    /// Every key point and misconception.
    #[default]
    PerAnswer,
    /// One of them: many calls, each of which asks for one decision.
    PerPoint,
}

/// How much a model thinks before it replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thinking {
    /// Not at all, where the model can be told so.
    Off,
    /// A little.
    Low,
    /// As the model would by itself.
    Medium,
    /// Thoroughly.
    High,
}

interview::word_enum!(Thinking, "way of thinking" { Off => "off", Low => "low", Medium => "medium", High => "high" });

impl Thinking {
    /// The name that most servers have for it.
    pub(super) fn effort(self) -> &'static str {
        if self == Self::Off { "none" } else { self.as_str() }
    }

    /// The tokens that the thoughts may take, where they are counted.
    pub(super) fn budget(self) -> Option<u32> {
        match self {
            Self::Off => None,
            Self::Low => Some(2048),
            Self::Medium => Some(8192),
            Self::High => Some(24_576),
        }
    }
}

/// Known servers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// api.openai.com, by chat completions.
    #[serde(rename = "openai")]
    OpenAi,
    /// api.openai.com, by responses.
    #[serde(rename = "openai_responses")]
    OpenAiResponses,
    /// api.anthropic.com.
    Anthropic,
    /// Google's Gemini, at its endpoint for OpenAI's chat completions.
    Gemini,
    /// openrouter.ai.
    #[serde(rename = "openrouter")]
    OpenRouter,
    /// Ollama on this machine.
    Ollama,
    /// The server of llama.cpp on this machine.
    LlamaCpp,
    /// vLLM on this machine.
    Vllm,
    /// LM Studio on this machine.
    LmStudio,
    /// Any other server that understands OpenAI's chat completions.
    #[default]
    Custom,
}

interview::word_enum!(Preset, "preset" {
    OpenAi => "openai", OpenAiResponses => "openai_responses", Anthropic => "anthropic", Gemini => "gemini",
    OpenRouter => "openrouter", Ollama => "ollama", LlamaCpp => "llama_cpp", Vllm => "vllm", LmStudio => "lm_studio",
    Custom => "custom"
});

impl Preset {
    /// The presets whose servers run on this machine.
    pub const LOCAL: [Self; 4] = [Self::Ollama, Self::LlamaCpp, Self::LmStudio, Self::Vllm];

    /// The presets of services.
    pub const SERVICES: [Self; 5] =
        [Self::OpenAi, Self::OpenAiResponses, Self::Anthropic, Self::Gemini, Self::OpenRouter];

    /// Whether its server runs on this machine unless another address is given.
    pub fn is_local(self) -> bool {
        Self::LOCAL.contains(&self)
    }

    /// The address of its server.
    pub fn base_url(self) -> Option<&'static str> {
        match self {
            Self::OpenAi | Self::OpenAiResponses => Some("https://api.openai.com/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta/openai"),
            Self::OpenRouter => Some("https://openrouter.ai/api/v1"),
            Self::Ollama => Some("http://127.0.0.1:11434"),
            Self::LlamaCpp => Some("http://127.0.0.1:8080/v1"),
            Self::Vllm => Some("http://127.0.0.1:8000/v1"),
            Self::LmStudio => Some("http://127.0.0.1:1234/v1"),
            Self::Custom => None,
        }
    }

    /// The variable that usually holds the key.
    pub fn key_variable(self) -> Option<&'static str> {
        match self {
            Self::OpenAi | Self::OpenAiResponses => Some("OPENAI_API_KEY"),
            Self::Anthropic => Some("ANTHROPIC_API_KEY"),
            Self::Gemini => Some("GEMINI_API_KEY"),
            Self::OpenRouter => Some("OPENROUTER_API_KEY"),
            Self::Ollama | Self::LlamaCpp | Self::Vllm | Self::LmStudio | Self::Custom => None,
        }
    }

    pub(super) fn wire(self) -> Wire {
        match self {
            Self::Anthropic => Wire::Messages,
            Self::OpenAiResponses => Wire::Responses,
            Self::Ollama => Wire::Ollama,
            _ => Wire::ChatCompletions,
        }
    }

    pub(super) fn temperature(self) -> Option<f64> {
        self.is_local().then_some(0.0)
    }

    /// Thinking by default: off or little, because the form makes a model look for words before it decides. None for servers that are not
    /// known to have a name for it.
    pub(super) fn thinking(self) -> Option<Thinking> {
        match self {
            Self::Ollama | Self::LlamaCpp | Self::Vllm | Self::Anthropic => Some(Thinking::Off),
            Self::OpenAi | Self::OpenAiResponses | Self::Gemini | Self::OpenRouter => Some(Thinking::Low),
            Self::LmStudio | Self::Custom => None,
        }
    }

    /// Whether schemas may limit the length of texts. Services refuse schemas that do.
    pub(super) fn takes_bounds(self) -> bool {
        self.is_local() || self == Self::Custom
    }
}

impl LlmSettings {
    /// Settings for a model of a known server, all else by default.
    pub fn new(preset: Preset, model: impl Into<String>) -> Self {
        Self { preset, model: model.into(), ..Self::default() }
    }

    /// How many calls may be under way at once, before the server was asked.
    pub fn concurrency(&self) -> NonZeroU16 {
        let usual = if self.is_local() { 1 } else { 4 };
        self.concurrency.unwrap_or(NonZeroU16::MIN.saturating_add(usual - 1))
    }

    /// How many graded answers the model is shown.
    pub(super) fn examples(&self) -> u8 {
        self.examples.unwrap_or(if self.is_local() { 0 } else { 2 })
    }

    /// Whether the model runs elsewhere although its server is here: Ollama passes on what is sent to models with such names. A custom
    /// server on this machine may be an Ollama.
    pub fn is_passed_on(&self) -> bool {
        let tag = self.model.rsplit_once(':').map_or("", |(_, tag)| tag);
        let may_be_ollama = match self.preset {
            Preset::Ollama => true,
            Preset::Custom => self.base_url.as_ref().is_some_and(is_loopback),
            _ => false,
        };
        may_be_ollama && (tag == "cloud" || tag.ends_with("-cloud"))
    }

    /// Whether what is sent stays on this machine.
    pub fn is_local(&self) -> bool {
        match &self.base_url {
            _ if self.is_passed_on() => false,
            Some(address) => is_loopback(address),
            None => self.preset.is_local(),
        }
    }
}

impl Default for LlmSettings {
    fn default() -> Self {
        Self {
            preset: Preset::default(),
            base_url: None,
            model: String::new(),
            second_model: None,
            key_variable: None,
            key_file: None,
            temperature: None,
            calls: Calls::default(),
            examples: None,
            thinking: None,
            context_tokens: const { NonZeroU32::new(8192).unwrap() },
            extra_body: serde_json::Map::new(),
            connect_seconds: const { NonZeroU64::new(5).unwrap() },
            loading_seconds: const { NonZeroU64::new(300).unwrap() },
            first_byte_seconds: const { NonZeroU64::new(180).unwrap() },
            between_tokens_seconds: const { NonZeroU64::new(90).unwrap() },
            whole_call_seconds: const { NonZeroU64::new(300).unwrap() },
            judging_seconds: const { NonZeroU64::new(LONGEST_JUDGING.as_secs()).unwrap() },
            concurrency: None,
            retries: 2,
            on_failure: OnFailure::default(),
            prompts: None,
        }
    }
}

/// Whether the address is this machine's own.
pub(super) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The time that a setting in seconds limits something to.
pub(super) fn limit(seconds: NonZeroU64) -> Duration {
    Duration::from_secs(seconds.get()).min(LONGEST_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_each_part_leaves_time_for_the_rest_of_the_whole() {
        let settings = LlmSettings::default();
        let parts = [
            settings.connect_seconds,
            settings.between_tokens_seconds,
            settings.first_byte_seconds,
            settings.whole_call_seconds,
            settings.judging_seconds,
        ];
        let [.., whole_call, judging] = parts.map(NonZeroU64::get);
        assert_eq!(parts.map(NonZeroU64::get), [5, 90, 180, 300, 900]);
        assert!(parts.is_sorted() && settings.loading_seconds.get() + whole_call < judging, "{settings:?}");
    }

    #[test]
    fn what_ollama_passes_on_does_not_stay_on_this_machine() {
        for (preset, model, is_local) in [
            (Preset::Ollama, "gpt-oss:20b", true),
            (Preset::Ollama, "gpt-oss:120b-cloud", false),
            (Preset::Ollama, "glm-4.6:cloud", false),
            (Preset::LlamaCpp, "my:cloud", true),
            (Preset::OpenAi, "gpt-5", false),
        ] {
            let base_url = preset.is_local().then(|| "http://127.0.0.1:9".parse().unwrap());
            assert_eq!(LlmSettings::new(preset, model).is_local(), is_local, "{model}");
            assert_eq!(LlmSettings { base_url, ..LlmSettings::new(preset, model) }.is_local(), is_local, "{model}");
        }
        let custom = |base_url: &str, model| LlmSettings {
            base_url: Some(base_url.parse().unwrap()),
            ..LlmSettings::new(Preset::Custom, model)
        };
        assert!(custom("http://localhost:11434/v1", "gpt-oss:120b-cloud").is_passed_on());
        assert!(!custom("http://localhost:11434/v1", "gpt-oss:20b").is_passed_on());
        assert!(!custom("https://models.example/v1", "gpt-oss:120b-cloud").is_passed_on(), "it goes to that server");
    }
}
