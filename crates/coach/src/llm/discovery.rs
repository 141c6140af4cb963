//! Finds model servers that could be asked, and recommends one of their models.

use std::time::{Duration, Instant};

use futures::future::join_all;
use url::Url;

use super::connection::is_named;
use super::form::{Form, Shape};
use super::model::Model;
use super::settings::{LlmSettings, Preset, is_loopback};
use super::wire::{Call, FoundModel, Message};

/// How long a server on this machine may take to say that it is there.
const FINDING_LIMIT: Duration = Duration::from_secs(2);

/// A model counts as fast if it writes a few words within this time.
const TRIAL_LIMIT: Duration = Duration::from_secs(5);

/// How many models are tried: each of them may be loaded for it.
const MOST_TRIALS: usize = 2;

/// The memory that a model takes besides its weights, in bytes: mostly its context.
const MEMORY_BESIDES: u64 = 1 << 30;

/// Ollama's usual port.
const OLLAMA_PORT: u16 = 11434;

/// A server that could be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundServer {
    /// Whose it is.
    pub preset: Preset,
    /// Its address, when it is not the preset's.
    pub base_url: Option<Url>,
    /// The models it has; none for services, which are not asked before somebody says so.
    pub models: Vec<FoundModel>,
}

impl FoundServer {
    /// Where answers would be sent.
    pub fn address(&self) -> &str {
        self.base_url.as_ref().map_or_else(|| self.preset.base_url().unwrap_or_default(), Url::as_str)
    }

    /// What sets one of its models up.
    pub fn settings(&self, model: &str) -> LlmSettings {
        LlmSettings { base_url: self.base_url.clone(), ..LlmSettings::new(self.preset, model) }
    }
}

/// The model servers that answer on this machine, at their usual ports or, for Ollama, where `OLLAMA_HOST` says, and the services whose
/// key is in the environment. Only this machine is asked.
pub async fn find_servers() -> Vec<FoundServer> {
    let local = Preset::LOCAL.map(|preset| async move {
        let host = std::env::var("OLLAMA_HOST").unwrap_or_default();
        let base_url = ollama_address(&host).filter(|_| preset == Preset::Ollama);
        let mut server = FoundServer { preset, base_url, models: Vec::new() };
        // The name plays no part in asking for the list.
        let model = Model::new(&server.settings("any")).ok()?;
        server.models = tokio::time::timeout(FINDING_LIMIT, model.models()).await.ok()?.ok()?;
        Some(server)
    });
    let has_key = |preset: &Preset| {
        preset.key_variable().is_some_and(|name| std::env::var_os(name).is_some_and(|key| !key.is_empty()))
    };
    let services = Preset::SERVICES.into_iter().filter(|preset| *preset != Preset::OpenAiResponses).filter(has_key);
    let services = services.map(|preset| FoundServer { preset, base_url: None, models: Vec::new() });
    join_all(local).await.into_iter().flatten().chain(services).collect()
}

/// The host to which a server of this machine passes on what is sent to the model, when it lists the model as one that runs elsewhere:
/// Ollama does so under any name, and whatever format it is asked in. Only this machine is asked.
pub async fn runs_elsewhere(settings: &LlmSettings) -> Option<String> {
    if !settings.is_local() {
        return None;
    }
    let base_url = settings.base_url.clone().or_else(|| Url::parse(settings.preset.base_url()?).ok());
    let ollama = Model::new(&LlmSettings { base_url, ..LlmSettings::new(Preset::Ollama, &settings.model) }).ok()?;
    let listed = tokio::time::timeout(FINDING_LIMIT, ollama.models()).await.ok()?.ok()?;
    listed.into_iter().find(|known| is_named(&known.name, &settings.model))?.remote_host
}

/// Where Ollama serves by its own variable, if that is another place of this machine: `host`, `host:port` or an address.
fn ollama_address(host: &str) -> Option<Url> {
    let address = if host.contains("://") { host.to_owned() } else { format!("http://{host}") };
    let mut address = Url::parse(&address).ok()?;
    if address.port().is_none() && !host.contains("://") {
        address.set_port(Some(OLLAMA_PORT)).ok()?;
    }
    if address.host_str() == Some("0.0.0.0") {
        address.set_host(Some("127.0.0.1")).ok()?;
    }
    let is_usual = Preset::Ollama.base_url().is_some_and(|usual| address.as_str().trim_end_matches('/') == usual);
    (is_loopback(&address) && !is_usual).then_some(address)
}

/// The model of this machine that suits best.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommended {
    /// What sets it up.
    pub settings: LlmSettings,
    /// The size of its weights, where the server says it.
    pub bytes: Option<u64>,
    /// How long it took for a few words; none when these did not come in time.
    pub replied_after: Option<Duration>,
}

/// Chooses from the models of this machine by the memory that is free, in bytes, and by a trial: of those that fit into it the largest
/// that says a few words within some seconds, else the smallest. Models that only make vectors or run elsewhere are left out.
pub async fn recommend(found: &[FoundServer], memory: Option<u64>) -> Option<Recommended> {
    let local = found.iter().filter(|server| server.preset.is_local());
    let models = local.flat_map(|server| server.models.iter().map(move |model| (server.settings(&model.name), model)));
    let mut fitting: Vec<(LlmSettings, Option<u64>)> = models
        .filter(|(settings, model)| model.can_judge_here() && settings.is_local() && fits(model.bytes, memory))
        .map(|(settings, model)| (settings, model.bytes))
        .collect();
    fitting.sort_by_key(|(_, bytes)| std::cmp::Reverse(bytes.unwrap_or_default()));
    for (settings, bytes) in fitting.iter().take(MOST_TRIALS) {
        if let Some(replied_after) = try_some_words(settings).await {
            return Some(Recommended { settings: settings.clone(), bytes: *bytes, replied_after: Some(replied_after) });
        }
    }
    let smallest = fitting.into_iter().min_by_key(|(_, bytes)| bytes.unwrap_or(u64::MAX));
    smallest.map(|(settings, bytes)| Recommended { settings, bytes, replied_after: None })
}

/// Whether a model of this size runs in this much memory, as far as both are known.
fn fits(bytes: Option<u64>, memory: Option<u64>) -> bool {
    match (bytes, memory) {
        (Some(bytes), Some(memory)) => bytes.saturating_add(MEMORY_BESIDES) <= memory,
        _ => true,
    }
}

/// How long a model takes for a few words, if it has them within [`TRIAL_LIMIT`].
async fn try_some_words(settings: &LlmSettings) -> Option<Duration> {
    let model = Model::new(&LlmSettings { retries: 0, ..settings.clone() }).ok()?;
    let form = Form { name: "ready", shape: Shape::Object(vec![("ready".to_owned(), Shape::OneOf(&["yes"]))]) };
    let instructions = format!("Reply with this JSON object and nothing around it: {}", form.line());
    let messages = vec![Message::Ours("Are you ready?".to_owned())];
    let call = Call { instructions: &instructions, messages, form: &form, is_repair: false };
    let began = Instant::now();
    let said = tokio::time::timeout(TRIAL_LIMIT, model.say(&call)).await.ok()?.ok()?;
    (!said.text.trim().is_empty()).then(|| began.elapsed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ollama_is_looked_for_where_its_own_variable_says_on_this_machine() {
        for (variable, address) in [
            ("", None),
            ("127.0.0.1:11434", None),
            ("0.0.0.0", None),
            ("0.0.0.0:9000", Some("http://127.0.0.1:9000/")),
            ("localhost", Some("http://localhost:11434/")),
            ("http://127.0.0.1:9000", Some("http://127.0.0.1:9000/")),
            ("models.example:11434", None),
        ] {
            assert_eq!(ollama_address(variable).as_ref().map(Url::as_str), address, "{variable}");
        }
    }

    #[test]
    fn a_model_fits_with_room_for_its_context() {
        const GIB: u64 = 1 << 30;
        assert!(fits(Some(4 * GIB), Some(5 * GIB)) && !fits(Some(5 * GIB), Some(5 * GIB)));
        assert!(fits(None, Some(GIB)) && fits(Some(GIB), None), "what is not known is no hindrance");
    }
}
