//! Delivery: how an answer was said, as arithmetic on its timeline. No coach takes part, and none of this is ever a score.
//!
//! All times are on the original timeline of the recording, pauses included. The measures describe what can be observed; they say
//! nothing about confidence, nervousness, personality or accent.

use std::collections::HashMap;

use crate::bank::TimeLimit;
use crate::time::{Seconds, Span};
use crate::transcript::{Transcript, Word, normal_words};

/// The delivery panel of one spoken answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Length of the recording in seconds.
    pub duration: Seconds,
    /// How many words were heard.
    pub words: usize,
    /// Words a minute from the onset of the first word to the end of the last, pauses included. None for fewer than
    /// [`RATE_MIN_WORDS`] words, where a rate means nothing.
    pub words_per_minute: Option<f64>,
    /// Words a minute of the time in which there was speech (articulation rate), pauses left out. Tells slow speech from many pauses.
    pub articulation_rate: Option<f64>,
    /// Silences between words.
    pub pauses: Pauses,
    /// Seconds from the start of the recording to the first word that is not a filled pause. Shown, never scored: thinking is allowed.
    pub time_to_first_word: Option<Seconds>,
    /// "um", "uh", "er", "mm": a lower bound, because recognisers drop most of them.
    pub filled_pauses: FilledPauses,
    /// Discourse markers such as "like", "you know", "basically", the most frequent first. Not added to the filled pauses: "like" is
    /// also a verb.
    pub discourse_markers: Vec<CountedPhrase>,
    /// Hedges such as "I guess" or "sort of", each where it was said.
    pub hedges: Vec<PlacedPhrase>,
    /// Phrases of three words or more that were said more than once, the most frequent first.
    pub repeated_phrases: Vec<CountedPhrase>,
    /// Words said twice in a row ("the the").
    pub immediate_repeats: usize,
    /// The time from first to last word against the question's limit.
    pub length: Length,
}

/// Below this many words no rate is given.
pub const RATE_MIN_WORDS: usize = 5;

/// The words a minute that count as typical. The range is our choice; Microsoft's Speaker Coach recommends 100 to 165, and radio
/// interviews average 154 (Amir 2016).
pub const TYPICAL_WORDS_PER_MINUTE: std::ops::RangeInclusive<f64> = 110.0..=170.0;

/// Up to this many filled pauses a minute is normal (Laske and DiGennaro Reed 2024).
pub const FILLED_PAUSES_FINE: f64 = 5.0;

/// From this many filled pauses a minute they are worth working on (our cut; the same study finds a clear penalty at 12).
pub const FILLED_PAUSES_MANY: f64 = 10.0;

/// Silences between words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pauses {
    /// Silences longer than 1 s ("long" in Campione and Véronis 2002).
    pub over_1s: usize,
    /// Silences longer than 2.5 s.
    pub over_2_5s: usize,
    /// The median of all silences of at least 0.25 s, in seconds; the median because their lengths are log-normal.
    pub median: Option<Seconds>,
    /// The longest silence, and where it was.
    pub longest: Option<Span>,
    /// Silent time between first and last word, as a share of the time between them, 0 to 1.
    pub ratio: Option<f64>,
}

/// Filled pauses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilledPauses {
    /// How many were transcribed: a lower bound.
    pub heard: usize,
    /// Those transcribed, per minute between first and last word.
    pub per_minute: Option<f64>,
    /// Those transcribed, per 100 words.
    pub per_hundred_words: Option<f64>,
}

/// A phrase and how often it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedPhrase {
    /// In lower case, without punctuation.
    pub phrase: String,
    /// How often.
    pub count: usize,
}

/// A phrase and where it was said.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedPhrase {
    /// As in the transcript.
    pub quote: String,
    /// When it was said.
    pub span: Option<Span>,
}

/// How long the answer took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Length {
    /// Seconds from the onset of the first word to the end of the last.
    pub spoken: Seconds,
    /// The question's limit in seconds, if it has one.
    pub limit: Option<u32>,
}

impl Length {
    /// Seconds over the limit; zero within it, or when there is none.
    pub fn over(self) -> Seconds {
        let limit = self.limit.and_then(|limit| Seconds::new(f64::from(limit)));
        limit.map_or(Seconds::ZERO, |limit| self.spoken.since(limit))
    }
}

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
    let tokens = Tokens::of(&words);
    Delivery {
        duration,
        words: words.len(),
        words_per_minute: rate(words.len(), spoken_length),
        articulation_rate: rate(words.len(), voiced),
        pauses: pauses(speech, &timed, spoken),
        time_to_first_word: first_word(&words),
        filled_pauses: filled_pauses(&words, spoken_length),
        discourse_markers: discourse_markers(&tokens),
        hedges: hedges(&tokens),
        repeated_phrases: repeated_phrases(&tokens),
        immediate_repeats: immediate_repeats(&tokens),
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
    words.iter().find(|word| !is_filled_pause(&word.text)).and_then(|word| word.span).map(Span::start)
}

/// Shorter gaps belong to articulation; 0.25 s is the usual threshold in studies of silent pauses.
const SHORTEST_PAUSE: f64 = 0.25;

/// The silences between first and last word: between stretches of speech where those are known, otherwise between words.
fn pauses(speech: &[Span], timed: &[Span], spoken: Option<Span>) -> Pauses {
    let Some(spoken) = spoken else { return Pauses::default() };
    let spans = if speech.is_empty() { timed } else { speech };
    let inside: Vec<Span> = spans.iter().copied().filter(|span| span.overlap(spoken) > Seconds::ZERO).collect();
    let mut silences: Vec<Span> = inside
        .windows(2)
        .filter(|pair| pair[1].start() > pair[0].end())
        .map(|pair| Span::between(pair[0].end(), pair[1].start()))
        .filter(|gap| gap.length().get() >= SHORTEST_PAUSE)
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

const FILLED_PAUSES: [&str; 12] = ["um", "uh", "er", "erm", "uhm", "umm", "uhh", "mm", "mmm", "hm", "hmm", "eh"];

/// Whether a word of a transcript is a filled pause and nothing else.
fn is_filled_pause(text: &str) -> bool {
    let mut words = normal_words(text).peekable();
    words.peek().is_some() && words.all(|word| FILLED_PAUSES.contains(&word.as_str()))
}

fn filled_pauses(words: &[&Word], spoken: Seconds) -> FilledPauses {
    let heard = words.iter().filter(|word| is_filled_pause(&word.text)).count();
    let enough = words.len() >= RATE_MIN_WORDS;
    FilledPauses {
        heard,
        per_minute: (enough && spoken.get() > 0.0).then(|| heard as f64 * 60.0 / spoken.get()),
        per_hundred_words: enough.then(|| heard as f64 * 100.0 / words.len() as f64),
    }
}

/// Phrases are matched on words with punctuation taken for spaces, so that "you know," and "sort-of" are found.
const DISCOURSE_MARKERS: [&str; 12] = [
    "like", "you know", "basically", "actually", "literally", "i mean", "right", "okay", "so yeah", "or whatever",
    "and stuff", "at the end of the day",
];

const HEDGES: [&str; 14] = [
    "i guess", "i think", "i suppose", "i believe", "sort of", "kind of", "maybe", "probably", "possibly",
    "i'm not sure", "i am not sure", "not really sure", "might be", "something like that",
];

/// How many of the most frequent phrases are reported.
const REPORTED: usize = 5;

/// The normal words of an answer, each with the word of the transcript that it is part of.
struct Tokens<'w> {
    normal: Vec<String>,
    source: Vec<&'w Word>,
}

impl<'w> Tokens<'w> {
    fn of(words: &[&'w Word]) -> Self {
        let (mut normal, mut source) = (Vec::new(), Vec::new());
        for word in words {
            for token in normal_words(&word.text) {
                normal.push(token);
                source.push(*word);
            }
        }
        Self { normal, source }
    }

    /// Where `phrase` begins, every time it is said.
    fn places<'t>(&'t self, phrase: &'t [&'t str]) -> impl Iterator<Item = usize> + 't {
        self.normal
            .windows(phrase.len())
            .enumerate()
            .filter(move |(_, window)| *window == phrase)
            .map(|(place, _)| place)
    }

    fn placed(&self, place: usize, length: usize) -> PlacedPhrase {
        let mut words: Vec<&Word> = self.source[place..place + length].to_vec();
        words.dedup_by(|one, other| std::ptr::eq(*one, *other));
        let quote = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        PlacedPhrase { quote, span: words.iter().filter_map(|word| word.span).reduce(Span::hull) }
    }
}

fn discourse_markers(tokens: &Tokens<'_>) -> Vec<CountedPhrase> {
    let counted = DISCOURSE_MARKERS.iter().map(|marker| {
        let phrase: Vec<&str> = marker.split(' ').collect();
        CountedPhrase { phrase: (*marker).to_owned(), count: tokens.places(&phrase).count() }
    });
    most_frequent(counted.filter(|marker| marker.count > 0).collect())
}

fn hedges(tokens: &Tokens<'_>) -> Vec<PlacedPhrase> {
    let mut places: Vec<(usize, usize)> = HEDGES
        .iter()
        .flat_map(|hedge| {
            let phrase: Vec<&str> = hedge.split(' ').collect();
            tokens.places(&phrase).map(|place| (place, phrase.len())).collect::<Vec<_>>()
        })
        .collect();
    places.sort_unstable();
    places.into_iter().map(|(place, length)| tokens.placed(place, length)).collect()
}

/// Lengths of repeated phrases, in words, the longest first: a long repetition hides the shorter ones inside it.
const REPEATED_LENGTHS: [usize; 4] = [6, 5, 4, 3];

fn repeated_phrases(tokens: &Tokens<'_>) -> Vec<CountedPhrase> {
    let mut found: Vec<CountedPhrase> = Vec::new();
    for length in REPEATED_LENGTHS {
        let mut counts: HashMap<&[String], usize> = HashMap::new();
        for window in tokens.normal.windows(length).filter(|window| says_something(window)) {
            *counts.entry(window).or_default() += 1;
        }
        let mut repeated: Vec<CountedPhrase> = counts
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|(window, count)| CountedPhrase { phrase: window.join(" "), count })
            .collect();
        repeated.sort_by(|one, other| (other.count, &one.phrase).cmp(&(one.count, &other.phrase)));
        for phrase in repeated.into_iter().take(4 * REPORTED) {
            let hidden =
                found.iter().any(|longer| longer.phrase.contains(&phrase.phrase) && longer.count >= phrase.count);
            let overlapping = found.iter().any(|same| overlaps(&same.phrase, &phrase.phrase));
            if !hidden && !overlapping {
                found.push(phrase);
            }
        }
    }
    most_frequent(found)
}

/// Whether one phrase runs into the other: all but one word of one end is a beginning of the other.
fn overlaps(one: &str, other: &str) -> bool {
    let tail = |text: &str| text.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or_default();
    let head = |text: &str| text.rsplit_once(' ').map(|(rest, _)| rest.to_owned()).unwrap_or_default();
    one.contains(&tail(other)) || one.contains(&head(other))
}

/// Whether a phrase has at least two words of four letters or more: "it is a" may be said as often as one likes.
fn says_something(words: &[String]) -> bool {
    words.iter().filter(|word| word.chars().count() >= 4).count() >= 2
}

fn immediate_repeats(tokens: &Tokens<'_>) -> usize {
    tokens.normal.windows(2).filter(|pair| pair[0] == pair[1]).count()
}

fn most_frequent(mut phrases: Vec<CountedPhrase>) -> Vec<CountedPhrase> {
    phrases.sort_by(|one, other| (other.count, &one.phrase).cmp(&(one.count, &other.phrase)));
    phrases.truncate(REPORTED);
    phrases
}

#[cfg(test)]
mod tests;
