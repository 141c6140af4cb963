//! Sends answers from the outbox to the server.

use std::time::Duration;

use api::client::{Client, ClientError};
use api::turn::Turn;
use capture::recognise::Recogniser;

use super::recordings::transcribe_file;
use crate::failure::Failure;
use crate::hearing::answer_of;
use crate::interviewer::Interviewer;
use crate::outbox::{Outbox, PendingAnswer};
use crate::settings::Settings;
use crate::terminal::{Line, Terminal, Tone};

/// Pauses between attempts, in milliseconds.
const PAUSES: [u64; 5] = [200, 500, 1000, 2000, 4000];

/// Sends an answer, with retries for a few seconds, and removes it from the outbox once the server has it.
pub async fn send(kept: PendingAnswer, client: &Client, terminal: &mut Terminal) -> Result<Turn, Failure> {
    let mut pauses = PAUSES.into_iter();
    loop {
        terminal.screen.draw(&[Line::toned("sending", Tone::Quiet)]);
        let error = match kept.send(client, Duration::ZERO).await {
            Ok(turn) => {
                terminal.screen.settle();
                kept.remove()?;
                return Ok(turn);
            }
            Err(error) => error,
        };
        match pauses.next().filter(|_| error.is_passing()) {
            Some(pause) => tokio::time::sleep(Duration::from_millis(pause)).await,
            None => {
                terminal.screen.settle();
                return Err(not_sent(error));
            }
        }
    }
}

/// Sends what an earlier round left in the outbox for this server. Recordings are transcribed first if there is a recogniser. What
/// cannot be sent stays in the outbox.
pub async fn send_what_was_left(
    outbox: &Outbox,
    interviewer: &Interviewer,
    recogniser: Option<&Recogniser>,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    for mut kept in outbox.left_behind()? {
        if kept.destination().server.as_ref() != interviewer.remote() {
            continue;
        }
        if kept.is_empty() {
            kept.remove()?;
            continue;
        }
        transcribe_recording(&mut kept, recogniser, terminal).await?;
        let review = settings.data.command(&format!("review {}", kept.destination().session));
        match kept.send(interviewer.client(), Duration::ZERO).await {
            Ok(_) => {
                kept.remove()?;
                terminal.say("Sent an answer left over from an earlier round. To review it:");
                terminal.screen.say(&[Line::toned(review, Tone::Accent)]);
            }
            Err(error) if error.is_conflict() => {
                let aside = kept.set_aside()?;
                terminal.say(format!(
                    "An answer from an earlier round was not sent, because its question takes no more answers; it is kept in {}",
                    aside.display()
                ));
            }
            Err(error) if error.is_not_found() => {
                let aside = kept.set_aside()?;
                terminal.say(format!(
                    "An answer from an earlier round was not sent, because its session was deleted; it is kept in {}",
                    aside.display()
                ));
            }
            Err(error) if error.is_refusal() => {
                let aside = kept.set_aside()?;
                terminal.warn(format!(
                    "The server refused an answer from an earlier round: {error}; it is kept in {}",
                    aside.display()
                ));
            }
            Err(error) => terminal.warn(format!("Cannot send an answer from an earlier round yet: {error}")),
        }
    }
    Ok(())
}

/// Transcribes a recording that a crash cut off here, because the server may have no model.
async fn transcribe_recording(
    kept: &mut PendingAnswer,
    recogniser: Option<&Recogniser>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let (None, Some(recording), Some(recogniser)) = (kept.answer(), kept.recording(), recogniser) else {
        return Ok(());
    };
    let cut_off = recording.clone();
    // If the file cannot be repaired, the server may still be able to read it.
    tokio::task::spawn_blocking(move || capture::audio::repair(&cut_off)).await?.ok();
    if let Ok(Some(recognition)) = transcribe_file(&recording, recogniser, &[], terminal).await {
        kept.keep(answer_of(&recognition, api::turn::Source::Microphone))?;
    }
    Ok(())
}

fn not_sent(error: ClientError) -> Failure {
    Failure::from(error).help("your answer is kept; the next `viva practice` sends it first")
}
