//! Joins the tokens of a recogniser to words, and finds out when each word was said.
//!
//! Recognisers of whisper's kind know roughly when a phrase begins and ends, and next to nothing about its words. The voice
//! detector is much more precise. So the words of a phrase are spread over the speech within it, in proportion to their length,
//! and a pause in the speech falls between two words, never into one.

use interview::{Probability, Seconds, Span, Word};

use crate::speech::SpeechSpan;

/// The output of one decoder step.
pub enum Token<'a> {
    /// Part of a word, possibly part of a character; a leading space begins a word.
    Text {
        /// Its bytes.
        bytes: &'a [u8],
        /// How likely it is, 0 to 1.
        probability: f64,
    },
    /// A time since the beginning of the sound: the text before it ends here, and the text after it begins here.
    Time(Seconds),
}

/// Words between two times of the recogniser.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phrase {
    /// When they begin, from the beginning of the sound.
    pub start: Option<Seconds>,
    /// When they end.
    pub end: Option<Seconds>,
    /// The words; never empty.
    pub words: Vec<WrittenWord>,
}

/// A word without its own time.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenWord {
    /// The word with its punctuation.
    pub text: String,
    /// The average of its tokens.
    pub probability: Probability,
}

/// Joins tokens to words, and words to phrases.
pub fn phrases_of<'a>(tokens: impl IntoIterator<Item = Token<'a>>) -> Vec<Phrase> {
    let mut phrases = Vec::new();
    let mut start = None;
    let mut drafts: Vec<Draft> = Vec::new();
    let mut close = |start: Option<Seconds>, end: Option<Seconds>, drafts: &mut Vec<Draft>| {
        let words: Vec<WrittenWord> = drafts.drain(..).filter_map(Draft::finish).collect();
        if !words.is_empty() {
            phrases.push(Phrase { start, end, words });
        }
    };
    for token in tokens {
        match token {
            Token::Time(time) => {
                close(start, Some(time), &mut drafts);
                start = Some(time);
            }
            Token::Text { bytes, probability } => write(&mut drafts, bytes, probability),
        }
    }
    close(start, None, &mut drafts);
    phrases
}

fn write(drafts: &mut Vec<Draft>, bytes: &[u8], probability: f64) {
    // Some models write a zero byte for no text.
    let bytes: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    let Some(first) = bytes.first() else { return };
    match drafts.last_mut() {
        Some(draft) if !first.is_ascii_whitespace() => draft.extend(&bytes, probability),
        _ => drafts.push(Draft { bytes, probabilities: vec![probability] }),
    }
}

struct Draft {
    bytes: Vec<u8>,
    probabilities: Vec<f64>,
}

impl Draft {
    fn extend(&mut self, bytes: &[u8], probability: f64) {
        self.bytes.extend_from_slice(bytes);
        // Punctuation says nothing about the word.
        if bytes.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) {
            self.probabilities.push(probability);
        }
    }

    fn finish(self) -> Option<WrittenWord> {
        let text = String::from_utf8_lossy(&self.bytes).trim().to_owned();
        let is_punctuation = text.chars().all(|c| c.is_ascii_punctuation() && !"[]()*".contains(c));
        let average = self.probabilities.iter().sum::<f64>() / self.probabilities.len() as f64;
        (!is_punctuation).then_some(WrittenWord { text, probability: Probability::clamped(average) })
    }
}

/// A phrase whose times are this close to the bounds of the speech has the bounds of the speech. In seconds.
const NEAR: f64 = 0.5;

/// The words of the phrases, which are in order, with their times on the original timeline, all within the speech of `span`.
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
        spread(&phrase.words, &speech_within(bounds, &span.runs), &mut words);
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

/// Spreads words over runs of speech: each run gets the words that fit its share of the time, whole sentences and clauses where it can.
fn spread(words: &[WrittenWord], runs: &[Span], timed: &mut Vec<Word>) {
    let all_time: f64 = runs.iter().map(|run| run.length().get()).sum();
    let all_weight: f64 = words.iter().map(weight).sum();
    let (mut rest, mut time, mut said) = (words, 0.0, 0.0);
    for (index, run) in runs.iter().enumerate() {
        time += run.length().get();
        let is_last = index + 1 == runs.len() || all_time == 0.0;
        let count = if is_last { rest.len() } else { fitting(rest, all_weight * time / all_time - said) };
        let (first, others) = rest.split_at(count);
        said += first.iter().map(weight).sum::<f64>();
        spread_over_run(first, *run, timed);
        rest = others;
    }
}

/// How many of the words come before a pause, if those before it weigh about so much.
fn fitting(words: &[WrittenWord], wanted: f64) -> usize {
    let mut said = 0.0;
    let ends = words.iter().map(|word| {
        said += weight(word);
        (said - wanted).abs() - pause_after(word)
    });
    let costs = [wanted.abs()].into_iter().chain(ends).enumerate();
    costs.min_by(|(_, one), (_, other)| one.total_cmp(other)).map_or(0, |(count, _)| count)
}

/// By how much weight a pause may be moved to come after this word: people pause after sentences and clauses.
fn pause_after(word: &WrittenWord) -> f64 {
    match word.text.chars().next_back() {
        Some('.' | '?' | '!') => 12.0,
        Some(',' | ';' | ':') => 5.0,
        _ => 0.0,
    }
}

fn spread_over_run(words: &[WrittenWord], run: Span, timed: &mut Vec<Word>) {
    let all_weight: f64 = words.iter().map(weight).sum();
    let length = run.length().get();
    let at = |said: f64| run.start() + Seconds::new(length * said / all_weight).unwrap_or_default();
    let mut said = 0.0;
    for word in words {
        let start = at(said);
        said += weight(word);
        timed.push(Word::heard(&word.text, Span::between(start, at(said).min(run.end())), word.probability));
    }
}

/// How long a word takes to say, relative to others: its letters, plus one.
fn weight(word: &WrittenWord) -> f64 {
    1.0 + word.text.chars().filter(|c| c.is_alphanumeric()).count() as f64
}
