//! Silences.

use super::Pauses;
use crate::time::{Seconds, Span};

/// Shorter gaps belong to articulation; 0.25 s is the usual threshold in studies of silent pauses.
const SHORTEST: f64 = 0.25;

/// The silences between first and last word: between stretches of speech where those are known, otherwise between words.
pub(super) fn pauses(speech: &[Span], timed: &[Span], spoken: Option<Span>) -> Pauses {
    let Some(spoken) = spoken else { return Pauses::default() };
    let spans = if speech.is_empty() { timed } else { speech };
    let inside: Vec<Span> = spans.iter().copied().filter(|span| span.overlap(spoken) > Seconds::ZERO).collect();
    let mut silences: Vec<Span> = inside
        .windows(2)
        .filter(|pair| pair[1].start() > pair[0].end())
        .map(|pair| Span::between(pair[0].end(), pair[1].start()))
        .filter(|gap| gap.length().get() >= SHORTEST)
        .collect();
    silences.sort_by(|one, other| one.length().get().total_cmp(&other.length().get()));
    let longer_than = |limit: f64| silences.iter().filter(|gap| gap.length().get() > limit).count();
    let silent = silences.iter().map(|gap| gap.length().get()).sum::<f64>();
    let whole = spoken.length().get();
    Pauses {
        over_1s: longer_than(1.0),
        over_2_5s: longer_than(2.5),
        median: median(&silences),
        longest: silences.last().copied(),
        ratio: (whole > 0.0).then(|| (silent / whole).clamp(0.0, 1.0)),
    }
}

/// The median length of silences that are sorted by length.
fn median(sorted: &[Span]) -> Option<Seconds> {
    let upper = sorted.get(sorted.len() / 2)?.length().get();
    let lower = sorted[(sorted.len() - 1) / 2].length().get();
    Seconds::new((lower + upper) / 2.0)
}
