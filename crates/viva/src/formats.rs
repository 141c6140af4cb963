//! A transcript in formats for people and programs.

#[cfg(test)]
mod tests;

use api::transcript::HeardTranscript;
use capture::recognise::Recognition;
use clap::ValueEnum;
use interview::{Seconds, Span, Word};
use serde_json::{Value, json};

use crate::hearing::heard_transcript;

/// Two lines of subtitles; a line is readable up to about 42 characters.
const CUE_CHARACTERS: usize = 84;

/// A format of a transcript. The comments are the help that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The words, one line for each segment
    Text,
    /// Everything that is known, such as when each word was said
    Json,
    /// SubRip subtitles
    Srt,
    /// WebVTT subtitles
    Vtt,
}

impl Format {
    /// The transcript in this format. It ends with a line break unless it is empty.
    pub fn write(self, recognition: &Recognition) -> String {
        let segments = recognition.transcript.segments();
        let cues = segments.iter().flat_map(|segment| cues(segment.words()));
        match self {
            Self::Text => segments.iter().map(|segment| segment.text() + "\n").collect(),
            Self::Json => format!("{:#}\n", document(recognition)),
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

/// Everything that is known of a recording, as one JSON document; times are in seconds.
pub fn document(recognition: &Recognition) -> Value {
    let HeardTranscript { segments, speech, duration, .. } = heard_transcript(recognition);
    json!({
        "text": recognition.transcript.text(),
        "segments": segments,
        "speech": speech,
        "duration": duration,
        "truncated": recognition.truncated,
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
