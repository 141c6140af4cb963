//! Downloading a speech model, on request or after asking.

use std::path::PathBuf;
use std::time::Duration;

use capture::models::{self, Model, Progress};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::terminal::{Choice, Screen, Terminal, megabytes, progress_line};

/// A download that receives nothing for this long fails.
const STALL: Duration = Duration::from_secs(30);

/// The answer to the offer to download a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It was downloaded.
    Here,
    /// The user prefers to type.
    Declined,
    /// The user quit.
    Interrupted,
}

/// Offers to download a missing model.
pub async fn offer(model: &Model, settings: &Settings, terminal: &mut Terminal) -> Result<Offered, Failure> {
    let host = settings.speech.source.host_str().unwrap_or_default();
    terminal.say(format!(
        "Viva needs a speech model to hear you. It can download {} ({}) from {host} once; after that no network is needed.",
        model.name,
        megabytes(model.bytes),
    ));
    let mut enter = "download it";
    loop {
        match terminal.choose(&[("Enter", enter), ("t", "type the answers instead"), ("q", "quit")]).await {
            Choice::Letter('\n') => {}
            Choice::Letter('t') => return Ok(Offered::Declined),
            _ => return Ok(Offered::Interrupted),
        }
        let download = pull(model, settings, &mut terminal.screen);
        let pulled = tokio::select! {
            pulled = download => pulled,
            () = terminal.keyboard.interrupted() => return Ok(Offered::Interrupted),
        };
        match pulled {
            Ok(_) => return Ok(Offered::Here),
            Err(failure) => terminal.warn(format!("{}.", failure.message())),
        }
        enter = "try again";
    }
}

/// Downloads a model with a progress bar. A failed download is resumed by the next one.
pub async fn pull(model: &Model, settings: &Settings, screen: &mut Screen) -> Result<PathBuf, Failure> {
    let mut shown = None;
    let show = |progress: Progress| {
        // Redraw every half mebibyte.
        let step = progress.received >> 19;
        if shown != Some(step) {
            shown = Some(step);
            let line = progress_line(model.name, progress.received, progress.total, screen.look());
            screen.draw(&[line]);
        }
    };
    let pulled = models::pull(model, &settings.data.models(), &settings.speech.source, STALL, show).await;
    screen.erase();
    Ok(pulled?)
}
