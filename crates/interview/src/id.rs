//! Identifiers: UUIDs for what is made while people practise, slugs for what authors write.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares identifiers that wrap a UUID. The caller makes the UUID; version 7 keeps them in order of creation.
macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The UUID inside.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )* };
}

/// Declares identifiers that authors write by hand: [slugs](InvalidSlug).
macro_rules! slug_ids {
    ($($(#[$doc:meta])* $name:ident),*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The slug as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidSlug;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                if is_slug(&text) { Ok(Self(text)) } else { Err(InvalidSlug(text)) }
            }
        }

        impl FromStr for $name {
            type Err = InvalidSlug;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

uuid_ids!(
    /// One practice round.
    SessionId,
    /// One question asked in a session, main or follow-up.
    TurnId,
    /// What the candidate gave in one turn.
    AnswerId
);
slug_ids!(
    /// A question of the bank; also the name of its file.
    QuestionId,
    /// A key point, unique within its question.
    KeyPointId,
    /// A misconception, unique within its question.
    MisconceptionId,
    /// A topic of the bank, such as `ownership`.
    TopicId,
    /// A group of key points of which one suffices, unique within its question.
    GroupId,
    /// A word that questions can be filtered by, such as `error-e0382`.
    Tag
);

/// The text is no slug: 2 to 64 lower-case letters, digits and hyphens that start and end with a letter or digit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an id: use 2 to 64 lower-case letters, digits and hyphens, and start and end with a letter or digit"
)]
pub struct InvalidSlug(String);

fn is_slug(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (2..=64).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_lower_case_with_inner_hyphens() {
        for good in ["ownership", "e0382-loop", "go", "c11"] {
            assert!(good.parse::<QuestionId>().is_ok(), "{good}");
        }
        for bad in ["", "a", "-a", "a-", "Own", "own ership", "a/b", "..", "é-é", &"x".repeat(65)] {
            assert!(bad.parse::<QuestionId>().is_err(), "{bad}");
        }
    }
}
