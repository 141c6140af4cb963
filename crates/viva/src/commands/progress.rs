//! `viva progress`.

mod anki;

use std::path::Path;

use api::client::Client;
use api::progress::Progress;
use interview::wording::counted;

use super::output::print_json;
use crate::arguments;
use crate::failure::Failure;
use crate::interviewer::Interviewer;
use crate::settings::Settings;
use crate::terminal::{Screen, Streams, progress_lines};

/// Shows the progress, or writes cards of the points missed.
pub async fn run(progress: &arguments::Progress, settings: &Settings) -> Result<(), Failure> {
    let interviewer = Interviewer::reach_to_read(settings).await?;
    let result = run_with(progress, settings, interviewer.client()).await;
    interviewer.stop().await?;
    result
}

async fn run_with(arguments: &arguments::Progress, settings: &Settings, client: &Client) -> Result<(), Failure> {
    let progress = client.progress().await?;
    if let Some(path) = &arguments.anki {
        return export(&progress, path, client).await;
    }
    if arguments.json {
        return print_json(&progress);
    }
    if progress.subjects.iter().all(|subject| subject.standing.attempted == 0) {
        eprintln!("nothing asked yet; start with `{}`", settings.data.command("practice"));
        return Ok(());
    }
    let mut screen = Screen::new(Streams::detect(settings.plain, false));
    let look = screen.results_look();
    screen.show(&progress_lines(&progress, look));
    Ok(())
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
