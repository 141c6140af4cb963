//! `viva transcribe`, `viva model` and `viva devices`.

use std::path::PathBuf;

use capture::formats::Format;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

/// Turn recordings into text.
///
/// Takes wav, flac, mp3, ogg, webm, m4a, aac and aiff. Nothing is stored and nothing leaves this machine.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  viva transcribe answer.wav\n  viva transcribe talk.mp3 --format srt > talk.srt\n  \
                  viva transcribe one.flac two.flac --format json"
)]
pub struct Transcribe {
    /// The recordings
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Hear with this speech model: a name of `viva model list`, or a file [env: VIVA_MODEL]
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// Write the words down like this
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format())]
    pub format: Format,
}

fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|text| text.parse::<Format>())
}

/// Download and check speech models.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva model list\n  viva model pull base.en\n  viva model verify")]
pub struct Model {
    /// What to do.
    #[command(subcommand)]
    pub command: ModelCommand,
}

/// What to do about speech models.
#[derive(Clone, Debug, Subcommand)]
pub enum ModelCommand {
    /// List the models that there are, and which are here
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Download a model, or go on with a download that broke off
    Pull {
        /// A name of `viva model list`
        name: String,
    },
    /// Check a model from end to end; all that are here when none is named
    Verify {
        /// A name of `viva model list`, or a file
        name: Option<String>,
    },
    /// Print where a model is
    Path {
        /// A name of `viva model list`, or a file
        name: String,
    },
}

/// List the microphones.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example:\n  viva devices")]
pub struct Devices {
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}
