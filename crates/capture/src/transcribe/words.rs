//! From the pieces that a recogniser writes to whole words with times.

use interview::{Probability, Seconds, Span, Word};

/// What a recogniser writes at a time: part of a word, possibly part of a character.
pub struct Piece<'a> {
    /// Its bytes; a space in front begins a word.
    pub bytes: &'a [u8],
    /// When it starts, in seconds since the span did.
    pub start: f64,
    /// When it ends.
    pub end: f64,
    /// How likely it is, 0 to 1.
    pub probability: f64,
}

/// Joins pieces to words within a span of this length. A word is as likely as its pieces are on average. Times are brought into
/// order: no word starts before the word in front of it ends, or ends after the span.
pub fn words_of<'a>(pieces: impl IntoIterator<Item = Piece<'a>>, length: Seconds) -> Vec<Word> {
    let mut drafts: Vec<Draft> = Vec::new();
    for piece in pieces {
        let bytes: Vec<u8> = piece.bytes.iter().copied().filter(|byte| *byte != 0).collect();
        if bytes.is_empty() {
            continue;
        }
        match drafts.last_mut() {
            Some(draft) if !bytes[0].is_ascii_whitespace() => draft.extend(&bytes, &piece),
            _ => drafts.push(Draft::new(bytes, &piece)),
        }
    }
    let mut earliest = Seconds::ZERO;
    drafts.into_iter().filter_map(|draft| draft.into_word(&mut earliest, length)).collect()
}

struct Draft {
    bytes: Vec<u8>,
    start: f64,
    end: f64,
    probabilities: Vec<f64>,
}

impl Draft {
    fn new(bytes: Vec<u8>, piece: &Piece<'_>) -> Self {
        Self { bytes, start: piece.start, end: piece.end, probabilities: vec![piece.probability] }
    }

    fn extend(&mut self, bytes: &[u8], piece: &Piece<'_>) {
        self.bytes.extend_from_slice(bytes);
        self.end = self.end.max(piece.end);
        // Punctuation is no part of how sure the word is.
        if bytes.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) {
            self.probabilities.push(piece.probability);
        }
    }

    fn into_word(self, earliest: &mut Seconds, length: Seconds) -> Option<Word> {
        let text = String::from_utf8_lossy(&self.bytes);
        let text = text.trim();
        if !text.chars().any(char::is_alphanumeric) && !text.contains(['♪', '[', '(', '*', ']', ')']) {
            return None;
        }
        let within = |time: f64| Seconds::new(time).unwrap_or_default().min(length);
        let start = within(self.start).max(*earliest);
        let end = within(self.end).max(start);
        *earliest = end;
        let average = self.probabilities.iter().sum::<f64>() / self.probabilities.len() as f64;
        Some(Word::heard(text, Span::between(start, end), Probability::clamped(average)))
    }
}
