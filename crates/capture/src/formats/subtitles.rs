//! SubRip and WebVTT.

use std::fmt::Write;

use interview::{Seconds, Span, Word};

use crate::listen::Heard;

/// A line of subtitles is readable up to about 42 characters; two lines are shown at a time.
const MOST_CHARACTERS: usize = 84;

/// SubRip: numbered cues, times with a comma.
pub fn write_srt(heard: &Heard) -> String {
    let mut text = String::new();
    for (index, cue) in cues(heard).iter().enumerate() {
        let [start, end] = cue.times(',');
        // Writing to a string cannot fail.
        let _ = write!(text, "{}\n{start} --> {end}\n{}\n\n", index + 1, cue.text);
    }
    text
}

/// WebVTT, as the W3C defines it: a header, times with a full stop, markup escaped.
pub fn write_vtt(heard: &Heard) -> String {
    let mut text = "WEBVTT\n\n".to_owned();
    for cue in cues(heard) {
        let [start, end] = cue.times('.');
        let escaped = cue.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(text, "{start} --> {end}\n{escaped}\n\n");
    }
    text
}

struct Cue {
    span: Span,
    text: String,
}

impl Cue {
    fn times(&self, decimal_mark: char) -> [String; 2] {
        [self.span.start(), self.span.end()].map(|time| clock(time, decimal_mark))
    }
}

/// Segments, cut into readable lengths between words. Words without a time have no place in subtitles.
fn cues(heard: &Heard) -> Vec<Cue> {
    heard.transcript.segments().iter().flat_map(|segment| cues_of(segment.words())).collect()
}

fn cues_of(words: &[Word]) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    for (word, span) in words.iter().filter_map(|word| Some((word, word.span?))) {
        match cues.last_mut() {
            Some(cue) if cue.text.chars().count() + word.text.chars().count() < MOST_CHARACTERS => {
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
