//! Answers on their way in.

use std::fmt;
use std::str::FromStr;

use interview::session::{Answer, Recording, TurnState, UngradedAnswer, UngradedReason};

/// What the candidate gave, as it arrives.
#[derive(Clone, Debug, PartialEq)]
pub enum Submission {
    /// Words: they go to the coach.
    Words(Box<Answer>),
    /// A stored recording: it is turned into words first.
    Sound(Recording),
    /// Something that is kept and cannot be judged, such as silence.
    Ungraded {
        /// What was given.
        answer: UngradedAnswer,
        /// Why it is not judged.
        reason: UngradedReason,
    },
}

impl Submission {
    pub(crate) fn into_state(self) -> TurnState {
        match self {
            Self::Words(answer) => TurnState::Judging { answer: *answer },
            Self::Sound(answer) => TurnState::Transcribing { answer },
            Self::Ungraded { answer, reason } => TurnState::Ungraded { answer, reason },
        }
    }
}

/// The sender's own name for one submission: 1 to 255 visible ASCII characters. Sending the same key twice is sending once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The longest key, in characters.
    pub const MAX_LENGTH: usize = 255;

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=Self::MAX_LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned())).ok_or(InvalidIdempotencyKey)
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 255 visible ASCII characters")]
pub struct InvalidIdempotencyKey;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_and_visible() {
        for good in ["k", "0190-af", "\"quoted\"", &"x".repeat(255)] {
            assert!(good.parse::<IdempotencyKey>().is_ok(), "{good}");
        }
        for bad in ["", " ", "a b", "a\nb", "é", "\u{0}", &"x".repeat(256)] {
            assert_eq!(bad.parse::<IdempotencyKey>(), Err(InvalidIdempotencyKey), "{bad:?}");
        }
    }
}
