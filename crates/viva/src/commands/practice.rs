//! `viva practice`.

use std::time::Duration;

use api::session::NewSession;
use capture::listen::Recogniser;

use super::documents::print_json;
use crate::arguments::Practice;
use crate::failure::Failure;
use crate::hearing::{self, ModelAtHand};
use crate::interviewer::Interviewer;
use crate::microphones;
use crate::offer::{self, Offered};
use crate::outbox::Outbox;
use crate::round::{
    Candidate, Means, Microphone, PipedLines, Recordings, Round, Typing, WhyTyped, Wish, send_what_was_left,
};
use crate::settings::Settings;
use crate::speaker::Speaker;
use crate::terminal::{Line, Surroundings, Terminal, Tone};

/// Runs a practice round.
///
/// # Errors
/// When nobody can answer, the model is missing, or the round breaks off.
pub async fn run(practice: &Practice, settings: &Settings) -> Result<(), Failure> {
    let surroundings = Surroundings::look(settings.plain, practice.json);
    let mut terminal = Terminal::open(surroundings)?;
    let Some(means) = means(practice, settings, surroundings, &mut terminal).await? else { return Ok(()) };
    let Some((candidate, recogniser)) = candidate(means, practice, settings, &mut terminal).await? else {
        return Ok(());
    };

    let model = ModelAtHand::of(settings).ok().and_then(|model| model.here(settings).ok());
    let interviewer = Interviewer::reach(settings, model).await?;
    let outbox = Outbox::in_folder(settings.data.outbox());
    send_what_was_left(&outbox, &interviewer, recogniser.as_ref(), settings, &mut terminal).await?;
    let round = Round {
        interviewer: &interviewer,
        settings,
        terminal: &mut terminal,
        outbox,
        candidate,
        speaker: Speaker::find().filter(|_| surroundings.is_attended() && !settings.mute),
        length: practice.minutes.map(|minutes| Duration::from_secs(60 * u64::from(minutes))),
        hands_free: practice.hands_free,
    };
    let session = round.run(&wishes(practice)).await;
    drop(terminal);
    interviewer.leave().await?;
    let session = session?;
    if practice.json { print_json(&session) } else { Ok(()) }
}

/// By what means answers are given; none when the person ended the program.
async fn means(
    practice: &Practice,
    settings: &Settings,
    surroundings: Surroundings,
    terminal: &mut Terminal,
) -> Result<Option<Means>, Failure> {
    let wish = Wish { typed: practice.typed, recordings: !practice.audio.is_empty(), hands_free: practice.hands_free };
    let device = settings.device.clone();
    let means = Means::of(wish, surroundings, || microphones::exists(device.as_deref()));
    match means {
        Means::Typing(WhyTyped::NoMicrophone) => {
            let which = settings.device.as_ref().map(|name| format!(" `{name}`")).unwrap_or_default();
            terminal.say(format!("There is no microphone{which} on this machine, so you type your answers."));
            Ok(Some(means))
        }
        Means::Microphone if surroundings.is_attended() => match ModelAtHand::of(settings)? {
            ModelAtHand::Here(_) => Ok(Some(means)),
            ModelAtHand::Missing(model) => match offer::offer(model, settings, terminal).await? {
                Offered::Here(_) => Ok(Some(means)),
                Offered::Declined => Ok(Some(Means::Typing(WhyTyped::Wished))),
                Offered::Interrupted => Ok(None),
            },
        },
        means => Ok(Some(means)),
    }
}

/// Who answers, and who hears them, if they speak.
async fn candidate(
    means: Means,
    practice: &Practice,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<Option<(Candidate, Option<Recogniser>)>, Failure> {
    match means {
        Means::Typing(_) => Ok(Some((Candidate::Typing(Typing), None))),
        Means::Piped => {
            let lines = tokio::select! {
                lines = PipedLines::begin() => lines?,
                () = terminal.keyboard.interrupted() => return Ok(None),
            };
            let lines = lines.ok_or_else(Means::none)?;
            Ok(Some((Candidate::Piped(lines), None)))
        }
        Means::Recordings => {
            let recogniser = load(settings, terminal).await?;
            let recordings = Recordings::of_files(&practice.audio, recogniser.clone()).await?;
            Ok(Some((Candidate::Recordings(recordings), Some(recogniser))))
        }
        Means::Microphone => {
            let recogniser = load(settings, terminal).await?;
            let microphone = Microphone {
                recogniser: recogniser.clone(),
                device: settings.device.clone(),
                hands_free: practice.hands_free,
            };
            Ok(Some((Candidate::Microphone(Box::new(microphone)), Some(recogniser))))
        }
    }
}

async fn load(settings: &Settings, terminal: &mut Terminal) -> Result<Recogniser, Failure> {
    let path = ModelAtHand::of(settings)?.here(settings)?;
    terminal.screen.draw(&[Line::toned("loading the speech model", Tone::Quiet)]);
    let recogniser = hearing::recogniser(&settings.speech, &path).await;
    terminal.screen.settle();
    recogniser
}

fn wishes(practice: &Practice) -> NewSession {
    NewSession {
        topics: practice.topic.iter().map(ToString::to_string).collect(),
        levels: practice.level.iter().map(ToString::to_string).collect(),
        kinds: practice.kind.iter().map(ToString::to_string).collect(),
        tags: practice.tag.iter().map(ToString::to_string).collect(),
        question_ids: practice.question.iter().map(ToString::to_string).collect(),
        questions: practice.questions,
        follow_ups: practice.follow_ups,
        seed: practice.seed,
    }
}
