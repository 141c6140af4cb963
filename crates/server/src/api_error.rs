//! The one error of everything that answers requests, and the one place where it becomes a status.

use api::problem::Problem;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use interview::selection::SelectionError;
use store::StoreError;

/// How long a client is asked to wait before it tries again, in seconds.
const RETRY_AFTER_SECONDS: u32 = 2;

/// Why a request was not done. Texts are for the client: they name the thing and say what to do.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// There is no such thing.
    NotFound(String),
    /// No route has this path.
    UnknownRoute,
    /// The route exists and does not take this method.
    MethodNotAllowed,
    /// The request cannot be read: broken JSON, invalid UTF-8, a broken form.
    Malformed(String),
    /// The body is of a kind that this route does not take.
    WrongMediaType(String),
    /// The body is larger than so many bytes.
    TooLarge(u64),
    /// The request can be read and asks for something that cannot be.
    Unprocessable(String),
    /// The request does not fit the state that the thing is in.
    Conflict(String),
    /// The part asked for lies outside of a recording of so many bytes.
    OutOfRange(u64),
    /// The request was meant for another host.
    ForeignHost,
    /// The request comes from a page of another site.
    ForeignOrigin,
    /// The client took too long to send its request.
    ClientTooSlow,
    /// The server took too long over it.
    TimedOut,
    /// What it needs is not set up on this server.
    NotSetUp(String),
    /// It may succeed later.
    Unavailable(String),
    /// There is no room left to store anything.
    Full,
    /// A fault of the server. The cause goes to the log and is never shown.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// What the outermost layer turns into a document for programs or a page for people.
#[derive(Clone, Debug)]
pub(crate) struct Failure(pub(crate) Problem);

impl ApiError {
    /// The status, the stable name and the title of each sort of problem.
    fn sort(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not-found", "there is no such thing"),
            Self::UnknownRoute => (StatusCode::NOT_FOUND, "unknown-route", "there is nothing at this address"),
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "this address does not take this method")
            }
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed", "the request cannot be read"),
            Self::WrongMediaType(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-media-type", "this kind of content is not taken here")
            }
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the request is too large"),
            Self::Unprocessable(_) => (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", "this cannot be done"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict", "this does not fit the current state"),
            Self::OutOfRange(_) => {
                (StatusCode::RANGE_NOT_SATISFIABLE, "out-of-range", "the recording does not reach that far")
            }
            Self::ForeignHost => (StatusCode::MISDIRECTED_REQUEST, "foreign-host", "this server is not that host"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "foreign-origin", "other sites may not use this server"),
            Self::ClientTooSlow => (StatusCode::REQUEST_TIMEOUT, "client-too-slow", "the request came too slowly"),
            Self::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "timed-out", "this took too long"),
            Self::NotSetUp(_) => (StatusCode::NOT_IMPLEMENTED, "not-set-up", "this server is not set up for that"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "this is not available just now"),
            Self::Full => (StatusCode::INSUFFICIENT_STORAGE, "full", "there is no room left"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong in the server"),
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::NotFound(detail)
            | Self::Malformed(detail)
            | Self::WrongMediaType(detail)
            | Self::Unprocessable(detail)
            | Self::Conflict(detail)
            | Self::NotSetUp(detail)
            | Self::Unavailable(detail) => detail.clone(),
            Self::UnknownRoute => "look at /docs for every address there is".to_owned(),
            Self::MethodNotAllowed => "the header `allow` names the methods that are taken".to_owned(),
            Self::TooLarge(limit) => format!("at most {limit} bytes are taken here; send less"),
            Self::OutOfRange(size) => format!("the recording has {size} bytes; ask for a part within"),
            Self::ForeignHost => "use the address that the server printed when it started".to_owned(),
            Self::ForeignOrigin => "send the request from a program, or from a page of this server".to_owned(),
            Self::ClientTooSlow => "send it again".to_owned(),
            Self::TimedOut => "nothing is lost; look again later".to_owned(),
            Self::Full => "make room on the server's disk, then send it again".to_owned(),
            Self::Internal(_) => "the server's log says more, under this request's id".to_owned(),
        }
    }

    fn problem(&self) -> Problem {
        let (status, name, title) = self.sort();
        Problem {
            kind: format!("/problems/{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: Some(self.detail()),
            instance: None,
        }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        match self {
            Self::OutOfRange(size) => {
                let range = HeaderValue::try_from(format!("bytes */{size}"));
                headers.extend(range.ok().map(|range| (header::CONTENT_RANGE, range)));
            }
            Self::Unavailable(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
            }
            Self::TooLarge(_) | Self::ClientTooSlow => {
                // The rest of the body is not read, so nothing else can come over this connection.
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        headers
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Internal(cause) = &self {
            let chain: Vec<String> =
                std::iter::successors(cause.source(), |error| error.source()).map(ToString::to_string).collect();
            tracing::error!(error = %cause, ?chain, "a request failed");
        }
        let problem = self.problem();
        let (status, _, _) = self.sort();
        let mut response = (status, self.headers()).into_response();
        response.extensions_mut().insert(Failure(problem));
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => Self::NotFound(error.to_string()),
            StoreError::Conflict { .. } => Self::Conflict(error.to_string()),
            StoreError::TooLarge { limit } => Self::TooLarge(limit),
            StoreError::BrokenOff(_) => Self::Malformed("the recording broke off; send it again".to_owned()),
            StoreError::OutOfRange { size } => Self::OutOfRange(size),
            StoreError::Full => Self::Full,
            StoreError::Unavailable(cause) => {
                tracing::warn!(error = %cause, "storage is not available");
                Self::Unavailable("storage is not available just now; try again".to_owned())
            }
            other => Self::Internal(other.into()),
        }
    }
}

impl From<SelectionError> for ApiError {
    fn from(error: SelectionError) -> Self {
        Self::Unprocessable(error.to_string())
    }
}

impl From<capture::Error> for ApiError {
    fn from(error: capture::Error) -> Self {
        use capture::Error;
        match error {
            Error::EmptyAudio | Error::NotAudio | Error::UnsupportedAudio { .. } | Error::TooLong { .. } => {
                Self::Unprocessable(error.to_string())
            }
            Error::ModelMissing { .. } | Error::ModelDamaged { .. } | Error::UnknownModel { .. } => {
                Self::NotSetUp(error.to_string())
            }
            Error::TooSlow { .. } => Self::TimedOut,
            other => Self::Internal(other.into()),
        }
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        StoreError::from(error).into()
    }
}
