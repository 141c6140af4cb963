//! What models use up for an answer.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// What language models used up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// The cost of all calls, repairs included.
    #[serde(flatten)]
    pub total: Cost,
    /// Replies that could not be used, or not fully.
    pub invalid_replies: u64,
    /// Replies that were asked for to correct another.
    pub repairs: u64,
    /// Seconds from requests to the first tokens of their replies, together.
    pub first_token_seconds: f64,
    /// Quotes in replies, of every verdict.
    pub quotes: u64,
    /// Quotes that stand word for word in the answer.
    pub quotes_verbatim: u64,
    /// Quotes that were close enough to words of the answer to be taken for them.
    pub quotes_snapped: u64,
    /// The cost by the kind of call: the name of the form that was asked for, or `repair`.
    #[serde(default)]
    pub calls: BTreeMap<String, Cost>,
}

/// What calls used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Replies that came.
    pub replies: u64,
    /// Tokens read, as far as the server counts them; those from a cache included.
    pub input_tokens: u64,
    /// Tokens read from a cache.
    pub cached_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// Seconds from requests to the ends of their replies, together.
    pub seconds: f64,
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.replies += other.replies;
        self.input_tokens += other.input_tokens;
        self.cached_tokens += other.cached_tokens;
        self.output_tokens += other.output_tokens;
        self.seconds += other.seconds;
    }
}

impl std::iter::Sum for Usage {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum.total += one.total;
            sum.invalid_replies += one.invalid_replies;
            sum.repairs += one.repairs;
            sum.first_token_seconds += one.first_token_seconds;
            sum.quotes += one.quotes;
            sum.quotes_verbatim += one.quotes_verbatim;
            sum.quotes_snapped += one.quotes_snapped;
            for (kind, cost) in one.calls {
                *sum.calls.entry(kind).or_default() += cost;
            }
            sum
        })
    }
}

tokio::task_local! {
    /// What is used up for the answer that the task judges.
    static METER: Mutex<Usage>;
}

/// Counts for the answer that is being metered, if one is.
pub(super) fn count(change: impl FnOnce(&mut Usage)) {
    METER.try_with(|meter| change(&mut meter.lock().unwrap_or_else(PoisonError::into_inner))).ok(); // an error: none is
}

/// What `judging` comes to, and what models used up for it. It must not leave its task for a model.
pub async fn metered<T>(judging: impl Future<Output = T>) -> (T, Usage) {
    let metered = async {
        let judged = judging.await;
        let mut usage = METER.with(|meter| meter.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let seconds = usage.calls.values_mut().map(|cost| &mut cost.seconds);
        for seconds in seconds.chain([&mut usage.total.seconds, &mut usage.first_token_seconds]) {
            // Whole milliseconds are the same when they are read back from a file.
            *seconds = (*seconds * 1000.0).round() / 1000.0;
        }
        (judged, usage)
    };
    METER.scope(Mutex::default(), metered).await
}
