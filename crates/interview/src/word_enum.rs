//! Enums without data, each value of which has a word.

/// The text is none of the words that are known there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a {what}: use {known}")]
pub struct UnknownWord {
    pub(crate) text: String,
    pub(crate) what: &'static str,
    pub(crate) known: &'static str,
}

/// Gives an enum its words: what one of them is called, which there are, and the word of each value.
macro_rules! word_enum {
    ($name:ident, $what:literal, $known:literal { $($variant:ident => $word:literal),+ }) => {
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
            type Err = crate::word_enum::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(crate::word_enum::UnknownWord { text: text.to_owned(), what: $what, known: $known }),
                }
            }
        }
    };
}

pub(crate) use word_enum;
