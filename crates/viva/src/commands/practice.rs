//! `viva practice`.

mod preparation;

use std::time::Duration;

use api::client::Client;
use api::session::NewSession;
use api::view::standing;
use capture::recognise::Recogniser;
use jiff::Timestamp;

use super::output::print_json;
use super::{devices, judge, review};
use crate::arguments::Practice;
use crate::download::{self, Offered};
use crate::failure::Failure;
use crate::hearing::{self, ModelAtHand};
use crate::interviewer::Interviewer;
use crate::microphones;
use crate::outbox::Outbox;
use crate::round::{Candidate, Means, Microphone, PipedLines, Recordings, Round, send_what_was_left};
use crate::settings::{Preparation, Settings, set_mark};
use crate::speaker::Speaker;
use crate::terminal::{Line, Streams, Terminal, Tone};

/// The file beside the settings that says that the microphone was tried.
const CHECKED: &str = "microphone-checked";

pub async fn run(practice: &Practice, settings: &Settings) -> Result<(), Failure> {
    let streams = Streams::detect(settings.plain, practice.json);
    let mut terminal = Terminal::open(streams)?;
    let Some(settings) = preparation::ask(practice, settings, &mut terminal).await? else { return Ok(()) };
    let Some(settings) = &judge::offer(&settings, practice.setup, &mut terminal).await? else { return Ok(()) };
    let Some((mut candidate, recogniser)) = candidate(practice, settings, streams, &mut terminal).await? else {
        return Ok(());
    };
    if let Candidate::Microphone(microphone) = &mut candidate
        && check_once(microphone, practice, settings, &mut terminal).await?
    {
        return Ok(());
    }

    let model = ModelAtHand::of(settings).ok().and_then(|model| model.here(settings).ok());
    let interviewer = Interviewer::reach(settings, model).await?;
    if let Some(address) = interviewer.running() {
        terminal.say(format!("Viva is running at {address} already: the round is kept and judged there."));
    }
    let prepared = preparation::defaults(practice, settings.practice.as_ref());
    let words = preparation::in_words(&prepared);
    if !words.is_empty() {
        terminal.say(format!("You prepare for {words}. To change it:"));
        terminal.say_to_copy(settings.data.command("practice --setup"));
    }
    let minutes = practice.minutes.or(practice.real).or(prepared.minutes.filter(|_| practice.questions.is_none()));
    let mut preparation = settings.practice.clone().unwrap_or_default();
    preparation.interview = practice.interview.or(preparation.interview);
    let query = preparation.progress_query();
    let interview_at = query.interview_at;
    if interview_at.is_some()
        && let Some(left) = interviewer.client().progress(&query).await?.remaining
    {
        terminal.say(standing::remaining(&left));
    }
    let wishes = wishes(practice, prepared, interview_at, interviewer.client()).await?;
    let outbox = Outbox::in_folder(settings.data.outbox());
    if send_what_was_left(&outbox, &interviewer, recogniser.as_ref(), settings, &mut terminal).await? {
        drop(terminal);
        interviewer.stop().await?;
        return Ok(());
    }
    let round = Round {
        interviewer: &interviewer,
        settings,
        terminal: &mut terminal,
        outbox,
        candidate,
        speaker: Speaker::find(settings.voice.as_deref()).filter(|_| streams.is_attended() && !settings.mute),
        length: minutes.map(|minutes| Duration::from_secs(60 * u64::from(minutes))),
        hands_free: practice.hands_free,
        is_real: practice.real.is_some(),
        interview_at,
    };
    let session = round.run(&wishes).await;
    drop(terminal);
    interviewer.stop().await?;
    let session = session?;
    if practice.json { print_json(&session) } else { Ok(()) }
}

/// Has a candidate who never spoke here try the microphone, or one who asks for it. Returns whether they quit.
async fn check_once(
    microphone: &mut Microphone,
    practice: &Practice,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<bool, Failure> {
    let checked = settings.mark(CHECKED);
    let is_first = checked.as_ref().is_some_and(|checked| !checked.exists());
    if !terminal.is_attended() || practice.hands_free || !(is_first || practice.setup) {
        return Ok(false);
    }
    let has_quit = devices::check(microphone, settings, terminal).await?;
    if let (false, Some(checked)) = (has_quit, checked) {
        set_mark(&checked);
    }
    Ok(has_quit)
}

/// The candidate, and the recogniser if they speak; `None` when the user quit.
async fn candidate(
    practice: &Practice,
    settings: &Settings,
    streams: Streams,
    terminal: &mut Terminal,
) -> Result<Option<(Candidate, Option<Recogniser>)>, Failure> {
    let device = settings.device.as_deref();
    match Means::of(practice, streams, || microphones::find(device).is_ok()) {
        Means::Typing => Ok(Some((Candidate::Typing, None))),
        Means::TypingWithoutMicrophone => {
            let which = device.map(|name| format!(" `{name}`")).unwrap_or_default();
            terminal.say(format!("No microphone{which} found, so you type your answers."));
            Ok(Some((Candidate::Typing, None)))
        }
        Means::Piped => {
            let lines = tokio::select! {
                lines = PipedLines::start() => lines?,
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
            if streams.is_attended()
                && let ModelAtHand::Missing(model) = ModelAtHand::of(settings)?
            {
                match download::offer(model, settings, terminal).await? {
                    Offered::Here => {}
                    Offered::Declined => return Ok(Some((Candidate::Typing, None))),
                    Offered::Interrupted => return Ok(None),
                }
            }
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

pub(super) async fn load(settings: &Settings, terminal: &mut Terminal) -> Result<Recogniser, Failure> {
    let path = ModelAtHand::of(settings)?.here(settings)?;
    terminal.screen.draw(&[Line::toned("loading the speech model", Tone::Quiet)]);
    let recogniser = hearing::recogniser(&settings.speech, &path).await;
    terminal.screen.erase();
    recogniser
}

async fn wishes(
    practice: &Practice,
    prepared: Preparation,
    interview_at: Option<Timestamp>,
    client: &Client,
) -> Result<NewSession, Failure> {
    let question_ids = match &practice.again {
        Some(name) => asked_again(name, client).await?,
        None => practice.question.iter().map(ToString::to_string).collect(),
    };
    Ok(NewSession {
        subjects: [practice.subject.clone(), prepared.subjects].concat(),
        topics: practice.topic.iter().map(ToString::to_string).collect(),
        levels: practice.level.iter().chain(&prepared.levels).map(ToString::to_string).collect(),
        kinds: practice.kind.iter().map(ToString::to_string).collect(),
        tags: practice.tag.iter().map(ToString::to_string).collect(),
        question_ids,
        focus: None,
        questions: practice.questions,
        real_minutes: practice.real,
        interview_at,
        follow_ups: practice.follow_ups,
        repeat: Some(practice.repeat),
        seed: practice.seed,
    })
}

/// The question of this name, or the questions of the session.
async fn asked_again(name: &str, client: &Client) -> Result<Vec<String>, Failure> {
    match client.question(name).await {
        Ok(question) => return Ok(vec![question.id]),
        Err(error) if error.is_not_found() => {}
        Err(error) => return Err(error.into()),
    }
    let id = review::find(name, client)
        .await
        .map_err(|failure| failure.help("name a session of `viva review` or a question of `viva questions list`"))?;
    let session = client.session(id).await?;
    Ok(session.turns.into_iter().filter(|turn| turn.depth == 0).map(|turn| turn.question.id).collect())
}
