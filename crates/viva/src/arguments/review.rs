//! `viva review`.

use std::path::PathBuf;

use api::session::ExportFormat;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::NamedCoach;
use crate::settings::Layer;
use crate::turn_number::TurnNumber;

/// Look at past sessions, and have their answers judged again.
///
/// Without a session it lists them, newest first. A session is named by its id, by the beginning of it, or as `last`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva review\n  viva review last\n  viva review last --open\n  \
                  viva review last --export md --output session.md\n  \
                  viva review last --regrade                  when the coach was away, or is another one now\n  \
                  viva review last --regrade --turn 2 --coach offline\n  \
                  viva review last --regrade --model qwen3:14b   by another model of the same server")]
pub struct Review {
    /// The session: its id, the beginning of it, or `last`
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
    /// Show it in the browser
    #[arg(long, conflicts_with_all = ["export", "json"])]
    pub open: bool,
    /// Write it as a document
    #[arg(long, value_name = "FORMAT", value_parser = export(), requires = "session")]
    pub export: Option<ExportFormat>,
    /// Write the document to this file instead of standard output
    #[arg(long, value_name = "FILE", requires = "export")]
    pub output: Option<PathBuf>,
    /// Have its answers judged again, those without feedback first; what was found before stays in the history
    #[arg(long, requires = "session", conflicts_with_all = ["open", "export"])]
    pub regrade: bool,
    /// Judge again by this coach [default: the one of the settings]
    #[arg(long, value_enum, value_name = "COACH", requires = "regrade")]
    pub coach: Option<NamedCoach>,
    /// Ask this model of the language model's server instead of the one of the settings
    #[arg(long, value_name = "NAME", requires = "regrade")]
    pub model: Option<String>,
    /// Judge only this answer again: `2` is the second question, `2.1` the first follow-up on it
    #[arg(long, value_name = "N", requires = "regrade")]
    pub turn: Option<TurnNumber>,
    /// Print one JSON document
    #[arg(long, conflicts_with = "export")]
    pub json: bool,
    /// Look at the sessions of this server [env: VIVA_SERVER]
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Draw and colour nothing: for screen readers and simple terminals [env: VIVA_PLAIN]
    #[arg(long)]
    pub plain: bool,
}

impl Review {
    pub(super) fn layer(&self) -> Layer {
        Layer { server: self.server.clone(), plain: self.plain.then_some(true), ..Layer::default() }
    }
}

fn export() -> impl TypedValueParser<Value = ExportFormat> {
    PossibleValuesParser::new(["md", "json", "html"]).map(|word| match word.as_str() {
        "json" => ExportFormat::Json,
        "html" => ExportFormat::Html,
        _ => ExportFormat::Md,
    })
}
