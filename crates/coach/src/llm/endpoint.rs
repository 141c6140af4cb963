//! One address of a model server: a request goes in, the body of a good response comes out, within limits of time and size.

mod failure;

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::key::without_key;
use super::settings::{Limits, LlmSettings};
use super::wire::Wire;
use crate::error::CoachError;
use failure::Answered;

/// The largest response that is read, in bytes. A judgement takes a few thousand.
const LARGEST_RESPONSE: usize = 512 * 1024;

/// Where a wire format's requests go.
#[derive(Debug)]
pub(super) struct Endpoint {
    client: Client,
    address: Url,
    headers: HeaderMap,
    key: Option<SecretString>,
    limits: Limits,
}

impl Endpoint {
    pub fn new(settings: &LlmSettings, wire: Wire, key: Option<SecretString>) -> Result<Self, CoachError> {
        let address = address(settings, wire)?;
        let limits = settings.limits();
        let client = client(&address, limits.connect)
            .map_err(|error| misconfigured(format!("no HTTP client could be set up: {error}")))?;
        let headers = headers(wire, key.as_ref())?;
        Ok(Self { client, address, headers, key, limits })
    }

    /// How long a call may take from start to end.
    pub fn whole_call(&self) -> Duration {
        self.limits.whole_call
    }

    /// The server's host and port, for people.
    pub fn server(&self) -> String {
        let host = self.address.host_str().unwrap_or_default();
        self.address.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// `text` without the key, should the server have put it there.
    pub fn without_key(&self, text: &str) -> String {
        without_key(text, self.key.as_ref())
    }

    /// What went wrong according to a body that came with a good status, if it says so: some services fail like that.
    pub fn complaint(&self, body: &[u8]) -> Option<CoachError> {
        failure::complaint(&self.server(), body, self.key.as_ref())
    }

    /// The failure of a reply that ended before it was whole.
    pub fn broke_off(&self) -> CoachError {
        unavailable(format!("{} broke off in the middle of its reply", self.server()))
    }

    /// Posts the body and returns that of a successful response.
    pub async fn post(&self, body: Vec<u8>) -> Result<Vec<u8>, CoachError> {
        let limit = self.limits.whole_call;
        tokio::time::timeout(limit, self.exchange(body)).await.map_err(|_elapsed| CoachError::TimedOut { limit })?
    }

    async fn exchange(&self, body: Vec<u8>) -> Result<Vec<u8>, CoachError> {
        let request = self.client.post(self.address.clone()).headers(self.headers.clone()).body(body);
        let limit = self.limits.first_byte;
        let response = tokio::time::timeout(limit, request.send())
            .await
            .map_err(|_elapsed| CoachError::TimedOut { limit })?
            .map_err(|error| self.unreachable(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = self.read(response).await?;
        let answered =
            Answered { server: &self.server(), status, headers: &headers, body: &body, key: self.key.as_ref() };
        if status.is_success() && !answered.is_a_page() { Ok(body) } else { Err(answered.failure()) }
    }

    async fn read(&self, mut response: Response) -> Result<Vec<u8>, CoachError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_error| self.broke_off())? {
            if body.len() + chunk.len() > LARGEST_RESPONSE {
                let reason = format!("{} sent more than {} KiB", self.server(), LARGEST_RESPONSE / 1024);
                return Err(CoachError::Malformed { reason });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn unreachable(&self, error: &reqwest::Error) -> CoachError {
        let server = self.server();
        if error.is_connect() && error.is_timeout() {
            let limit = self.limits.connect.as_secs();
            return unavailable(format!("no connection to {server} within {limit} s; is the server running?"));
        }
        if error.is_connect() {
            return unavailable(format!("no connection to {server}: {}; is the server running?", innermost(error)));
        }
        self.broke_off()
    }
}

/// The address that the wire format's requests go to.
fn address(settings: &LlmSettings, wire: Wire) -> Result<Url, CoachError> {
    let preset = settings.preset.base_url().and_then(|base| Url::parse(base).ok());
    let base = settings.base_url.clone().or(preset);
    let base = base.ok_or_else(|| misconfigured("a custom language model server needs a base_url".to_owned()))?;
    if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
        return Err(misconfigured(
            "the base_url of the language model server must begin with http:// or https://".to_owned(),
        ));
    }
    if !base.username().is_empty() || base.password().is_some() {
        let reason = "the base_url of the language model server carries a password: use key_variable or key_file";
        return Err(misconfigured(reason.to_owned()));
    }
    let mut address = base;
    let path = format!("{}/{}", address.path().trim_end_matches('/'), wire.path());
    address.set_path(&path);
    Ok(address)
}

fn headers(wire: Wire, key: Option<&SecretString>) -> Result<HeaderMap, CoachError> {
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    for (name, value) in wire.headers(key.map(ExposeSecret::expose_secret)) {
        let unfit = |_error| misconfigured("the key has characters that a header cannot carry".to_owned());
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
    let is_local = match address.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    // What is said to this machine's own server never leaves the machine, whatever proxy is set.
    if is_local { builder.no_proxy().build() } else { builder.build() }
}

/// The cause at the bottom of an error, which is the one that people understand.
fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

fn unavailable(reason: String) -> CoachError {
    CoachError::Unavailable { reason, retry_after: None }
}

fn misconfigured(reason: String) -> CoachError {
    CoachError::Misconfigured { reason }
}

#[cfg(test)]
mod tests;
