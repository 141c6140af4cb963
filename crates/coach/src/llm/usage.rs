//! What a coach has used up.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::wire::Tokens;

/// What a language model coach has used up since it was set up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Replies that came.
    pub replies: u64,
    /// Replies that could not be used, or not fully, and were asked for again.
    pub invalid_replies: u64,
    /// Tokens read, as far as the server counts them.
    pub input_tokens: u64,
    /// Tokens written, as far as the server counts them.
    pub output_tokens: u64,
}

/// Counts what is used up. Shared by all calls of a coach.
#[derive(Debug, Default)]
pub(super) struct Meter {
    replies: AtomicU64,
    invalid_replies: AtomicU64,
    input_tokens: AtomicU64,
    output_tokens: AtomicU64,
}

impl Meter {
    pub fn reply(&self, tokens: Tokens) {
        self.replies.fetch_add(1, Ordering::Relaxed);
        self.input_tokens.fetch_add(tokens.input, Ordering::Relaxed);
        self.output_tokens.fetch_add(tokens.output, Ordering::Relaxed);
    }

    pub fn invalid_reply(&self) {
        self.invalid_replies.fetch_add(1, Ordering::Relaxed);
    }

    pub fn read(&self) -> Usage {
        Usage {
            replies: self.replies.load(Ordering::Relaxed),
            invalid_replies: self.invalid_replies.load(Ordering::Relaxed),
            input_tokens: self.input_tokens.load(Ordering::Relaxed),
            output_tokens: self.output_tokens.load(Ordering::Relaxed),
        }
    }
}
