//! A session as a document to keep.

mod markdown;

use askama::Template;
use store::{PastJudging, StoredSession};

use crate::pages::SessionFile;
use crate::review::Review;
use crate::wire;

pub(crate) use markdown::markdown;

/// The session as the API gives it.
pub(crate) fn json(stored: &StoredSession) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&wire::session::session(stored))
}

/// One HTML file that needs nothing else. Recordings are not in it.
pub(crate) fn html(stored: &StoredSession, past: &[PastJudging]) -> Result<String, askama::Error> {
    SessionFile { review: Review::of(stored, past, false) }.render()
}
