//! A transcript as people and programs want to read it.

mod json;
mod subtitles;
#[cfg(test)]
mod tests;
mod text;

use std::str::FromStr;

use crate::listen::Heard;

/// A way to write a transcript down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The words, one line for each stretch of speech.
    #[default]
    Text,
    /// Everything that is known, as one JSON document.
    Json,
    /// SubRip subtitles.
    Srt,
    /// WebVTT subtitles.
    Vtt,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Srt, Self::Vtt];

    /// The word that stands for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Srt => "srt",
            Self::Vtt => "vtt",
        }
    }

    /// Writes down what was heard. It ends with a line break unless there is nothing to write.
    pub fn write(self, heard: &Heard) -> String {
        match self {
            Self::Text => text::write(heard),
            Self::Json => json::write(heard),
            Self::Srt => subtitles::write_srt(heard),
            Self::Vtt => subtitles::write_vtt(heard),
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// There is no such format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no format `{0}`: choose text, json, srt or vtt")]
pub struct UnknownFormat(String);
