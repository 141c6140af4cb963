//! `viva openapi`.

use super::documents::print;
use crate::failure::Failure;

/// Prints the OpenAPI document of the HTTP API.
///
/// # Errors
/// When nobody reads it.
pub fn run() -> Result<(), Failure> {
    print(&(server::openapi_json()? + "\n"))
}
