//! A transcript in formats for people and programs.

#[cfg(test)]
mod tests;

use std::str::FromStr;

use interview::{Seconds, Segment, Span, Word};
use serde_json::json;

use crate::recognise::Recognition;

/// Two lines of subtitles; a line is readable up to about 42 characters.
const CUE_CHARACTERS: usize = 84;

/// A format of a transcript.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The words, one line for each segment.
    #[default]
    Text,
    /// Everything that is known, as one JSON document; times are in seconds.
    Json,
    /// SubRip subtitles: numbered cues, times with a comma.
    Srt,
    /// WebVTT subtitles: a header, times with a full stop, markup escaped.
    Vtt,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Srt, Self::Vtt];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
        }
    }

    /// The transcript in this format. It ends with a line break unless it is empty.
    pub fn write(self, recognition: &Recognition) -> String {
        let segments = recognition.transcript.segments();
        let cues = segments.iter().flat_map(|segment| cues(segment.words()));
        match self {
            Self::Text => segments.iter().map(|segment| segment.text() + "\n").collect(),
            Self::Json => format!("{:#}\n", json(recognition)),
            Self::Srt => {
                let numbered = cues.zip(1..);
                numbered.map(|(cue, number)| format!("{number}\n{}\n{}\n\n", cue.times(','), cue.text)).collect()
            }
            Self::Vtt => {
                let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                let cues = cues.map(|cue| format!("{}\n{}\n\n", cue.times('.'), escaped(&cue.text)));
                "WEBVTT\n\n".to_owned() + &cues.collect::<String>()
            }
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// There is no such format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no format `{0}`: choose text, json, srt or vtt")]
pub struct UnknownFormat(String);

fn json(recognition: &Recognition) -> serde_json::Value {
    let start = |span: Option<Span>| span.map(|span| span.start().get());
    let end = |span: Option<Span>| span.map(|span| span.end().get());
    let word = |word: &Word| {
        let (start, end) = (start(word.span), end(word.span));
        json!({ "start": start, "end": end, "text": word.text, "probability": word.probability.get() })
    };
    let segment = |segment: &Segment| {
        let (start, end) = (start(segment.span()), end(segment.span()));
        let words: Vec<_> = segment.words().iter().map(word).collect();
        json!({ "start": start, "end": end, "text": segment.text(), "words": words })
    };
    let stretch = |span: &Span| json!({ "start": span.start().get(), "end": span.end().get() });
    json!({
        "text": recognition.transcript.text(),
        "duration": recognition.duration.get(),
        "truncated": recognition.truncated,
        "speech": recognition.speech.iter().map(stretch).collect::<Vec<_>>(),
        "segments": recognition.transcript.segments().iter().map(segment).collect::<Vec<_>>(),
    })
}

/// A subtitle and when it is shown.
struct Cue {
    span: Span,
    text: String,
}

impl Cue {
    fn times(&self, decimal_mark: char) -> String {
        let [start, end] = [self.span.start(), self.span.end()].map(|time| clock(time, decimal_mark));
        format!("{start} --> {end}")
    }
}

/// A segment cut to readable lengths between words. Words without a time are left out.
fn cues(words: &[Word]) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    for (word, span) in words.iter().filter_map(|word| Some((word, word.span?))) {
        match cues.last_mut() {
            Some(cue) if cue.text.chars().count() + word.text.chars().count() < CUE_CHARACTERS => {
                cue.text.push(' ');
                cue.text.push_str(&word.text);
                cue.span = cue.span.hull(span);
            }
            _ => cues.push(Cue { span, text: word.text.clone() }),
        }
    }
    cues
}

fn clock(time: Seconds, decimal_mark: char) -> String {
    let milliseconds = (time.get() * 1000.0).round() as u64;
    let (seconds, milliseconds) = (milliseconds / 1000, milliseconds % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}{decimal_mark}{milliseconds:03}")
}
