//! From the pieces that a recogniser writes to whole words.

use interview::{Probability, Seconds};

/// What a recogniser writes at a time.
pub enum Piece<'a> {
    /// Part of a word, possibly part of a character; a space in front begins a word.
    Text {
        /// Its bytes.
        bytes: &'a [u8],
        /// How likely it is, 0 to 1.
        probability: f64,
    },
    /// A time since the beginning of the sound: what was written since the last one ends here, and what follows begins here.
    Time(Seconds),
}

/// Words that were said in one go, and when, as far as the recogniser says so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Phrase {
    /// When they begin, since the beginning of the sound.
    pub start: Option<Seconds>,
    /// When they end.
    pub end: Option<Seconds>,
    /// The words; never none.
    pub words: Vec<WrittenWord>,
}

/// A word without a time of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenWord {
    /// The word with its punctuation.
    pub text: String,
    /// As likely as its pieces are on average.
    pub probability: Probability,
}

/// Joins pieces to words, and words to phrases.
pub fn phrases_of<'a>(pieces: impl IntoIterator<Item = Piece<'a>>) -> Vec<Phrase> {
    let mut phrases = Vec::new();
    let mut start = None;
    let mut drafts: Vec<Draft> = Vec::new();
    let mut close = |start: Option<Seconds>, end: Option<Seconds>, drafts: &mut Vec<Draft>| {
        let words: Vec<WrittenWord> = drafts.drain(..).filter_map(Draft::finish).collect();
        if !words.is_empty() {
            phrases.push(Phrase { start, end, words });
        }
    };
    for piece in pieces {
        match piece {
            Piece::Time(time) => {
                close(start, Some(time), &mut drafts);
                start = Some(time);
            }
            Piece::Text { bytes, probability } => write(&mut drafts, bytes, probability),
        }
    }
    close(start, None, &mut drafts);
    phrases
}

fn write(drafts: &mut Vec<Draft>, bytes: &[u8], probability: f64) {
    // A zero byte is how some models write that there is nothing to write.
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
        // Punctuation is no part of how sure the word is.
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
