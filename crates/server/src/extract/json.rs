//! JSON bodies.

use axum::extract::{FromRequest, Request};
use axum::http::header;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::body::{limited, whole, without_more_than};
use super::media_type::MediaType;
use crate::api_error::ApiError;

/// The most bytes of a body that holds wishes or a correction.
const SMALL: u64 = 1024 * 1024;

/// A body of JSON, of at most a megabyte. An empty body stands for a value without any wishes.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (head, body) = request.into_parts();
        without_more_than(SMALL, &head.headers)?;
        let media_type = MediaType::of(&head.headers);
        let bytes = whole(limited(body, SMALL)).await?;
        if bytes.is_empty() {
            return parsed_json(b"{}").map(Self);
        }
        match media_type {
            Some(media_type) if media_type.is_json() => parsed_json(&bytes).map(Self),
            _ => Err(ApiError::WrongMediaType(format!(
                "send JSON, and say so in the header: `{}: application/json`",
                header::CONTENT_TYPE
            ))),
        }
    }
}

/// Reads JSON: text that is none is malformed, a value that does not fit is unprocessable.
pub(crate) fn parsed_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        ApiError::Malformed(format!("the text is not valid UTF-8: look at byte {}", error.valid_up_to()))
    })?;
    serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => ApiError::Unprocessable(error.to_string()),
        Category::Syntax | Category::Eof | Category::Io => ApiError::Malformed(format!("this is not JSON: {error}")),
    })
}
