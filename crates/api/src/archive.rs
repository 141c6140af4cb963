//! Everything at once: what there is, and the result of an import.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The media type of archives.
pub const MEDIA_TYPE: &str = "application/x-tar";

/// How much the server has stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contents {
    /// The number of sessions.
    pub sessions: u64,
    /// The number of recordings.
    pub recordings: u64,
    /// The size of the recordings in bytes. An archive is a little larger.
    pub recording_bytes: u64,
}

/// The result of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// The number of sessions that were added.
    pub sessions: u64,
    /// The number of their recordings.
    pub recordings: u64,
    /// The number of sessions that were there already.
    pub skipped: u64,
}
