//! Delivery: how an answer was said, as arithmetic on its timeline. No coach takes part, and none of this is ever a score.
//!
//! All times are on the original timeline of the recording, pauses included. The measures describe what can be observed; they say
//! nothing about confidence, nervousness, personality or accent.

mod fillers;
mod measure;
mod pauses;
mod phrases;

use crate::time::{Seconds, Span};

pub use measure::measure;

/// The delivery panel of one spoken answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Length of the recording in seconds.
    pub duration: Seconds,
    /// How many words were heard.
    pub words: usize,
    /// Words a minute from the onset of the first word to the end of the last, pauses included. None for fewer than
    /// [`RATE_MIN_WORDS`] words, where a rate means nothing.
    pub words_per_minute: Option<f64>,
    /// Words a minute of the time in which there was speech (articulation rate), pauses left out. Tells slow speech from many pauses.
    pub articulation_rate: Option<f64>,
    /// Silences between words.
    pub pauses: Pauses,
    /// Seconds from the start of the recording to the first word that is not a filled pause. Shown, never scored: thinking is allowed.
    pub time_to_first_word: Option<Seconds>,
    /// "um", "uh", "er", "mm": a lower bound, because recognisers drop them.
    pub filled_pauses: FilledPauses,
    /// Discourse markers such as "like", "you know", "basically", the most frequent first. Not added to the filled pauses: "like" is
    /// also a verb.
    pub discourse_markers: Vec<CountedPhrase>,
    /// Hedges such as "I guess" or "sort of", each where it was said.
    pub hedges: Vec<PlacedPhrase>,
    /// Phrases of three words or more that were said more than once, the most frequent first.
    pub repeated_phrases: Vec<CountedPhrase>,
    /// Words said twice in a row ("the the").
    pub immediate_repeats: usize,
    /// The time from first to last word against the question's limit.
    pub length: Length,
}

/// Below this many words no rate is given.
pub const RATE_MIN_WORDS: usize = 5;

/// The words a minute that count as typical. The range is our choice; Microsoft's Speaker Coach recommends 100 to 165, and radio
/// interviews average 154 (Amir 2016).
pub const TYPICAL_WORDS_PER_MINUTE: std::ops::RangeInclusive<f64> = 110.0..=170.0;

/// Up to this many filled pauses a minute listeners do not mind (Laske and DiGennaro Reed 2024).
pub const FILLED_PAUSES_FINE: f64 = 5.0;

/// From this many filled pauses a minute they are worth working on (our cut; the same study finds a clear penalty at 12).
pub const FILLED_PAUSES_MANY: f64 = 10.0;

/// Silences between words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pauses {
    /// Silences longer than 1 s ("long" in Campione and Véronis 2002).
    pub over_1s: usize,
    /// Silences longer than 2.5 s.
    pub over_2_5s: usize,
    /// The median of all silences of at least 0.25 s, in seconds; the median because their lengths are log-normal.
    pub median: Option<Seconds>,
    /// The longest silence, and where it was.
    pub longest: Option<Span>,
    /// Silent time between first and last word, as a share of the time between them, 0 to 1.
    pub ratio: Option<f64>,
}

/// Filled pauses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilledPauses {
    /// How many were transcribed: a lower bound.
    pub heard: usize,
    /// Those transcribed, per minute between first and last word.
    pub per_minute: Option<f64>,
    /// Those transcribed, per 100 words.
    pub per_hundred_words: Option<f64>,
    /// An estimate that adds stretches of voice which got no words: the recogniser may have swallowed a filled pause there.
    pub estimated: Option<usize>,
}

/// A phrase and how often it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedPhrase {
    /// In lower case, without punctuation.
    pub phrase: String,
    /// How often.
    pub count: usize,
}

/// A phrase and where it was said.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedPhrase {
    /// As it stands in the transcript.
    pub quote: String,
    /// When it was said.
    pub span: Option<Span>,
}

/// How long the answer took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length {
    /// Seconds from the onset of the first word to the end of the last.
    pub spoken: Seconds,
    /// The question's limit in seconds, if it has one.
    pub limit: Option<u32>,
}

impl Length {
    /// Seconds over the limit; zero within it, or when there is none.
    pub fn over(self) -> Seconds {
        let limit = self.limit.and_then(|limit| Seconds::new(f64::from(limit)));
        limit.map_or(Seconds::ZERO, |limit| self.spoken.since(limit))
    }
}

#[cfg(test)]
mod tests;
