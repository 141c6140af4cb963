//! Answers as they arrive.

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
pub struct IdempotencyKey {
    key: String,
    digest: Option<String>,
}

impl IdempotencyKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.key
    }

    /// Ties the key to what is sent under it, by a digest of the request's body: the same key with another digest is refused.
    pub fn with_digest(self, digest: impl Into<String>) -> Self {
        Self { digest: Some(digest.into()), ..self }
    }

    /// The digest of what is sent under the key, if it was tied to it.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self { key: text.to_owned(), digest: None }).ok_or(InvalidIdempotencyKey)
    }
}

/// The text is not an idempotency key.
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
