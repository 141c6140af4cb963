//! What the candidate said, word by word, tied to the time it was said.

use std::collections::HashSet;
use std::sync::LazyLock;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::marks::Evidence;
use crate::time::{Seconds, Span};

/// Words below this probability are *in doubt*: the recogniser may have misheard them, so they can neither make a key point
/// missed nor a misconception stated. The figure is ours: whisper's word probabilities fall under it for most misheard words.
pub const DOUBT_THRESHOLD: Probability = Probability(0.5);

/// How sure the recogniser is of a word, or a coach that a point was made, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// Typed words.
    pub const CERTAIN: Self = Self(1.0);

    /// For figures in the program: `value` is from 0 to 1.
    pub(crate) const fn of(value: f64) -> Self {
        Self(value)
    }

    /// The probability nearest to `value`; what is not a number counts as no certainty at all.
    pub fn clamped(value: f64) -> Self {
        if value.is_nan() { Self(0.0) } else { Self(value.clamp(0.0, 1.0)) }
    }

    /// The number, 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Probability {
    type Error = InvalidProbability;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(InvalidProbability(value)) }
    }
}

/// The number is no probability.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} is not a probability: it must lie between 0 and 1")]
pub struct InvalidProbability(f64);

/// One word as it was heard or typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word with its punctuation, without white space around it.
    pub text: String,
    /// When it was said, on the original timeline; typed words have no time.
    pub span: Option<Span>,
    /// How sure the recogniser is of it.
    pub probability: Probability,
    /// What the recogniser wrote, where a term of the glossary stands in its place
    /// ([`Transcript::with_terms`](crate::Transcript::with_terms)). The term is one word here, whatever it is made of.
    pub heard_as: Option<String>,
}

impl Word {
    /// A typed word.
    pub fn typed(text: impl Into<String>) -> Self {
        Self { text: text.into(), span: None, probability: Probability::CERTAIN, heard_as: None }
    }

    /// A word that was heard.
    pub fn heard(text: impl Into<String>, span: Span, probability: Probability) -> Self {
        Self { text: text.into(), span: Some(span), probability, heard_as: None }
    }

    /// Whether the recogniser may have misheard it ([`DOUBT_THRESHOLD`]).
    pub fn is_in_doubt(&self) -> bool {
        self.probability < DOUBT_THRESHOLD
    }

    /// Whether there is more to it than [function words](is_function_word).
    pub(crate) fn is_telling(&self) -> bool {
        !normal_words(&self.text).all(|word| is_function_word(&word))
    }
}

/// A run of words that belong together: one stretch of speech, or one paragraph typed. It has at least one word.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    words: Vec<Word>,
}

impl Segment {
    /// The segment of these words; words without text are dropped, and without words there is no segment.
    pub fn new(words: impl IntoIterator<Item = Word>) -> Option<Self> {
        let words: Vec<Word> = words
            .into_iter()
            .filter(|word| !word.text.trim().is_empty())
            .map(|word| Word { text: word.text.trim().to_owned(), ..word })
            .collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// Its words in order.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// Its words with spaces between them.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        texts.join(" ")
    }

    /// From the start of its first timed word to the end of its last; typed segments have none.
    pub fn span(&self) -> Option<Span> {
        self.words.iter().filter_map(|word| word.span).reduce(Span::hull)
    }
}

/// All that was said or typed in one answer. Silence has a transcript without segments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    segments: Vec<Segment>,
}

impl Transcript {
    /// What a recogniser heard, in the order in which it was said.
    pub fn heard(segments: Vec<Segment>) -> Self {
        Self { segments }
    }

    /// A typed text; each line with words in it is a segment.
    pub fn typed(text: &str) -> Self {
        let segments = text.lines().filter_map(|line| Segment::new(line.split_whitespace().map(Word::typed))).collect();
        Self { segments }
    }

    /// The segments in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Every word in order.
    pub fn words(&self) -> impl DoubleEndedIterator<Item = &Word> + Clone {
        self.segments.iter().flat_map(|segment| segment.words.iter())
    }

    /// The whole text, one space between words.
    pub fn text(&self) -> String {
        let texts: Vec<String> = self.segments.iter().map(Segment::text).collect();
        texts.join(" ")
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Finds `quote` in the transcript, ignoring case, punctuation and white space: the numbers of its first and last word, counted from 0
    /// over the whole transcript. `None` when the quote has no words or is not there.
    ///
    /// The quote must begin and end at whole words. Where it occurs more than once, the first place counts. Takes time linear in
    /// the transcript's length for quotes of bounded length.
    pub fn find_words(&self, quote: &str) -> Option<(usize, usize)> {
        self.places(quote).first().copied()
    }

    /// The place of `quote` that was said at `span`; the first one when there is no such place.
    pub(crate) fn find_words_at(&self, quote: &str, span: Option<Span>) -> Option<(usize, usize)> {
        let places = self.places(quote);
        let is_there = |(first, last): &&(usize, usize)| {
            self.evidence_at(*first, *last).is_some_and(|evidence| evidence.span() == span)
        };
        places.iter().find(is_there).or(places.first()).copied()
    }

    fn places(&self, quote: &str) -> Vec<(usize, usize)> {
        let wanted: Vec<String> = normal_words(quote).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let spoken = numbered_normal_words(self.words());
        let places = spoken.windows(wanted.len()).filter(|window| window.iter().map(|(_, word)| word).eq(&wanted));
        places.filter_map(|place| Some((place.first()?.0, place.last()?.0))).collect()
    }

    /// The words from `first` to `last`, counted from 0 over the whole transcript, as evidence: as they stand there, with the time they
    /// were said. `None` when the transcript does not have them all.
    pub fn evidence_at(&self, first: usize, last: usize) -> Option<Evidence> {
        let words: Vec<&Word> = self.words().skip(first).take((last + 1).saturating_sub(first)).collect();
        (first <= last && words.len() == last - first + 1).then(|| {
            let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            let span = words.iter().filter_map(|word| word.span).reduce(Span::hull);
            Evidence::of_words(texts.join(" "), span)
        })
    }

    /// The transcript with the text of one word, counted from 0, as the candidate says it was. It keeps its time and counts as certain.
    /// `None` when there is no such word, or no word in the text.
    pub fn with_word(&self, number: usize, text: &str) -> Option<Self> {
        let mut corrected = self.clone();
        let word = corrected.segments.iter_mut().flat_map(|segment| segment.words.iter_mut()).nth(number)?;
        normal_words(text).next()?;
        let is_same = normal_words(text).eq(normal_words(&word.text));
        if !is_same {
            let before_end = word.text.trim_end_matches(['.', ',', ';', ':', '!', '?']).len();
            word.text.replace_range(..before_end, text.trim());
            word.heard_as = None;
        }
        word.probability = Probability::CERTAIN;
        Some(corrected)
    }

    /// The transcript as the candidate corrected it. Words that were kept keep their times; words that were put in share the time
    /// between their neighbours. Every word counts as certain, because a person checked it.
    pub fn corrected(&self, text: &str) -> Self {
        let mut corrected = Self::typed(text);
        let heard: Vec<&Word> = self.words().collect();
        let kept = {
            let before: Vec<String> = heard.iter().map(|word| comparable(word)).collect();
            let after: Vec<String> = corrected.words().map(comparable).collect();
            capture_diff_slices(Algorithm::Myers, &before, &after)
        };
        let mut words = corrected.words_mut();
        for operation in kept {
            if let DiffOp::Equal { old_index, new_index, len } = operation {
                for offset in 0..len {
                    words[new_index + offset].span = heard[old_index + offset].span;
                }
            }
        }
        if let Some(speech) = self.words().filter_map(|word| word.span).reduce(Span::hull) {
            fill_times(&mut words, speech);
        }
        corrected
    }

    fn words_mut(&mut self) -> Vec<&mut Word> {
        self.segments.iter_mut().flat_map(|segment| segment.words.iter_mut()).collect()
    }
}

fn comparable(word: &Word) -> String {
    normal_words(&word.text).collect::<Vec<_>>().join(" ")
}

/// Gives words without a time the stretch between their timed neighbours, shared evenly, within the whole stretch of speech.
fn fill_times(words: &mut [&mut Word], speech: Span) {
    let mut from = speech.start();
    let mut index = 0;
    while index < words.len() {
        if let Some(span) = words[index].span {
            from = span.end();
            index += 1;
            continue;
        }
        let gap = words[index..].iter().take_while(|word| word.span.is_none()).count();
        let until = words.get(index + gap).and_then(|word| word.span).map_or(speech.end(), Span::start);
        let share = until.since(from).get() / gap as f64;
        for word in &mut words[index..index + gap] {
            let end = from + Seconds::new(share).unwrap_or_default();
            word.span = Some(Span::between(from, end));
            from = end;
        }
        index += gap;
    }
}

/// The words of `text` as they are compared: lower case, split at everything that is neither letter, digit nor an apostrophe
/// inside a word; typographic apostrophes count as plain ones.
///
/// "Don't — clone, *ever*!" gives `don't`, `clone`, `ever`.
pub fn normal_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !(c.is_alphanumeric() || is_apostrophe(c)))
        .map(|word| word.trim_matches(is_apostrophe))
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().map(plain).flat_map(char::to_lowercase).collect())
}

/// The normal words of `words`, each with the number of the word that it is in.
pub fn numbered_normal_words<'a>(words: impl Iterator<Item = &'a Word>) -> Vec<(usize, String)> {
    words.enumerate().flat_map(|(number, word)| normal_words(&word.text).map(move |normal| (number, normal))).collect()
}

/// Whether the normal word carries grammar rather than meaning, such as "the", "because" or "it's".
pub fn is_function_word(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let lines = include_str!("../data/function_words.txt").lines().filter(|line| !line.starts_with('#'));
        lines.flat_map(str::split_whitespace).collect()
    });
    WORDS.contains(word)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}')
}

fn plain(c: char) -> char {
    if is_apostrophe(c) { '\'' } else { c }
}

#[cfg(test)]
mod tests;
