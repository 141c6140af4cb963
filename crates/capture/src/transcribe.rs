//! One span of speech to words.

mod cleanup;
#[cfg(test)]
mod tests;
mod whisper;
mod words;

use interview::Word;
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::speech::SpeechSpan;

pub use whisper::{Language, UnknownLanguage, Whisper, WhisperSettings};

/// The longest prompt in bytes. Whisper takes 224 tokens; long prompts make it cut off or lose sentences, so this stays far below.
const LONGEST_PROMPT: usize = 360;

/// A speech recogniser for one span at a time.
pub trait Transcriber: Send {
    /// The name of its model, if it has one.
    fn model(&self) -> Option<String> {
        None
    }

    /// What is said in a span of speech. The words are in order; their times, on the original timeline, lie within the speech of
    /// the span and do not overlap. Annotations such as "(music)" are not words. Earlier spans have no influence but by the
    /// prompt. Without sound there are no words.
    ///
    /// # Errors
    /// [`Error::Cancelled`] once `cancellation` is cancelled, and [`Error::Transcription`]; the next span may succeed.
    fn transcribe(
        &mut self,
        span: &SpeechSpan,
        prompt: &Prompt,
        cancellation: &CancellationToken,
    ) -> Result<Vec<Word>, Error>;
}

/// What the recogniser is told before it listens: terms to expect, which it prefers over words that sound alike, and the words
/// before the span, which it goes on from. Empty by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt(String);

impl Prompt {
    /// A prompt of the first of these terms, without repetition and control characters, up to the length that helps.
    pub fn of_terms<'a>(terms: impl IntoIterator<Item = &'a str>) -> Self {
        let mut kept: Vec<String> = Vec::new();
        let mut bytes = 0;
        for term in terms {
            let printable: String = term.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let words: Vec<&str> = printable.split_whitespace().collect();
            let term = words.join(" ");
            if term.is_empty() || kept.contains(&term) {
                continue;
            }
            bytes += term.len() + ", ".len();
            if bytes > LONGEST_PROMPT {
                break;
            }
            kept.push(term);
        }
        if kept.is_empty() { Self::default() } else { Self(kept.join(", ") + ".") }
    }

    /// This prompt for a span that comes after the words of `said`: the last of them, as many as there is room for.
    pub fn after(&self, said: &str) -> Self {
        let room = LONGEST_PROMPT.saturating_sub(self.0.len());
        let mut tails = std::iter::successors(Some(said), |tail| Some(tail.split_once(' ')?.1));
        let last = tails.find(|tail| tail.len() < room).unwrap_or_default();
        Self(format!("{} {last}", self.0).trim().to_owned())
    }

    /// The prompt as text; empty when there is none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
