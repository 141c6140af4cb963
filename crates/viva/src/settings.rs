//! Settings: flags over environment over `config.toml` over defaults.

mod data_folder;
mod preparation;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use capture::transcribe::{Language, WhisperSettings};
use coach::llm::LONGEST_JUDGING;
use coach::{LlmCoach, LlmSettings};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};
use toml_edit::DocumentMut;
use url::Url;

use crate::failure::Failure;
use crate::files::replace;
pub use data_folder::DataFolder;
pub use preparation::Preparation;

/// The resolved settings of the program.
#[derive(Clone)]
pub struct Settings {
    pub data: DataFolder,
    /// Path of the settings file; it need not exist.
    pub file: Option<PathBuf>,
    /// The database, when it is not the file in the data folder.
    pub database: Option<String>,
    /// Folder with the user's own questions.
    pub bank: Option<PathBuf>,
    /// The server to practise with; without one, the program starts its own.
    pub server: Option<Url>,
    /// Address that `viva serve` listens on.
    pub bind: SocketAddr,
    pub speech: Speech,
    /// The microphone, when it is not the system's default.
    pub device: Option<String>,
    /// The model of the voice that reads questions aloud, when it is not one of the usual folders'.
    pub voice: Option<PathBuf>,
    /// Whether questions are not read aloud.
    pub mute: bool,
    /// Whether the candidate is not asked how sure they are of an answer.
    pub no_sureness: bool,
    /// Whether output has no colours and no redrawing.
    pub plain: bool,
    /// Whether `viva serve` may listen where other machines reach it.
    pub open_to_network: bool,
    /// Host names that `viva serve` accepts besides those of loopback.
    pub hosts: Vec<String>,
    /// What the candidate prepares for; none as long as they were not asked.
    pub practice: Option<Preparation>,
    /// The language model that judges; without one, the offline coach does.
    pub llm: Option<LlmSettings>,
}

/// How speech is recognised.
#[derive(Clone)]
pub struct Speech {
    /// The model, by name or path, if one was chosen.
    pub model: Option<String>,
    /// Where models are downloaded from.
    pub source: Url,
    pub whisper: WhisperSettings,
}

const DEFAULT_BIND: &str = "127.0.0.1:7878";

/// The pauses between attempts at one answer, together.
const PAUSES: Duration = Duration::from_secs(120);

impl Settings {
    /// Reads environment and settings file; `flags` override both. An error names the flag, variable or line.
    pub fn load(flags: Layer, config: Option<PathBuf>) -> Result<Self, Failure> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let environment = Layer::of_environment(variable)?;
        let (file, path) = read_file(config.or_else(|| variable("VIVA_CONFIG").map(PathBuf::from)))?;
        Self::of(flags.over(environment).over(file), path)
    }

    fn of(layer: Layer, file: Option<PathBuf>) -> Result<Self, Failure> {
        let whisper = WhisperSettings::default();
        let language = layer.language.map(|code| code.parse::<Language>()).transpose();
        let whisper = WhisperSettings {
            threads: layer.threads.unwrap_or(whisper.threads),
            glossary: layer.glossary.unwrap_or(whisper.glossary),
            language: language.map_err(|error| Failure::new(error.to_string()))?.unwrap_or(whisper.language),
            ..whisper
        };
        let source = layer.model_source.as_deref().unwrap_or(capture::models::DEFAULT_SOURCE);
        Ok(Self {
            data: DataFolder::at_or_usual(layer.data)?,
            file,
            database: layer.database,
            bank: layer.questions,
            server: layer.server.map(|server| url("server", &server)).transpose()?,
            bind: address(layer.bind.as_deref().unwrap_or(DEFAULT_BIND))?,
            speech: Speech { model: layer.model, source: url("model_source", source)?, whisper },
            device: layer.device,
            voice: layer.voice,
            mute: layer.mute.unwrap_or(false),
            no_sureness: layer.no_sureness.unwrap_or(false),
            plain: layer.plain.unwrap_or(false),
            open_to_network: layer.open_to_network.unwrap_or(false),
            hosts: layer.hosts.unwrap_or_default(),
            practice: layer.practice,
            llm: layer.llm.map(language_model).transpose()?,
        })
    }

    /// The settings of a server. `model` transcribes uploaded recordings.
    pub fn of_server(&self, model: Option<PathBuf>) -> Result<server::Settings, Failure> {
        let mut settings = server::Settings::in_folder(self.data.path());
        if let Some(database) = &self.database {
            settings.database = database.parse().map_err(|error| {
                Failure::new(format!("invalid setting `database`: {error}"))
                    .help("use an address such as sqlite:///path/to/viva.sqlite, or leave it out")
            })?;
        }
        settings.question_folder.clone_from(&self.bank);
        settings.model = model;
        settings.whisper = self.speech.whisper.clone();
        settings.language_model = self.llm.as_ref().map(LlmCoach::new).transpose()?.map(Arc::new);
        settings.open_to_network = self.open_to_network;
        if let Some(practice) = &self.practice {
            settings.preparation = practice.progress_query();
            settings.minutes_a_day = practice.minutes;
        }
        settings.hosts.clone_from(&self.hosts);
        Ok(settings)
    }

    /// How long to wait for the feedback on an answer: what the coach may take, and the pauses in which a busy one is asked again.
    pub fn longest_judging(&self) -> Duration {
        let set = self.llm.as_ref().map_or(Duration::ZERO, |llm| Duration::from_secs(llm.judging_seconds.get()));
        set.max(LONGEST_JUDGING).saturating_add(PAUSES)
    }

    /// The language model that judges; an error when none is configured.
    pub fn language_model(&self) -> Result<&LlmSettings, Failure> {
        self.llm.as_ref().ok_or_else(|| {
            Failure::new("no language model is configured").help("`viva judge` finds one and sets it up")
        })
    }

    /// A file beside the settings that exists once something was done; none where there is no place for settings.
    pub fn mark(&self, name: &str) -> Option<PathBuf> {
        Some(self.file.as_deref()?.parent()?.join(name))
    }

    /// Changes the settings file, which is made when it is not there; returns its path. Everything else in it stays as it is.
    pub fn change_file(&self, change: impl FnOnce(&mut DocumentMut)) -> Result<String, Failure> {
        let path = self.file.clone().or_else(DataFolder::usual_settings_file);
        let path =
            path.ok_or_else(|| Failure::new("there is no place for a settings file").help("name one with --config"))?;
        let failed = |error: std::io::Error| Failure::new(format!("cannot change {}: {error}", path.display()));
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.map_err(failed)?,
        };
        let mut document: DocumentMut =
            text.parse().map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        change(&mut document);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        replace(&path, document.to_string().as_bytes()).map_err(failed)?;
        Ok(path.display().to_string())
    }
}

/// Creates a [`Settings::mark`]. Where nothing can be written, the thing is done again the next time.
pub fn set_mark(mark: &Path) {
    mark.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(mark, "")).ok();
}

/// Declares each setting once: its field, how two sources merge, and its environment variable, `VIVA_` and the name in capitals.
macro_rules! settings {
    ($($name:ident: $type:ty,)*) => {
        /// What one source (flags, environment or file) sets. A setting has the same name in all of them: the flag `--model`, the
        /// variable `VIVA_MODEL`, the line `model = "…"`.
        #[derive(Clone, Debug, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Layer {
            $(pub $name: Option<$type>,)*
            /// The table `[llm]`, which the coach crate parses.
            pub llm: Option<Table>,
        }

        impl Layer {
            /// Merges two sources; where both have a setting, this one's counts.
            #[must_use]
            pub fn over(self, lesser: Self) -> Self {
                let llm = match (self.llm, lesser.llm) {
                    (Some(more), Some(less)) => Some(less.into_iter().chain(more).collect()),
                    (more, less) => more.or(less),
                };
                Self { $($name: self.$name.or(lesser.$name),)* llm }
            }

            /// Reads environment variables. `variable` returns the value of one that is set and not empty.
            fn of_environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, Failure> {
                Ok(Self { $($name: parsed(&variable, stringify!($name))?,)* llm: llm_variables(&variable)? })
            }
        }
    };
}

settings! {
    data: PathBuf,
    database: String,
    questions: PathBuf,
    server: String,
    bind: String,
    model: String,
    model_source: String,
    threads: NonZeroUsize,
    language: String,
    glossary: bool,
    device: String,
    voice: PathBuf,
    mute: bool,
    no_sureness: bool,
    plain: bool,
    open_to_network: bool,
    hosts: Vec<String>,
    practice: Preparation,
}

impl Layer {
    /// Parses a settings file. Relative paths in it start from its folder. An error names the line.
    fn of_toml(text: &str, path: &Path) -> Result<Self, Failure> {
        let mut layer: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = 1 + text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count();
            Failure::new(format!("{}:{line}: {}", path.display(), error.message()))
                .help("docs/config.toml lists every setting")
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for setting in [&mut layer.data, &mut layer.questions, &mut layer.voice].into_iter().flatten() {
            *setting = folder.join(&*setting);
        }
        for name in ["key_file", "prompts"] {
            if let Some(Value::String(path)) = layer.llm.as_mut().and_then(|llm| llm.get_mut(name)) {
                *path = folder.join(&*path).to_string_lossy().into_owned();
            }
        }
        Ok(layer)
    }
}

type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

fn text(variable: Variable<'_>, name: &str) -> Result<Option<String>, Failure> {
    let not_text = |_| Failure::new(format!("the variable {name} is not UTF-8")).help("set it to text, or unset it");
    variable(name).map(OsString::into_string).transpose().map_err(not_text)
}

/// Parses a variable as what its setting takes: text, a TOML literal, a switch (`1` or `0`), or a comma-separated list.
fn parsed<T: DeserializeOwned>(variable: Variable<'_>, setting: &str) -> Result<Option<T>, Failure> {
    let name = format!("VIVA_{}", setting.to_uppercase());
    let Some(text) = text(variable, &name)? else { return Ok(None) };
    let switch = match text.as_str() {
        "1" => Some(Value::Boolean(true)),
        "0" => Some(Value::Boolean(false)),
        _ => None,
    };
    let list = text.split(',').map(|part| Value::from(part.trim())).collect::<Vec<_>>();
    let mut readings =
        [Some(Value::from(text.as_str())), text.parse().ok(), switch, Some(list.into())].into_iter().flatten();
    let value = readings.find_map(|value: Value| value.try_into().ok());
    value.map(Some).ok_or_else(|| invalid_variable(&name, &text))
}

/// The settings in `[llm]` that are text.
const LLM_TEXTS: [&str; 10] = [
    "preset", "model", "second_model", "base_url", "key_variable", "key_file", "calls", "thinking", "prompts",
    "on_failure",
];

/// The settings in `[llm]` that are numbers.
const LLM_NUMBERS: [&str; 11] = [
    "connect_seconds", "loading_seconds", "first_byte_seconds", "between_tokens_seconds", "whole_call_seconds",
    "judging_seconds", "context_tokens", "concurrency", "examples", "retries", "temperature",
];

fn llm_variables(variable: Variable<'_>) -> Result<Option<Table>, Failure> {
    let mut table = Table::new();
    for setting in LLM_TEXTS.into_iter().chain(LLM_NUMBERS) {
        let name = format!("VIVA_LLM_{}", setting.to_uppercase());
        let Some(text) = text(variable, &name)? else { continue };
        let value = match text.parse() {
            _ if LLM_TEXTS.contains(&setting) => text.into(),
            Ok(number @ (Value::Integer(_) | Value::Float(_))) => number,
            _ => return Err(invalid_variable(&name, &text)),
        };
        table.insert(setting.to_owned(), value);
    }
    Ok((!table.is_empty()).then_some(table))
}

fn invalid_variable(name: &str, text: &str) -> Failure {
    Failure::new(format!("invalid value of the variable {name}: `{text}`"))
        .help("docs/config.toml lists every setting with an example")
}

fn language_model(table: Table) -> Result<LlmSettings, Failure> {
    let invalid = |reason: &str| {
        Failure::new(format!("invalid settings of the language model, `llm`: {reason}"))
            .help("docs/config.toml has an example")
    };
    if !table.contains_key("model") {
        return Err(invalid("missing field `model`"));
    }
    table.try_into().map_err(|error: toml::de::Error| invalid(error.message()))
}

/// Reads the settings file: `named`, or the one in the system's folder for settings if it exists.
fn read_file(named: Option<PathBuf>) -> Result<(Layer, Option<PathBuf>), Failure> {
    let must_exist = named.is_some();
    let Some(path) = named.or_else(DataFolder::usual_settings_file) else { return Ok((Layer::default(), None)) };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((Layer::of_toml(&text, &path)?, Some(path))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => Ok((Layer::default(), Some(path))),
        Err(error) => Err(Failure::new(format!("cannot read the settings file {}: {error}", path.display()))
            .help("check the file, or name another one with --config")),
    }
}

fn url(name: &str, text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| {
        Failure::new(format!("invalid setting `{name}`: `{text}` is not a URL")).help("example: http://127.0.0.1:7878")
    })
}

fn address(text: &str) -> Result<SocketAddr, Failure> {
    text.replace("localhost", "127.0.0.1").parse().map_err(|_| {
        Failure::new(format!("invalid setting `bind`: `{text}` is not an address and port"))
            .help("example: 127.0.0.1:7878")
    })
}

#[cfg(test)]
mod tests;
