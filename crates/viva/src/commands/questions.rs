//! `viva questions`.

mod check;

use std::path::Path;

use api::question::QuestionList;
use interview::bank::Bank;
use interview::selection::{Wishes, fitting};
use interview::{Question, QuestionId};
use server::question_files;

use super::output::{print, print_json};
use crate::arguments::QuestionsCommand;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::terminal::{Screen, Streams, full_question_lines};

pub fn run(command: &QuestionsCommand, settings: &Settings) -> Result<(), Failure> {
    let own = settings.bank.as_deref();
    match command {
        QuestionsCommand::List { subject, topic, level, kind, tag, text, json } => {
            let wishes = Wishes {
                subjects: subject.clone(),
                topics: topic.iter().cloned().collect(),
                levels: level.iter().copied().collect(),
                kinds: kind.iter().copied().collect(),
                tags: tag.iter().cloned().collect(),
                ..Wishes::default()
            };
            list(&load(own)?, &wishes, text.as_deref().unwrap_or_default(), *json)
        }
        QuestionsCommand::Show { id, json } => show(&load(own)?, id, *json, settings.plain),
        QuestionsCommand::Check { folder } => check::check(folder.as_deref().or(own)),
    }
}

/// The built-in bank with the user's own questions. What is broken in theirs is told and left out.
fn load(own: Option<&Path>) -> Result<Bank, Failure> {
    let loaded = question_files::bank(own).map_err(|error| unreadable(own, &error))?;
    for fault in &loaded.faults {
        eprintln!("skipped: {fault}");
    }
    Ok(loaded.bank)
}

fn list(bank: &Bank, wishes: &Wishes, text: &str, json: bool) -> Result<(), Failure> {
    let fitting = fitting(bank, wishes).map_err(|error| Failure::new(error.to_string()))?;
    let fitting: Vec<&Question> = fitting.into_iter().filter(|question| question.has_words(text)).collect();
    if json {
        return print_json(&QuestionList { questions: fitting.into_iter().map(server::asked_question).collect() });
    }
    if fitting.is_empty() {
        eprintln!("no question matches");
    }
    let width = |of: fn(&Question) -> usize| fitting.iter().map(|question| of(question)).max().unwrap_or(0);
    let (id_width, topic_width) =
        (width(|question| question.id.as_str().len()), width(|question| question.topic.as_str().len()));
    let lines = fitting.iter().map(|question| {
        let Question { id, topic, level, kind, title, .. } = question;
        format!("{:<id_width$}  {:<topic_width$}  {level:<6}  {kind:<10}  {title}\n", id.as_str(), topic.as_str())
    });
    print(&lines.collect::<String>())
}

fn show(bank: &Bank, id: &QuestionId, json: bool, plain: bool) -> Result<(), Failure> {
    let question = bank.question(id).ok_or_else(|| {
        Failure::new(format!("there is no question `{id}`")).help("`viva questions list` shows them all")
    })?;
    if json {
        return print_json(question);
    }
    let mut screen = Screen::new(Streams::detect(plain, false));
    screen.show(|look| full_question_lines(&server::revealed_question(question), look));
    Ok(())
}

fn unreadable(folder: Option<&Path>, error: &std::io::Error) -> Failure {
    let path = folder.unwrap_or(Path::new("")).display();
    Failure::new(format!("cannot read the folder {path}: {error}")).help("check that it exists and may be read")
}
