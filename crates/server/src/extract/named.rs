//! Things named in the path.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use interview::{QuestionId, SessionId, TurnId};

use crate::api_error::ApiError;

/// What the path names. Text that is no id names nothing, so it is not found.
pub(crate) struct Named<T>(pub(crate) T);

/// An id that a path can hold.
pub(crate) trait PathId: FromStr + Display {
    /// What it is an id of, in words.
    const WHAT: &'static str;
}

impl PathId for QuestionId {
    const WHAT: &'static str = "question";
}

impl PathId for SessionId {
    const WHAT: &'static str = "session";
}

impl PathId for TurnId {
    const WHAT: &'static str = "turn";
}

impl<T: PathId, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let nameless = || ApiError::NotFound(format!("there is no such {}", T::WHAT));
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| nameless())?;
        text.parse().map(Self).map_err(|_| nameless())
    }
}
