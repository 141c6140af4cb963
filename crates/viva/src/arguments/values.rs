//! Values that arguments may have.

use std::convert::Infallible;

use api::feedback::Coach;
use api::session::ExportFormat;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use coach::llm::Preset;
use interview::bank::{Kind, Level};

/// A subject as people write it. Which ones there are, the bank says.
pub(super) fn subject(text: &str) -> Result<String, Infallible> {
    let name = text.trim().to_lowercase().replace([' ', '_'], "-");
    Ok(match name.as_str() {
        "c++" => "cpp".to_owned(),
        "golang" => "go".to_owned(),
        "behavioural" => "behavioral".to_owned(),
        _ => name,
    })
}

pub(super) fn level() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(Level::ALL.iter().map(|level| level.as_str())).try_map(|text| text.parse::<Level>())
}

pub(super) fn coach() -> impl TypedValueParser<Value = Coach> {
    let offline = PossibleValue::new("offline").help("The offline coach: a trained verifier and rules on this machine");
    let llm = PossibleValue::new("llm").help("The configured language model");
    PossibleValuesParser::new([offline, llm]).map(|word| if word == "llm" { Coach::Llm } else { Coach::Offline })
}

pub(super) fn interview_minutes() -> impl TypedValueParser<Value = u32> {
    PossibleValuesParser::new(["20", "40", "60"]).try_map(|text| text.parse::<u32>())
}

pub(super) fn preset() -> impl TypedValueParser<Value = Preset> {
    let presets = || Preset::LOCAL.into_iter().chain(Preset::SERVICES).chain([Preset::Custom]);
    PossibleValuesParser::new(presets().map(Preset::as_str))
        .try_map(move |name| presets().find(|preset| preset.as_str() == name).ok_or("there is no such preset"))
}

pub(super) fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.as_str())).try_map(|text| text.parse::<Kind>())
}

pub(super) fn export() -> impl TypedValueParser<Value = ExportFormat> {
    PossibleValuesParser::new(["md", "json", "html"]).map(|word| match word.as_str() {
        "json" => ExportFormat::Json,
        "html" => ExportFormat::Html,
        _ => ExportFormat::Md,
    })
}
