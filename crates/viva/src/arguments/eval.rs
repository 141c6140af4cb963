//! The arguments of `viva eval`.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use clap::builder::PossibleValue;

use super::values::subject;

/// Measure how well a coach judges, on labelled answers.
///
/// A dataset is a file with one JSON object per line, or a folder of such files and of whole answers
/// (SUBJECT/VOICE/QUESTION.txt, with a reader's marks in QUESTION.marks). What cannot be read is reported and skipped.
/// Ctrl-C stops and prints the figures of the answers judged so far. docs/judging.md describes the formats and figures.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva eval --dataset answers.jsonl\n  \
                  viva eval --dataset judging/answers --subject rust --voice lara\n  \
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
    #[arg(long, value_name = "NAME",
        value_parser = [PossibleValue::new("similarity").help("Word similarity to the model answer")])]
    pub baseline: Option<String>,
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
