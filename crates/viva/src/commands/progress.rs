//! `viva progress`.

mod anki;

use std::path::Path;

use api::client::Client;
use api::progress::Progress;
use api::view::standing;
use interview::QuestionId;
use interview::wording::counted;

use super::output::{print, print_json};
use crate::arguments;
use crate::failure::Failure;
use crate::interviewer::Interviewer;
use crate::settings::Settings;
use crate::terminal::{Screen, Streams, progress_lines, question_progress_lines};

pub async fn run(progress: &arguments::Progress, settings: &Settings) -> Result<(), Failure> {
    let interviewer = Interviewer::reach_to_read(settings).await?;
    let result = run_with(progress, settings, interviewer.client()).await;
    interviewer.stop().await?;
    result
}

async fn run_with(arguments: &arguments::Progress, settings: &Settings, client: &Client) -> Result<(), Failure> {
    let progress = narrowed(
        client.progress(&settings.practice.clone().unwrap_or_default().progress_query()).await?,
        &arguments.subject,
    )?;
    if let Some(question) = &arguments.question {
        return show_question(&progress, question, arguments.json, settings);
    }
    if let Some(path) = &arguments.anki {
        return export(&progress, path, client).await;
    }
    if arguments.json {
        return print_json(&progress);
    }
    if progress.subjects.iter().all(|subject| subject.standing.attempted == 0) {
        if let Some(left) = &progress.remaining {
            print(&(standing::remaining(left) + "\n"))?;
        }
        eprintln!("nothing asked yet; start with `{}`", settings.data.command("practice"));
        return Ok(());
    }
    Screen::new(Streams::detect(settings.plain, false)).show(|look| progress_lines(&progress, look));
    Ok(())
}

fn show_question(progress: &Progress, id: &QuestionId, json: bool, settings: &Settings) -> Result<(), Failure> {
    let known = progress.questions.iter().find(|known| known.question == id.as_str()).ok_or_else(|| {
        let command = settings.data.command(&format!("practice --question {id}"));
        Failure::new(format!("the question `{id}` was not asked yet")).help(format!("to be asked it: {command}"))
    })?;
    if json {
        return print_json(known);
    }
    let mut screen = Screen::new(Streams::detect(settings.plain, false));
    screen.show(|look| question_progress_lines(known, progress.as_of, look));
    Ok(())
}

/// The progress in these subjects, or in all when none is named.
fn narrowed(mut progress: Progress, subjects: &[String]) -> Result<Progress, Failure> {
    if subjects.is_empty() {
        return Ok(progress);
    }
    let known: Vec<&str> = progress.subjects.iter().map(|subject| subject.subject.as_str()).collect();
    if let Some(unknown) = subjects.iter().find(|subject| !known.contains(&subject.as_str())) {
        return Err(Failure::new(format!("there is no subject `{unknown}`; the subjects are {}", known.join(", "))));
    }
    progress.subjects.retain(|subject| subjects.contains(&subject.subject));
    let subjects = &progress.subjects;
    let has_topic = |topic: &str| subjects.iter().flat_map(|subject| &subject.topics).any(|it| it.topic == topic);
    progress.questions.retain(|question| has_topic(&question.topic));
    progress.weak_points.retain(|weak| has_topic(&weak.topic));
    Ok(progress)
}

/// Writes a card for each weak point.
async fn export(progress: &Progress, path: &Path, client: &Client) -> Result<(), Failure> {
    let mut cards = anki::HEADER.to_owned();
    for weak in &progress.weak_points {
        // It was answered, so its answer is no secret.
        let question = client.question(&weak.question).await?;
        cards += &anki::card(weak, question.answer.as_ref().map(|answer| answer.model_answer.as_str()));
    }
    tokio::fs::write(path, cards).await.map_err(|error| {
        Failure::new(format!("cannot write {}: {error}", path.display())).help("choose another file with --anki")
    })?;
    eprintln!("wrote {} to {}", counted(progress.weak_points.len(), "card"), path.display());
    Ok(())
}
