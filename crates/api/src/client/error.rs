//! What can go wrong with a call, by what the caller can do.

use std::path::PathBuf;

use url::Url;

use crate::problem::Problem;

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server cannot be reached: check that it runs, or start it. Nothing is known of the request's effect; sending it again with
    /// the same idempotency key is safe.
    #[error("cannot reach the server at {base}")]
    Unreachable {
        /// Where it was expected.
        base: Url,
        /// What failed.
        #[source]
        source: reqwest::Error,
    },
    /// The server did not reply in time: send the request again with the same idempotency key, or wait longer.
    #[error("the server at {base} did not reply in time")]
    TimedOut {
        /// The server.
        base: Url,
    },
    /// The server refused the request and says why.
    #[error("{}", .0.detail.as_deref().unwrap_or(&.0.title))]
    Problem(Box<Problem>),
    /// The reply is none of ours: something other than Viva answers at this address, or its version differs.
    #[error("the reply is not one of a Viva server: {detail}")]
    Garbled {
        /// The reply's HTTP status, if there was one.
        status: Option<u16>,
        /// What is wrong with it.
        detail: String,
    },
    /// The recording to send cannot be read: check the file.
    #[error("cannot read the recording {}", path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// What failed.
        #[source]
        source: std::io::Error,
    },
    /// The address of the server is no `http` or `https` URL: mend the setting.
    #[error("`{base}` is not the address of a server: use one such as http://127.0.0.1:7878")]
    InvalidBaseUrl {
        /// The address.
        base: Url,
    },
    /// The client cannot be set up on this machine: for `https`, install root certificates.
    #[error("cannot set up the HTTP client")]
    NotSetUp {
        /// What failed.
        #[source]
        source: reqwest::Error,
    },
}

impl ClientError {
    /// Whether sending the same request again later may succeed.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Problem(problem) => matches!(problem.status, 408 | 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }

    /// Whether the server says that there is no such thing.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 404)
    }

    /// Whether the server says that the request does not fit the state that the thing is in.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 409)
    }

    /// Whether the server will never take what was sent: too large, of a kind that it does not read, or not what it asked for.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Problem(problem) if matches!(problem.status, 400 | 413 | 415 | 422))
    }
}
