//! Values that are one of a few words.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use interview::bank::{Kind, Level};

/// A coach by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NamedCoach {
    /// Rules on this machine
    Offline,
    /// The language model of the settings
    Llm,
}

/// `junior`, `mid`, `senior` or `staff`.
pub(super) fn level() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(Level::ALL.iter().map(|level| level.as_str())).try_map(|text| text.parse::<Level>())
}

/// `concept`, `snippet`, `design` or `behavioral`.
pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.as_str())).try_map(|text| text.parse::<Kind>())
}
