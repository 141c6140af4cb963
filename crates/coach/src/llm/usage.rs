//! What models use up: of a coach since it was set up, and for one answer.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// What a language model coach has used up since it was set up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Replies that came, repairs included.
    pub replies: u64,
    /// Replies that could not be used, or not fully.
    pub invalid_replies: u64,
    /// Replies that were asked for to correct another.
    pub repairs: u64,
    /// Tokens read, as far as the server counts them; those from a cache included.
    pub input_tokens: u64,
    /// Tokens read from a cache.
    pub cached_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Seconds from requests to the ends of their replies, together.
    pub seconds: f64,
    /// Seconds from requests to the first tokens of their replies, together.
    pub first_token_seconds: f64,
    /// Quotes in replies, of every verdict.
    pub quotes: u64,
    /// Quotes that stand word for word in the answer.
    pub quotes_verbatim: u64,
    /// Quotes that were close enough to words of the answer to be taken for them.
    pub quotes_snapped: u64,
}

impl std::iter::Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            replies: sum.replies + one.replies,
            invalid_replies: sum.invalid_replies + one.invalid_replies,
            repairs: sum.repairs + one.repairs,
            input_tokens: sum.input_tokens + one.input_tokens,
            cached_tokens: sum.cached_tokens + one.cached_tokens,
            output_tokens: sum.output_tokens + one.output_tokens,
            seconds: sum.seconds + one.seconds,
            first_token_seconds: sum.first_token_seconds + one.first_token_seconds,
            quotes: sum.quotes + one.quotes,
            quotes_verbatim: sum.quotes_verbatim + one.quotes_verbatim,
            quotes_snapped: sum.quotes_snapped + one.quotes_snapped,
        })
    }
}

impl Usage {
    /// What was used up since `earlier`.
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            replies: self.replies - earlier.replies,
            invalid_replies: self.invalid_replies - earlier.invalid_replies,
            repairs: self.repairs - earlier.repairs,
            input_tokens: self.input_tokens - earlier.input_tokens,
            cached_tokens: self.cached_tokens - earlier.cached_tokens,
            output_tokens: self.output_tokens - earlier.output_tokens,
            seconds: self.seconds - earlier.seconds,
            first_token_seconds: self.first_token_seconds - earlier.first_token_seconds,
            quotes: self.quotes - earlier.quotes,
            quotes_verbatim: self.quotes_verbatim - earlier.quotes_verbatim,
            quotes_snapped: self.quotes_snapped - earlier.quotes_snapped,
        }
    }
}

tokio::task_local! {
    /// What is used up for the answer that the task judges.
    static METER: Mutex<Usage>;
}

/// Counts for the answer that is being metered, if one is.
pub(super) fn count(change: impl Fn(&mut Usage)) {
    METER.try_with(|meter| change(&mut meter.lock().unwrap_or_else(PoisonError::into_inner))).ok(); // an error: none is
}

/// What `judging` comes to, and what models used up for it. It must not leave its task for a model.
pub async fn metered<T>(judging: impl Future<Output = T>) -> (T, Usage) {
    let metered = async {
        let judged = judging.await;
        let usage = METER.with(|meter| *meter.lock().unwrap_or_else(PoisonError::into_inner));
        // Whole milliseconds are the same when they are read back from a file.
        let rounded = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
        let (seconds, first_token_seconds) = (rounded(usage.seconds), rounded(usage.first_token_seconds));
        (judged, Usage { seconds, first_token_seconds, ..usage })
    };
    METER.scope(Mutex::default(), metered).await
}
