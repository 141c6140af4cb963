//! When each word was said.
//!
//! Recognisers of whisper's kind know roughly when a phrase begins and ends, and next to nothing about the words in it. What the
//! voice detector heard is much sharper. So the words of a phrase are laid over the speech within it, in proportion to how long they
//! are to say, and a pause in the speech falls between two words, never into one.

use interview::{Seconds, Span, Word};

use super::words::{Phrase, WrittenWord};
use crate::speech::SpeechSpan;

/// A phrase whose stated bounds are this close to those of the speech means those of the speech.
const NEAR: f64 = 0.5;

/// Gives the words of the phrases, which are in order, their times on the original timeline, all within the speech of `span`.
pub fn align(phrases: Vec<Phrase>, span: &SpeechSpan) -> Vec<Word> {
    let voiced = span.voiced();
    let mut earliest = voiced.start();
    let mut words = Vec::new();
    for (index, phrase) in phrases.iter().enumerate() {
        let is_last = index + 1 == phrases.len();
        let stated = |time: Option<Seconds>| time.map(|time| span.start + time);
        let start = match stated(phrase.start) {
            Some(start) if index > 0 || start.since(voiced.start()).get() > NEAR => start,
            _ => earliest,
        };
        let end = match stated(phrase.end) {
            Some(end) if !is_last || voiced.end().since(end).get() > NEAR => end,
            _ => voiced.end(),
        };
        let bounds = Span::between(start.max(earliest).min(voiced.end()), end.max(earliest).min(voiced.end()));
        lay(&phrase.words, &speech_within(bounds, &span.runs), &mut words);
        earliest = bounds.end();
    }
    words
}

/// The speech within the bounds of a phrase; the bounds themselves where there is none.
fn speech_within(bounds: Span, runs: &[Span]) -> Vec<Span> {
    let within: Vec<Span> = runs
        .iter()
        .filter(|run| run.overlap(bounds) > Seconds::ZERO)
        .map(|run| Span::between(run.start().max(bounds.start()), run.end().min(bounds.end())))
        .collect();
    if within.is_empty() { vec![bounds] } else { within }
}

/// Lays words over runs of speech: each run gets the words that fit its share of the time.
fn lay(words: &[WrittenWord], runs: &[Span], laid: &mut Vec<Word>) {
    let all_time: f64 = runs.iter().map(|run| run.length().get()).sum();
    let all_weight: f64 = words.iter().map(weight).sum();
    let (mut rest, mut time, mut said) = (words, 0.0, 0.0);
    for (index, run) in runs.iter().enumerate() {
        time += run.length().get();
        let is_last = index + 1 == runs.len();
        let target = if all_time > 0.0 { all_weight * time / all_time } else { all_weight };
        let mut count = 0;
        while count < rest.len() && (is_last || said + weight(&rest[count]) / 2.0 <= target) {
            said += weight(&rest[count]);
            count += 1;
        }
        lay_evenly(&rest[..count], *run, laid);
        rest = &rest[count..];
    }
}

fn lay_evenly(words: &[WrittenWord], run: Span, laid: &mut Vec<Word>) {
    let all_weight: f64 = words.iter().map(weight).sum();
    let length = run.length().get();
    let at = |said: f64| run.start() + Seconds::new(length * said / all_weight).unwrap_or_default();
    let mut said = 0.0;
    for word in words {
        let start = at(said);
        said += weight(word);
        laid.push(Word::heard(&word.text, Span::between(start, at(said).min(run.end())), word.probability));
    }
}

/// How long a word is to say, in no particular unit: its letters, and a bit for being a word.
fn weight(word: &WrittenWord) -> f64 {
    1.0 + word.text.chars().filter(|c| c.is_alphanumeric()).count() as f64
}
