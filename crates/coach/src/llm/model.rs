//! One language model: calls it, with retries where the server is busy, and counts what is used.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::endpoint::Endpoint;
use super::key;
use super::settings::LlmSettings;
use super::wire::{Call, Outcome, Tokens, Wire};
use crate::error::CoachError;

/// The longest wait for a busy server within one judging. A longer one is left to the caller.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The first wait when the server names none; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(500);

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
    wire: Wire,
    endpoint: Endpoint,
    /// One permit for each call that may be under way.
    places: Semaphore,
    retries: u8,
    meter: Meter,
}

impl Model {
    pub fn new(settings: &LlmSettings) -> Result<Self, CoachError> {
        let name = model_name(&settings.model)?;
        let temperature = settings.temperature.or(settings.preset.temperature());
        if temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            return Err(CoachError::Misconfigured { reason: "a temperature lies between 0 and 2".to_owned() });
        }
        let wire = settings.preset.wire();
        let key = key::find(settings, |name| std::env::var(name).ok())?;
        let server = Server {
            wire,
            endpoint: Endpoint::new(settings, wire, key)?,
            places: Semaphore::new(usize::from(settings.concurrency.get())),
            retries: settings.retries,
            meter: Meter::default(),
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

    /// What all models of the server have used up.
    pub fn usage(&self) -> Usage {
        self.server.meter.read()
    }

    /// Counts a reply that could not be used.
    pub fn count_invalid_reply(&self) {
        self.server.meter.invalid_reply();
    }

    /// What the model says to `call`. A busy or unreachable server is asked again, not before the time it names and not when that is
    /// longer than [`LONGEST_WAIT`].
    pub async fn say(&self, call: &Call<'_>) -> Result<Outcome, CoachError> {
        let backoff = ExponentialBuilder::new()
            .with_min_delay(FIRST_WAIT)
            .with_max_delay(LONGEST_WAIT)
            .with_max_times(usize::from(self.server.retries))
            .with_jitter();
        (|| self.say_once(call))
            .retry(backoff)
            .sleep(tokio::time::sleep)
            .when(|error| matches!(error, CoachError::Unavailable { .. }))
            .adjust(wait)
            .notify(|error, wait| tracing::info!(model = %self.name, %error, ?wait, "asking the language model again"))
            .await
    }

    async fn say_once(&self, call: &Call<'_>) -> Result<Outcome, CoachError> {
        let body =
            self.server.wire.body(&self.name, self.temperature, call).map_err(|error| CoachError::Misconfigured {
                reason: format!("the request cannot be written: {error}"),
            })?;
        let limit = self.server.endpoint.whole_call();
        let place = tokio::time::timeout(limit, self.server.places.acquire()).await;
        let _place = place.map_err(|_elapsed| CoachError::Unavailable {
            reason: "every place for a call to the language model stayed taken".to_owned(),
            retry_after: None,
        })?;
        let body = self.server.endpoint.post(body).await?;
        let said = self.server.wire.read(&body).map_err(|error| self.unreadable(&body, &error))?;
        self.server.meter.reply(said.tokens);
        Ok(match said.outcome {
            // A server sees the key and could have it shown to whoever reads the feedback.
            Outcome::Text(text) => Outcome::Text(self.server.endpoint.without_key(&text)),
            outcome @ (Outcome::CutOff | Outcome::Declined) => outcome,
        })
    }

    /// What a response with a good status comes to that is in no form of the wire format.
    fn unreadable(&self, body: &[u8], error: &serde_json::Error) -> CoachError {
        let endpoint = &self.server.endpoint;
        if body.trim_ascii().is_empty() {
            return CoachError::Malformed {
                reason: format!("{} sends an empty reply: check the base_url", self.server()),
            };
        }
        if error.is_eof() {
            return endpoint.broke_off();
        }
        endpoint.complaint(body).unwrap_or_else(|| CoachError::Malformed {
            reason: format!("{} does not reply as a language model does: check preset and base_url", self.server()),
        })
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

/// What a language model coach has used up since it was set up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Replies that came.
    pub replies: u64,
    /// Replies that could not be used, or not fully, and were asked for again.
    pub invalid_replies: u64,
    /// Tokens read, as far as the server counts them.
    pub input_tokens: u64,
    /// Tokens written, as far as the server counts them.
    pub output_tokens: u64,
}

/// Counts what is used up. Shared by all calls of a coach.
#[derive(Debug, Default)]
struct Meter {
    replies: AtomicU64,
    invalid_replies: AtomicU64,
    input_tokens: AtomicU64,
    output_tokens: AtomicU64,
}

impl Meter {
    fn reply(&self, tokens: Tokens) {
        self.replies.fetch_add(1, Ordering::Relaxed);
        self.input_tokens.fetch_add(tokens.input, Ordering::Relaxed);
        self.output_tokens.fetch_add(tokens.output, Ordering::Relaxed);
    }

    fn invalid_reply(&self) {
        self.invalid_replies.fetch_add(1, Ordering::Relaxed);
    }

    fn read(&self) -> Usage {
        Usage {
            replies: self.replies.load(Ordering::Relaxed),
            invalid_replies: self.invalid_replies.load(Ordering::Relaxed),
            input_tokens: self.input_tokens.load(Ordering::Relaxed),
            output_tokens: self.output_tokens.load(Ordering::Relaxed),
        }
    }
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
