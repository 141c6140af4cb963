//! One address of a model server: a request goes in, what the model said comes out, within limits of time and size.

mod failure;

use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::key::without_key;
use super::settings::{LlmSettings, is_loopback, limit};
use super::wire::{End, Said, Wire};
use crate::error::{CoachError, malformed, misconfigured, unavailable};
use failure::Answered;

/// The largest response that is read, in bytes. A judgement takes a few thousand; a stream wraps each token in some hundred.
const LARGEST_RESPONSE: usize = 4 * 1024 * 1024;

/// How long a server may take to say what it is: its models, its slots.
const QUESTION_LIMIT: Duration = Duration::from_secs(10);

/// The longest text of a reply that is read, in bytes.
const LONGEST_TEXT: usize = 256 * 1024;

/// Where a wire format's requests go.
#[derive(Debug)]
pub(super) struct Endpoint {
    client: Client,
    wire: Wire,
    /// What paths are appended to.
    base: Url,
    headers: HeaderMap,
    key: Option<SecretString>,
    settings: LlmSettings,
}

/// Why a request brought no reply.
#[derive(Debug)]
pub(super) enum Failed {
    /// The server is loading its model.
    Loading(CoachError),
    /// The server refuses the body: perhaps the form of the reply, which another body may do without.
    Body(CoachError),
    /// Anything else.
    Other(CoachError),
}

impl Failed {
    /// What went wrong, whatever a caller may do about it.
    pub fn error(self) -> CoachError {
        let (Self::Loading(error) | Self::Body(error) | Self::Other(error)) = self;
        error
    }
}

impl From<CoachError> for Failed {
    fn from(error: CoachError) -> Self {
        Self::Other(error)
    }
}

impl Endpoint {
    pub fn new(settings: &LlmSettings, wire: Wire, key: Option<SecretString>) -> Result<Self, CoachError> {
        let base = base_address(settings, wire)?;
        let client = client(&base, limit(settings.connect_seconds))
            .map_err(|error| misconfigured(format!("no HTTP client could be set up: {error}")))?;
        let headers = headers(wire, key.as_ref())?;
        Ok(Self { client, wire, base, headers, key, settings: settings.clone() })
    }

    pub fn settings(&self) -> &LlmSettings {
        &self.settings
    }

    /// The server's host and port, for people.
    pub fn server(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The document at a path beside the wire format's own; `from_root` when it is not below the base address.
    pub async fn get(&self, path: &str, from_root: bool) -> Result<serde_json::Value, Failed> {
        let mut address = self.base.clone();
        if from_root {
            address.set_path("");
        }
        self.fetch(self.client.get(appended(&address, path))).await
    }

    /// The document that a question to a path beside the wire format's own brings.
    pub async fn ask(&self, path: &str, question: &serde_json::Value) -> Result<serde_json::Value, Failed> {
        self.fetch(self.client.post(appended(&self.base, path)).body(question.to_string())).await
    }

    async fn fetch(&self, request: RequestBuilder) -> Result<serde_json::Value, Failed> {
        let request = request.headers(self.headers.clone());
        let fetch = async {
            let response = request.send().await.map_err(|error| self.unreachable(&error))?;
            serde_json::from_slice(&self.body(response).await?).map_err(|_| self.no_language_model().into())
        };
        let limit = QUESTION_LIMIT;
        let what = "to say something about itself";
        tokio::time::timeout(limit, fetch).await.map_err(|_elapsed| CoachError::TimedOut { limit, what })?
    }

    /// Posts the body and returns what the model said; `is_streamed` says whether the body asks for a stream. A reply that repeats itself
    /// is cut. Dropping the future ends the connection, and with it the server's work.
    pub async fn post(&self, body: Vec<u8>, is_streamed: bool) -> Result<Heard, Failed> {
        let limit = limit(self.settings.whole_call_seconds);
        let what = "to write its whole reply";
        let exchange = self.exchange(body, is_streamed);
        tokio::time::timeout(limit, exchange).await.map_err(|_elapsed| CoachError::TimedOut { limit, what })?
    }

    async fn exchange(&self, body: Vec<u8>, is_streamed: bool) -> Result<Heard, Failed> {
        let began = Instant::now();
        let LlmSettings { first_byte_seconds, whole_call_seconds, between_tokens_seconds, .. } = self.settings;
        let first_limit = limit(if is_streamed { first_byte_seconds } else { whole_call_seconds });
        let next_limit = limit(between_tokens_seconds);
        let first = CoachError::TimedOut { limit: first_limit, what: "to begin its reply" };
        let request = self.client.post(appended(&self.base, self.wire.path())).headers(self.headers.clone()).body(body);
        let Ok(response) = tokio::time::timeout(first_limit, request.send()).await else { return Err(first.into()) };
        let mut response = response.map_err(|error| self.unreachable(&error))?;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_stream = response.status().is_success()
            && ["text/event-stream", "application/x-ndjson"].iter().any(|stream| kind.starts_with(stream));
        let mut heard = Heard { said: Said::default(), first_token: None, took: Duration::ZERO };
        if !is_stream {
            // A server that does not stream begins its reply when the model is done.
            let body = self.body(response).await?;
            self.wire.read(&body, &mut heard.said).map_err(|error| self.unreadable(&body, &error))?;
            heard.said.end = heard.said.end.or(Some(End::Complete));
            return Ok(self.finished(heard, began));
        }
        let (mut lines, mut read, mut checked) = (Vec::new(), 0, 0);
        // The count of tokens may come after the end of the reply.
        while heard.said.end.is_none() || heard.said.tokens.output == 0 {
            let (limit, left, what) = match heard.first_token {
                None => (first_limit, first_limit.saturating_sub(began.elapsed()), "to begin its reply"),
                Some(_) => (next_limit, next_limit, "between two tokens of its reply"),
            };
            let chunk = match tokio::time::timeout(left, response.chunk()).await {
                Ok(chunk) => chunk,
                Err(_elapsed) if heard.said.end.is_some() => break,
                Err(_elapsed) => return Err(CoachError::TimedOut { limit, what }.into()),
            };
            let Some(chunk) = chunk.map_err(|_error| self.broke_off())? else { break };
            read += chunk.len();
            lines.extend_from_slice(&chunk);
            while let Some(end) = lines.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = lines.drain(..=end).collect();
                self.hear(&line, &mut heard.said)?;
            }
            if heard.first_token.is_none() && (heard.said.has_thought || !heard.said.text.is_empty()) {
                heard.first_token = Some(began.elapsed());
            }
            if read > LARGEST_RESPONSE || heard.said.text.len() > LONGEST_TEXT {
                return Err(self.too_long().into());
            }
            if heard.said.text.len() >= checked + 64 {
                checked = heard.said.text.len();
                if repeats_itself(&heard.said.text) {
                    heard.said.end = Some(End::Repeating);
                    break;
                }
            }
        }
        if heard.said.end.is_none() {
            // The last line of a stream may lack its line end.
            self.hear(&lines, &mut heard.said)?;
        }
        if heard.said.end.is_none() {
            return Err(self.broke_off().into());
        }
        Ok(self.finished(heard, began))
    }

    fn finished(&self, mut heard: Heard, began: Instant) -> Heard {
        heard.took = began.elapsed();
        // A server sees the key and could have it shown to whoever reads the feedback.
        heard.said.text = without_key(&heard.said.text, self.key.as_ref());
        heard
    }

    /// Reads one line of a stream: an event of server-sent events, or a line of JSON.
    fn hear(&self, line: &[u8], said: &mut Said) -> Result<(), CoachError> {
        let line = line.trim_ascii();
        let data = line.strip_prefix(b"data:").map_or(line, <[u8]>::trim_ascii);
        if data.first() != Some(&b'{') {
            // Empty lines, the names of events, comments and the mark of the end.
            return Ok(());
        }
        if data.windows(8).any(|window| window == b"\"error\":")
            && let Some(complaint) = failure::complaint(&self.server(), data, self.key.as_ref())
        {
            return Err(complaint);
        }
        self.wire.read(data, said).map_err(|error| self.unreadable(data, &error))
    }

    /// What a response with a good status comes to that is not in the wire format.
    fn unreadable(&self, body: &[u8], error: &serde_json::Error) -> CoachError {
        if body.trim_ascii().is_empty() {
            let reason = format!("{} sends an empty reply: check the base_url", self.server());
            return malformed(reason);
        }
        if error.is_eof() {
            return self.broke_off();
        }
        failure::complaint(&self.server(), body, self.key.as_ref()).unwrap_or_else(|| self.no_language_model())
    }

    fn no_language_model(&self) -> CoachError {
        malformed(format!("{} does not reply as a language model does: check preset and base_url", self.server()))
    }

    /// The whole body of a response that is good and no page.
    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Failed> {
        let (status, headers, mut body) = (response.status(), response.headers().clone(), Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(|_error| self.broke_off())? {
            if body.len() + chunk.len() > LONGEST_TEXT {
                return Err(self.too_long().into());
            }
            body.extend_from_slice(&chunk);
        }
        let key = self.key.as_ref();
        let answered = Answered { server: self.server(), status, headers: &headers, body: &body, key };
        if !status.is_success() || answered.is_a_page() {
            return Err(answered.failed());
        }
        Ok(body)
    }

    fn too_long(&self) -> CoachError {
        malformed(format!("{} sent more than {} KiB", self.server(), LONGEST_TEXT / 1024))
    }

    fn broke_off(&self) -> CoachError {
        unavailable(format!("{} broke off in the middle of its reply", self.server()))
    }

    fn unreachable(&self, error: &reqwest::Error) -> CoachError {
        let server = self.server();
        if error.is_connect() && error.is_timeout() {
            let limit = self.settings.connect_seconds;
            return unavailable(format!("no connection to {server} within {limit} s; is the server running?"));
        }
        if error.is_connect() {
            return unavailable(format!("no connection to {server}: {}; is the server running?", innermost(error)));
        }
        self.broke_off()
    }
}

/// The result of a request.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub said: Said,
    /// When the first token came, in a stream.
    pub first_token: Option<Duration>,
    pub took: Duration,
}

/// Whether a text ends in the same words or signs over and over: what a model writes that has lost its way.
fn repeats_itself(text: &str) -> bool {
    /// The longest passage that is looked for, in bytes.
    const LONGEST: usize = 400;
    /// How often it has to be there.
    const TIMES: usize = 4;
    /// Over how many bytes at least.
    const LEAST: usize = 160;
    let bytes = text.as_bytes();
    (1..=LONGEST.min(bytes.len() / TIMES)).any(|period| {
        let length = (period * TIMES).max(LEAST);
        let Some(tail) = bytes.len().checked_sub(length).map(|start| &bytes[start..]) else { return false };
        tail.iter().zip(&tail[period..]).all(|(one, next)| one == next)
    })
}

fn appended(base: &Url, path: &str) -> Url {
    let mut address = base.clone();
    address.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    address
}

/// The address that the wire format's paths are appended to.
fn base_address(settings: &LlmSettings, wire: Wire) -> Result<Url, CoachError> {
    let preset = settings.preset.base_url().and_then(|base| Url::parse(base).ok());
    let base = settings.base_url.clone().or(preset);
    let base = base.ok_or_else(|| misconfigured("a custom language model server needs a base_url"))?;
    if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
        return Err(misconfigured("the base_url of the language model server must begin with http:// or https://"));
    }
    if !base.username().is_empty() || base.password().is_some() {
        let reason = "the base_url of the language model server carries a password: use key_variable or key_file";
        return Err(misconfigured(reason.to_owned()));
    }
    let mut address = base;
    if wire == Wire::Ollama {
        // Ollama's address for other programs ends in /v1, its own does not.
        let path = address.path().trim_end_matches('/').trim_end_matches("/v1").to_owned();
        address.set_path(&path);
    }
    Ok(address)
}

fn headers(wire: Wire, key: Option<&SecretString>) -> Result<HeaderMap, CoachError> {
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    for (name, value) in wire.headers(key.map(ExposeSecret::expose_secret)) {
        let unfit = |_error| misconfigured("the key has characters that a header cannot carry");
        let mut value = HeaderValue::from_str(&value).map_err(unfit)?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(headers)
}

fn client(address: &Url, connect: Duration) -> Result<Client, reqwest::Error> {
    // Without a provider the builder would panic.
    rustls::crypto::ring::default_provider().install_default().ok(); // an error: one is installed already
    let builder = Client::builder()
        .connect_timeout(connect)
        // A redirect would take the key, and the answer, to a server that the user did not choose.
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("viva/", env!("CARGO_PKG_VERSION")));
    // A machine without root certificates must still reach a server that needs none of them.
    let builder = if address.scheme() == "http" { builder.tls_certs_only([]) } else { builder };
    // What is said to this machine's own server never leaves the machine, whatever proxy is set.
    if is_loopback(address) { builder.no_proxy().build() } else { builder.build() }
}

/// The cause at the bottom of an error, which is the one that people understand.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests;
