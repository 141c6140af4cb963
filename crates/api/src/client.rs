//! The typed client: one method for each route, on one connection pool.
//!
//! Every call has a time limit and a size limit, and every failure says what its caller can do ([`ClientError`]).

mod answers;
mod audio_file;
mod error;
mod questions;
mod reply;
mod sessions;
mod transcriptions;

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use url::Url;

use crate::PREFIX;

pub use answers::Sending;
pub use audio_file::AudioFile;
pub use error::ClientError;

/// How long the server may take to accept a connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// How long the server may take to reply to a request that asks for no waiting and sends no audio.
const REPLY_LIMIT: Duration = Duration::from_secs(30);

/// How long sending a recording, and transcribing it while the client waits, may take on top of what the client is willing to wait.
const UPLOAD_LIMIT: Duration = Duration::from_secs(600);

/// A client of one Viva server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:7878`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ClientError::InvalidBaseUrl`] when `base` is no `http` or `https` URL, and [`ClientError::NotSetUp`] when TLS cannot be set up.
    pub fn new(base: Url) -> Result<Self, ClientError> {
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(ClientError::InvalidBaseUrl { base });
        }
        choose_tls_provider();
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_LIMIT)
            .user_agent(concat!("viva/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none());
        if base.scheme() == "http" {
            // Root certificates are slow to load, and machines without any must still reach a server on loopback.
            builder = builder.tls_certs_only([]);
        }
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|source| ClientError::NotSetUp { source })?;
        Ok(Self { http, base })
    }

    /// Where the server is.
    pub fn base_url(&self) -> &Url {
        &self.base
    }

    /// The address of a path of the server, such as a session's `review_url`.
    ///
    /// # Errors
    /// [`ClientError::Garbled`] when `path` is no path.
    pub fn address(&self, path: &str) -> Result<Url, ClientError> {
        self.base.join(path).map_err(|error| ClientError::Garbled {
            status: None,
            detail: format!("`{path}` is no path of the server: {error}"),
        })
    }

    /// Whether the server is up and its database answers.
    ///
    /// # Errors
    /// When it is not; see [`ClientError`].
    pub async fn ready(&self) -> Result<(), ClientError> {
        self.done(self.at(Method::GET, &["readyz"])).await
    }

    /// A request for a versioned path.
    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let prefix: Vec<&str> = PREFIX.split('/').filter(|part| !part.is_empty()).collect();
        self.at(method, &[prefix.as_slice(), path].concat())
    }

    /// A request for a path; each part of it is percent-encoded.
    fn at(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        self.http.request(method, url).timeout(REPLY_LIMIT)
    }
}

/// Settles which implementation of TLS is used, unless the program has: building a client without one panics.
fn choose_tls_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        let _another_thread_was_faster = rustls::crypto::ring::default_provider().install_default();
    }
}

fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests;
