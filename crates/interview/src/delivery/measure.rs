//! From words and speech spans to the delivery panel.

use super::pauses::pauses;
use super::{Delivery, Length, RATE_MIN_WORDS, fillers, phrases};
use crate::bank::TimeLimit;
use crate::time::{Seconds, Span};
use crate::transcript::{Transcript, Word};

/// Measures how an answer was said.
///
/// `transcript` is what was heard, `speech` the stretches in which voice activity was found (in order, without overlap, without
/// padding), `duration` the length of the whole recording, all on the original timeline. Without speech spans, silences are taken
/// from the gaps between words. Takes time linear in the length of the answer.
pub fn measure(transcript: &Transcript, speech: &[Span], duration: Seconds, limit: Option<TimeLimit>) -> Delivery {
    let words: Vec<&Word> = transcript.words().collect();
    let timed: Vec<Span> = words.iter().filter_map(|word| word.span).collect();
    let spoken = timed.iter().copied().reduce(Span::hull);
    let spoken_length = spoken.map_or(Seconds::ZERO, Span::length);
    let voiced = voiced_time(speech, &timed, spoken);
    let tokens = phrases::Tokens::of(&words);
    Delivery {
        duration,
        words: words.len(),
        words_per_minute: rate(words.len(), spoken_length),
        articulation_rate: rate(words.len(), voiced),
        pauses: pauses(speech, &timed, spoken),
        time_to_first_word: first_word(&words),
        filled_pauses: fillers::filled_pauses(&words, speech, spoken_length),
        discourse_markers: phrases::discourse_markers(&tokens),
        hedges: phrases::hedges(&tokens),
        repeated_phrases: phrases::repeated_phrases(&tokens),
        immediate_repeats: phrases::immediate_repeats(&tokens),
        length: Length { spoken: spoken_length, limit: limit.map(TimeLimit::seconds) },
    }
}

/// Words a minute of `time`; none for too few words or no time.
fn rate(words: usize, time: Seconds) -> Option<f64> {
    (words >= RATE_MIN_WORDS && time.get() > 0.0).then(|| words as f64 * 60.0 / time.get())
}

/// How much of the spoken stretch had voice in it: the speech spans inside it, or the words' own time when there are none.
fn voiced_time(speech: &[Span], timed: &[Span], spoken: Option<Span>) -> Seconds {
    let Some(spoken) = spoken else { return Seconds::ZERO };
    let spans = if speech.is_empty() { timed } else { speech };
    spans.iter().map(|span| span.overlap(spoken)).fold(Seconds::ZERO, |sum, part| sum + part).min(spoken.length())
}

fn first_word(words: &[&Word]) -> Option<Seconds> {
    words.iter().find(|word| !fillers::is_filled_pause(&word.text)).and_then(|word| word.span).map(Span::start)
}
