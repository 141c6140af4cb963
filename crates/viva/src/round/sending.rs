//! Bringing answers from the outbox to their server.

use std::time::Duration;

use api::client::{Client, ClientError};
use api::turn::{Turn, TurnState};
use capture::listen::Recogniser;

use super::heard_file::{FileHeard, hear_file};
use crate::failure::Failure;
use crate::hearing::answer_of;
use crate::interviewer::Interviewer;
use crate::outbox::{Kept, Outbox};
use crate::settings::Settings;
use crate::terminal::{Line, Terminal, Tone};

/// The pauses between attempts, in milliseconds.
const PAUSES: [u64; 5] = [200, 500, 1000, 2000, 4000];

/// Sends an answer, again and again for a few seconds while the server cannot take it, and takes it out of the outbox once the server
/// has it.
///
/// # Errors
/// When the server does not take it; it stays in the outbox then.
pub async fn send(kept: Kept, client: &Client, terminal: &mut Terminal) -> Result<Turn, Failure> {
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

/// Sends what an earlier round left in the outbox, as far as it belongs to this server. Recordings that never became words are heard
/// first, when there is somebody to hear them.
///
/// # Errors
/// When the outbox cannot be read. What cannot be sent stays where it is.
pub async fn send_what_was_left(
    outbox: &Outbox,
    interviewer: &Interviewer,
    recogniser: Option<&Recogniser>,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    for mut kept in outbox.left_behind()? {
        if kept.addressee().server.as_ref() != interviewer.elsewhere() {
            continue;
        }
        if kept.is_empty() {
            kept.remove()?;
            continue;
        }
        hear_what_was_left(&mut kept, recogniser, terminal).await?;
        let review = settings.data.command(&format!("review {}", kept.addressee().session));
        match kept.send(interviewer.client(), Duration::ZERO).await {
            Ok(_) => {
                kept.remove()?;
                terminal.say("An answer that an earlier round left behind was sent. Review it:");
                terminal.screen.say(&[Line::toned(review, Tone::Accent)]);
            }
            Err(error) if error.is_conflict() && is_answered(interviewer.client(), &kept).await => {
                let aside = kept.set_aside()?;
                terminal.say(format!(
                    "An answer was left behind for a turn that has another one; it is kept in {}",
                    aside.display()
                ));
            }
            Err(error) if error.is_not_found() => {
                let aside = kept.set_aside()?;
                terminal.say(format!(
                    "An answer was left behind for a session that is gone; it is kept in {}",
                    aside.display()
                ));
            }
            Err(error) if error.is_refusal() => {
                let aside = kept.set_aside()?;
                terminal.warn(format!(
                    "An answer that was left behind is not taken by the server: {error}; it is kept in {}",
                    aside.display()
                ));
            }
            Err(error) => terminal.warn(format!("An answer that was left behind cannot be sent yet: {error}")),
        }
    }
    Ok(())
}

/// A recording that a crash cut off is turned into words here, because the server may have no model.
async fn hear_what_was_left(
    kept: &mut Kept,
    recogniser: Option<&Recogniser>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let (None, Some(recording), Some(recogniser)) = (kept.answer(), kept.recording(), recogniser) else {
        return Ok(());
    };
    let mend = {
        let recording = recording.clone();
        move || capture::audio::mend(&recording)
    };
    let _a_server_can_still_try = tokio::task::spawn_blocking(mend).await?;
    if let Ok(FileHeard::Whole(heard)) = hear_file(&recording, recogniser, &[], terminal).await {
        kept.keep(answer_of(&heard, api::turn::Source::Microphone))?;
    }
    Ok(())
}

async fn is_answered(client: &Client, kept: &Kept) -> bool {
    let turn = client.turn(kept.addressee().turn).await;
    turn.is_ok_and(|turn| turn.state != TurnState::Asked)
}

fn not_sent(error: ClientError) -> Failure {
    Failure::from(error).help("your answer is kept: the next `viva practice` sends it first")
}
