//! How the OpenAPI document describes requests that are refused. The refusals themselves come from
//! [`ApiError`](crate::api_error::ApiError).

#![expect(dead_code, reason = "these types are descriptions; nothing ever makes one")]

use api::problem::Problem;
use utoipa::IntoResponses;

/// Declares the description of one sort of refusal.
macro_rules! refusal {
    ($name:ident, $status:ident, $description:literal) => {
        #[derive(IntoResponses)]
        #[response(status = $status, description = $description, content_type = "application/problem+json")]
        pub(crate) struct $name(Problem);
    };
}

refusal!(Malformed, BAD_REQUEST, "the request cannot be read");
refusal!(NotFound, NOT_FOUND, "there is no such thing");
refusal!(Conflict, CONFLICT, "this does not fit the state that the turn is in");
refusal!(TooLarge, PAYLOAD_TOO_LARGE, "the recording or the request is too large");
refusal!(WrongMediaType, UNSUPPORTED_MEDIA_TYPE, "this kind of content is not taken here");
refusal!(OutOfRange, RANGE_NOT_SATISFIABLE, "the recording does not reach that far");
refusal!(Unprocessable, UNPROCESSABLE_ENTITY, "the request can be read and asks for something that cannot be");
refusal!(NotSetUp, NOT_IMPLEMENTED, "this server is not set up for that");
refusal!(Unavailable, SERVICE_UNAVAILABLE, "this is not available just now");
