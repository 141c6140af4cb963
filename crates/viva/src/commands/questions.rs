//! `viva questions`.

use std::path::Path;

use coach::OfflineCoach;
use interview::bank::{Bank, Fault, SourceFile};
use interview::selection::{Wishes, fits};
use interview::{Question, QuestionId};
use serde::Serialize;
use server::question_files;

use super::documents::{print, print_json};
use crate::arguments::QuestionsCommand;
use crate::failure::Failure;
use crate::terminal::{Screen, Surroundings, full_question_lines};

/// The words by which a text is found in its file.
const FIRST_WORDS: usize = 6;

#[derive(Serialize)]
struct Document<'a> {
    questions: Vec<ListedQuestion<'a>>,
}

#[derive(Serialize)]
struct ListedQuestion<'a> {
    id: &'a str,
    title: &'a str,
    topic: &'a str,
    level: &'a str,
    kind: &'a str,
    prompt: &'a str,
    time_limit_seconds: u32,
}

/// Lists, shows or checks questions. `own` is the folder of the user's own questions.
///
/// # Errors
/// When there is no such question or folder, or the check finds faults.
pub fn run(command: &QuestionsCommand, own: Option<&Path>) -> Result<(), Failure> {
    match command {
        QuestionsCommand::List { topic, level, kind, text, json } => {
            let wishes = Wishes {
                topics: topic.iter().cloned().collect(),
                levels: level.iter().copied().collect(),
                kinds: kind.iter().copied().collect(),
                ..Wishes::default()
            };
            list(&load(own)?, &wishes, text.as_deref().unwrap_or_default(), *json)
        }
        QuestionsCommand::Show { id, json } => show(&load(own)?, id, *json),
        QuestionsCommand::Check { folder } => check(folder.as_deref().or(own)),
    }
}

/// The built-in bank with the user's own questions. What is broken in theirs is told and left out.
fn load(own: Option<&Path>) -> Result<Bank, Failure> {
    let loaded = question_files::bank(own).map_err(|error| unreadable(own, &error))?;
    for fault in &loaded.faults {
        eprintln!("left out: {fault}");
    }
    Ok(loaded.bank)
}

fn list(bank: &Bank, wishes: &Wishes, text: &str, json: bool) -> Result<(), Failure> {
    if let Some(unknown) = wishes.topics.iter().find(|topic| !bank.has_topic(topic)) {
        return Err(Failure::new(format!("there is no topic `{unknown}`")).help("`viva questions list` shows them all"));
    }
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fitting: Vec<&Question> =
        bank.questions().iter().filter(|question| fits(question, wishes) && has_words(question, &words)).collect();
    if json {
        return print_json(&Document { questions: fitting.iter().map(|question| listed(question)).collect() });
    }
    if fitting.is_empty() {
        eprintln!("no question fits all of that");
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

fn show(bank: &Bank, id: &QuestionId, json: bool) -> Result<(), Failure> {
    let question = bank.question(id).ok_or_else(|| {
        Failure::new(format!("there is no question `{id}`")).help("`viva questions list` shows them all")
    })?;
    if json {
        return print_json(question);
    }
    let mut screen = Screen::new(Surroundings::look(false, false));
    let look = screen.results_look();
    screen.show(&full_question_lines(&server::revealed_question(question), look));
    Ok(())
}

/// Checks a folder, or the built-in bank, and tells every fault at once.
fn check(folder: Option<&Path>) -> Result<(), Failure> {
    let (files, mut faults) = match folder {
        None => (question_files::built_in(), Vec::new()),
        Some(path) => {
            let found = question_files::folder(path).map_err(|error| unreadable(folder, &error))?;
            (with_topics(found.files), found.faults)
        }
    };
    let loaded = Bank::load(&files);
    faults.extend(loaded.faults);
    faults.extend(proofread(loaded.bank.questions(), &files));
    faults.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
    for fault in &faults {
        print(&format!("{fault}\n"))?;
    }
    let questions = loaded.bank.questions().len();
    match faults.len() {
        0 if questions == 0 => Err(Failure::new("there is no question there")
            .help("give a folder with question files: docs/questions.md shows one")),
        0 => print(&format!("{questions} questions, no fault\n")),
        1 => Err(Failure::new("1 fault in the questions").help("docs/questions.md says how a question is written")),
        faults => Err(Failure::new(format!("{faults} faults in the questions"))
            .help("docs/questions.md says how a question is written")),
    }
}

/// A user's folder need not define topics of its own; it may use those of the built-in bank.
fn with_topics(mut files: Vec<SourceFile>) -> Vec<SourceFile> {
    let is_topics = |file: &SourceFile| file.path.rsplit('/').next() == Some("topics.toml");
    if !files.iter().any(is_topics) {
        files.extend(question_files::built_in().into_iter().filter(is_topics));
    }
    files
}

/// Reads each question as its candidates will be read: model answers must score full marks with the offline coach.
fn proofread(questions: &[Question], files: &[SourceFile]) -> Vec<Fault> {
    let coach = OfflineCoach::new(questions);
    let mut faults = Vec::new();
    for question in questions {
        let stem = format!("{}.toml", question.id);
        let Some(file) = files.iter().find(|file| file.path.rsplit('/').next() == Some(stem.as_str())) else {
            continue;
        };
        faults.extend(
            coach::proofread(&coach, question)
                .into_iter()
                .map(|remark| Fault::new(file, line_of(&remark.about, &file.text), remark.message)),
        );
    }
    faults
}

/// The line, counted from 1, in which a text of the question begins in its file; the first one when it is not found as it is. Files break
/// long texts into lines, so only the first words are looked for.
fn line_of(text: &str, file: &str) -> usize {
    let beginning = text.split_whitespace().take(FIRST_WORDS).collect::<Vec<_>>().join(" ");
    file.find(&beginning).map_or(1, |offset| 1 + file[..offset].matches('\n').count())
}

fn has_words(question: &Question, words: &[String]) -> bool {
    let text = format!("{} {} {}", question.title, question.prompt, question.topic).to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

fn listed(question: &Question) -> ListedQuestion<'_> {
    ListedQuestion {
        id: question.id.as_str(),
        title: &question.title,
        topic: question.topic.as_str(),
        level: question.level.as_str(),
        kind: question.kind.as_str(),
        prompt: &question.prompt,
        time_limit_seconds: question.time_limit.seconds(),
    }
}

fn unreadable(folder: Option<&Path>, error: &std::io::Error) -> Failure {
    let path = folder.unwrap_or(Path::new("")).display();
    Failure::new(format!("cannot read the folder {path}: {error}")).help("check that it exists and may be read")
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
    fn a_folder_without_topics_uses_the_built_in_ones() {
        let question = SourceFile { path: "mine/a.toml".to_owned(), text: String::new() };
        let files = with_topics(vec![question.clone()]);
        assert!(files.len() > 1 && files[0] == question);
        let own_topics = SourceFile { path: "mine/topics.toml".to_owned(), text: String::new() };
        assert_eq!(with_topics(vec![question, own_topics]).len(), 2);
    }
}
