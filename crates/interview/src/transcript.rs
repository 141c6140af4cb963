//! What the candidate said, word by word, tied to the time it was said.

mod correction;
mod normal;
mod quote;

use crate::time::Span;

pub use normal::{is_function_word, normal_words};

/// Words below this probability are *in doubt*: the recogniser may have misheard them, so they can neither make a key point
/// missed nor a misconception stated. The figure is ours: whisper's word probabilities fall under it for most misheard words.
pub const DOUBT_THRESHOLD: Probability = Probability(0.5);

/// How sure the recogniser is of a word, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// What people typed themselves.
    pub const CERTAIN: Self = Self(1.0);

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

impl From<Probability> for f64 {
    fn from(probability: Probability) -> Self {
        probability.0
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
}

impl Word {
    /// A word that somebody typed.
    pub fn typed(text: impl Into<String>) -> Self {
        Self { text: text.into(), span: None, probability: Probability::CERTAIN }
    }

    /// A word that was heard.
    pub fn heard(text: impl Into<String>, span: Span, probability: Probability) -> Self {
        Self { text: text.into(), span: Some(span), probability }
    }

    /// Whether the recogniser may have misheard it ([`DOUBT_THRESHOLD`]).
    pub fn is_in_doubt(&self) -> bool {
        self.probability < DOUBT_THRESHOLD
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

impl TryFrom<Vec<Word>> for Segment {
    type Error = EmptySegment;

    fn try_from(words: Vec<Word>) -> Result<Self, Self::Error> {
        Self::new(words).ok_or(EmptySegment)
    }
}

impl From<Segment> for Vec<Word> {
    fn from(segment: Segment) -> Self {
        segment.words
    }
}

/// A segment without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a segment has no words")]
pub struct EmptySegment;

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

    /// What somebody typed; each line with words in it is a segment.
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
}
