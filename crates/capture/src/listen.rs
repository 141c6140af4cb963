//! The way of one answer: sound in, words out, while the person still speaks.
//!
//! A [`Recogniser`] is one thread that owns the model; a program starts one and keeps it. Each recording gets a [`Listener`]. It
//! hands closed spans of speech to the recogniser as they come, so that at the end of an answer only the last one is left to do.

mod event;
mod heard;
mod listener;
mod recogniser;
#[cfg(test)]
mod tests;

pub use event::Event;
pub use heard::{Heard, hear};
pub use listener::{Listener, ListenerSettings};
pub use recogniser::Recogniser;
