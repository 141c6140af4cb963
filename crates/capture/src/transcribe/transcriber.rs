//! The seam between the product and whatever recognises speech.

use interview::Word;

use super::Prompt;
use crate::Error;

/// Recognises speech, one span at a time.
pub trait Transcriber: Send {
    /// What is said in `samples`, which are mono at [`RATE`](crate::audio::RATE) and hold speech. The words are in order and their
    /// times count from the first sample; none lies outside the span. Annotations such as "(music)" are not words. What the
    /// recogniser heard before has no influence. Without samples there are no words.
    ///
    /// # Errors
    /// [`Error::Transcription`]; the next span may succeed.
    fn transcribe(&mut self, samples: &[f32], prompt: &Prompt) -> Result<Vec<Word>, Error>;

    /// The model that listens, as results name it.
    fn model(&self) -> &str;
}
