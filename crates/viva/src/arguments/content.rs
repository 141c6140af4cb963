//! `viva review` and `viva questions`.

use std::path::PathBuf;

use api::session::ExportFormat;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use interview::bank::{Kind, Level};
use interview::{QuestionId, TopicId};

use super::choices;
use crate::settings::Layer;

/// Look at past sessions.
///
/// Without a session it lists them, newest first. A session is named by its id, by the beginning of it, or as `last`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva review\n  viva review last\n  viva review last --open\n  \
                  viva review last --export md --output session.md")]
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

/// Look at the questions, or check your own.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva questions list --topic ownership\n  viva questions show ownership-why\n  \
                  viva questions check my-questions")]
pub struct Questions {
    /// What to do.
    #[command(subcommand)]
    pub command: QuestionsCommand,
    /// Look at the questions of this folder, too [env: VIVA_QUESTIONS]
    #[arg(long, value_name = "DIR", global = true)]
    pub questions: Option<PathBuf>,
}

/// What to do about questions.
#[derive(Clone, Debug, Subcommand)]
pub enum QuestionsCommand {
    /// List the questions, one a line
    List {
        /// Only this topic
        #[arg(long, value_name = "TOPIC")]
        topic: Option<TopicId>,
        /// Only this level
        #[arg(long, value_name = "LEVEL", value_parser = choices::level())]
        level: Option<Level>,
        /// Only this kind
        #[arg(long, value_name = "KIND", value_parser = choices::kind())]
        kind: Option<Kind>,
        /// Only those with all of these words in title or prompt
        #[arg(long, value_name = "WORDS")]
        text: Option<String>,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Show a question with everything that a good answer says
    Show {
        /// A name of `viva questions list`
        id: QuestionId,
        /// Print the whole question as one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Check the built-in questions, or those of a folder, and tell every fault with file and line
    Check {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}
