//! One language model: calls it, with retries where the server is busy, and counts what is used.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use serde_json::Value;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use super::endpoint::{Endpoint, Failed, Heard};
use super::key;
use super::settings::{LlmSettings, Preset, Thinking, limit};
use super::usage::{self, Cost};
use super::wire::{Call, End, Enforcement, FoundModel, Message, Options, Said, Tokens, Wire};
use crate::error::{CoachError, malformed, misconfigured, unavailable};

/// The longest wait for a busy server within one judging. A longer one is left to the caller.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The first wait when the server names none; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// How often a server that loads its model is asked again.
const LOADING_POLL: Duration = Duration::from_secs(2);

/// The least temperature of a repair call, where one is set: a model asked the same way repeats itself.
const REPAIR_TEMPERATURE: f64 = 0.6;

/// The tokens that a model may think in when nothing says how much it thinks.
const UNKNOWN_THOUGHTS: u32 = 8192;

/// Words by which a server refuses to be told how much a model thinks.
const NAMES_OF_THINKING: [&str; 4] = ["reasoning", "thinking", "think value", "chat_template_kwargs"];

/// How many graded answers there are to a question.
const MOST_EXAMPLES: u8 = 2;

/// The greatest number of calls that a server's own word can lead to.
const MOST_SLOTS: u64 = 16;

/// How many calls about one answer can be under way at once.
const CALLS_OF_AN_ANSWER: usize = 3;

/// A model on its server.
#[derive(Clone, Debug)]
pub(super) struct Model {
    name: String,
    temperature: Option<f64>,
    learnt: Arc<Learnt>,
    server: Arc<Server>,
}

/// What the replies of a model showed.
#[derive(Debug, Default)]
struct Learnt {
    /// It cannot be told how much to think.
    refuses_thinking: AtomicBool,
    /// It was cut off before its reply began, so it thinks more than it was told.
    needs_room: AtomicBool,
}

/// What all models of a server share.
#[derive(Debug)]
struct Server {
    wire: Wire,
    endpoint: Endpoint,
    thinking: Option<Thinking>,
    /// One permit for each call that may be under way.
    places: Semaphore,
    /// One permit for each answer that is judged at a time: more would wait for the same places.
    answers: Semaphore,
    /// How many places there are, once the server has said it.
    known_places: OnceCell<usize>,
    /// How many calls wait for the server to load its model.
    waiting_for_load: AtomicUsize,
    /// Whether the server refuses to stream.
    refuses_streams: AtomicBool,
    /// The way of enforcing forms that works, as a number; see [`ENFORCEMENTS`].
    enforcement: AtomicU8,
    /// Whether the server wants the token limit by OpenAI's newer name.
    says_completion_tokens: AtomicBool,
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
            return Err(misconfigured("a temperature lies between 0 and 2"));
        }
        if settings.examples() > MOST_EXAMPLES {
            let reason = format!("there are {MOST_EXAMPLES} graded answers to a question: set examples to 0, 1 or 2");
            return Err(misconfigured(reason));
        }
        let wire = settings.preset.wire();
        let key = key::find(settings, |name| std::env::var(name).ok())?;
        let places = usize::from(settings.concurrency().get());
        let server = Server {
            wire,
            endpoint: Endpoint::new(settings, wire, key)?,
            thinking: settings.thinking.or(settings.preset.thinking()),
            places: Semaphore::new(places),
            answers: Semaphore::new(places.div_ceil(CALLS_OF_AN_ANSWER)),
            known_places: OnceCell::new(),
            waiting_for_load: AtomicUsize::new(0),
            refuses_streams: AtomicBool::new(false),
            enforcement: AtomicU8::new(0),
            says_completion_tokens: AtomicBool::new(settings.preset == Preset::OpenAi),
            answered_as: Mutex::default(),
        };
        Ok(Self { name, temperature, learnt: Arc::default(), server: Arc::new(server) })
    }

    /// Another model on the same server, within the same limits.
    pub fn beside(&self, name: &str) -> Result<Self, CoachError> {
        Ok(Self { name: model_name(name)?, learnt: Arc::default(), ..self.clone() })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The server's host and port, for people.
    pub fn server(&self) -> String {
        self.server.endpoint.server()
    }

    pub fn settings(&self) -> &LlmSettings {
        self.server.endpoint.settings()
    }

    /// How much the model is told to think.
    pub fn thinking(&self) -> Option<Thinking> {
        self.server.thinking.filter(|_| !self.learnt.refuses_thinking.load(Ordering::Relaxed))
    }

    /// How many calls may be under way at once. Asks a llama.cpp server, once it has loaded its model.
    pub async fn places(&self) -> Result<usize, CoachError> {
        self.once_loaded(|| self.learn_places()).await
    }

    /// Waits until an answer may be judged.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.server.answers.acquire().await.ok()
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

    /// The models that the server has.
    pub async fn models(&self) -> Result<Vec<FoundModel>, CoachError> {
        let list = self.get(self.server.wire.models_path(), false).await?;
        Ok(self.server.wire.models(&list))
    }

    /// The size of the context in tokens, where the server says it.
    pub async fn context(&self) -> Option<u64> {
        let is_named = |model: &&Value| model.get("id").and_then(Value::as_str) == Some(self.name());
        let of_model = |list: &Value| list.get("data").and_then(Value::as_array)?.iter().find(is_named).cloned();
        match self.settings().preset {
            Preset::Ollama => {
                // Requests set the size they need; only what the model was made for limits it.
                let question = serde_json::json!({"model": self.name()});
                let shown = self.server.endpoint.ask("api/show", &question).await.ok();
                let facts = shown.as_ref().and_then(|shown| shown.get("model_info")).and_then(Value::as_object);
                facts?.iter().find(|(name, _)| name.ends_with(".context_length"))?.1.as_u64()
            }
            Preset::LlamaCpp | Preset::Custom => {
                let properties = self.get("props", true).await.ok()?;
                properties.pointer("/default_generation_settings/n_ctx").and_then(Value::as_u64)
            }
            Preset::Vllm => of_model(&self.get("models", false).await.ok()?)?.get("max_model_len")?.as_u64(),
            Preset::LmStudio => {
                let model = of_model(&self.get("api/v0/models", true).await.ok()?)?;
                model.get("loaded_context_length").or_else(|| model.get("max_context_length"))?.as_u64()
            }
            _ => None,
        }
    }

    /// What the model says to `call`. A busy or unreachable server is asked again, not before the time it names and not when that is
    /// longer than [`LONGEST_WAIT`]. A server that is loading its model is waited for.
    pub async fn say(&self, call: &Call<'_>) -> Result<Said, CoachError> {
        let backoff = ExponentialBuilder::new()
            .with_min_delay(FIRST_WAIT)
            .with_max_delay(LONGEST_WAIT)
            .with_max_times(usize::from(self.settings().retries))
            .with_jitter();
        let heard = (|| self.once_loaded(move || self.reply(call)))
            .retry(backoff)
            .sleep(tokio::time::sleep)
            .when(|error| matches!(error, CoachError::Unavailable { .. }))
            .adjust(wait)
            .notify(|error, wait| tracing::info!(model = %self.name, %error, ?wait, "asking the language model again"))
            .await?;
        let Tokens { input: input_tokens, cached: cached_tokens, output: output_tokens } = heard.said.tokens;
        let cost = Cost { replies: 1, input_tokens, cached_tokens, output_tokens, seconds: heard.took.as_secs_f64() };
        let kind = if call.is_repair { "repair" } else { call.form.name };
        usage::count(|usage| {
            usage.total += cost;
            usage.repairs += u64::from(call.is_repair);
            usage.first_token_seconds += heard.first_token.unwrap_or(heard.took).as_secs_f64();
            *usage.calls.entry(kind.to_owned()).or_default() += cost;
        });
        if heard.said.end == Some(End::CutOff) && !heard.said.reply().trim_start().starts_with('{') {
            self.learnt.needs_room.store(true, Ordering::Relaxed);
        }
        if let Some(model) = &heard.said.model {
            *self.server.answered_as.lock().unwrap_or_else(PoisonError::into_inner) = Some(model.clone());
        }
        Ok(heard.said)
    }

    /// What the server says at a path beside those of replies.
    async fn get(&self, path: &str, from_root: bool) -> Result<Value, CoachError> {
        self.once_loaded(|| self.server.endpoint.get(path, from_root)).await
    }

    /// What comes of `ask`, which is asked again as long as the server is loading its model.
    async fn once_loaded<T, F>(&self, ask: impl Fn() -> F) -> Result<T, CoachError>
    where
        F: Future<Output = Result<T, Failed>>,
    {
        let began = Instant::now();
        let limit = limit(self.settings().loading_seconds);
        let mut waiting = None;
        loop {
            match ask().await {
                Err(Failed::Loading(error)) if began.elapsed() < limit => {
                    tracing::info!(model = %self.name, %error, "waiting for the language model");
                    waiting.get_or_insert_with(|| {
                        self.server.waiting_for_load.fetch_add(1, Ordering::Relaxed);
                        Waiting(&self.server.waiting_for_load)
                    });
                    tokio::time::sleep(LOADING_POLL).await;
                }
                Err(Failed::Loading(_)) => return Err(CoachError::TimedOut { limit, what: "to load its model" }),
                answered => return answered.map_err(Failed::error),
            }
        }
    }

    /// Asks in the best form that the server takes, and remembers which that is.
    async fn reply(&self, call: &Call<'_>) -> Result<Heard, Failed> {
        self.learn_places().await?;
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
        Err(Failed::Other(refused.unwrap_or_else(|| malformed("no form is left"))))
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
        loop {
            let options = self.options(call, enforcement);
            match self.attempt(call, &options).await {
                Err(Failed::Body(refusal)) if self.learn_from(&refusal, &options) => {}
                heard => return heard,
            }
        }
    }

    /// Whether a refusal says what to leave out of such a request, or to name otherwise. That is remembered.
    fn learn_from(&self, refusal: &CoachError, asked: &Options<'_>) -> bool {
        let refusal = refusal.to_string().to_lowercase();
        let lesson = if !asked.says_completion_tokens && refusal.contains("max_completion_tokens") {
            &self.server.says_completion_tokens
        } else if asked.thinking.is_some() && NAMES_OF_THINKING.iter().any(|name| refusal.contains(name)) {
            &self.learnt.refuses_thinking
        } else if asked.is_streamed && asked.enforcement == Enforcement::Described {
            // The plainest request there is goes without a stream.
            &self.server.refuses_streams
        } else {
            return false;
        };
        lesson.store(true, Ordering::Relaxed);
        true
    }

    async fn attempt(&self, call: &Call<'_>, options: &Options<'_>) -> Result<Heard, Failed> {
        let body = self
            .server
            .wire
            .body(call, options)
            .map_err(|error| misconfigured(format!("the request cannot be written: {error}")))?;
        // The wait is bounded: every call before this one has its own limit.
        let _place = self.server.places.acquire().await.map_err(|_closed| unavailable("the coach is stopping"))?;
        self.server.endpoint.post(body, options.is_streamed).await
    }

    fn options(&self, call: &Call<'_>, enforcement: Enforcement) -> Options<'_> {
        let settings = self.settings();
        let thinking = self.thinking();
        let thoughts = match thinking.map(|thinking| thinking.budget().unwrap_or_default()) {
            Some(budget) if self.learnt.needs_room.load(Ordering::Relaxed) => budget.max(UNKNOWN_THOUGHTS),
            Some(budget) => budget,
            None => UNKNOWN_THOUGHTS,
        };
        let most_tokens = call.form.most_tokens() + thoughts;
        let temperature = match self.temperature {
            Some(temperature) if call.is_repair => Some(temperature.max(REPAIR_TEMPERATURE)),
            given => given,
        };
        let sent = call.messages.iter().map(|(Message::Ours(text) | Message::Models(text))| text.len()).sum::<usize>();
        let needed =
            u32::try_from((call.instructions.len() + sent) / 3).unwrap_or(u32::MAX).saturating_add(most_tokens);
        let usual = settings.context_tokens.get();
        Options {
            preset: settings.preset,
            model: &self.name,
            temperature,
            thinking,
            enforcement,
            most_tokens,
            is_streamed: !self.server.refuses_streams.load(Ordering::Relaxed),
            says_completion_tokens: self.server.says_completion_tokens.load(Ordering::Relaxed),
            // Whole steps, because a server reloads its model for another size.
            context: if needed <= usual { usual } else { needed.next_multiple_of(8192) },
            extra: &settings.extra_body,
        }
    }

    /// How many calls the server takes at once. What it has said is remembered; a server that cannot be reached may say it later.
    async fn learn_places(&self) -> Result<usize, Failed> {
        match self.server.known_places.get_or_try_init(|| self.ask_for_places()).await {
            Ok(places) => Ok(*places),
            Err(loading @ Failed::Loading(_)) => Err(loading),
            Err(_unanswered) => Ok(usize::from(self.settings().concurrency().get())),
        }
    }

    /// Gives calls as many places as a llama.cpp server has slots, unless the settings say how many there are.
    async fn ask_for_places(&self) -> Result<usize, Failed> {
        let settings = self.settings();
        let usual = usize::from(settings.concurrency().get());
        if settings.concurrency.is_some() || !matches!(settings.preset, Preset::LlamaCpp | Preset::Custom) {
            return Ok(usual);
        }
        let properties = match self.server.endpoint.get("props", true).await {
            Ok(properties) => properties,
            Err(
                unanswered @ (Failed::Loading(_)
                | Failed::Other(CoachError::Unavailable { .. } | CoachError::TimedOut { .. })),
            ) => return Err(unanswered),
            // It is another kind of server.
            Err(_answered) => return Ok(usual),
        };
        let Some(slots) = properties.get("total_slots").and_then(Value::as_u64) else { return Ok(usual) };
        let slots = slots.clamp(1, MOST_SLOTS) as usize;
        resize(&self.server.places, usual, slots);
        resize(&self.server.answers, usual.div_ceil(CALLS_OF_AN_ANSWER), slots.div_ceil(CALLS_OF_AN_ANSWER));
        Ok(slots)
    }
}

/// A call that waits, counted as long as this is there.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn resize(semaphore: &Semaphore, before: usize, after: usize) {
    semaphore.add_permits(after.saturating_sub(before));
    semaphore.forget_permits(before.saturating_sub(after));
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
        return Err(misconfigured("a language model needs a name of 1 to 200 characters"));
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
