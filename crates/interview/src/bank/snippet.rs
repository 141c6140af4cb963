//! Code that is shown with a question, and what the compiler or a run says of it.

use serde::{Deserialize, Serialize};

use crate::word_enum;

/// Code to read live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// The language and, for Rust, the edition.
    pub language: Language,
    /// The code as the candidate sees it, without a leading empty line.
    pub code: String,
    /// What really happens.
    pub outcome: Outcome,
    /// Why, in a sentence: the compiler facts that judging rests on.
    pub explanation: String,
    /// The version one would write instead.
    #[serde(alias = "mended")]
    pub corrected: String,
}

/// A small program that shows a claim to be true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// What it shows.
    pub claim: String,
    /// The language and, for Rust, the edition.
    pub language: Language,
    /// The program.
    pub code: String,
    /// What happens when it is compiled and run.
    pub outcome: Outcome,
}

/// The language of a piece of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Rust of an edition.
    Rust(Edition),
    /// Go.
    Go,
    /// C++20.
    Cpp,
}

impl Language {
    /// The word that stands for it in files, and by which syntax highlighters know it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rust(_) => "rust",
            Self::Go => "go",
            Self::Cpp => "cpp",
        }
    }
}

/// A Rust edition. Its word is the year, as `rustc --edition` takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Edition {
    /// The edition of 2018.
    #[serde(rename = "2018")]
    E2018,
    /// The edition of 2021.
    #[serde(rename = "2021")]
    E2021,
    /// The edition of 2024.
    #[serde(rename = "2024")]
    E2024,
}

word_enum!(Edition, "Rust edition" { E2018 => "2018", E2021 => "2021", E2024 => "2024" });

/// What the compiler says of a piece of code, or what happens when it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// The compiler refuses it.
    DoesNotCompile {
        /// The error code, such as `E0382`; Rust only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// A part of what the compiler says; for languages without error codes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// The line of the primary span, counted from 1.
        line: u32,
    },
    /// It compiles, and a tool warns.
    Warns {
        /// A part of what the tool says.
        message: String,
    },
    /// It compiles.
    Compiles,
    /// It runs to its end.
    Prints {
        /// The whole standard output.
        output: String,
    },
    /// It runs and fails.
    Panics {
        /// A part of what it says when it fails.
        message: String,
    },
    /// It runs and never ends.
    Hangs,
}
