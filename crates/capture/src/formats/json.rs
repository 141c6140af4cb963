//! Everything that is known, for programs.

use interview::{Seconds, Span, Word};
use serde::Serialize;

use crate::listen::Heard;

#[derive(Serialize)]
struct Document<'a> {
    text: String,
    duration: Seconds,
    truncated: bool,
    speech: &'a [Span],
    segments: Vec<SegmentDocument<'a>>,
}

#[derive(Serialize)]
struct SegmentDocument<'a> {
    start: Option<Seconds>,
    end: Option<Seconds>,
    text: String,
    words: Vec<WordDocument<'a>>,
}

#[derive(Serialize)]
struct WordDocument<'a> {
    start: Option<Seconds>,
    end: Option<Seconds>,
    text: &'a str,
    probability: f64,
}

/// One JSON document; times are in seconds.
pub fn write(heard: &Heard) -> String {
    let document = Document {
        text: heard.transcript.text(),
        duration: heard.duration,
        truncated: heard.truncated,
        speech: &heard.speech,
        segments: heard.transcript.segments().iter().map(segment).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn segment(segment: &interview::Segment) -> SegmentDocument<'_> {
    let span = segment.span();
    SegmentDocument {
        start: span.map(Span::start),
        end: span.map(Span::end),
        text: segment.text(),
        words: segment.words().iter().map(word).collect(),
    }
}

fn word(word: &Word) -> WordDocument<'_> {
    WordDocument {
        start: word.span.map(Span::start),
        end: word.span.map(Span::end),
        text: &word.text,
        probability: word.probability.get(),
    }
}
