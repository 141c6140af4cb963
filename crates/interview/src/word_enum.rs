//! Enums without data, each value of which has a word.

/// The text is none of the words that are known there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what}: use {known}")]
pub struct UnknownWord {
    text: String,
    what: &'static str,
    known: String,
}

impl UnknownWord {
    /// `text` is none of the `known` words for a `what`.
    pub fn new(text: &str, what: &'static str, known: &[&str]) -> Self {
        let known = match known {
            [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            _ => known.concat(),
        };
        Self { text: text.to_owned(), what, known }
    }
}

/// Gives an enum its words: what one of them is called, and the word of each value.
#[macro_export]
macro_rules! word_enum {
    ($name:ident, $what:literal { $($variant:ident => $word:literal),+ }) => {
        impl $name {
            /// Every value, in order.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The word that stands for it in files, flags and the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownWord::new(text, $what, &[$($word),+])),
                }
            }
        }
    };
}
