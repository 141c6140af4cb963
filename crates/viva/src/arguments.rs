//! The command line. The comments on flags are the help that people read.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use api::session::ExportFormat;
use capture::formats::Format;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use coach::llm::Preset;
use interview::bank::{Kind, Level};
use interview::{QuestionId, Tag, TopicId};
use jiff::civil::Date;
use url::Url;

use crate::interview_date;
use crate::settings::Layer;
use crate::turn_number::TurnNumber;

/// Practise technical interviews out loud.
///
/// Viva asks a question, listens to your answer, and gives feedback: which key points you made, with quotes from what you said,
/// how clear it was, and your pace and pauses. Everything happens on this machine unless you choose a remote server or language
/// model.
#[derive(Debug, Parser)]
#[command(name = "viva", version, propagate_version = true, disable_help_subcommand = true, after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
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

/// Options of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Common {
    /// Folder for sessions, recordings and models [env: VIVA_DATA]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Settings file [env: VIVA_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

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
    Model(Model),
    Devices(Devices),
    Doctor(Doctor),
    Judge(Judge),
    Eval(Eval),
    /// Print the OpenAPI document of the HTTP API
    #[command(after_help = "Example:\n  viva openapi > openapi.json")]
    Openapi,
}

/// Start a practice round: questions, your answers, feedback.
///
/// The first round asks what you prepare for and when the interview is, and later ones keep to it; --setup asks again, and flags go before it.
/// Questions that are due come first, then new ones; nothing comes twice within a day unless nothing else fits.
/// You answer into the microphone, or type when there is no microphone or with --typed. When standard input is not a terminal,
/// each line of it is one typed answer; an empty line or `skip` means "I don't know". With --audio the answers come from
/// recordings. Ctrl-C ends the round at any time; in the middle of an answer it
/// asks whether to send it, keep it for the next round, or discard it. A round ends with what went well, what to change, and what
/// comes back when.
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = PRACTICE_EXAMPLES)]
pub struct Practice {
    /// Only questions on this subject, such as rust, go, c++ or "system design"; repeatable
    #[arg(long, value_name = "SUBJECT", value_parser = subject)]
    pub subject: Vec<String>,
    /// Only questions on this topic; repeatable (`viva questions list` shows the topics)
    #[arg(long, value_name = "TOPIC")]
    pub topic: Vec<TopicId>,
    /// Only questions of this level; repeatable
    #[arg(long, value_name = "LEVEL", value_parser = level())]
    pub level: Vec<Level>,
    /// Only questions of this kind; repeatable
    #[arg(long, value_name = "KIND", value_parser = kind())]
    pub kind: Vec<Kind>,
    /// Only questions with this tag; repeatable, any of the tags is enough
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<Tag>,
    /// Ask exactly this question; repeatable, asked in the given order
    #[arg(long, value_name = "ID", conflicts_with_all = ["subject", "topic", "level", "kind", "tag", "questions"])]
    pub question: Vec<QuestionId>,
    /// Ask the questions of this session again, or this question: a session's id, the start of its id, `last`, or a question's id
    #[arg(long, value_name = "SESSION|QUESTION",
        conflicts_with_all = ["subject", "topic", "level", "kind", "tag", "questions", "question", "seed"])]
    pub again: Option<String>,
    /// Ask again what you prepare for, when the interview is, and how long you practise, and try the microphone
    #[arg(long)]
    pub setup: bool,
    /// Date of the interview, such as 2026-12-20 or "in 3 weeks": what you missed comes back before it [default: what --setup asked]
    #[arg(long, value_name = "DATE", value_parser = interview)]
    pub interview: Option<Date>,
    /// Number of questions [default: as many as are left a day before the interview, else 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=50))]
    pub questions: Option<u32>,
    /// Ask no new question after this many minutes
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..=600))]
    pub minutes: Option<u32>,
    /// A real interview of this many minutes: from easy to hard, no feedback until the report at the end
    #[arg(long, value_name = "MINUTES", value_parser = interview_minutes(), conflicts_with_all = ["questions", "minutes"])]
    pub real: Option<u32>,
    /// Maximum number of follow-ups per question, 0 to 3 [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=3))]
    pub follow_ups: Option<u8>,
    /// Seed for choosing questions: the same seed chooses the same ones, whatever is due
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Microphone: its name or a part of it, its id, or its number in `viva devices` [env: VIVA_DEVICE]
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// End an answer after a pause, with a countdown that speech cancels
    #[arg(long, conflicts_with_all = ["typed", "audio"])]
    pub hands_free: bool,
    /// Type the answers instead of speaking
    #[arg(long, conflicts_with = "audio")]
    pub typed: bool,
    /// Answer from this recording; repeatable, one answer each
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub audio: Vec<PathBuf>,
    /// Speech model: a name from `viva model list`, or a file [env: VIVA_MODEL]
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// Use this server instead of one on this machine [env: VIVA_SERVER]
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// Do not read questions aloud [env: VIVA_MUTE]
    #[arg(long)]
    pub mute: bool,
    /// Do not ask how sure you are of an answer before its feedback [env: VIVA_NO_SURENESS]
    #[arg(long)]
    pub no_sureness: bool,
    /// Plain output: no colours, no redrawing; for screen readers and simple terminals [env: VIVA_PLAIN]
    #[arg(long)]
    pub plain: bool,
    /// Print the finished session as JSON on standard output; everything else goes to standard error
    #[arg(long)]
    pub json: bool,
}

const PRACTICE_EXAMPLES: &str = "\
Examples:
  viva practice                                   five questions, out loud
  viva practice --subject c++ --level senior
  viva practice --setup                           choose what you prepare for, and by when
  viva practice --interview 2099-12-20            what you missed comes back before that day
  viva practice --topic ownership --topic borrowing --level mid
  viva practice --kind snippet --questions 3 --typed
  viva practice --minutes 20 --follow-ups 2 --hands-free
  viva practice --real 20                         an interview of 20 minutes, with a report at the end
  viva practice --question ownership-why --audio answer.wav
  viva practice --again last                      the questions of your last session once more
  viva practice --seed 7 --json > session.json    typed answers from a pipe, one per line";

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
    #[arg(long, value_enum, value_name = "COACH", requires = "regrade")]
    pub coach: Option<NamedCoach>,
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
    /// Plain output: no colours, no redrawing; for screen readers and simple terminals [env: VIVA_PLAIN]
    #[arg(long)]
    pub plain: bool,
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
    /// Plain output: no colours, no redrawing; for screen readers and simple terminals [env: VIVA_PLAIN]
    #[arg(long)]
    pub plain: bool,
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
    /// Plain output: no colours, no redrawing; for screen readers and simple terminals [env: VIVA_PLAIN]
    #[arg(long, global = true)]
    pub plain: bool,
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
    /// Plain output: no colours, no redrawing; for screen readers and simple terminals [env: VIVA_PLAIN]
    #[arg(long)]
    pub plain: bool,
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
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format())]
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
        /// Only questions with all of these words in title, prompt or topic
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

/// Download and check speech models.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva model list\n  viva model pull base.en\n  viva model verify")]
pub struct Model {
    #[command(subcommand)]
    pub command: ModelCommand,
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

/// Measure how well a coach judges, on labelled answers.
///
/// A dataset is a file with one JSON object per line, or a folder of such files and of whole answers
/// (SUBJECT/VOICE/QUESTION.txt, with a reader's marks in QUESTION.marks). What cannot be read is reported and skipped.
/// Ctrl-C stops and prints the figures of the answers judged so far. docs/judging.md describes the formats and figures.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva eval --dataset answers.jsonl\n  \
                  viva eval --dataset judging/answers --subject rust --voice gwen\n  \
                  viva eval --coach llm --dataset answers.jsonl --out results.jsonl\n  \
                  viva eval --coach llm --dataset answers.jsonl --out results.jsonl --resume\n  \
                  viva eval --coach llm --compare offline --dataset answers.jsonl\n  \
                  viva eval --compare before.jsonl --dataset judging/answers\n  \
                  viva eval --dataset answers.jsonl --baseline similarity --json")]
pub struct Eval {
    /// The coach to measure: offline, llm (the configured language model), or a results file of an earlier run
    #[arg(long, value_name = "COACH", default_value = "offline")]
    pub coach: MeasuredJudge,
    /// Compare with this coach on the same answers: offline, llm, or a results file
    #[arg(long, value_name = "COACH")]
    pub compare: Option<MeasuredJudge>,
    /// Show at most this many of the claims on which the two differ
    #[arg(long, value_name = "NUMBER", default_value_t = 20, requires = "compare")]
    pub differences: usize,
    /// File or folder with the labelled answers [default: standard input]
    #[arg(long, value_name = "PATH")]
    pub dataset: Option<PathBuf>,
    /// Only answers of this voice (the folder above the file, or `voice` in a line); repeatable
    #[arg(long, value_name = "NAME")]
    pub voice: Vec<String>,
    /// Only answers to questions of this subject; repeatable
    #[arg(long, value_name = "SUBJECT", value_parser = subject)]
    pub subject: Vec<String>,
    /// Have the language model judge clarity and write a stronger answer too, as in a round
    #[arg(long)]
    pub whole: bool,
    /// Also measure this baseline, for comparison
    #[arg(long, value_enum, value_name = "NAME")]
    pub baseline: Option<EvaluatedBaseline>,
    /// Write each judged answer to this file, one JSON object per line; an existing file is replaced
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Continue from the results in --out; answers already judged by this coach are skipped
    #[arg(long, requires = "out")]
    pub resume: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Folder with questions of your own, added to the built-in ones [env: VIVA_QUESTIONS]
    #[arg(long, value_name = "DIR")]
    pub questions: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NamedCoach {
    /// The offline coach: a trained verifier and rules on this machine
    Offline,
    /// The configured language model
    Llm,
}

/// Whose judgements are measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasuredJudge {
    Offline,
    Llm,
    /// Whoever made the results of an earlier run.
    Results(PathBuf),
}

impl FromStr for MeasuredJudge {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "offline" => Self::Offline,
            "llm" => Self::Llm,
            file => Self::Results(file.into()),
        })
    }
}

impl fmt::Display for MeasuredJudge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offline => f.write_str("offline"),
            Self::Llm => f.write_str("llm"),
            Self::Results(file) => f.write_str(&file.file_stem().unwrap_or_default().to_string_lossy()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EvaluatedBaseline {
    /// Word similarity to the model answer
    Similarity,
}

/// A subject as people write it. Which ones there are, the bank says.
fn subject(text: &str) -> Result<String, Infallible> {
    let name = text.trim().to_lowercase().replace([' ', '_'], "-");
    Ok(match name.as_str() {
        "c++" => "cpp".to_owned(),
        "golang" => "go".to_owned(),
        "behavioural" => "behavioral".to_owned(),
        _ => name,
    })
}

fn level() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(Level::ALL.iter().map(|level| level.as_str())).try_map(|text| text.parse::<Level>())
}

fn interview_minutes() -> impl TypedValueParser<Value = u32> {
    PossibleValuesParser::new(["20", "40", "60"]).try_map(|text| text.parse::<u32>())
}

fn interview(text: &str) -> Result<Date, String> {
    interview_date::parse(text, interview_date::today())
}

fn preset() -> impl TypedValueParser<Value = Preset> {
    let presets = || Preset::LOCAL.into_iter().chain(Preset::SERVICES).chain([Preset::Custom]);
    PossibleValuesParser::new(presets().map(Preset::as_str))
        .try_map(move |name| presets().find(|preset| preset.as_str() == name).ok_or("there is no such preset"))
}

fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.as_str())).try_map(|text| text.parse::<Kind>())
}

fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|text| text.parse::<Format>())
}

fn export() -> impl TypedValueParser<Value = ExportFormat> {
    PossibleValuesParser::new(["md", "json", "html"]).map(|word| match word.as_str() {
        "json" => ExportFormat::Json,
        "html" => ExportFormat::Html,
        _ => ExportFormat::Md,
    })
}

impl Arguments {
    /// The settings given as flags.
    pub fn layer(&self) -> Layer {
        let flag = |is_set: bool| is_set.then_some(true);
        let layer = match self.command.clone() {
            Command::Practice(Practice { device, model, server, mute, no_sureness, plain, .. }) => Layer {
                device,
                model,
                server,
                mute: flag(mute),
                no_sureness: flag(no_sureness),
                plain: flag(plain),
                ..Layer::default()
            },
            Command::Serve(Serve { bind, database, model, questions, open_to_network }) => {
                let open_to_network = flag(open_to_network);
                Layer { bind, database, model, questions, open_to_network, ..Layer::default() }
            }
            Command::Review(Review { server, plain, .. })
            | Command::Progress(Progress { server, plain, .. })
            | Command::Archive(Archive { server, plain, .. })
            | Command::Delete(Delete { server, plain, .. }) => Layer { server, plain: flag(plain), ..Layer::default() },
            Command::Transcribe(Transcribe { model, .. }) => Layer { model, ..Layer::default() },
            Command::Questions(Questions { questions, .. }) | Command::Eval(Eval { questions, .. }) => {
                Layer { questions, ..Layer::default() }
            }
            Command::Model(_) | Command::Devices(_) | Command::Doctor(_) | Command::Judge(_) | Command::Openapi => {
                Layer::default()
            }
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
