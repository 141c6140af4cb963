//! `viva questions check`.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use coach::{OfflineCoach, Verifier};
use interview::Question;
use interview::bank::{self, Bank, Fault, Month, Remark, SourceFile};
use interview::wording::counted;
use server::question_files;

use super::unreadable;
use crate::commands::output::{Progress, print};
use crate::failure::Failure;

/// The words by which a text is found in its file.
const FIRST_WORDS: usize = 6;

/// Checks a folder, or the built-in bank, and tells every fault at once. A fault, or no question, is an error.
pub(super) fn check(folder: Option<&Path>) -> Result<(), Failure> {
    let (files, mut faults) = match folder {
        None => (question_files::built_in(), Vec::new()),
        Some(path) => {
            let found = question_files::folder(path).map_err(|error| unreadable(folder, &error))?;
            (with_built_in_topics(found.files), found.faults)
        }
    };
    let loaded = Bank::load(&files);
    let questions = loaded.bank.questions();
    faults.extend(loaded.faults);
    // Questions of your own may refer to built-in ones.
    let known = question_files::bank(folder).map_err(|error| unreadable(folder, &error))?.bank;
    let now = jiff::Zoned::now();
    let month = Month::new(now.year().unsigned_abs(), now.month().unsigned_abs()).expect("a date has a month");
    let coach = OfflineCoach::new(questions);
    let remarks = |question: &Question| {
        let remarks = bank::review(question, &known, month).into_iter().chain(coach::proofread(&coach, question));
        remarks.filter_map(|remark| fault_of(remark, question, &files)).collect()
    };
    faults.extend(in_parallel(questions, remarks));
    faults.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    print(&faults.iter().map(|fault| format!("{fault}\n")).collect::<String>())?;
    if folder.is_some() {
        print(&unlearnt(questions))?;
    }
    match faults.len() {
        0 if questions.is_empty() => Err(Failure::new("there is no question there")
            .help("give a folder with question files: docs/questions.md shows one")),
        0 => print(&format!("{}, no fault\n", counted(questions.len(), "question"))),
        faults => Err(Failure::new(format!("{} in the questions", counted(faults, "fault")))
            .help("docs/questions.md says how a question is written")),
    }
}

/// Says which claims the offline coach's verifier was not trained on: it judges them less surely than those of the built-in bank.
fn unlearnt(questions: &[Question]) -> String {
    let claims = questions.iter().flat_map(|question| {
        let points = question.key_points.iter().map(|point| (point.id.as_str(), &point.summary));
        let wrong = question.misconceptions.iter().map(|wrong| (wrong.id.as_str(), &wrong.claim));
        points.chain(wrong).map(move |(id, claim)| (&question.id, id, claim))
    });
    let unlearnt: Vec<String> = claims
        .filter(|(.., claim)| !Verifier::has_learnt(claim))
        .map(|(question, id, claim)| format!("  {question} {id}: {claim}\n"))
        .collect();
    if unlearnt.is_empty() {
        return String::new();
    }
    let count = counted(unlearnt.len(), "claim");
    format!(
        "The offline coach was not trained on {count}; docs/judging.md says how well it judges such ones:\n{}",
        unlearnt.concat()
    )
}

/// Questions of your own may name built-in topics. Those of the folder come last, so they override built-in ones.
fn with_built_in_topics(files: Vec<SourceFile>) -> Vec<SourceFile> {
    let is_topics = |file: &SourceFile| file.path.rsplit('/').next() == Some("topics.toml");
    question_files::built_in().into_iter().filter(is_topics).chain(files).collect()
}

/// Applies `read` to every question on all processors: a bank is hundreds of questions with thousands of texts.
fn in_parallel(questions: &[Question], read: impl Fn(&Question) -> Vec<Fault> + Sync) -> Vec<Fault> {
    let progress = Progress::new(questions.len(), "read");
    let (next, read) = (AtomicUsize::new(0), &read);
    let readers = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(questions.len());
    thread::scope(|scope| {
        let (found, faults) = mpsc::sync_channel(readers);
        for _ in 0..readers {
            let (found, next) = (found.clone(), &next);
            scope.spawn(move || {
                while let Some(question) = questions.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Ok(()) = found.send(read(question)) else { return };
                }
            });
        }
        drop(found);
        let counted = faults.iter().enumerate().inspect(|(read_before, _)| progress.show(read_before + 1));
        counted.flat_map(|(_, faults)| faults).collect()
    })
}

/// The fault that a remark on a question is in its file.
fn fault_of(remark: Remark, question: &Question, files: &[SourceFile]) -> Option<Fault> {
    let name = format!("{}.toml", question.id);
    let file = files.iter().find(|file| file.path.rsplit('/').next() == Some(name.as_str()))?;
    Some(Fault::new(file, line_of(&remark.about, &file.text), remark.message))
}

/// The line, counted from 1, in which a text of the question begins in its file; the first one when it is not found as it is. Files break
/// long texts into lines, so only the first words are looked for.
fn line_of(text: &str, file: &str) -> usize {
    let beginning = text.split_whitespace().take(FIRST_WORDS).collect::<Vec<_>>().join(" ");
    file.find(&beginning).map_or(1, |offset| 1 + file[..offset].matches('\n').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_placed_where_its_text_stands() {
        let file = "id = \"a\"\nprompt = \"Why?\"\nmodel_answer = \"\"\"\nBecause there is only one owner, and\nno more.\n\"\"\"\n";
        assert_eq!(line_of("Why?", file), 2);
        assert_eq!(line_of("Because there is only one owner, and no more.", file), 4);
        assert_eq!(line_of("not there", file), 1);
    }

    #[test]
    fn topics_of_a_folder_are_added_to_the_built_in_ones() {
        let text = "[rust]\nembedded = \"Embedded Rust\"\nownership = \"Who owns what\"\n".to_owned();
        let own = SourceFile { path: "mine/topics.toml".to_owned(), text };
        let bank = Bank::load(&with_built_in_topics(vec![own])).bank;
        let title = |id: &str| bank.topics().get(&id.parse().unwrap()).map(|topic| topic.title.as_str());
        assert_eq!(title("embedded"), Some("Embedded Rust"));
        assert_eq!(title("borrowing"), Some("Borrowing"));
        assert_eq!(title("ownership"), Some("Who owns what"));
    }
}
