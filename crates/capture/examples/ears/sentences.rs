//! When sentences begin and end in a recording that is silent to the last bit between them.

use capture::audio::RATE;
use interview::{Seconds, Span};

use super::alignment::words_of;

/// Silence this long, in seconds, is between two sentences.
const PAUSE: f64 = 0.15;
/// Below this nothing was said; converting the rate leaves traces next to the speech.
const SILENT: f32 = 1e-5;
/// The loudness from which on speech is heard, of full scale.
const AUDIBLE: f32 = 0.01;

/// How far, in seconds, the times of the first and the last word of each sentence are from where it begins and ends. `times` are those of the
/// words that are said, where they were heard. Empty when the recording's stretches of sound are not its sentences.
pub fn errors_of_times(text: &str, sound: &[f32], times: &[Option<Span>]) -> Vec<f64> {
    let written: Vec<&str> = text.split_whitespace().collect();
    let sentences = written.split_inclusive(|word| word.ends_with(['.', '!', '?']));
    let lengths: Vec<usize> =
        sentences.map(|words| words_of(&words.join(" ")).len()).filter(|length| *length > 0).collect();
    let stretches = stretches(sound);
    if stretches.len() != lengths.len() {
        return Vec::new();
    }
    let (mut first, mut errors) = (0, Vec::new());
    for (length, stretch) in lengths.iter().zip(stretches) {
        let distance = |one: Seconds, other: Seconds| (one.get() - other.get()).abs();
        let starts = times[first].map(|word| distance(word.start(), stretch.start()));
        let ends = times[first + length - 1].map(|word| distance(word.end(), stretch.end()));
        errors.extend(starts.into_iter().chain(ends));
        first += length;
    }
    errors
}

/// The stretches of sound between silences, each from its first audible sample to its last.
fn stretches(sound: &[f32]) -> Vec<Span> {
    let at = |sample: usize| Seconds::of_samples(sample, RATE);
    let pause = (PAUSE * f64::from(RATE.get())) as usize;
    let mut stretches: Vec<(usize, usize, usize)> = Vec::new();
    for (place, sample) in sound.iter().enumerate() {
        if sample.abs() < SILENT {
            continue;
        }
        let is_audible = sample.abs() >= AUDIBLE;
        match stretches.last_mut() {
            Some((_, until, heard_until)) if place - *until < pause => {
                *until = place;
                if is_audible {
                    *heard_until = place;
                }
            }
            _ => stretches.push((place, place, place)),
        }
    }
    let audible = |from: usize, until: usize| {
        sound[from..until].iter().position(|sample| sample.abs() >= AUDIBLE).map(|place| from + place)
    };
    stretches
        .into_iter()
        .filter_map(|(from, until, heard_until)| Some(Span::between(at(audible(from, until)?), at(heard_until))))
        .collect()
}
