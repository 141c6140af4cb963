//! What every request passes before its route: its id and log line, panics, foreign hosts and origins, headers for browsers, and the
//! form of errors.

use std::any::Any;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use api::problem::{MEDIA_TYPE, Problem};
use axum::body::{Body, BodyDataStream};
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::sync::oneshot;
use tracing::Instrument;
use uuid::Uuid;

use crate::api_error::ApiError;
use crate::pages;

/// Pages load everything from this server, and no page of another site may frame them.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const BROWSER_HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // With `no-referrer` browsers would send `Origin: null` with the forms of our own pages.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The most bytes that are read of a request after it was refused: a recording of some minutes.
const DRAIN_LIMIT: usize = 16 * 1024 * 1024;

/// How long a client may go on sending after it was refused.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// Names a request. Never taken from the client, so that nobody can forge a log line.
#[derive(Clone, Copy, Debug)]
struct RequestId(Uuid);

/// Gives the request an id and logs its result.
pub(crate) async fn with_request_id(mut request: Request, next: Next) -> Response {
    let id = RequestId(Uuid::now_v7());
    request.extensions_mut().insert(id);
    let span = tracing::info_span!("request", id = %id.0, method = %request.method(), path = request.uri().path());
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), milliseconds, "request answered"));
    if let Ok(value) = HeaderValue::try_from(id.0.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Adds the headers that keep browsers from doing more with a response than show it, unless the response has its own.
pub(crate) async fn browser_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in BROWSER_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Gives every failed response its body: a problem document for programs, a page for people.
pub(crate) async fn present_failures(request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_for_people = !request.uri().path().starts_with(api::PREFIX) && accepted.contains("text/html");
    let id = request.extensions().get::<RequestId>().copied();
    let response = next.run(request).await;
    if !is_failure(&response) {
        return response;
    }
    let mut response = with_problem(response);
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    problem.instance = id.map(|RequestId(id)| format!("urn:uuid:{id}"));
    let (media_type, body) = if is_for_people {
        ("text/html; charset=utf-8", pages::error_page(&problem).into_bytes())
    } else {
        (MEDIA_TYPE, serde_json::to_vec(&problem).unwrap_or_default())
    };
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    *response.body_mut() = Body::from(body);
    response
}

fn is_failure(response: &Response) -> bool {
    response.status().is_client_error() || response.status().is_server_error()
}

/// The response with a problem: failures of the router and of layers get theirs here.
fn with_problem(response: Response) -> Response {
    if response.extensions().get::<Problem>().is_some() {
        return response;
    }
    let error = match response.status() {
        StatusCode::NOT_FOUND => ApiError::UnknownRoute,
        StatusCode::METHOD_NOT_ALLOWED => ApiError::MethodNotAllowed,
        StatusCode::GATEWAY_TIMEOUT => ApiError::TimedOut,
        status => ApiError::Internal(format!("no problem stands for the status {status}").into()),
    };
    let mut replaced = error.into_response();
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        replaced.headers_mut().insert(header::ALLOW, allowed.clone());
    }
    replaced
}

/// The response of a handler that panicked. The message goes to the log.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::Internal(format!("a handler panicked: {}", text.unwrap_or("no message")).into()).into_response()
}

/// The names by which this server may be called: loopback in all its spellings, those that the settings add, and, on a server that is
/// open to the network, every IP address. An attacker's page (DNS rebinding) always has a name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts {
    names: Arc<[String]>,
    any_address: bool,
}

impl Hosts {
    pub(crate) fn new(names: &[String], any_address: bool) -> Self {
        Self { names: names.iter().map(|name| name.to_ascii_lowercase()).collect(), any_address }
    }

    fn includes(&self, authority: &Authority) -> bool {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let is_own_address = host.parse::<IpAddr>().is_ok_and(|address| self.any_address || address.is_loopback());
        is_own_address || host == "localhost" || self.names.contains(&host)
    }
}

/// Refuses requests that are meant for another host, and changes asked for by another site's page.
///
/// Without accounts, whoever reaches the server may read everything. A page of another site must not: neither by a name of its own that
/// points to this machine (DNS rebinding: refused by `Host`), nor by posting to it (refused by `Origin`).
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

/// The host that the request is meant for; none when there is more than one `Host`.
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

/// Reads the rest of a refused request, within limits. A connection that is closed while the client still sends is reset, and the client
/// never sees why it was refused.
pub(crate) async fn drain_refused(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let (sender, returned) = oneshot::channel();
    let borrowed = BorrowedBody(Some((body.into_data_stream(), sender)));
    let response = next.run(Request::from_parts(head, Body::from_stream(borrowed))).await;
    if is_failure(&response) {
        let drain = async {
            let Ok(mut chunks) = returned.await else { return };
            let mut read = 0;
            while let Some(Ok(chunk)) = chunks.next().await {
                read += chunk.len();
                if read > DRAIN_LIMIT {
                    return;
                }
            }
        };
        tokio::time::timeout(DRAIN_TIMEOUT, drain).await.ok(); // a client that is still not done is cut off
    }
    response
}

/// A body that is sent back when its reader drops it.
struct BorrowedBody(Option<(BodyDataStream, oneshot::Sender<BodyDataStream>)>);

impl Stream for BorrowedBody {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().map_or(Poll::Ready(None), |(chunks, _)| chunks.poll_next_unpin(context))
    }
}

impl Drop for BorrowedBody {
    fn drop(&mut self) {
        if let Some((chunks, sender)) = self.0.take() {
            sender.send(chunks).ok(); // nobody waits for it once the response is sent
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::to_bytes;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    #[test]
    fn loopback_is_known_by_all_its_names() {
        let hosts = Hosts::new(&["Viva.Example".to_owned()], false);
        for own in ["localhost:7878", "LOCALHOST", "127.0.0.1", "127.1.2.3:80", "[::1]:7878", "viva.example:443"] {
            assert!(hosts.includes(&own.parse().unwrap()), "{own}");
        }
        for foreign in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]"] {
            assert!(!hosts.includes(&foreign.parse().unwrap()), "{foreign}");
        }
    }

    #[test]
    fn a_server_that_is_open_to_the_network_answers_to_every_address_and_still_to_no_foreign_name() {
        let hosts = Hosts::new(&[], true);
        for own in ["192.168.1.7:7878", "[fe80::1]:7878", "localhost"] {
            assert!(hosts.includes(&own.parse().unwrap()), "{own}");
        }
        for foreign in ["evil.example", "192.168.1.7.evil.example"] {
            assert!(!hosts.includes(&foreign.parse().unwrap()), "{foreign}");
        }
    }

    async fn answer_of(path: &str, accept: &str) -> (StatusCode, String, String) {
        let fails = || async { Err::<(), _>(ApiError::Internal("the password is hunter2".into())) };
        let panics = || async {
            if true {
                panic!("the password is hunter2")
            }
        };
        let router = Router::new()
            .route("/api/v1/fails", get(fails))
            .route("/api/v1/panics", get(panics))
            .route("/page", get(fails))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(present_failures))
            .layer(from_fn(with_request_id));
        let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let status = response.status();
        let media_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, media_type, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_cause_of_an_internal_error_never_leaves() {
        for path in ["/api/v1/fails", "/api/v1/panics"] {
            let (status, media_type, body) = answer_of(path, "*/*").await;
            assert_eq!((status, media_type.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, MEDIA_TYPE));
            assert!(!body.contains("hunter2"), "{body}");
            let problem: Problem = serde_json::from_str(&body).unwrap();
            assert_eq!((problem.kind.as_str(), problem.status), ("/problems/internal", 500));
            assert!(problem.instance.unwrap().starts_with("urn:uuid:"));
        }
    }

    #[tokio::test]
    async fn people_get_a_page_that_helps_and_programs_get_a_document() {
        let (_, media_type, body) = answer_of("/page", "text/html,*/*").await;
        assert_eq!(media_type, "text/html; charset=utf-8");
        assert!(body.contains("href=\"/\"") && body.contains("href=\"/docs\"") && !body.contains("hunter2"), "{body}");

        let (_, media_type, _) = answer_of("/page", "application/json").await;
        assert_eq!(media_type, MEDIA_TYPE);
        let (_, media_type, _) = answer_of("/api/v1/fails", "text/html").await;
        assert_eq!(media_type, MEDIA_TYPE);
    }
}
