//! One language model: calls it, with retries where the server is busy, and counts what is used.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use serde_json::Value;
use tokio::sync::{OnceCell, Semaphore};

use super::endpoint::{Endpoint, Failed, Heard};
use super::key;
use super::quotes::Found;
use super::settings::{LlmSettings, Preset, Thinking};
use super::usage::{self, Usage};
use super::wire::{Call, End, Enforcement, FoundModel, Message, Options, Said, Wire};
use crate::error::CoachError;

/// The longest wait for a busy server within one judging. A longer one is left to the caller.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The first wait when the server names none; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// How often a server that loads its model is asked again.
const LOADING_POLL: Duration = Duration::from_secs(2);

/// How random a reply is that is to correct one, where the first was not random at all: a model that is asked in the same way says the
/// same again.
const REPAIR_TEMPERATURE: f64 = 0.6;

/// The tokens that a model may think in when nothing says how much it thinks.
const UNKNOWN_THOUGHTS: u32 = 8192;

/// How many graded answers there are to a question.
const MOST_EXAMPLES: u8 = 2;

/// The greatest number of calls that a server's own word can lead to.
const MOST_SLOTS: u64 = 16;

/// A model on its server.
#[derive(Clone, Debug)]
pub(super) struct Model {
    name: String,
    temperature: Option<f64>,
    server: Arc<Server>,
}

/// What all models of a server share.
#[derive(Debug)]
struct Server {
    settings: LlmSettings,
    wire: Wire,
    endpoint: Endpoint,
    thinking: Option<Thinking>,
    /// One permit for each call that may be under way.
    places: Semaphore,
    /// How many calls wait for the server to load its model.
    waiting_for_load: AtomicUsize,
    /// Whether the server was asked how many calls it takes at once.
    asked_for_slots: OnceCell<()>,
    /// Whether the server refuses to stream.
    refuses_streams: AtomicBool,
    /// The way of enforcing forms that works, as a number; see [`ENFORCEMENTS`].
    enforcement: AtomicU8,
    /// Whether the server wants the token limit by OpenAI's newer name.
    says_completion_tokens: AtomicBool,
    usage: Mutex<Usage>,
    /// The model that answered last, as the server names it.
    answered_as: Mutex<Option<String>>,
}

/// The ways of enforcing a form, the best first.
const ENFORCEMENTS: [Enforcement; 3] = [Enforcement::Schema, Enforcement::Json, Enforcement::Described];

impl Model {
    pub fn new(settings: &LlmSettings) -> Result<Self, CoachError> {
        let name = model_name(&settings.model)?;
        let temperature = settings.temperature.or(settings.preset.temperature());
        if temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            return Err(CoachError::Misconfigured { reason: "a temperature lies between 0 and 2".to_owned() });
        }
        if settings.examples() > MOST_EXAMPLES {
            let reason = format!("there are {MOST_EXAMPLES} graded answers to a question: set examples to 0, 1 or 2");
            return Err(CoachError::Misconfigured { reason });
        }
        let wire = settings.preset.wire();
        let key = key::find(settings, |name| std::env::var(name).ok())?;
        let server = Server {
            wire,
            endpoint: Endpoint::new(settings, wire, key)?,
            thinking: settings.thinking.or(settings.preset.thinking()),
            places: Semaphore::new(usize::from(settings.concurrency().get())),
            waiting_for_load: AtomicUsize::new(0),
            asked_for_slots: OnceCell::new(),
            refuses_streams: AtomicBool::new(false),
            enforcement: AtomicU8::new(0),
            says_completion_tokens: AtomicBool::new(settings.preset == Preset::OpenAi),
            usage: Mutex::default(),
            answered_as: Mutex::default(),
            settings: settings.clone(),
        };
        Ok(Self { name, temperature, server: Arc::new(server) })
    }

    /// Another model on the same server, within the same limits.
    pub fn beside(&self, name: &str) -> Result<Self, CoachError> {
        Ok(Self { name: model_name(name)?, ..self.clone() })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server's host and port, for people.
    pub fn server(&self) -> String {
        self.server.endpoint.server()
    }

    pub fn settings(&self) -> &LlmSettings {
        &self.server.settings
    }

    /// How much the model is told to think.
    pub fn thinking(&self) -> Option<Thinking> {
        self.server.thinking
    }

    /// What all models of the server have used up.
    pub fn usage(&self) -> Usage {
        *self.lock_usage()
    }

    /// How the server enforces forms, as far as is known.
    pub fn enforcement(&self) -> Enforcement {
        let number = usize::from(self.server.enforcement.load(Ordering::Relaxed));
        ENFORCEMENTS.get(number).copied().unwrap_or(Enforcement::Described)
    }

    /// Whether a call waits for the server to load its model.
    pub fn is_loading(&self) -> bool {
        self.server.waiting_for_load.load(Ordering::Relaxed) > 0
    }

    /// The model that answered last, as the server names it.
    pub fn answered_as(&self) -> Option<String> {
        self.server.answered_as.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts a reply that could not be used, or not fully.
    pub fn count_invalid_reply(&self) {
        self.count(|usage| usage.invalid_replies += 1);
    }

    /// Counts a quote by how it was found.
    pub fn count_quote(&self, found: Found) {
        self.count(|usage| {
            usage.quotes += 1;
            usage.quotes_verbatim += u64::from(found == Found::Verbatim);
            usage.quotes_snapped += u64::from(found == Found::Nearly);
        });
    }

    /// Counts what was used up, of the server and of the answer that is being metered.
    fn count(&self, change: impl Fn(&mut Usage)) {
        change(&mut self.lock_usage());
        usage::count(change);
    }

    /// The models that the server has.
    pub async fn models(&self) -> Result<Vec<FoundModel>, CoachError> {
        let list = self.server.endpoint.get(self.server.wire.models_path(), false).await?;
        Ok(self.server.wire.models(&list))
    }

    /// The size of the context in tokens, where the server says it.
    pub async fn context(&self) -> Option<u64> {
        let endpoint = &self.server.endpoint;
        let is_named = |model: &&Value| model.get("id").and_then(Value::as_str) == Some(self.name());
        let of_model = |list: &Value| list.get("data").and_then(Value::as_array)?.iter().find(is_named).cloned();
        match self.settings().preset {
            Preset::Ollama => {
                // Requests set the size they need; only what the model was made for limits it.
                let shown = endpoint.ask("api/show", &serde_json::json!({"model": self.name()})).await.ok();
                let facts = shown.as_ref().and_then(|shown| shown.get("model_info")).and_then(Value::as_object);
                facts?.iter().find(|(name, _)| name.ends_with(".context_length"))?.1.as_u64()
            }
            Preset::LlamaCpp | Preset::Custom => {
                let properties = endpoint.get("props", true).await.ok()?;
                properties.pointer("/default_generation_settings/n_ctx").and_then(Value::as_u64)
            }
            Preset::Vllm => of_model(&endpoint.get("models", false).await.ok()?)?.get("max_model_len")?.as_u64(),
            Preset::LmStudio => {
                let model = of_model(&endpoint.get("api/v0/models", true).await.ok()?)?;
                model.get("loaded_context_length").or_else(|| model.get("max_context_length"))?.as_u64()
            }
            _ => None,
        }
    }

    /// What the model says to `call`. A busy or unreachable server is asked again, not before the time it names and not when that is
    /// longer than [`LONGEST_WAIT`]. A server that is loading its model is waited for.
    pub async fn say(&self, call: &Call<'_>) -> Result<Said, CoachError> {
        self.server.asked_for_slots.get_or_init(|| self.ask_for_slots()).await;
        let backoff = ExponentialBuilder::new()
            .with_min_delay(FIRST_WAIT)
            .with_max_delay(LONGEST_WAIT)
            .with_max_times(usize::from(self.server.settings.retries))
            .with_jitter();
        let heard = (|| self.once_loaded(call))
            .retry(backoff)
            .sleep(tokio::time::sleep)
            .when(|error| matches!(error, CoachError::Unavailable { .. }))
            .adjust(wait)
            .notify(|error, wait| tracing::info!(model = %self.name, %error, ?wait, "asking the language model again"))
            .await?;
        self.count(|usage| {
            usage.replies += 1;
            usage.repairs += u64::from(call.is_repair);
            usage.input_tokens += heard.said.tokens.input;
            usage.cached_tokens += heard.said.tokens.cached;
            usage.output_tokens += heard.said.tokens.output;
            usage.seconds += heard.took.as_secs_f64();
            usage.first_token_seconds += heard.first_token.unwrap_or(heard.took).as_secs_f64();
        });
        if let Some(model) = &heard.said.model {
            *self.server.answered_as.lock().unwrap_or_else(PoisonError::into_inner) = Some(model.clone());
        }
        Ok(heard.said)
    }

    async fn once_loaded(&self, call: &Call<'_>) -> Result<Heard, CoachError> {
        let began = Instant::now();
        let limit = self.server.endpoint.limits().loading;
        let mut waiting = None;
        loop {
            match self.in_some_form(call).await {
                Err(Failed::Loading(error)) if began.elapsed() < limit => {
                    tracing::info!(model = %self.name, %error, "waiting for the language model");
                    waiting.get_or_insert_with(|| Waiting::of(&self.server.waiting_for_load));
                    tokio::time::sleep(LOADING_POLL).await;
                }
                Err(Failed::Loading(_)) => return Err(CoachError::TimedOut { limit, what: "to load its model" }),
                Err(Failed::Body(error) | Failed::Other(error)) => return Err(error),
                Ok(heard) => return Ok(heard),
            }
        }
    }

    /// Asks in the best form that the server takes, and remembers which that is.
    async fn in_some_form(&self, call: &Call<'_>) -> Result<Heard, Failed> {
        let known = self.enforcement();
        let mut refused = None;
        for (number, enforcement) in ENFORCEMENTS.into_iter().enumerate().filter(|(_, way)| *way >= known) {
            match self.once(call, enforcement).await {
                Err(Failed::Body(error)) => _ = refused.get_or_insert(error),
                Ok(heard) => {
                    let number = number + usize::from(self.ignores_form(call, enforcement, &heard.said));
                    let number = u8::try_from(number).unwrap_or(u8::MAX);
                    if self.server.enforcement.fetch_max(number, Ordering::Relaxed) < number {
                        let enforcement = self.enforcement();
                        tracing::info!(server = %self.server(), ?enforcement, "how forms are enforced from now on");
                    }
                    return Ok(heard);
                }
                Err(other) => return Err(other),
            }
        }
        // What the server said of the best form tells most.
        Err(Failed::Other(refused.unwrap_or_else(|| CoachError::Malformed { reason: "no form is left".to_owned() })))
    }

    /// Whether a reply shows that the server does not enforce forms in this way, though it takes them. A tool's input may break its schema
    /// and is nearer to it than what a model writes without the tool.
    fn ignores_form(&self, call: &Call<'_>, enforcement: Enforcement, said: &Said) -> bool {
        let reply = said.reply().trim();
        let is_whole = said.end == Some(End::Complete) && !reply.is_empty() && self.server.wire != Wire::Messages;
        is_whole
            && match enforcement {
                Enforcement::Schema => !call.form.is_kept_by(reply),
                Enforcement::Json => serde_json::from_str::<Value>(reply).is_err(),
                Enforcement::Described => false,
            }
    }

    async fn once(&self, call: &Call<'_>, enforcement: Enforcement) -> Result<Heard, Failed> {
        // Another call may learn the same meanwhile; what counts is how this one asked.
        let says_completion_tokens = self.server.says_completion_tokens.load(Ordering::Relaxed);
        let is_streamed = !self.server.refuses_streams.load(Ordering::Relaxed);
        match self.attempt(call, enforcement).await {
            // The server says itself by which name it wants the token limit.
            Err(Failed::Body(error))
                if !says_completion_tokens && error.to_string().contains("max_completion_tokens") =>
            {
                self.server.says_completion_tokens.store(true, Ordering::Relaxed);
                self.attempt(call, enforcement).await
            }
            // The plainest request there is goes without a stream.
            Err(Failed::Body(_)) if is_streamed && enforcement == Enforcement::Described => {
                self.server.refuses_streams.store(true, Ordering::Relaxed);
                self.attempt(call, enforcement).await
            }
            heard => heard,
        }
    }

    async fn attempt(&self, call: &Call<'_>, enforcement: Enforcement) -> Result<Heard, Failed> {
        let options = self.options(call, enforcement);
        let body =
            self.server.wire.body(call, &options).map_err(|error| CoachError::Misconfigured {
                reason: format!("the request cannot be written: {error}"),
            })?;
        // The wait is bounded: every call before this one has its own limit.
        let _place = self.server.places.acquire().await.map_err(|_closed| CoachError::Unavailable {
            reason: "the coach is stopping".to_owned(),
            retry_after: None,
        })?;
        self.server.endpoint.post(body, options.is_streamed).await
    }

    fn options(&self, call: &Call<'_>, enforcement: Enforcement) -> Options<'_> {
        let Server { settings, thinking, .. } = &*self.server;
        let thoughts = thinking.map_or(UNKNOWN_THOUGHTS, |thinking| thinking.budget().unwrap_or_default());
        let most_tokens = call.form.most_tokens() + thoughts;
        let temperature = match self.temperature {
            Some(temperature) if call.is_repair => Some(temperature.max(REPAIR_TEMPERATURE)),
            given => given,
        };
        let sent = call.messages.iter().map(|(Message::Ours(text) | Message::Models(text))| text.len()).sum::<usize>();
        let needed =
            u32::try_from((call.instructions.len() + sent) / 3).unwrap_or(u32::MAX).saturating_add(most_tokens);
        // Whole steps, because a server loads its model anew for another size.
        let context = settings.context_tokens.get().max(needed.next_multiple_of(8192));
        Options {
            preset: settings.preset,
            model: &self.name,
            temperature,
            thinking: *thinking,
            enforcement,
            most_tokens,
            is_streamed: !self.server.refuses_streams.load(Ordering::Relaxed),
            says_completion_tokens: self.server.says_completion_tokens.load(Ordering::Relaxed),
            context: if needed <= settings.context_tokens.get() { settings.context_tokens.get() } else { context },
            extra: &settings.extra_body,
        }
    }

    /// Gives calls as many places as a llama.cpp server has slots, unless the settings say how many there are.
    async fn ask_for_slots(&self) {
        let settings = self.settings();
        if settings.concurrency.is_some() || !matches!(settings.preset, Preset::LlamaCpp | Preset::Custom) {
            return;
        }
        let properties = self.server.endpoint.get("props", true).await;
        let slots = properties.ok().as_ref().and_then(|found| found.get("total_slots")).and_then(Value::as_u64);
        if let Some(slots) = slots.map(|slots| slots.clamp(1, MOST_SLOTS) as usize) {
            let places = usize::from(settings.concurrency().get());
            self.server.places.add_permits(slots.saturating_sub(places));
            self.server.places.forget_permits(places.saturating_sub(slots));
        }
    }

    fn lock_usage(&self) -> std::sync::MutexGuard<'_, Usage> {
        // Counts are whole after every statement.
        self.server.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that waits, counted as long as this is there.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn of(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How long to wait before the next try: as planned, longer when the server asks for it; none when there are no more tries or the
/// server asks for too much.
fn wait(error: &CoachError, planned: Option<Duration>) -> Option<Duration> {
    let asked_for = match error {
        CoachError::Unavailable { retry_after, .. } => retry_after.unwrap_or_default(),
        _ => Duration::ZERO,
    };
    planned.filter(|_| asked_for <= LONGEST_WAIT).map(|planned| planned.max(asked_for))
}

fn model_name(name: &str) -> Result<String, CoachError> {
    let name = name.trim();
    if name.is_empty() || name.len() > 200 || name.chars().any(char::is_control) {
        return Err(CoachError::Misconfigured {
            reason: "a language model needs a name of 1 to 200 characters".to_owned(),
        });
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(seconds: Option<u64>) -> CoachError {
        CoachError::Unavailable { reason: "busy".to_owned(), retry_after: seconds.map(Duration::from_secs) }
    }

    #[test]
    fn a_server_is_left_alone_for_as_long_as_it_asks_but_not_for_ever() {
        let planned = Some(Duration::from_secs(2));
        assert_eq!(wait(&busy(None), planned), planned);
        assert_eq!(wait(&busy(Some(1)), planned), planned);
        assert_eq!(wait(&busy(Some(5)), planned), Some(Duration::from_secs(5)));
        assert_eq!(wait(&busy(Some(3600)), planned), None);
        assert_eq!(wait(&busy(Some(5)), None), None);
    }
}
