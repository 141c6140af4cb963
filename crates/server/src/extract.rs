//! Reading requests. Every rejection is an [`ApiError`](crate::api_error::ApiError), so that every error is a problem document.

mod body;
mod json;
mod media_type;
mod named;
mod preferences;
mod query;
mod range;

pub(crate) use body::{BrokenBody, limited, read_within, whole, without_more_than};
pub(crate) use json::{Json, parsed_json};
pub(crate) use media_type::{MediaType, audio_type};
pub(crate) use named::Named;
pub(crate) use preferences::{idempotency_key, wait};
pub(crate) use query::Query;
pub(crate) use range::byte_range;
