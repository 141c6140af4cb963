//! The command line. The comments on flags are the help that people read.

mod eval;
mod practice;
mod values;

use std::path::PathBuf;

use api::feedback::Coach;
use api::session::ExportFormat;
use clap::{Args, Parser, Subcommand};
use coach::llm::Preset;
use interview::bank::{Kind, Level};
use interview::{QuestionId, Tag, TopicId};
use url::Url;

use crate::formats::Format;
use crate::settings::Layer;
use crate::turn_number::TurnNumber;
pub use eval::{Eval, MeasuredJudge};
pub use practice::Practice;
use values::{coach, export, kind, level, preset, subject};

/// Practise technical interviews out loud.
///
/// Viva asks a question, listens to your answer, and gives feedback: which key points you made, with quotes from what you said,
/// how clear it was, and your pace and pauses. Everything happens on this machine unless you choose a remote server or language
/// model.
#[derive(Debug, Parser)]
#[command(name = "viva", version, propagate_version = true, disable_help_subcommand = true, after_help = EXAMPLES)]
pub struct Arguments {
    /// Folder for sessions, recordings and models [env: VIVA_DATA]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Settings file [env: VIVA_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Plain output: no colours, no redrawing; for screen readers and simple terminals [env: VIVA_PLAIN]
    #[arg(long, global = true)]
    pub plain: bool,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  viva practice                          answer five questions out loud
  viva practice --subject rust --typed
  viva review                            list your sessions, newest first
  viva progress                          see what is due, and what you missed
  viva doctor                            check what is missing on this machine
  viva judge                             see who judges your answers, or change it

Run `viva COMMAND --help` for the examples of a command.";

/// The commands; each one's help is on its arguments.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    Practice(Practice),
    Serve(Serve),
    Review(Review),
    Progress(Progress),
    Archive(Archive),
    Delete(Delete),
    Transcribe(Transcribe),
    Questions(Questions),
    /// Download and check speech models
    #[command(subcommand, after_help = "Examples:\n  viva model list\n  viva model pull base.en\n  viva model verify")]
    Model(ModelCommand),
    Devices(Devices),
    Doctor(Doctor),
    Judge(Judge),
    Eval(Eval),
    /// Print the OpenAPI document of the HTTP API
    #[command(after_help = "Example:\n  viva openapi > openapi.json")]
    Openapi,
}

/// Serve the HTTP API and the review pages.
///
/// Prints its address as the first line on standard output. Only this machine can reach it unless --open-to-network is given.
/// Ctrl-C stops it after the requests in progress.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva serve\n  viva serve --bind 127.0.0.1:0    on a free port\n  \
                  viva serve --bind 0.0.0.0:7878 --open-to-network    for other machines; there are no accounts")]
pub struct Serve {
    /// Address to listen on [env: VIVA_BIND] [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDRESS")]
    pub bind: Option<String>,
    /// Database that stores sessions [env: VIVA_DATABASE] [default: a file in the data folder]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Speech model for uploaded recordings: a name or a file [env: VIVA_MODEL]
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// Folder with questions of your own, asked along with the built-in ones [env: VIVA_QUESTIONS]
    #[arg(long, value_name = "DIR")]
    pub questions: Option<PathBuf>,
    /// Allow a --bind address that other machines can reach. There are no accounts: whoever can connect can read everything
    /// [env: VIVA_OPEN_TO_NETWORK]
    #[arg(long)]
    pub open_to_network: bool,
}

/// List, show, export or regrade past sessions.
///
/// Without a session it lists them, newest first, with their scores. Name a session by its id, by the start of its id, or as `last`.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  viva review\n  viva review --topic ownership --text lifetimes\n  viva review last\n  viva review last --open\n  \
                  viva review last --export md --output session.md\n  \
                  viva review last --regrade                     after the coach failed, or to try another one\n  \
                  viva review last --regrade --turn 2 --coach offline\n  \
                  viva review last --regrade --model qwen3:14b   with another model of the same server"
)]
pub struct Review {
    /// The session: its id, the start of its id, or `last`
    #[arg(value_name = "SESSION")]
    pub session: Option<String>,
    /// List only sessions that ask about this subject, such as rust, go, c++ or "system design"
    #[arg(long, value_name = "SUBJECT", value_parser = subject, conflicts_with = "session")]
    pub subject: Option<String>,
    /// List only sessions that ask about this topic
    #[arg(long, value_name = "TOPIC", conflicts_with = "session")]
    pub topic: Option<TopicId>,
    /// List only sessions with all of these words in their topics and the titles of their questions
    #[arg(long, value_name = "WORDS", conflicts_with = "session")]
    pub text: Option<String>,
    /// Open the review page in the browser
    #[arg(long, conflicts_with_all = ["export", "json"])]
    pub open: bool,
    /// Export the session as a document
    #[arg(long, value_name = "FORMAT", value_parser = export(), requires = "session")]
    pub export: Option<ExportFormat>,
    /// Write the document to this file instead of standard output
    #[arg(long, value_name = "FILE", requires = "export")]
    pub output: Option<PathBuf>,
    /// Judge the answers again, those without feedback first; earlier feedback stays in the history
    #[arg(long, requires = "session", conflicts_with_all = ["open", "export"], group = "again")]
    pub regrade: bool,
    /// Transcribe the kept recordings again and judge what is heard; earlier transcripts stay in the history
    #[arg(long, requires = "session", conflicts_with_all = ["open", "export"], group = "again")]
    pub transcribe: bool,
    /// Coach that judges again [default: the configured one]
    #[arg(long, value_name = "COACH", value_parser = coach(), requires = "regrade")]
    pub coach: Option<Coach>,
    /// With --regrade, language model on the configured server; with --transcribe, speech model by name or path
    #[arg(long, value_name = "NAME", requires = "again")]
    pub model: Option<String>,
    /// Only this answer: `2` is the second question, `2.1` its first follow-up
    #[arg(long, value_name = "N", requires = "again")]
    pub turn: Option<TurnNumber>,
    /// Print JSON
    #[arg(long, conflicts_with = "export")]
    pub json: bool,
    /// Read the sessions of this server [env: VIVA_SERVER]
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
}

/// Show how far you have come: what is due, your last scores, and the points you missed; or all that is known of one question.
///
/// Scores are of the last answers by the same judge, the latest one last. docs/schedule.md says when a question comes again.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva progress\n  viva progress --subject rust\n  viva progress ownership-why\n  \
                  viva progress --json\n  \
                  viva progress --anki missed.txt    then import the file in Anki")]
pub struct Progress {
    /// The id of a question: how often it and each of its key points was asked, what they were the last time, and when they are due
    #[arg(value_name = "QUESTION", conflicts_with_all = ["subject", "anki"])]
    pub question: Option<QuestionId>,
    /// Only this subject, such as rust, go, c++ or "system design"; repeatable
    #[arg(long, value_name = "SUBJECT", value_parser = subject)]
    pub subject: Vec<String>,
    /// Write the points you missed to this file, as cards that Anki imports
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub anki: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Read the progress from this server [env: VIVA_SERVER]
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
}

/// Save all sessions with their recordings in one file, or add the sessions of such a file.
///
/// The file is a tar archive that every later version reads. docs/archive.md describes it.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  viva archive export viva.tar\n  viva archive import viva.tar    on another machine; adds what is not there"
)]
pub struct Archive {
    #[command(subcommand)]
    pub command: ArchiveCommand,
    /// Use the sessions of this server [env: VIVA_SERVER]
    #[arg(long, value_name = "URL", global = true)]
    pub server: Option<String>,
}

#[derive(Clone, Debug, Subcommand)]
pub enum ArchiveCommand {
    /// Write all sessions and recordings to a file that only you can read
    Export {
        /// The new file
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Replace the file if it exists
        #[arg(long)]
        force: bool,
    },
    /// Add the sessions of a file; those that you have already are skipped, so an interrupted import can be run again
    Import {
        /// A file that `viva archive export` wrote
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Delete a session, or all of them, with their recordings.
///
/// Asks first. What is deleted is overwritten in the database. Settings and models stay. `viva archive export` saves everything.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  viva delete last\n  viva delete --all\n  viva delete --all --yes    without asking, for scripts"
)]
pub struct Delete {
    /// The session: its id, the start of its id, or `last`
    #[arg(value_name = "SESSION", required_unless_present = "all", conflicts_with = "all")]
    pub session: Option<String>,
    /// Delete all sessions, all recordings, and answers that were not sent yet
    #[arg(long)]
    pub all: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Delete the sessions of this server [env: VIVA_SERVER]
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
}

/// Transcribe recordings.
///
/// Reads wav, flac, mp3, ogg, opus, webm, m4a, aac and aiff. Nothing is stored, and nothing leaves this machine.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  viva transcribe answer.wav\n  viva transcribe talk.mp3 --format srt > talk.srt\n  \
                  viva transcribe one.flac two.flac --format json"
)]
pub struct Transcribe {
    /// The recordings
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Speech model: a name from `viva model list`, or a file [env: VIVA_MODEL]
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// List, show and check questions.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  viva questions list --subject rust\n  viva questions list --topic ownership\n  viva questions show ownership-why\n  \
                  viva questions check my-questions"
)]
pub struct Questions {
    #[command(subcommand)]
    pub command: QuestionsCommand,
    /// Folder with questions of your own, added to the built-in ones [env: VIVA_QUESTIONS]
    #[arg(long, value_name = "DIR", global = true)]
    pub questions: Option<PathBuf>,
}

#[derive(Clone, Debug, Subcommand)]
pub enum QuestionsCommand {
    /// List the questions, one per line
    List {
        /// Only this subject, such as rust, go, c++ or "system design"; repeatable
        #[arg(long, value_name = "SUBJECT", value_parser = subject)]
        subject: Vec<String>,
        /// Only this topic
        #[arg(long, value_name = "TOPIC")]
        topic: Option<TopicId>,
        /// Only this level
        #[arg(long, value_name = "LEVEL", value_parser = level())]
        level: Option<Level>,
        /// Only this kind
        #[arg(long, value_name = "KIND", value_parser = kind())]
        kind: Option<Kind>,
        /// Only this tag
        #[arg(long, value_name = "TAG")]
        tag: Option<Tag>,
        /// Only questions with all of these words in title, prompts, topic or id
        #[arg(long, value_name = "WORDS")]
        text: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a question with its key points and model answer
    Show {
        /// A question id from `viva questions list`
        id: QuestionId,
        /// Print the whole question as JSON
        #[arg(long)]
        json: bool,
    },
    /// Check the questions in a folder, and report every error with file and line [default: your own folder if one is set, else
    /// the built-in questions]
    Check {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

#[derive(Clone, Debug, Subcommand)]
pub enum ModelCommand {
    /// List the known models and which of them are installed
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Download a model, or resume a download
    Pull {
        /// A name from `viva model list`
        name: String,
    },
    /// Verify the checksum of a model, or of every installed model
    Verify {
        /// A name from `viva model list`, or a file
        name: Option<String>,
    },
    /// Print the path of a model
    Path {
        /// A name from `viva model list`, or a file
        name: String,
    },
}

/// List the microphones, or try one.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  viva devices\n  viva devices --check    say a sentence, and see its level and its words"
)]
pub struct Devices {
    /// Try the microphone, or choose another one
    #[arg(long, conflicts_with = "json")]
    pub check: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Check what is missing on this machine.
///
/// Checks settings, data folder, database, outbox, questions, speech model, microphone, voice, coach and server address, and says
/// how to fix each. With --bench, measures the installed speech models instead.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva doctor\n  viva doctor --bench")]
pub struct Doctor {
    /// Measure how fast each installed speech model is, and recommend the largest that keeps up
    #[arg(long)]
    pub bench: bool,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Show, set or test who judges your answers.
///
/// Without options: the judge, the model servers that answer on this machine, which of their models is recommended by the free memory and
/// a short trial, and the services whose key is in the environment. Nothing is sent to another place until you agree.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva judge\n  viva judge --use ollama --llm qwen3:8b\n  \
                  viva judge --use openai --llm gpt-5-mini\n  viva judge --offline")]
pub struct Judge {
    /// Judge with a language model on this kind of server
    #[arg(long = "use", value_name = "PRESET", value_parser = preset(), conflicts_with = "offline")]
    pub preset: Option<Preset>,
    /// The model's name [default for servers on this machine: the recommended one]
    #[arg(long, value_name = "MODEL", requires = "preset")]
    pub llm: Option<String>,
    /// The server's address, when it is not the usual one
    #[arg(long, value_name = "URL", requires = "preset")]
    pub base_url: Option<Url>,
    /// Send answers to this server without asking
    #[arg(long, requires = "preset")]
    pub yes: bool,
    /// Let the offline coach judge
    #[arg(long)]
    pub offline: bool,
    /// Have the configured model judge a sample answer
    #[arg(long)]
    pub test: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    /// The settings given as flags.
    pub fn layer(&self) -> Layer {
        let flag = |is_set: bool| is_set.then_some(true);
        let layer = match self.command.clone() {
            Command::Practice(Practice { device, model, server, mute, no_sureness, .. }) => {
                Layer { device, model, server, mute: flag(mute), no_sureness: flag(no_sureness), ..Layer::default() }
            }
            Command::Serve(Serve { bind, database, model, questions, open_to_network }) => {
                let open_to_network = flag(open_to_network);
                Layer { bind, database, model, questions, open_to_network, ..Layer::default() }
            }
            Command::Review(Review { server, .. })
            | Command::Progress(Progress { server, .. })
            | Command::Archive(Archive { server, .. })
            | Command::Delete(Delete { server, .. }) => Layer { server, ..Layer::default() },
            Command::Transcribe(Transcribe { model, .. }) => Layer { model, ..Layer::default() },
            Command::Questions(Questions { questions, .. }) | Command::Eval(Eval { questions, .. }) => {
                Layer { questions, ..Layer::default() }
            }
            Command::Model(_) | Command::Devices(_) | Command::Doctor(_) | Command::Judge(_) | Command::Openapi => {
                Layer::default()
            }
        };
        Layer { data: self.data.clone(), plain: flag(self.plain), ..layer }
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
    fn a_subject_may_be_written_as_people_write_it() {
        let written = ["Rust", "C++", "golang", "System Design", "system_design", "behavioural", "c#"];
        let meant = ["rust", "cpp", "go", "system-design", "system-design", "behavioral", "c#"];
        assert_eq!(written.map(|text| subject(text).unwrap()), meant);
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
