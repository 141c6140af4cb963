//! The command line. The comments on flags are the help that people read.

mod choices;
mod content;
mod evaluation;
mod practice;
mod review;
mod serving;
mod sound;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use choices::NamedCoach;
pub use content::{Questions, QuestionsCommand};
pub use evaluation::Eval;
pub use practice::Practice;
pub use review::Review;
pub use serving::{Doctor, Serve};
pub use sound::{Devices, Model, ModelCommand, Transcribe};

use crate::settings::Layer;

/// Practise technical interviews out loud.
///
/// Viva asks a question, listens, and shows what you said, how clearly and how it sounded: key point by key point, each with your own
/// words as evidence. Recording, transcription and judging happen on this machine.
#[derive(Debug, Parser)]
#[command(name = "viva", version, propagate_version = true, disable_help_subcommand = true, after_help = EXAMPLES)]
pub struct Arguments {
    /// What applies to every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  viva practice                          a round of five questions, out loud
  viva practice --topic ownership --typed
  viva review                            your sessions, newest first
  viva doctor                            what is missing on this machine

`viva COMMAND --help` has examples for every command.";

/// What applies to every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// Keep sessions, recordings and models in this folder [env: VIVA_DATA]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Read settings from this file [env: VIVA_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What to do. The help of a command stands with its arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    Practice(Practice),
    Serve(Serve),
    Review(Review),
    Transcribe(Transcribe),
    Questions(Questions),
    Model(Model),
    Devices(Devices),
    Doctor(Doctor),
    Eval(Eval),
    /// Print the OpenAPI document of the HTTP API
    #[command(after_help = "Example:\n  viva openapi > openapi.json")]
    Openapi,
}

impl Arguments {
    /// The settings that were given as flags.
    pub fn layer(&self) -> Layer {
        let layer = match &self.command {
            Command::Practice(practice) => practice.layer(),
            Command::Serve(serve) => serve.layer(),
            Command::Review(review) => review.layer(),
            Command::Transcribe(transcribe) => Layer { model: transcribe.model.clone(), ..Layer::default() },
            Command::Questions(questions) => Layer { questions: questions.questions.clone(), ..Layer::default() },
            Command::Eval(eval) => Layer { questions: eval.questions.clone(), ..Layer::default() },
            Command::Model(_) | Command::Devices(_) | Command::Doctor(_) | Command::Openapi => Layer::default(),
        };
        Layer { data: self.common.data.clone(), ..layer }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_shows_examples() {
        for command in Arguments::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("viva "), "`{}` has no example", command.get_name());
        }
    }

    #[test]
    fn examples_can_be_typed() {
        let command = Arguments::command();
        let helps = command.get_subcommands().filter_map(|command| command.get_after_help()).map(ToString::to_string);
        for help in helps.chain([EXAMPLES.to_owned()]) {
            for example in help.lines().map(str::trim).filter(|line| line.starts_with("viva ")) {
                let typed = example.split("  ").next().unwrap().split(" > ").next().unwrap();
                let arguments = Arguments::try_parse_from(typed.split_whitespace());
                assert!(arguments.is_ok(), "{typed}: {}", arguments.unwrap_err());
            }
        }
    }
}
