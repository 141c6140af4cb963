//! Filled pauses: those that were transcribed, and an estimate of those that were not.

use super::{FilledPauses, RATE_MIN_WORDS};
use crate::time::{Seconds, Span};
use crate::transcript::{Word, normal_words};

const FILLED_PAUSES: [&str; 12] = ["um", "uh", "er", "erm", "uhm", "umm", "uhh", "mm", "mmm", "hm", "hmm", "eh"];

/// Whether a word of a transcript is a filled pause and nothing else.
pub(super) fn is_filled_pause(text: &str) -> bool {
    let mut words = normal_words(text).peekable();
    words.peek().is_some() && words.all(|word| FILLED_PAUSES.contains(&word.as_str()))
}

pub(super) fn filled_pauses(words: &[&Word], speech: &[Span], spoken: Seconds) -> FilledPauses {
    let heard = words.iter().filter(|word| is_filled_pause(&word.text)).count();
    let enough = words.len() >= RATE_MIN_WORDS;
    FilledPauses {
        heard,
        per_minute: (enough && spoken.get() > 0.0).then(|| heard as f64 * 60.0 / spoken.get()),
        per_hundred_words: enough.then(|| heard as f64 * 100.0 / words.len() as f64),
        estimated: (!speech.is_empty()).then(|| heard + unexplained_voice(words, speech)),
    }
}

/// A stretch of voice without words that is this long, in seconds, may be a filled pause that the recogniser swallowed: shorter ones
/// are breath and word edges, longer ones are speech that it could not make out.
const SWALLOWED: std::ops::RangeInclusive<f64> = 0.25..=1.2;

/// How many stretches of voice got no words. Words and speech spans are both in order, so one pass over each is enough.
fn unexplained_voice(words: &[&Word], speech: &[Span]) -> usize {
    let mut timed = words.iter().filter_map(|word| word.span).peekable();
    let mut count = 0;
    for span in speech {
        let mut from = span.start();
        while let Some(word) = timed.next_if(|word| word.start() < span.end()) {
            count += usize::from(SWALLOWED.contains(&word.start().since(from).get()));
            from = from.max(word.end());
        }
        count += usize::from(SWALLOWED.contains(&span.end().since(from).get()));
    }
    count
}
