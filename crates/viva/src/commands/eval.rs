//! `viva eval`.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use coach::{Coach, LlmCoach, OfflineCoach};
use eval::{Comparison, Dataset, Evaluation, Evaluator, Item, JudgedItem, Judgements, Results};
use interview::Bank;
use interview::wording::counted;
use serde::Serialize;
use server::question_files;

use super::judge::saying_when_loading;
use super::output::{Progress, print, print_json};
use crate::arguments::{Eval, MeasuredJudge};
use crate::failure::{Failure, one_line};
use crate::settings::Settings;
use crate::signals;

/// Judges a dataset and prints how well the verdicts agree with its labels. Answers that could not be judged are counted, not an error.
pub async fn run(eval: &Eval, settings: &Settings) -> Result<(), Failure> {
    let bank = question_files::bank(settings.bank.as_deref())?.bank;
    let dataset = dataset(eval, &bank)?;
    let earlier = match &eval.out {
        Some(file) if eval.resume && file.exists() => results(file)?,
        _ => Results::default(),
    };
    let is_out =
        |judge: &MeasuredJudge| matches!(judge, MeasuredJudge::Results(file) if eval.out.as_ref() == Some(file));
    if is_out(&eval.coach) || eval.compare.as_ref().is_some_and(is_out) {
        return Err(
            Failure::misuse("--out would replace the results that are to be measured").help("name another file")
        );
    }
    let first = Judge::set_up(&eval.coach, &bank, settings)?;
    let second = eval.compare.as_ref().map(|named| Judge::set_up(named, &bank, settings).map(|judge| (named, judge)));
    let second = second.transpose()?;
    let mut run = Run { eval, bank: &bank, earlier, out: Out::open(eval)? };
    let judged = run.judge(&first, &dataset).await?;
    let Some((named, second)) = second else {
        let evaluation = judged.evaluation();
        report(&evaluation, eval);
        if eval.json { print_json(&evaluation) } else { print(&format!("{}\n", evaluation.table())) }?;
        return run.out.close();
    };
    // A stopped run is compared on what it reached.
    let reached = Dataset { items: judged.items().cloned().collect(), broken_lines: Vec::new() };
    let others = run.judge(&second, &reached).await?;
    let comparison = Comparison::of(&judged, &others, eval.differences);
    let (evaluation, compared) = (judged.evaluation(), others.evaluation());
    report(&evaluation, eval);
    report(&compared, eval);
    if eval.json {
        print_json(&Compared { evaluation, compared, comparison })
    } else {
        let broken: String = dataset.broken_lines.iter().map(|broken| format!("{broken}\n")).collect();
        print(&format!("{}\n{broken}", comparison.table(&eval.coach.to_string(), &named.to_string())))
    }?;
    run.out.close()
}

/// A judge measured, another one, and the two compared.
#[derive(Serialize)]
struct Compared {
    #[serde(flatten)]
    evaluation: Evaluation,
    compared: Evaluation,
    comparison: Comparison,
}

/// What both judges of a run share.
struct Run<'a> {
    eval: &'a Eval,
    bank: &'a Bank,
    earlier: Results,
    out: Out,
}

impl Run<'_> {
    async fn judge<'d>(&mut self, judge: &Judge, dataset: &'d Dataset) -> Result<Judgements<'d>, Failure> {
        let Self { eval, bank, earlier, out } = self;
        let (measured, earlier, concurrency) = match judge {
            Judge::Coach(coach) => {
                let places = match coach {
                    Coach::Offline(_) => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
                    Coach::Llm(model) => saying_when_loading(model, model.places()).await?,
                };
                (eval::Judge::Coach(coach), &*earlier, NonZeroUsize::new(places).unwrap_or(NonZeroUsize::MIN))
            }
            Judge::Results(results) => (eval::Judge::Earlier, results, NonZeroUsize::MIN),
        };
        let (whole, similarity_baseline) = (eval.whole, eval.baseline.is_some());
        let evaluator = Evaluator { judge: measured, bank, concurrency, whole, similarity_baseline, earlier };
        let progress = Progress::new(dataset.items.len(), "judged");
        let report = |done: eval::Progress<'_>| {
            done.judged.iter().for_each(|judged| out.write(done.item, judged));
            progress.show(done.done);
        };
        let judging = evaluator.judge(dataset, signals::end_requested(), report);
        Ok(match judge {
            Judge::Coach(Coach::Llm(model)) => saying_when_loading(model, judging).await,
            Judge::Coach(Coach::Offline(_)) | Judge::Results(_) => judging.await,
        })
    }
}

/// What is measured: a coach, or results from before.
enum Judge {
    Coach(Coach),
    Results(Results),
}

impl Judge {
    fn set_up(named: &MeasuredJudge, bank: &Bank, settings: &Settings) -> Result<Self, Failure> {
        Ok(match named {
            MeasuredJudge::Offline => Self::Coach(Coach::Offline(Arc::new(OfflineCoach::new(bank.questions())))),
            MeasuredJudge::Llm => Self::Coach(Coach::Llm(Arc::new(LlmCoach::new(settings.language_model()?)?))),
            MeasuredJudge::Results(file) => Self::Results(results(file)?),
        })
    }
}

/// Says what a run did not do, and why answers were not judged: a wrong key would otherwise look like a bad judge.
fn report(evaluation: &Evaluation, eval: &Eval) {
    let (reached, left) = (evaluation.summary.items, evaluation.summary.not_reached);
    if left > 0 {
        let go_on = if eval.out.is_some() { "; the same command with --resume goes on" } else { "" };
        eprintln!("stopped after {reached} of {}{go_on}", counted(reached + left, "answer"));
    }
    let reasons: Vec<&str> = evaluation.items.iter().filter_map(|item| item.ungraded.as_deref()).collect();
    if let Some(first) = reasons.first() {
        let (were, first) = (if reasons.len() == 1 { "was" } else { "were" }, one_line(first));
        eprintln!("{} {were} not judged; first reason: {first}", counted(reasons.len(), "answer"));
    }
}

/// The answers that are to be judged.
fn dataset(eval: &Eval, bank: &Bank) -> Result<Dataset, Failure> {
    let mut dataset = match &eval.dataset {
        Some(path) => Dataset::read(path, bank)?,
        None if std::io::stdin().is_terminal() => {
            return Err(
                Failure::misuse("no dataset given").help("name a file or folder with --dataset, or pipe one in")
            );
        }
        None => {
            let text = eval::text(std::io::stdin().lock());
            let unreadable = |error| Failure::new(format!("cannot read the dataset standard input: {error}"));
            Dataset::parse(&text.map_err(unreadable)?, bank)
        }
    };
    if dataset.items.is_empty() {
        let why = dataset.broken_lines.first().map(|broken| format!(": {broken}")).unwrap_or_default();
        return Err(Failure::new(format!("the dataset has no labelled answer{why}"))
            .help("give one JSON object per line; docs/judging.md has an example"));
    }
    let wanted = |names: &[String], name: &Option<String>| {
        names.is_empty() || name.as_ref().is_some_and(|name| names.contains(name))
    };
    dataset.items.retain(|item| wanted(&eval.voice, &item.voice) && wanted(&eval.subject, &item.subject));
    if dataset.items.is_empty() {
        return Err(Failure::new("the dataset has no answer of that voice and subject"));
    }
    Ok(dataset)
}

fn results(file: &Path) -> Result<Results, Failure> {
    let results = File::open(file).and_then(eval::text).map_err(|error| unusable(file, &error))?;
    let results = Results::parse(&results);
    if results.unreadable > 0 {
        eprintln!("{} of {} cannot be read and left out", counted(results.unreadable, "line"), file.display());
    }
    Ok(results)
}

/// The results file, if there is to be one.
struct Out(Option<(PathBuf, File, io::Result<()>)>);

impl Out {
    /// Opens the file; a resumed one is added to, on a new line even if the last one was cut off.
    fn open(eval: &Eval) -> Result<Self, Failure> {
        let Some(path) = &eval.out else { return Ok(Self(None)) };
        let resume = eval.resume;
        let opened = File::options().create(true).write(true).append(resume).truncate(!resume).open(path);
        let opened = opened.and_then(|mut file| {
            if resume && std::fs::read(path)?.last().is_some_and(|last| *last != b'\n') {
                file.write_all(b"\n")?;
            }
            Ok(file)
        });
        let file = opened.map_err(|error| unusable(path, &error))?;
        Ok(Self(Some((path.clone(), file, Ok(())))))
    }

    /// Writes a judged answer. The first failure is kept for the end: the figures are worth having without the file.
    fn write(&mut self, item: &Item, judged: &JudgedItem) {
        if let Some((_, file, written @ Ok(()))) = &mut self.0 {
            let line = Results::line(item, judged).map_err(io::Error::from);
            *written = line.and_then(|line| file.write_all(line.as_bytes()));
        }
    }

    fn close(self) -> Result<(), Failure> {
        match self.0 {
            Some((path, _, Err(error))) => Err(unusable(&path, &error)),
            Some((_, _, Ok(()))) | None => Ok(()),
        }
    }
}

fn unusable(file: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot use the results file {}: {error}", file.display()))
        .help("name offline, llm, or another file")
}
