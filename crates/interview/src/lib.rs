//! What an interview is.
//!
//! The domain of Viva: the bank and its questions, what a candidate said, what a coach claims about it, the marks and scores that
//! follow, delivery measured on the audio timeline, the choice of questions and of follow-ups.
//!
//! Nothing here touches the outside world, so nothing here fails because of it: no files, no network, no clock, no random
//! source, no async. Time, ids and seeds are arguments.
//!
//! Start reading at [`bank::Question`], then [`Transcript`], [`claims`] and [`judging`].

pub mod bank;
mod bounded;
pub mod claims;
pub mod debrief;
pub mod delivery;
pub mod doubt;
pub mod follow_up;
pub mod hash;
pub mod id;
pub mod judging;
pub mod marks;
pub mod pacing;
pub mod progress;
pub mod schedule;
pub mod scoring;
pub mod selection;
pub mod session;
pub mod summary;
pub mod terms;
pub mod time;
pub mod transcript;
mod word_enum;
pub mod wording;

#[cfg(test)]
mod tests;

pub use bank::{Bank, Question};
pub use bounded::OutOfBounds;
pub use delivery::Delivery;
pub use id::{AnswerId, KeyPointId, MisconceptionId, QuestionId, SessionId, Tag, TopicId, TurnId};
pub use marks::{Evidence, Feedback};
pub use time::{Seconds, Span};
pub use transcript::{Probability, Segment, Transcript, Word};
pub use word_enum::UnknownWord;
