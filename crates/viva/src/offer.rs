//! Downloading a speech model, for whoever asked for it or agreed to it.

use std::path::PathBuf;
use std::time::Duration;

use capture::models::{self, Model, Progress, PullSettings};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::terminal::{Choice, Screen, Terminal, megabytes, progress_line};

/// A server that sends nothing for this long is given up.
const STALL: Duration = Duration::from_secs(30);

/// What came of the offer to download a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It is here now.
    Here(PathBuf),
    /// The person would rather type.
    Declined,
    /// The person ended the program.
    Interrupted,
}

/// Offers to download a model that is missing, and does so.
///
/// # Errors
/// When the download fails; what came of it is kept.
pub async fn offer(model: &Model, settings: &Settings, terminal: &mut Terminal) -> Result<Offered, Failure> {
    let host = settings.speech.source.host_str().unwrap_or_default();
    terminal.say(format!(
        "To hear you, viva needs a speech model that is not on this machine yet: {}, {}, from {host}. It stays here and works \
         without a network.",
        model.name,
        megabytes(model.bytes),
    ));
    match terminal.choose(&[("Enter", "download it"), ("t", "type the answers instead"), ("q", "quit")]).await {
        Choice::Letter('\n') => {}
        Choice::Letter('t') => return Ok(Offered::Declined),
        _ => return Ok(Offered::Interrupted),
    }
    let download = pull(model, settings, &mut terminal.screen);
    tokio::select! {
        path = download => path.map(Offered::Here),
        () = terminal.keyboard.interrupted() => Ok(Offered::Interrupted),
    }
}

/// Downloads a model with a bar that shows how far it has come.
///
/// # Errors
/// When the download fails; what came of it is kept, and the next one goes on from there.
pub async fn pull(model: &Model, settings: &Settings, screen: &mut Screen) -> Result<PathBuf, Failure> {
    let pull_settings = PullSettings { source: settings.speech.source.clone(), stall: STALL };
    let mut shown = None;
    let show = |progress: Progress| {
        // A drawing every half mebibyte is enough for the eye.
        let step = progress.received >> 19;
        if shown != Some(step) {
            shown = Some(step);
            let line = progress_line(model.name, progress.received, progress.total, screen.look());
            screen.draw(&[line]);
        }
    };
    let pulled = models::pull(model, &settings.data.models(), &pull_settings, show).await;
    screen.settle();
    Ok(pulled?)
}
