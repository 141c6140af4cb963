//! What came of a recording.

use interview::{Seconds, Span, Transcript};

use super::Listener;
use crate::Error;
use crate::audio::Decoder;

/// What was heard in one recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// What was said.
    pub transcript: Transcript,
    /// When somebody spoke, in order and without overlap.
    pub speech: Vec<Span>,
    /// How long the recording is.
    pub duration: Seconds,
    /// Whether the recording broke off before its end; what there was is in the transcript.
    pub truncated: bool,
}

/// Listens to a whole file or upload. This takes as long as the recogniser needs: keep it off the async runtime.
///
/// # Errors
/// What [`Decoder::next_block`] and [`Listener::finish`] report.
pub fn hear(mut sound: Decoder, mut listener: Listener) -> Result<Heard, Error> {
    while let Some(block) = sound.next_block()? {
        listener.push(block);
        listener.catch_up()?;
    }
    let heard = listener.finish()?;
    Ok(Heard { truncated: sound.is_truncated(), ..heard })
}
