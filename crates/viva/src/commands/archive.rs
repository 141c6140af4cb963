//! `viva archive` and `viva delete`: everything at once.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use api::archive::Contents;
use api::client::Client;
use interview::wording::counted;
use tempfile::NamedTempFile;

use super::output::agrees;
use super::review::find;
use crate::arguments::{ArchiveCommand, Delete};
use crate::failure::Failure;
use crate::interviewer::Interviewer;
use crate::settings::Settings;
use crate::signals::end_requested;
use crate::terminal::{Screen, Streams, megabytes, progress_line};

/// How often the progress of an import is shown.
const REDRAW: Duration = Duration::from_millis(200);

pub async fn run(command: &ArchiveCommand, settings: &Settings) -> Result<(), Failure> {
    let interviewer = Interviewer::reach_to_read(settings).await?;
    let client = interviewer.client();
    let work = async {
        match command {
            ArchiveCommand::Export { file, force } => export(file, *force, settings, client).await,
            ArchiveCommand::Import { file } => import(file, settings, client).await,
        }
    };
    let result = tokio::select! {
        result = work => result,
        () = end_requested() => Err(Failure::new("interrupted").help("run the same command again")),
    };
    interviewer.stop().await?;
    result
}

pub async fn delete(delete: &Delete, settings: &Settings) -> Result<(), Failure> {
    let interviewer = Interviewer::reach_to_read(settings).await?;
    let result = match &delete.session {
        Some(name) if !delete.all => delete_one(name, delete, settings, interviewer.client()).await,
        _ => delete_all(delete, settings, &interviewer).await,
    };
    interviewer.stop().await?;
    result
}

async fn export(path: &Path, force: bool, settings: &Settings, client: &Client) -> Result<(), Failure> {
    if path.exists() && !force {
        return Err(Failure::new(format!("{} exists already", path.display()))
            .help("choose another file, or replace it with --force"));
    }
    let contents = client.archive_contents().await?;
    let mut screen = Screen::new(Streams::detect(settings.plain, false));
    // Beside its place, for its owner only, and removed unless it gets there.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut draft = NamedTempFile::new_in(folder).map_err(|error| unwritable(path, &error))?;
    let mut archive = client.export_archive().await?;
    let mut received = 0;
    while let Some(piece) = archive.next().await? {
        draft.write_all(piece.as_ref()).map_err(|error| unwritable(path, &error))?;
        received += piece.as_ref().len() as u64;
        screen.draw(&[progress_line("exporting", received, Some(contents.recording_bytes), screen.look())]);
    }
    screen.erase();
    draft.as_file().sync_all().map_err(|error| unwritable(path, &error))?;
    draft.persist(path).map_err(|error| unwritable(path, &error.error))?;
    eprintln!("wrote {} to {} ({})", in_words(&contents), path.display(), megabytes(received));
    Ok(())
}

async fn import(path: &Path, settings: &Settings, client: &Client) -> Result<(), Failure> {
    let unreadable = |error| Failure::new(format!("cannot read {}: {error}", path.display()));
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let size = file.metadata().await.map_err(unreadable)?.len();
    let mut screen = Screen::new(Streams::detect(settings.plain, false));
    let sent = Arc::new(AtomicU64::new(0));
    let importing = client.import_archive(file, Arc::clone(&sent));
    let mut importing = std::pin::pin!(importing);
    let mut redraw = tokio::time::interval(REDRAW);
    let imported = loop {
        tokio::select! {
            imported = &mut importing => break imported,
            _ = redraw.tick() => {
                let line = progress_line("importing", sent.load(Ordering::Relaxed), Some(size), screen.look());
                screen.draw(&[line]);
            }
        }
    };
    screen.erase();
    let imported = imported?;
    let (sessions, recordings) = (counted(imported.sessions, "session"), counted(imported.recordings, "recording"));
    let skipped = match imported.skipped {
        0 => String::new(),
        skipped => format!("; skipped {} that you have already", counted(skipped, "session")),
    };
    eprintln!("imported {sessions} with {recordings}{skipped}");
    Ok(())
}

async fn delete_one(name: &str, delete: &Delete, settings: &Settings, client: &Client) -> Result<(), Failure> {
    let head = client.session(find(name, client).await?).await?.head;
    let date = head.created_at.strftime("%Y-%m-%d");
    let what = format!("the session of {date} ({}) with its recordings", head.id);
    confirm(&what, "", delete, settings).await?;
    client.delete_session(head.id).await?;
    eprintln!("deleted {what}");
    Ok(())
}

async fn delete_all(delete: &Delete, settings: &Settings, interviewer: &Interviewer) -> Result<(), Failure> {
    let client = interviewer.client();
    let contents = client.archive_contents().await?;
    let place = match interviewer.remote() {
        Some(server) => server.to_string(),
        None => settings.data.path().display().to_string(),
    };
    let what = format!("{} in {place}", in_words(&contents));
    confirm(&what, ", and answers that were not sent yet. Settings and models stay", delete, settings).await?;
    client.delete_all().await?;
    let outbox = settings.data.outbox();
    match std::fs::remove_dir_all(&outbox) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Failure::new(format!("cannot delete {}: {error}", outbox.display())));
        }
        _ => {}
    }
    eprintln!("deleted {what}, and answers that were not sent yet; settings and models stay");
    Ok(())
}

/// Asks whether to delete this; an error unless the user says yes.
async fn confirm(what: &str, rest: &str, delete: &Delete, settings: &Settings) -> Result<(), Failure> {
    let deletes = format!("This deletes {what}{rest}. It cannot be undone.");
    if delete.yes || agrees(&deletes, "delete", "keep", settings).await? {
        return Ok(());
    }
    Err(Failure::new(format!("nothing was deleted of {what}")).help("--yes deletes without asking"))
}

fn in_words(contents: &Contents) -> String {
    format!("{} and {}", counted(contents.sessions, "session"), counted(contents.recordings, "recording"))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write {}: {error}", path.display())).help("choose another file")
}
