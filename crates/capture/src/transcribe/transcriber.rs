//! The seam between the product and whatever recognises speech.

use interview::Word;

use super::Prompt;
use crate::Error;
use crate::speech::SpeechSpan;

/// Recognises speech, one span at a time.
pub trait Transcriber: Send {
    /// What is said in a span of speech. The words are in order, and their times, on the original timeline, lie within the speech of the
    /// span and do not overlap. Annotations such as "(music)" are not words. What the recogniser heard before has no influence. Without
    /// sound there are no words.
    ///
    /// # Errors
    /// [`Error::Transcription`]; the next span may succeed.
    fn transcribe(&mut self, span: &SpeechSpan, prompt: &Prompt) -> Result<Vec<Word>, Error>;

    /// The model that listens, as results name it.
    fn model(&self) -> &str;
}
