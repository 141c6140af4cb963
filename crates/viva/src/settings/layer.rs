//! What one source of settings says.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;

use crate::failure::Failure;

/// What one source of settings says: the flags, the environment, or the settings file. Each setting has the same name everywhere: the
/// flag `--model` is the variable `VIVA_MODEL` and the line `model = "…"`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Layer {
    /// The data folder.
    pub data: Option<PathBuf>,
    /// The database.
    pub database: Option<String>,
    /// The folder of the user's own questions.
    pub questions: Option<PathBuf>,
    /// The server to practise with.
    pub server: Option<String>,
    /// Where `viva serve` listens.
    pub bind: Option<String>,
    /// The speech model, by name or path.
    pub model: Option<String>,
    /// Where models are downloaded from.
    pub model_source: Option<String>,
    /// Threads that the recogniser computes with.
    pub threads: Option<NonZeroUsize>,
    /// The language spoken.
    pub language: Option<String>,
    /// Whether the recogniser is told the question's terms.
    pub glossary: Option<bool>,
    /// The microphone.
    pub device: Option<String>,
    /// Whether questions are not read aloud.
    pub mute: Option<bool>,
    /// Whether nothing is drawn or coloured.
    pub plain: Option<bool>,
    /// Whether `viva serve` may listen where other machines reach it.
    pub open_to_network: Option<bool>,
    /// Names by which `viva serve` may be called besides those of loopback.
    pub hosts: Option<Vec<String>>,
    /// The language model that judges, as the coach reads it.
    pub llm: Option<toml::Table>,
}

impl Layer {
    /// This source over a lesser one: what this one says counts.
    #[must_use]
    pub fn over(self, lesser: Self) -> Self {
        Self {
            data: self.data.or(lesser.data),
            database: self.database.or(lesser.database),
            questions: self.questions.or(lesser.questions),
            server: self.server.or(lesser.server),
            bind: self.bind.or(lesser.bind),
            model: self.model.or(lesser.model),
            model_source: self.model_source.or(lesser.model_source),
            threads: self.threads.or(lesser.threads),
            language: self.language.or(lesser.language),
            glossary: self.glossary.or(lesser.glossary),
            device: self.device.or(lesser.device),
            mute: self.mute.or(lesser.mute),
            plain: self.plain.or(lesser.plain),
            open_to_network: self.open_to_network.or(lesser.open_to_network),
            hosts: self.hosts.or(lesser.hosts),
            llm: match (self.llm, lesser.llm) {
                (Some(more), Some(less)) => Some(less.into_iter().chain(more).collect()),
                (more, less) => more.or(less),
            },
        }
    }

    /// What the environment says. `variable` gives the value of a variable that is set and not empty.
    ///
    /// # Errors
    /// When a value cannot be understood; the failure names the variable.
    pub fn of_environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, Failure> {
        let environment = Environment { variable };
        Ok(Self {
            data: environment.path("VIVA_DATA"),
            database: environment.text("VIVA_DATABASE")?,
            questions: environment.path("VIVA_QUESTIONS"),
            server: environment.text("VIVA_SERVER")?,
            bind: environment.text("VIVA_BIND")?,
            model: environment.text("VIVA_MODEL")?,
            model_source: environment.text("VIVA_MODEL_SOURCE")?,
            threads: environment.parsed("VIVA_THREADS", "a whole number from 1")?,
            language: environment.text("VIVA_LANGUAGE")?,
            glossary: environment.parsed("VIVA_GLOSSARY", "true or false")?,
            device: environment.text("VIVA_DEVICE")?,
            mute: environment.parsed("VIVA_MUTE", "true or false")?,
            plain: environment.parsed("VIVA_PLAIN", "true or false")?,
            open_to_network: environment.parsed("VIVA_OPEN_TO_NETWORK", "true or false")?,
            hosts: environment
                .text("VIVA_HOSTS")?
                .map(|hosts| hosts.split(',').map(|host| host.trim().to_owned()).collect()),
            llm: environment.language_model()?,
        })
    }

    /// What a settings file says. Paths in it start from its folder.
    ///
    /// # Errors
    /// When it is no TOML, or holds a setting that does not exist; the failure names the line.
    pub fn of_toml(text: &str, path: &Path) -> Result<Self, Failure> {
        let mut layer: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = 1 + text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count();
            Failure::new(format!("{}:{line}: {}", path.display(), error.message()))
                .help("docs/config.toml shows every setting")
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for setting in [&mut layer.data, &mut layer.questions].into_iter().flatten() {
            *setting = folder.join(&*setting);
        }
        for name in ["key_file", "prompts"] {
            if let Some(toml::Value::String(path)) = layer.llm.as_mut().and_then(|llm| llm.get_mut(name)) {
                *path = folder.join(&*path).to_string_lossy().into_owned();
            }
        }
        Ok(layer)
    }
}

/// The settings of the language model that are text.
const LANGUAGE_MODEL_TEXTS: [&str; 8] =
    ["preset", "model", "second_model", "base_url", "key_variable", "key_file", "prompts", "on_failure"];

/// Those that are whole numbers.
const LANGUAGE_MODEL_NUMBERS: [&str; 5] =
    ["connect_seconds", "first_byte_seconds", "whole_call_seconds", "concurrency", "retries"];

/// The variable of a setting of the language model.
fn variable_of(name: &str) -> String {
    format!("VIVA_LLM_{}", name.to_uppercase())
}

struct Environment<Variable> {
    variable: Variable,
}

impl<Variable: Fn(&str) -> Option<OsString>> Environment<Variable> {
    fn path(&self, name: &str) -> Option<PathBuf> {
        (self.variable)(name).map(PathBuf::from)
    }

    fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        let not_text =
            |_| Failure::new(format!("the variable {name} is not UTF-8")).help("set it to text, or unset it");
        (self.variable)(name).map(OsString::into_string).transpose().map_err(not_text)
    }

    /// The settings of the language model.
    fn language_model(&self) -> Result<Option<toml::Table>, Failure> {
        let mut table = toml::Table::new();
        for name in LANGUAGE_MODEL_TEXTS {
            if let Some(text) = self.text(&variable_of(name))? {
                table.insert(name.to_owned(), text.into());
            }
        }
        for name in LANGUAGE_MODEL_NUMBERS {
            if let Some(number) = self.parsed::<i64>(&variable_of(name), "a whole number")? {
                table.insert(name.to_owned(), number.into());
            }
        }
        if let Some(temperature) = self.parsed::<f64>(&variable_of("temperature"), "a number from 0 to 2")? {
            table.insert("temperature".to_owned(), temperature.into());
        }
        Ok((!table.is_empty()).then_some(table))
    }

    fn parsed<T: FromStr>(&self, name: &str, wanted: &str) -> Result<Option<T>, Failure> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        // People set switches to 1 and 0, too.
        let spelled_out = match (wanted, text.as_str()) {
            ("true or false", "1") => "true",
            ("true or false", "0") => "false",
            (_, text) => text,
        };
        let misunderstood = |_| {
            Failure::new(format!("the variable {name} is `{text}`")).help(format!("set it to {wanted}, or unset it"))
        };
        spelled_out.parse().map(Some).map_err(misunderstood)
    }
}
