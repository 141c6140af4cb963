//! Transcripts and times on their way out.

use api::transcript::{Segment, TimeSpan, Transcript, Word};
use interview::{Seconds, Span};

pub(crate) fn transcript(transcript: &interview::Transcript) -> Transcript {
    Transcript { text: transcript.text(), segments: transcript.segments().iter().map(segment).collect() }
}

pub(crate) fn span(span: Span) -> TimeSpan {
    TimeSpan { start: seconds(span.start()), end: seconds(span.end()) }
}

/// Seconds to the millisecond: finer than any recogniser is, and short to read.
pub(crate) fn seconds(time: Seconds) -> f64 {
    (time.get() * 1000.0).round() / 1000.0
}

pub(crate) fn bounds(span: Option<Span>) -> (Option<f64>, Option<f64>) {
    (span.map(|span| seconds(span.start())), span.map(|span| seconds(span.end())))
}

fn segment(segment: &interview::Segment) -> Segment {
    let (start, end) = bounds(segment.span());
    Segment { start, end, text: segment.text(), words: segment.words().iter().map(word).collect() }
}

fn word(word: &interview::Word) -> Word {
    let (start, end) = bounds(word.span);
    Word { start, end, text: word.text.clone(), probability: (word.probability.get() * 1000.0).round() / 1000.0 }
}
