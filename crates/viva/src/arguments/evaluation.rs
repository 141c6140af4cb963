//! `viva eval`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::NamedCoach;

/// Measure how well a coach judges, on answers that people labelled.
///
/// A dataset has one JSON object a line: an id, a bank's question or one of its own, an answer, and what people made of it. A line that
/// cannot be read is named and left out.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva eval --dataset answers.jsonl\n  \
                  viva eval --coach llm --dataset answers.jsonl --json\n  \
                  viva eval --dataset answers.jsonl --baseline similarity")]
pub struct Eval {
    /// Who judges: the offline coach, or the language model of the settings
    #[arg(long, value_enum, value_name = "COACH", default_value_t = NamedCoach::Offline)]
    pub coach: NamedCoach,
    /// The labelled answers; standard input, when no file is given
    #[arg(long, value_name = "FILE")]
    pub dataset: Option<PathBuf>,
    /// Measure this beside the coach, for comparison
    #[arg(long, value_enum, value_name = "NAME")]
    pub baseline: Option<EvaluatedBaseline>,
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
    /// Look for questions in this folder, too [env: VIVA_QUESTIONS]
    #[arg(long, value_name = "DIR")]
    pub questions: Option<PathBuf>,
}

/// What a coach can be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EvaluatedBaseline {
    /// How like the model answer the words are
    Similarity,
}
