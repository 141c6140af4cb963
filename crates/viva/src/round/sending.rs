//! Sends answers from the outbox to the server.

use std::collections::BTreeSet;
use std::time::Duration;

use api::client::{Client, ClientError};
use api::turn::Turn;
use api::view::{clock, shortened};
use capture::recognise::Recogniser;

use super::recordings::transcribe_file;
use super::reviewing::words_of;
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
    terminal.screen.draw(&[Line::toned("sending", Tone::Quiet)]);
    let mut sent = kept.send(client).await;
    for pause in PAUSES {
        if !sent.as_ref().is_err_and(ClientError::is_passing) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(pause)).await;
        sent = kept.send(client).await;
    }
    terminal.screen.erase();
    let help = "your answer is kept; the next `viva practice` sends it first";
    let turn = sent.map_err(|error| Failure::from(error).help(help))?;
    kept.remove()?;
    Ok(turn)
}

/// What can be done with an answer that was cut off.
const UNFINISHED: [Offer<'static>; 3] = [("Enter", "send"), ("x", "discard"), ("l", "later")];
/// With its recording.
const HEAR: Offer<'static> = ("h", "hear");

/// Sends what earlier rounds left in the outbox for this server, and finishes those rounds; the candidate is asked about answers that were
/// cut off. Recordings are transcribed first if there is a recogniser. What cannot be sent stays in the outbox. Returns whether the candidate
/// quit the program.
pub async fn send_what_was_left(
    outbox: &Outbox,
    interviewer: &Interviewer,
    recogniser: Option<&Recogniser>,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<bool, Failure> {
    let (mut finished, mut open) = (BTreeSet::new(), BTreeSet::new());
    for mut kept in outbox.left_behind()? {
        let session = kept.destination().session;
        if kept.destination().server.as_ref() != interviewer.remote() {
            continue;
        }
        if kept.is_empty() {
            kept.remove()?;
            continue;
        }
        let turn = interviewer.client().turn(kept.destination().turn).await.ok();
        match ask_about_unfinished(&kept, turn.as_ref(), terminal).await? {
            Choice::Letter('x') => {
                kept.remove()?;
                continue;
            }
            Choice::Letter('l') => {
                open.insert(session);
                continue;
            }
            Choice::Interrupt => return Ok(true),
            Choice::Letter(_) | Choice::Nothing => {}
        }
        transcribe_recording(&mut kept, turn.as_ref(), recogniser, terminal).await?;
        match kept.send(interviewer.client()).await {
            Ok(_) => {
                kept.remove()?;
                terminal.say("Sent an answer left over from an earlier round. To review it:");
                terminal.say_to_copy(settings.data.command(&format!("review {session}")));
                finished.insert(session);
            }
            Err(error) if error.is_refusal() || error.is_conflict() || error.is_not_found() => {
                let why = if error.is_conflict() {
                    "its question takes no more answers".to_owned()
                } else if error.is_not_found() {
                    "its session was deleted".to_owned()
                } else {
                    format!("the server refuses it ({error})")
                };
                terminal.warn(format!("An answer from an earlier round was not sent, because {why}. It is kept in"));
                terminal.say_to_copy(kept.set_aside()?.display().to_string());
            }
            Err(error) => {
                open.insert(session);
                terminal.warn(format!("Cannot send an answer from an earlier round yet: {error}"));
            }
        }
    }
    for session in finished.difference(&open) {
        // Nobody goes on with that round. One that cannot be finished shows its feedback on its page.
        interviewer.client().finish_session(*session).await.ok();
    }
    Ok(false)
}

/// Asks which of [`UNFINISHED`] to do with an answer that was cut off. Where nobody can be asked, it stays for later; a complete one is sent
/// without asking.
async fn ask_about_unfinished(
    kept: &PendingAnswer,
    turn: Option<&Turn>,
    terminal: &mut Terminal,
) -> Result<Choice, Failure> {
    if !kept.is_cut_off() {
        return Ok(Choice::Nothing);
    }
    if !terminal.is_attended() {
        terminal.say("An unfinished answer is kept and not judged. A round at a terminal asks what to do with it.");
        return Ok(Choice::Letter('l'));
    }
    let recording = kept.recording();
    let mut length = String::new();
    if let Some(cut_off) = recording.clone() {
        // If the file cannot be repaired, the server may still be able to read it.
        let repaired = tokio::task::spawn_blocking(move || capture::audio::repair(&cut_off)).await?;
        length = repaired.map(|length| format!(" of {}", clock(length.get()))).unwrap_or_default();
    }
    let question = turn.map(|turn| format!(" to “{}”", turn.prompt)).unwrap_or_default();
    let words = kept.answer().map(words_of).filter(|words| !words.is_empty());
    let words = words.map(|words| format!(" It begins: “{}”.", shortened(&words))).unwrap_or_default();
    terminal.say(format!("You have an unfinished answer{length}{question}.{words}"));
    let offers: Vec<Offer<'_>> = UNFINISHED.into_iter().chain(recording.as_ref().map(|_| HEAR)).collect();
    loop {
        let choice = terminal.choose(&offers).await;
        let (Choice::Letter('h'), Some(recording)) = (choice, &recording) else { return Ok(choice) };
        if let Err(error) = desktop::open(recording).await {
            terminal.warn(format!("cannot start a player ({error}); the recording is"));
            terminal.say_to_copy(recording.display().to_string());
        }
    }
}

/// Transcribes a recording that a crash cut off here, because the server may have no model.
/// [`ask_about_unfinished`] has repaired it.
async fn transcribe_recording(
    kept: &mut PendingAnswer,
    turn: Option<&Turn>,
    recogniser: Option<&Recogniser>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let (None, Some(recording), Some(recogniser)) = (kept.answer(), kept.recording(), recogniser) else {
        return Ok(());
    };
    let glossary = turn.map_or(&[][..], |turn| &turn.question.glossary);
    if let Ok(Some(recognition)) = transcribe_file(&recording, recogniser, glossary, terminal).await {
        kept.keep(answer_of(&recognition, api::turn::Source::Microphone))?;
    }
    Ok(())
}
