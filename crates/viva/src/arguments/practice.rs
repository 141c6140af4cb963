//! The arguments of `viva practice`.

use std::path::PathBuf;

use clap::Args;
use interview::bank::{Kind, Level};
use interview::{QuestionId, Tag, TopicId};
use jiff::civil::Date;

use super::values::{interview_minutes, kind, level, subject};
use crate::interview_date;

/// Start a practice round: questions, your answers, feedback.
///
/// The first round asks what you prepare for and when the interview is, and later ones keep to it; --setup asks again, and flags override it.
/// Questions that are due come first, then new ones; nothing comes twice within a day unless you ask for it.
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
    /// Also ask what you were asked within the last 24 hours
    #[arg(long, conflicts_with_all = ["question", "again", "seed"])]
    pub repeat: bool,
    /// Ask again what you prepare for, when the interview is and how long you practise, offer a judge, and try the microphone
    #[arg(long)]
    pub setup: bool,
    /// Date of the interview, such as 2026-12-20 or "in 3 weeks": what you missed comes back before it [default: what --setup asked]
    #[arg(long, value_name = "DATE", value_parser = interview_date::parse)]
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
  viva practice --topic ownership --repeat        also what you were asked today
  viva practice --seed 7 --json > session.json    typed answers from a pipe, one per line";
