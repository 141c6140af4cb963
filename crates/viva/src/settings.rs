//! Settings: flags over environment over `config.toml` over defaults.

mod data_folder;
mod layer;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use capture::transcribe::{Language, WhisperSettings};
use coach::llm::OnFailure;
use coach::{Coach, LlmCoach, LlmSettings};
use server::CoachChoice;
use url::Url;

use crate::failure::Failure;
pub use data_folder::DataFolder;
pub use layer::Layer;

/// How the program is set up, whoever said so.
#[derive(Clone)]
pub struct Settings {
    /// Where everything is kept.
    pub data: DataFolder,
    /// Where the settings file is; it need not exist.
    pub file: Option<PathBuf>,
    /// The database, when it is not the file in the data folder. May hold a password, so it is never shown.
    pub database: Option<String>,
    /// A folder of the user's own questions.
    pub bank: Option<PathBuf>,
    /// The server to practise with; the program starts one inside itself when there is none.
    pub server: Option<Url>,
    /// Where `viva serve` listens.
    pub bind: SocketAddr,
    /// How speech becomes words.
    pub speech: Speech,
    /// The microphone, when it is not the system's default.
    pub device: Option<String>,
    /// Whether questions are not read aloud.
    pub mute: bool,
    /// Whether nothing is drawn or coloured.
    pub plain: bool,
    /// Whether `viva serve` may listen where other machines reach it.
    pub open_to_network: bool,
    /// Names by which `viva serve` may be called besides those of loopback.
    pub hosts: Vec<String>,
    /// The language model that judges; the offline coach does when there is none.
    pub llm: Option<LlmSettings>,
}

/// How speech becomes words.
#[derive(Clone)]
pub struct Speech {
    /// The model, by name or path, when one was chosen.
    pub model: Option<String>,
    /// Where models are downloaded from.
    pub source: Url,
    /// How whisper listens.
    pub whisper: WhisperSettings,
}

/// Where `viva serve` listens unless somebody says otherwise.
const DEFAULT_BIND: &str = "127.0.0.1:7878";

impl Settings {
    /// Reads the settings of the environment and of the settings file; `flags` come before both.
    ///
    /// # Errors
    /// When a value cannot be understood, or no folder for the data is known. The failure names the flag, variable or line.
    pub fn load(flags: Layer, config: Option<PathBuf>) -> Result<Self, Failure> {
        let environment = Layer::of_environment(|name| std::env::var_os(name).filter(|value| !value.is_empty()))?;
        let named =
            config.or_else(|| std::env::var_os("VIVA_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from));
        let (file, path) = read_file(named)?;
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
        let speech = Speech {
            model: layer.model,
            source: url("model_source", layer.model_source.as_deref().unwrap_or(capture::models::DEFAULT_SOURCE))?,
            whisper,
        };
        Ok(Self {
            data: DataFolder::at_or_usual(layer.data)?,
            file,
            database: layer.database,
            bank: layer.questions,
            server: layer.server.map(|server| url("server", &server)).transpose()?,
            bind: address(layer.bind.as_deref().unwrap_or(DEFAULT_BIND))?,
            speech,
            device: layer.device,
            mute: layer.mute.unwrap_or(false),
            plain: layer.plain.unwrap_or(false),
            open_to_network: layer.open_to_network.unwrap_or(false),
            hosts: layer.hosts.unwrap_or_default(),
            llm: layer.llm.map(language_model).transpose()?,
        })
    }

    /// How a server of these settings is set up. `model` turns uploaded recordings into words.
    ///
    /// # Errors
    /// When the database's address cannot be understood.
    pub fn of_server(&self, model: Option<PathBuf>) -> Result<server::Settings, Failure> {
        let mut settings = server::Settings::in_folder(self.data.path());
        if let Some(database) = &self.database {
            settings.database = database.parse().map_err(|error| {
                Failure::new(format!("the setting `database` cannot be understood: {error}"))
                    .help("give an address such as sqlite:///path/to/viva.sqlite, or leave it out")
            })?;
        }
        settings.question_folder.clone_from(&self.bank);
        settings.model = model;
        settings.coach = self.coach()?;
        settings.open_to_network = self.open_to_network;
        settings.hosts.clone_from(&self.hosts);
        Ok(settings)
    }
}

impl Settings {
    /// The language model that judges.
    ///
    /// # Errors
    /// When none is set up.
    pub fn language_model(&self) -> Result<&LlmSettings, Failure> {
        self.llm.as_ref().ok_or_else(|| {
            Failure::new("no language model is set up")
                .help("set VIVA_LLM_PRESET and VIVA_LLM_MODEL, or [llm] in the settings file; `viva doctor` tries it")
        })
    }

    /// Who judges.
    fn coach(&self) -> Result<CoachChoice, Failure> {
        let Some(settings) = &self.llm else { return Ok(CoachChoice::Offline) };
        let llm: Arc<dyn Coach> = Arc::new(LlmCoach::new(settings)?);
        Ok(match settings.on_failure {
            OnFailure::StayUngraded => CoachChoice::LanguageModel(llm),
            OnFailure::Offline => CoachChoice::LanguageModelOrOffline(llm),
        })
    }
}

fn language_model(table: toml::Table) -> Result<LlmSettings, Failure> {
    table.try_into().map_err(|error: toml::de::Error| {
        Failure::new(format!("the settings of the language model, `llm`, cannot be understood: {}", error.message()))
            .help("docs/config.toml shows an example")
    })
}

/// Reads the settings file: the one that was named, or the usual one if it is there.
fn read_file(named: Option<PathBuf>) -> Result<(Layer, Option<PathBuf>), Failure> {
    let must_exist = named.is_some();
    let Some(path) = named.or_else(DataFolder::usual_settings_file) else { return Ok((Layer::default(), None)) };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((Layer::of_toml(&text, &path)?, Some(path))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => Ok((Layer::default(), Some(path))),
        Err(error) => Err(unreadable(&path, &error)),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot read the settings file {}: {error}", path.display()))
        .help("check the file, or name another one with --config")
}

fn url(name: &str, text: &str) -> Result<Url, Failure> {
    let understood = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    understood.ok_or_else(|| {
        Failure::new(format!("the setting `{name}` is no address: `{text}`"))
            .help("give one such as http://127.0.0.1:7878")
    })
}

fn address(text: &str) -> Result<SocketAddr, Failure> {
    let spelled_out = text.replace("localhost", "127.0.0.1");
    spelled_out.parse().map_err(|_| {
        Failure::new(format!("the setting `bind` is no address to listen on: `{text}`"))
            .help("give one such as 127.0.0.1:7878")
    })
}

#[cfg(test)]
mod tests;
