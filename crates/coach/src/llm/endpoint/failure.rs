//! What a response that is no reply means, in words.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use secrecy::SecretString;
use serde::Deserialize;

use crate::error::{CoachError, misconfigured, refused, unavailable};
use crate::llm::endpoint::Failed;
use crate::llm::key::without_key;

/// Words by which a server refuses something other than the form of the reply: the model, or a prompt that is too long.
const NOT_THE_FORM: [&str; 8] = [
    "context length", "context size", "context window", "too long", "not found", "not exist", "unknown model",
    "valid model",
];

/// How much of a server's own words is repeated, in characters.
const LONGEST_MESSAGE: usize = 200;

/// A response and its sender.
pub(super) struct Answered<'a> {
    pub server: String,
    pub status: StatusCode,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    pub key: Option<&'a SecretString>,
}

impl Answered<'_> {
    /// Whether this is a page for people: what a wrong address or a login wall sends with status 200.
    pub fn is_a_page(&self) -> bool {
        let declared = self.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        declared || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// The same as [`Answered::failure`], with what a caller may do about it.
    pub fn failed(&self) -> Failed {
        let failure = self.failure();
        let says = |words: &[&str]| {
            let said = self.words().unwrap_or_default().to_lowercase();
            words.iter().any(|word| said.contains(word))
        };
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE if says(&["loading model", "model is loading"]) => Failed::Loading(failure),
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY if !says(&NOT_THE_FORM) => Failed::Body(failure),
            status if status.is_server_error() && says(&["grammar", "schema", "response_format"]) => {
                Failed::Body(failure)
            }
            _ => Failed::Other(failure),
        }
    }

    /// What is wrong, and what can be done about it.
    pub fn failure(&self) -> CoachError {
        let server = &self.server;
        match self.status {
            StatusCode::TOO_MANY_REQUESTS if self.code().is_some_and(|code| code == "insufficient_quota") => {
                self.refused(format!("{server} says that the account's credit is used up"))
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => self.busy(),
            status if status.is_server_error() => self.busy(),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if self.key.is_some() => {
                refused(format!("{server} does not accept the key ({})", self.status.as_u16()))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                refused(format!("{server} wants a key: set key_variable or key_file ({})", self.status.as_u16()))
            }
            status if status.is_redirection() => {
                misconfigured(format!("{server} has moved{}: change the base_url", self.new_address()))
            }
            _ if self.is_a_page() => {
                misconfigured(format!("{server} answers with a web page, not as a language model: check the base_url"))
            }
            StatusCode::NOT_FOUND if self.words().is_some() => {
                self.refused(format!("{server} does not know the model"))
            }
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => misconfigured(format!(
                "{server} has no language model at this address: check the base_url, most end in /v1"
            )),
            status => self.refused(format!("{server} refuses the request ({})", status.as_u16())),
        }
    }

    fn busy(&self) -> CoachError {
        let words = self.words().map(|words| format!(": {words}")).unwrap_or_default();
        CoachError::Unavailable {
            reason: format!("{} is busy or out of order ({}){words}", self.server, self.status.as_u16()),
            retry_after: self.retry_after(),
        }
    }

    fn refused(&self, reason: String) -> CoachError {
        let words = self.words().map(|words| format!(": {words}")).unwrap_or_default();
        refused(format!("{reason}{words}"))
    }

    fn new_address(&self) -> String {
        let location = self.headers.get(LOCATION).and_then(|location| location.to_str().ok());
        location.map(|location| format!(" to {}", shown(location, self.key))).unwrap_or_default()
    }

    /// How long the server asks to be left alone: seconds, or until a date.
    fn retry_after(&self) -> Option<Duration> {
        let value = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        match value.parse::<u64>() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_no_number) => {
                let date = httpdate::parse_http_date(value).ok()?;
                Some(date.duration_since(SystemTime::now()).unwrap_or_default())
            }
        }
    }

    /// What the server says itself, made fit to be shown.
    fn words(&self) -> Option<String> {
        words(self.body, self.key)
    }

    fn code(&self) -> Option<String> {
        match ErrorBody::read(self.body)?.error? {
            ErrorField::Object { code, .. } => code.as_ref().and_then(serde_json::Value::as_str).map(str::to_owned),
            ErrorField::Text(_) => None,
        }
    }
}

/// The bodies with which servers explain themselves.
#[derive(Deserialize)]
struct ErrorBody {
    error: Option<ErrorField>,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ErrorField {
    Text(String),
    Object { message: Option<String>, code: Option<serde_json::Value> },
}

impl ErrorBody {
    /// Gemini puts the object into a list.
    fn read(body: &[u8]) -> Option<Self> {
        match serde_json::from_slice::<Vec<Self>>(body) {
            Ok(bodies) => bodies.into_iter().next(),
            Err(_no_list) => serde_json::from_slice(body).ok(),
        }
    }

    fn message(self) -> Option<String> {
        match self.error {
            Some(ErrorField::Text(text)) => Some(text),
            Some(ErrorField::Object { message, .. }) => message.or(self.message),
            None => self.message,
        }
    }
}

/// The failure that a body with a good status reports: some services report a model's failure like that.
pub(super) fn complaint(server: &str, body: &[u8], key: Option<&SecretString>) -> Option<CoachError> {
    ErrorBody::read(body)?.error?;
    let words = words(body, key)?;
    Some(unavailable(format!("{server} reports a failure: {words}")))
}

fn words(body: &[u8], key: Option<&SecretString>) -> Option<String> {
    let words = ErrorBody::read(body)?.message()?;
    let words = shown(&words, key);
    (!words.is_empty()).then_some(words)
}

fn shown(words: &str, key: Option<&SecretString>) -> String {
    let words = without_key(words, key);
    let line: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_MESSAGE).collect();
    line.trim().trim_end_matches('.').to_owned()
}
