//! Listening to somebody while the screen shows it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use capture::listen::{Event, Listener, ListenerSettings};
use capture::recording::{Recorded, Recorder};
use capture::transcribe::Prompt;
use interview::Seconds;
use tokio::sync::mpsc;

use super::{Asked, Microphone};
use crate::failure::Failure;
#[cfg(feature = "microphone")]
use crate::microphones;
use crate::terminal::{Countdown, Input, Line, Listening, Terminal, Tone, keys};

/// How often the screen is drawn.
const TICK: Duration = Duration::from_millis(100);
/// Events that wait to be shown at most.
const WAITING_EVENTS: usize = 256;
/// How long the last words may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// The same when the program is to end.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(20);
/// Hands-free, a pause this long begins the countdown.
const PAUSE: f64 = 3.0;
/// The seconds that are counted down.
const COUNTDOWN: f64 = 5.0;
/// The keys while somebody speaks.
const KEYS: [(&str, &str); 5] =
    [("Enter", "done"), ("h", "a hint"), ("r", "again"), ("s", "I don't know"), ("q", "finish the round")];

/// What came of listening.
pub enum Listened {
    /// A recording, and what ended it.
    Recorded(Recorded, Stopped),
    /// "I don't know."
    Skip,
    /// Once more from the beginning.
    Again,
}

/// What ended a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The answer is complete, or the recording ended by itself.
    Done,
    /// The candidate wants to finish the round.
    Finish,
    /// The candidate ended the program.
    Interrupted,
}

/// What was pressed while somebody spoke, or what happened.
enum Signal {
    Stop(Stopped),
    Skip,
    Again,
}

/// Records an answer to `file` until the candidate says that it is done. Silence does not end it, unless that was asked for.
///
/// # Errors
/// When the microphone cannot be opened, or the file cannot be written.
pub async fn listen(
    microphone: &Microphone,
    asked: &Asked<'_>,
    file: PathBuf,
    terminal: &mut Terminal,
) -> Result<Listened, Failure> {
    let turn = asked.turn;
    let prompt = Prompt::of_terms(turn.question.glossary.iter().map(String::as_str));
    let (events, watched) = mpsc::channel(WAITING_EVENTS);
    let settings = ListenerSettings { prompt, ..ListenerSettings::default() };
    let listener = Listener::new(&microphone.recogniser, settings, Some(events));
    terminal.screen.draw(&[Line::toned("opening the microphone", Tone::Quiet)]);
    let recorder = start(microphone.device.clone(), listener, file).await;
    terminal.screen.settle();
    let recorder = recorder?;
    let limit = Seconds::new(f64::from(turn.question.time_limit_seconds)).unwrap_or_default();
    let mut watch = Watch { listening: Listening::begun(limit), hands_free: microphone.hands_free, watched };
    match watch.until_signal(asked, terminal).await {
        Signal::Skip => Ok(Listened::Skip),
        Signal::Again => Ok(Listened::Again),
        Signal::Stop(stopped) => {
            terminal.screen.draw(&[Line::toned("writing down the last words", Tone::Quiet)]);
            let patience = if stopped == Stopped::Interrupted { PATIENCE_AT_THE_END } else { PATIENCE };
            let recorded = tokio::task::spawn_blocking(move || recorder.stop(patience)).await?;
            terminal.screen.settle();
            Ok(Listened::Recorded(recorded?, stopped))
        }
    }
}

#[cfg(feature = "microphone")]
async fn start(device: Option<String>, listener: Listener, file: PathBuf) -> Result<Recorder, Failure> {
    let open = move || microphones::open(device.as_deref());
    let started = tokio::task::spawn_blocking(move || {
        Recorder::start(open, listener, capture::recording::RecorderSettings::to(file))
    })
    .await?;
    Ok(started?)
}

#[cfg(not(feature = "microphone"))]
async fn start(_: Option<String>, _: Listener, _: PathBuf) -> Result<Recorder, Failure> {
    Err(capture::Error::NoMicrophone.into())
}

/// What is watched while somebody speaks.
struct Watch {
    listening: Listening,
    hands_free: bool,
    watched: mpsc::Receiver<Event>,
}

impl Watch {
    async fn until_signal(&mut self, asked: &Asked<'_>, terminal: &mut Terminal) -> Signal {
        terminal.keyboard.forget();
        let hint = keys(&KEYS);
        if !terminal.screen.can_draw() {
            let hint = if terminal.is_attended() { hint.clone() } else { Line::blank() };
            terminal.screen.say(&[Line::toned("listening  ", Tone::Strong).joined(hint)]);
        }
        let mut drawn = Instant::now();
        let mut was_counting = false;
        loop {
            tokio::select! {
                input = terminal.keyboard.next() => {
                    if input == Input::Resized {
                        terminal.screen.resized();
                    } else if input.letter() == Some('h') {
                        terminal.screen.settle();
                        if let Err(failure) = asked.show_hint(terminal).await {
                            terminal.warn(failure.message());
                        }
                    } else if let Some(signal) = self.signal_of(&input) {
                        return signal;
                    }
                }
                event = self.watched.recv() => match event {
                    Some(event) => self.take(event),
                    // The recording has ended by itself: the microphone is gone, or it is as long as it may be.
                    None => return Signal::Stop(Stopped::Done),
                },
                () = tokio::time::sleep_until((drawn + TICK).into()) => {}
            }
            let is_counting = self.listening.countdown.is_some();
            if is_counting && !was_counting && !terminal.screen.can_draw() {
                terminal.say(format!("done in {COUNTDOWN} seconds unless you speak on"));
            }
            was_counting = is_counting;
            if self.listening.countdown.is_some_and(|countdown| countdown.left.is_zero()) {
                return Signal::Stop(Stopped::Done);
            }
            if drawn.elapsed() >= TICK {
                let look = terminal.screen.look();
                terminal.screen.draw(&self.listening.lines(&hint, look));
                drawn = Instant::now();
            }
        }
    }

    fn signal_of(&self, input: &Input) -> Option<Signal> {
        if *input == Input::Interrupt || (*input == Input::Closed && !self.hands_free) {
            return Some(Signal::Stop(Stopped::Interrupted));
        }
        match input.letter()? {
            '\n' | ' ' => Some(Signal::Stop(Stopped::Done)),
            'q' => Some(Signal::Stop(Stopped::Finish)),
            's' => Some(Signal::Skip),
            'r' => Some(Signal::Again),
            _ => None,
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Level { level, silence } => {
                self.listening.elapsed = level.at;
                self.listening.peak = level.peak;
                self.listening.loudest = self.listening.loudest.max(level.peak);
                self.listening.countdown = countdown(level.at, silence).filter(|_| self.hands_free);
            }
            Event::Segment(segment) => self.listening.heard.push(segment),
            Event::Overrun { lost } => {
                self.listening.notice = Some(format!("{lost} samples were lost: this machine does not keep up"));
            }
            Event::MicrophoneLost { reason } => {
                self.listening.notice = Some(format!("the microphone is gone: {reason}"))
            }
        }
    }
}

/// The way to the end of an answer, once there was speech and then a pause. Speaking makes the silence zero, and so ends the countdown.
fn countdown(elapsed: Seconds, silence: Seconds) -> Option<Countdown> {
    let was_spoken = silence.get() + 0.1 < elapsed.get();
    let left = PAUSE + COUNTDOWN - silence.get();
    (was_spoken && silence.get() >= PAUSE).then(|| Countdown { left: Duration::from_secs_f64(left.max(0.0)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(elapsed: f64, silence: f64) -> Option<f64> {
        let seconds = |seconds| Seconds::new(seconds).unwrap();
        countdown(seconds(elapsed), seconds(silence)).map(|countdown| countdown.left.as_secs_f64())
    }

    #[test]
    fn thinking_before_the_first_word_is_never_counted() {
        assert_eq!(counted(60.0, 60.0), None);
    }

    #[test]
    fn a_pause_is_counted_down_and_speech_cancels_it() {
        assert_eq!(counted(20.0, 2.9), None);
        assert_eq!(counted(20.0, 3.0), Some(5.0));
        assert_eq!(counted(20.0, 7.0), Some(1.0));
        assert_eq!(counted(20.0, 12.0), Some(0.0));
        assert_eq!(counted(20.0, 0.0), None);
    }
}
