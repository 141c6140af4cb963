//! Only requests that are meant for this server, and not sent by another site's page.
//!
//! Without accounts, whoever reaches the server may read everything. A page of another site must not: neither by a name of its own that
//! points to this machine (DNS rebinding: refused by `Host`), nor by posting to it (refused by `Origin`).

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::api_error::ApiError;

/// The names by which this server may be called: loopback in all its spellings, and those that the settings add.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts(Arc<[String]>);

impl Hosts {
    /// Loopback and these names.
    pub(crate) fn with(names: &[String]) -> Self {
        Self(names.iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    fn includes(&self, authority: &Authority) -> bool {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        is_loopback || host == "localhost" || self.0.contains(&host)
    }
}

/// Refuses requests that are meant for another host, and changes asked for by another site's page.
pub(crate) async fn own_host_only(
    State(hosts): State<Hosts>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Some(called) = authority(request.uri(), request.headers()).filter(|called| hosts.includes(called)) else {
        return Err(ApiError::ForeignHost);
    };
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_safe && !is_own_origin(request.headers(), &called) {
        return Err(ApiError::ForeignOrigin);
    }
    Ok(next.run(request).await)
}

/// Whom the request is meant for. More than one `Host` is a trick.
fn authority(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(Authority::try_from(host.as_bytes()).ok()?),
        (None, None) => None,
        _ => return None,
    };
    uri.authority().cloned().or(host)
}

/// Whether the request comes from a page of this server, or from a program, which names no origin.
fn is_own_origin(headers: &HeaderMap, called: &Authority) -> bool {
    let is_cross_site = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site");
    let has_own_origin = headers.get(header::ORIGIN).is_none_or(|origin| {
        let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
        origin.as_ref().and_then(Uri::authority).is_some_and(|origin| origin == called)
    });
    has_own_origin && !is_cross_site
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_known_by_all_its_names() {
        let hosts = Hosts::with(&["Viva.Example".to_owned()]);
        for own in ["localhost:7878", "LOCALHOST", "127.0.0.1", "127.1.2.3:80", "[::1]:7878", "viva.example:443"] {
            assert!(hosts.includes(&own.parse().unwrap()), "{own}");
        }
        for foreign in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]"] {
            assert!(!hosts.includes(&foreign.parse().unwrap()), "{foreign}");
        }
    }
}
