//! `viva questions`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use interview::bank::{Kind, Level};
use interview::{QuestionId, Tag, TopicId};

use super::choices;

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
        /// Only those with this tag
        #[arg(long, value_name = "TAG")]
        tag: Option<Tag>,
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
