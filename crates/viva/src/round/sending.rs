//! Sends answers from the outbox to the server.

use std::time::Duration;

use api::client::{Client, ClientError};
use api::turn::Turn;
use api::view::clock;
use capture::recognise::Recogniser;

use super::recordings::transcribe_file;
use crate::desktop;
use crate::failure::Failure;
use crate::hearing::answer_of;
use crate::interviewer::Interviewer;
use crate::outbox::{Outbox, PendingAnswer};
use crate::settings::Settings;
use crate::terminal::{Choice, Line, Offer, Terminal, Tone};

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

/// What can be done with a recording that was cut off.
const UNFINISHED: [Offer<'static>; 4] = [("Enter", "send"), ("h", "hear"), ("x", "discard"), ("l", "later")];

/// What is to become of a recording that was cut off.
enum Unfinished {
    Send,
    Discard,
    /// It stays in the outbox.
    Later,
    /// It stays there, and the candidate quit the program.
    Interrupted,
}

/// Sends what an earlier round left in the outbox for this server; the candidate is asked about recordings that were cut off. Recordings
/// are transcribed first if there is a recogniser. What cannot be sent stays in the outbox. Returns whether the candidate quit the program.
pub async fn send_what_was_left(
    outbox: &Outbox,
    interviewer: &Interviewer,
    recogniser: Option<&Recogniser>,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<bool, Failure> {
    for mut kept in outbox.left_behind()? {
        if kept.destination().server.as_ref() != interviewer.remote() {
            continue;
        }
        if kept.is_empty() {
            kept.remove()?;
            continue;
        }
        match ask_about_unfinished(&kept, interviewer.client(), terminal).await? {
            Unfinished::Send => {}
            Unfinished::Discard => {
                kept.remove()?;
                continue;
            }
            Unfinished::Later => continue,
            Unfinished::Interrupted => return Ok(true),
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
    Ok(false)
}

/// Asks what to do with a recording that was cut off. Where nobody can be asked it is sent, and so is an answer that was complete.
async fn ask_about_unfinished(
    kept: &PendingAnswer,
    client: &Client,
    terminal: &mut Terminal,
) -> Result<Unfinished, Failure> {
    let (None, Some(recording), true) = (kept.answer(), kept.recording(), terminal.is_attended()) else {
        return Ok(Unfinished::Send);
    };
    let cut_off = recording.clone();
    let repaired = tokio::task::spawn_blocking(move || capture::audio::repair(&cut_off)).await?;
    let length = repaired.map(|length| format!(" of {}", clock(length.get()))).unwrap_or_default();
    let asked = client.turn(kept.destination().turn).await;
    let question = asked.map(|turn| format!(" to “{}”", turn.prompt)).unwrap_or_default();
    terminal.say(format!("You have an unfinished answer{length}{question}."));
    loop {
        match terminal.choose(&UNFINISHED).await {
            Choice::Letter('h') => {
                if let Err(error) = desktop::open(&recording).await {
                    terminal.warn(format!("cannot start a player ({error}); the recording is {}", recording.display()));
                }
            }
            Choice::Letter('x') => return Ok(Unfinished::Discard),
            Choice::Letter('l') => return Ok(Unfinished::Later),
            Choice::Letter(_) | Choice::Nothing => return Ok(Unfinished::Send),
            Choice::Interrupt => return Ok(Unfinished::Interrupted),
        }
    }
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
