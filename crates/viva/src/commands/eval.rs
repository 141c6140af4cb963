//! `viva eval`.

use std::io::IsTerminal;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use coach::llm::Usage;
use coach::{Coach, LlmCoach, OfflineCoach};
use eval::{Dataset, Evaluation, Evaluator};
use interview::wording::counted;
use server::question_files;
use tokio::io::AsyncReadExt;

use super::output::{Progress, print, print_json};
use crate::arguments::{Eval, NamedCoach};
use crate::failure::{Failure, one_line};
use crate::settings::Settings;

/// Maximum size of a dataset in bytes.
const LARGEST_DATASET: u64 = 256 * 1024 * 1024;

/// Judges a dataset and prints how well the verdicts agree with its labels. Answers that could not be judged are counted, not an error.
pub async fn run(eval: &Eval, settings: &Settings) -> Result<(), Failure> {
    let dataset = Dataset::parse(&read(eval.dataset.as_deref()).await?);
    if dataset.items.is_empty() {
        let broken = dataset.broken_lines.first();
        let why = broken.map(|broken| format!(": line {}: {}", broken.line, broken.reason)).unwrap_or_default();
        return Err(Failure::new(format!("the dataset has no labelled answer{why}"))
            .help("give one JSON object per line; docs/judging.md has an example"));
    }
    let bank = question_files::bank(settings.bank.as_deref())?.bank;
    let evaluation = match eval.coach {
        NamedCoach::Offline => {
            let offline = Arc::new(OfflineCoach::new(bank.questions()));
            let coach = Coach::Offline(Arc::clone(&offline));
            let measured = Measured { coach: &coach, by_reference: Some(&offline), concurrency: NonZeroUsize::MIN };
            measured.evaluate(eval, &bank, &dataset, Usage::default).await
        }
        NamedCoach::Llm => {
            let llm = settings.language_model()?;
            let model = Arc::new(LlmCoach::new(llm)?);
            let coach = Coach::Llm(Arc::clone(&model));
            let measured = Measured { coach: &coach, by_reference: None, concurrency: llm.concurrency.into() };
            measured.evaluate(eval, &bank, &dataset, || model.usage()).await
        }
    };
    report_ungraded(&evaluation);
    if eval.json { print_json(&evaluation) } else { print(&format!("{}\n", evaluation.table())) }
}

/// Says why answers were not judged: a wrong key would otherwise look like a bad judge.
fn report_ungraded(evaluation: &Evaluation) {
    let reasons: Vec<&str> = evaluation.items.iter().filter_map(|item| item.ungraded.as_deref()).collect();
    if let Some(first) = reasons.first() {
        let (were, first) = (if reasons.len() == 1 { "was" } else { "were" }, one_line(first));
        eprintln!("{} {were} not judged; first reason: {first}", counted(reasons.len(), "answer"));
    }
}

struct Measured<'a> {
    coach: &'a Coach,
    by_reference: Option<&'a OfflineCoach>,
    concurrency: NonZeroUsize,
}

impl Measured<'_> {
    async fn evaluate(
        &self,
        eval: &Eval,
        bank: &interview::Bank,
        dataset: &Dataset,
        usage: impl FnOnce() -> Usage,
    ) -> Evaluation {
        let evaluator = Evaluator {
            coach: self.coach,
            bank,
            by_reference: self.by_reference,
            concurrency: self.concurrency,
            similarity_baseline: eval.baseline.is_some(),
        };
        let progress = Progress::new(dataset.items.len(), "judged");
        evaluator.evaluate(dataset, |done| progress.show(done), usage).await
    }
}

async fn read(file: Option<&Path>) -> Result<String, Failure> {
    let name = file.map_or_else(|| "standard input".to_owned(), |file| file.display().to_string());
    let unreadable = |error: std::io::Error| {
        Failure::new(format!("cannot read the dataset {name}: {error}")).help("give a file with --dataset")
    };
    let mut bytes = Vec::new();
    let read = match file {
        Some(file) => {
            let file = tokio::fs::File::open(file).await.map_err(unreadable)?;
            file.take(LARGEST_DATASET + 1).read_to_end(&mut bytes).await
        }
        None if std::io::stdin().is_terminal() => {
            return Err(Failure::misuse("no dataset given").help("name a file with --dataset, or pipe one in"));
        }
        None => tokio::io::stdin().take(LARGEST_DATASET + 1).read_to_end(&mut bytes).await,
    };
    if read.map_err(unreadable)? as u64 > LARGEST_DATASET {
        return Err(
            Failure::new(format!("the dataset {name} is larger than {} MiB", LARGEST_DATASET >> 20)).help("split it")
        );
    }
    // Lossy, so that a line that is not UTF-8 is still reported by its number.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
