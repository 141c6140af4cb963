//! The one error of everything that answers requests, and the one place where it becomes a status.

use api::problem::Problem;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use interview::selection::SelectionError;
use store::StoreError;

use crate::transcription::TranscriptionError;

/// How long a client is asked to wait before it tries again, in seconds.
const RETRY_AFTER_SECONDS: u32 = 2;

/// Why a request was not done. Texts are for the client: they name the thing and say what to do.
#[derive(Debug)]
pub(crate) enum ApiError {
    NotFound(String),
    /// No route has this path.
    UnknownRoute,
    MethodNotAllowed,
    /// The request cannot be read: broken JSON, invalid UTF-8, a broken form.
    Malformed(String),
    WrongMediaType(String),
    /// The body has more than this many bytes.
    TooLarge(u64),
    /// The request can be read and asks for something that cannot be done.
    Unprocessable(String),
    /// The request does not fit the state of the thing.
    Conflict(String),
    /// The range lies outside of a recording of this many bytes.
    OutOfRange(u64),
    /// The `Host` header names another server.
    ForeignHost,
    /// The request comes from a page of another site.
    ForeignOrigin,
    /// The client took too long to send its request.
    ClientTooSlow,
    TimedOut,
    /// What it needs is not set up on this server.
    NotSetUp(String),
    /// It may succeed later.
    Unavailable(String),
    DiskFull,
    /// A bug or a failure of the server. The cause goes to the log and is never shown.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// The problem document.
    pub(crate) fn problem(&self) -> Problem {
        let (status, name, title) = self.kind();
        Problem {
            kind: format!("/problems/{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: Some(self.detail()),
            instance: None,
        }
    }

    /// The status, stable name and title of each error.
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Self::UnknownRoute => (StatusCode::NOT_FOUND, "unknown-route", "Nothing at this address"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed"),
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed", "Malformed request"),
            Self::WrongMediaType(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-media-type", "Unsupported media type")
            }
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Request too large"),
            Self::Unprocessable(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "unprocessable", "Request cannot be processed")
            }
            Self::Conflict(_) => (StatusCode::CONFLICT, "conflict", "Conflict with the current state"),
            Self::OutOfRange(_) => (StatusCode::RANGE_NOT_SATISFIABLE, "out-of-range", "Range not satisfiable"),
            Self::ForeignHost => (StatusCode::MISDIRECTED_REQUEST, "foreign-host", "Unknown host name"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "foreign-origin", "Requests from other sites are refused"),
            Self::ClientTooSlow => (StatusCode::REQUEST_TIMEOUT, "client-too-slow", "Request arrived too slowly"),
            Self::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "timed-out", "Timed out"),
            Self::NotSetUp(_) => (StatusCode::NOT_IMPLEMENTED, "not-set-up", "Not set up on this server"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Unavailable"),
            Self::DiskFull => (StatusCode::INSUFFICIENT_STORAGE, "full", "Disk full"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
        }
    }

    fn detail(&self) -> String {
        let text = match self {
            Self::NotFound(detail)
            | Self::Malformed(detail)
            | Self::WrongMediaType(detail)
            | Self::Unprocessable(detail)
            | Self::Conflict(detail)
            | Self::NotSetUp(detail)
            | Self::Unavailable(detail) => detail,
            Self::TooLarge(limit) => return format!("the limit is {limit} bytes; send less"),
            Self::OutOfRange(size) => {
                return format!("the recording has {size} bytes; ask for a range within them");
            }
            Self::UnknownRoute => "/docs lists every address",
            Self::MethodNotAllowed => "the header `allow` lists the methods of this address",
            Self::ForeignHost => {
                "use the address that the server printed at its start, or add the name to the setting `hosts`"
            }
            Self::ForeignOrigin => "send the request from a program, or from a page of this server",
            Self::ClientTooSlow => "send it again",
            Self::TimedOut => "nothing is lost; try again later",
            Self::DiskFull => "free some space on the server's disk, then try again",
            Self::Internal(_) => "the server's log has the cause, under this request's id",
        };
        text.to_owned()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Internal(cause) = &self {
            let chain: Vec<String> =
                std::iter::successors(cause.source(), |error| error.source()).map(ToString::to_string).collect();
            tracing::error!(error = %cause, ?chain, "a request failed");
        }
        let mut response = self.kind().0.into_response();
        let header = match &self {
            Self::OutOfRange(size) => {
                HeaderValue::try_from(format!("bytes */{size}")).ok().map(|range| (header::CONTENT_RANGE, range))
            }
            Self::Unavailable(_) => Some((header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS))),
            // The rest of the body is not read, so the connection cannot be used again.
            Self::TooLarge(_) | Self::ClientTooSlow => Some((header::CONNECTION, HeaderValue::from_static("close"))),
            _ => None,
        };
        response.headers_mut().extend(header);
        // The outermost layer makes a document or a page of it.
        response.extensions_mut().insert(self.problem());
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => Self::NotFound(error.to_string()),
            StoreError::Conflict { .. } | StoreError::Finished(_) => Self::Conflict(error.to_string()),
            StoreError::KeyReused(_) => Self::Unprocessable(format!("{error}; use another key")),
            StoreError::TooLarge { limit } => Self::TooLarge(limit),
            StoreError::BrokenOff(_) => Self::Malformed("the recording broke off; send it again".to_owned()),
            StoreError::Archive(_) => Self::Unprocessable(error.to_string()),
            StoreError::Full => Self::DiskFull,
            StoreError::Unavailable(cause) => {
                tracing::warn!(error = %cause, "storage is not available");
                Self::Unavailable("storage is not available; try again".to_owned())
            }
            other => Self::Internal(other.into()),
        }
    }
}

impl From<SelectionError> for ApiError {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::AllRest => Self::Conflict(format!("{error}; leave out `repeat` to ask them again")),
            _ => Self::Unprocessable(error.to_string()),
        }
    }
}

impl From<capture::Error> for ApiError {
    fn from(error: capture::Error) -> Self {
        use capture::Error;
        match error {
            Error::EmptyAudio
            | Error::NotAudio
            | Error::DamagedAudio
            | Error::UnsupportedAudio { .. }
            | Error::TooLong { .. } => Self::Unprocessable(error.to_string()),
            Error::ModelMissing { .. } | Error::ModelDamaged { .. } | Error::UnknownModel { .. } => {
                Self::NotSetUp(error.to_string())
            }
            Error::TooSlow { .. } => Self::TimedOut,
            other => Self::Internal(other.into()),
        }
    }
}

impl From<TranscriptionError> for ApiError {
    fn from(error: TranscriptionError) -> Self {
        match error {
            TranscriptionError::NoModel => Self::NotSetUp(error.to_string()),
            TranscriptionError::Sound(error) => error.into(),
            TranscriptionError::BrokeOff => Self::Internal(error.into()),
        }
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        StoreError::from(error).into()
    }
}
