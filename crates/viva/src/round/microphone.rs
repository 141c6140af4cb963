//! Answers spoken into a microphone.

mod check;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use api::turn::{NewAnswer, Source, Turn};
use capture::Error;
use capture::recognise::{Event, Recogniser, Recognition, RecognitionSettings, RecognitionStream};
use capture::recording::{Ending, Recorded, Recorder};
use capture::transcribe::Prompt;
use interview::Seconds;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::reviewing::{Review, Reviewed};
use super::typed::type_answer;
use super::{Asked, Response, Then};
use crate::failure::Failure;
use crate::hearing::{answer_of, transcript_of};
use crate::microphones;
use crate::outbox::PendingAnswer;
use crate::terminal::{Choice, Countdown, Input, Line, Listening, Terminal, Tone, heard_lines, keys};

/// How often the screen is redrawn.
const TICK: Duration = Duration::from_millis(100);
/// Events that wait to be shown at most.
const WAITING_EVENTS: usize = 256;
/// How long the last words may take when the program is about to end.
const LAST_WORDS_AT_THE_END: Duration = Duration::from_secs(20);
/// Hands-free, the length of the pause that starts the countdown, in seconds.
const PAUSE: f64 = 3.0;
/// The length of the countdown, in seconds.
const COUNTDOWN: f64 = 5.0;
/// The keys while somebody speaks.
const KEYS: [(&str, &str); 5] =
    [("Enter", "done"), ("h", "a hint"), ("r", "again"), ("s", "I don't know"), ("q", "finish the round")];
/// The keys when the microphone does not work.
const NO_SOUND: [(&str, &str); 4] =
    [("r", "try again"), ("t", "type this answer"), ("s", "I don't know"), ("q", "finish the round")];

/// Answers questions by microphone.
pub struct Microphone {
    pub recogniser: Recogniser,
    /// The name of the microphone, if it is not the default one.
    pub device: Option<String>,
    /// Whether an answer ends by itself after a pause.
    pub hands_free: bool,
}

/// The result of one recording.
enum Take {
    Settled(Response),
    /// To be recorded again.
    Again,
}

/// Why recording stopped.
enum Stop {
    /// The answer is complete, or the recording ended by itself.
    Done,
    /// The candidate wants to finish the round.
    Finish,
    /// The candidate quit the program.
    Interrupted,
    /// "I don't know."
    Skip,
    /// Record again.
    Again,
}

impl Microphone {
    /// Records the answer to a question. If the microphone does not work, the candidate may type.
    pub async fn answer(&self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
        loop {
            if let Take::Settled(response) = self.take(asked, terminal).await? {
                return Ok(response);
            }
        }
    }

    async fn take(&self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Take, Failure> {
        let kept = asked.outbox.begin(asked.destination.clone())?;
        let (recorder, events) = match self.start(asked.turn, kept.recording_path(), terminal).await {
            Ok(Some(started)) => started,
            Ok(None) => {
                kept.remove()?;
                return Ok(Take::Settled(Response::nothing(Then::Interrupted)));
            }
            Err(failure) => return self.without_sound(kept, &failure, asked, terminal).await,
        };
        let limit = Seconds::new(f64::from(asked.turn.question.time_limit_seconds)).unwrap_or_default();
        let mut watch = Watch { listening: Listening::begun(limit), hands_free: self.hands_free, events };
        let stop = watch.until_stop(asked, &recorder, terminal).await;
        if matches!(stop, Stop::Skip | Stop::Again) {
            tokio::task::spawn_blocking(|| recorder.cancel()).await?;
            kept.remove()?;
            return Ok(if matches!(stop, Stop::Skip) { Take::Settled(Response::skip()) } else { Take::Again });
        }
        terminal.screen.draw(&[last_words_line(watch.listening.backlog)]);
        let recorded = tokio::task::spawn_blocking(|| recorder.finish()).await?;
        let recorded = match recorded {
            Ok(recorded) => recorded,
            Err(error) => return self.without_sound(kept, &error.into(), asked, terminal).await,
        };
        let is_last = matches!(stop, Stop::Interrupted);
        let Recorded { ending, lost, recognition, .. } = recorded;
        let (recognition, is_interrupted) = last_words(recognition, is_last, watch.events, terminal).await?;
        terminal.screen.settle();
        let answer = shown(&ending, lost, recognition, terminal);
        let stop = if is_interrupted { Stop::Interrupted } else { stop };
        self.review(kept, answer, stop, asked, terminal).await
    }

    /// Opens the microphone; `None` when the candidate quit meanwhile. The recorder then cancels itself.
    async fn start(
        &self,
        turn: &Turn,
        file: PathBuf,
        terminal: &mut Terminal,
    ) -> Result<Option<(Recorder, mpsc::Receiver<Event>)>, Failure> {
        let prompt = Prompt::of_terms(turn.question.glossary.iter().map(String::as_str));
        terminal.screen.draw(&[Line::toned("opening the microphone", Tone::Quiet)]);
        let (opening, events) = self.open(prompt, file);
        let started = tokio::select! {
            started = opening => Some(started??),
            () = terminal.keyboard.interrupted() => None,
        };
        terminal.screen.settle();
        Ok(started.map(|recorder| (recorder, events)))
    }

    /// Begins to record into `file`. A recorder that nobody waits for cancels itself.
    fn open(&self, prompt: Prompt, file: PathBuf) -> (JoinHandle<Result<Recorder, Error>>, mpsc::Receiver<Event>) {
        let (sender, events) = mpsc::channel(WAITING_EVENTS);
        let settings = RecognitionSettings { prompt, ..RecognitionSettings::default() };
        let recognition = RecognitionStream::new(&self.recogniser, settings, Some(sender));
        let device = self.device.clone();
        (tokio::task::spawn_blocking(move || microphones::record(device, recognition, file)), events)
    }

    /// Offers what to do when the microphone does not work.
    async fn without_sound(
        &self,
        kept: PendingAnswer,
        failure: &Failure,
        asked: &Asked<'_>,
        terminal: &mut Terminal,
    ) -> Result<Take, Failure> {
        terminal.screen.settle();
        if kept.recording().is_none() {
            kept.remove()?;
        }
        terminal.warn(failure.message());
        Ok(match terminal.choose(&NO_SOUND).await {
            Choice::Letter('r') => Take::Again,
            Choice::Letter('t') => Take::Settled(type_answer(asked, terminal).await?),
            Choice::Letter('s') => Take::Settled(Response::skip()),
            Choice::Letter(_) | Choice::Nothing => Take::Settled(Response::nothing(Then::Finish)),
            Choice::Interrupt => Take::Settled(Response::nothing(Then::Interrupted)),
        })
    }

    /// Lets the candidate decide what to do with the answer.
    async fn review(
        &self,
        mut kept: PendingAnswer,
        answer: NewAnswer,
        stop: Stop,
        asked: &Asked<'_>,
        terminal: &mut Terminal,
    ) -> Result<Take, Failure> {
        kept.keep(answer.clone())?;
        if matches!(stop, Stop::Interrupted) {
            return Ok(Take::Settled(Response::answer(kept, Then::Interrupted)));
        }
        let review = Review { hands_free: self.hands_free, wants_to_finish: matches!(stop, Stop::Finish) };
        let (reviewed, answer) = review.run(answer, terminal).await;
        let then = match reviewed {
            Reviewed::Send => Then::GoOn,
            Reviewed::SendAndFinish => Then::Finish,
            Reviewed::Interrupted => Then::Interrupted,
            Reviewed::Again | Reviewed::Type | Reviewed::Skip | Reviewed::FinishWithout => {
                kept.remove()?;
                return Ok(match reviewed {
                    Reviewed::Again => Take::Again,
                    Reviewed::Type => Take::Settled(type_answer(asked, terminal).await?),
                    Reviewed::Skip => Take::Settled(Response::skip()),
                    _ => Take::Settled(Response::nothing(Then::Finish)),
                });
            }
        };
        kept.keep(answer)?;
        Ok(Take::Settled(Response::answer(kept, then)))
    }
}

/// Waits for the last words, and returns whether the candidate quit meanwhile: recognition is then cancelled.
async fn last_words(
    recognition: RecognitionStream,
    is_last: bool,
    mut events: mpsc::Receiver<Event>,
    terminal: &mut Terminal,
) -> Result<(Result<Recognition, Error>, bool), Failure> {
    let cancellation = recognition.cancellation();
    let mut work = tokio::task::spawn_blocking(|| recognition.finish());
    let limit = tokio::time::sleep(LAST_WORDS_AT_THE_END);
    tokio::pin!(limit);
    let is_interrupted = loop {
        tokio::select! {
            words = &mut work => return Ok((words?, false)),
            Some(event) = events.recv() => {
                if let Event::Backlog(backlog) = event {
                    terminal.screen.draw(&[last_words_line(backlog)]);
                }
            }
            () = terminal.keyboard.interrupted() => break true,
            () = &mut limit, if is_last => break false,
        }
    };
    cancellation.cancel();
    Ok((work.await?, is_interrupted))
}

fn last_words_line(backlog: Seconds) -> Line {
    let line = Line::toned("transcribing the last words", Tone::Quiet);
    if backlog > Seconds::ZERO { line.with(format!(": {:.0} s to go", backlog.get()), Tone::Quiet) } else { line }
}

/// Shows the words, and everything that went wrong. A recording without words is an answer, too: the server can transcribe it later.
fn shown(ending: &Ending, lost: u64, recognition: Result<Recognition, Error>, terminal: &mut Terminal) -> NewAnswer {
    match ending {
        Ending::Finished => {}
        Ending::SourceLost(reason) => {
            terminal.warn(format!("The microphone is gone ({reason}). What you said before is kept."));
        }
        Ending::Full => terminal.warn("The recording reached its maximum length and ended here."),
        Ending::NotSaved(reason) => terminal.warn(format!("The recording could not be saved to its end: {reason}")),
    }
    if lost > 0 {
        terminal.warn(format!("{lost} samples were lost because this machine did not keep up."));
    }
    match recognition {
        Ok(recognition) => {
            if recognition.transcript.is_empty() {
                terminal.warn("No speech was recognised.");
            } else {
                let look = terminal.screen.look();
                terminal.screen.say(&heard_lines(&transcript_of(&recognition), look));
            }
            answer_of(&recognition, Source::Microphone)
        }
        Err(error) => {
            terminal.warn(format!("The recording is kept, but not transcribed: {error}"));
            NewAnswer { source: Some(Source::Microphone), ..NewAnswer::default() }
        }
    }
}

/// What is watched while somebody speaks.
struct Watch {
    listening: Listening,
    hands_free: bool,
    events: mpsc::Receiver<Event>,
}

impl Watch {
    async fn until_stop(&mut self, asked: &Asked<'_>, recorder: &Recorder, terminal: &mut Terminal) -> Stop {
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
                    } else if let Some(stop) = self.stop_of(&input) {
                        return stop;
                    }
                }
                Some(event) = self.events.recv() => self.apply(event),
                () = tokio::time::sleep_until((drawn + TICK).into()) => {}
            }
            let is_counting = self.listening.countdown.is_some();
            if is_counting && !was_counting && !terminal.screen.can_draw() {
                terminal.say(format!("done in {COUNTDOWN} seconds unless you speak"));
            }
            was_counting = is_counting;
            let is_over = self.listening.countdown.is_some_and(|countdown| countdown.left.is_zero());
            if is_over || !recorder.is_running() {
                return Stop::Done;
            }
            if drawn.elapsed() >= TICK {
                let look = terminal.screen.look();
                self.listening.time_left = asked.time_left();
                terminal.screen.draw(&self.listening.lines(&hint, look));
                drawn = Instant::now();
            }
        }
    }

    fn stop_of(&self, input: &Input) -> Option<Stop> {
        if *input == Input::Interrupt || (*input == Input::Closed && !self.hands_free) {
            return Some(Stop::Interrupted);
        }
        match input.letter()? {
            '\n' | ' ' => Some(Stop::Done),
            'q' => Some(Stop::Finish),
            's' => Some(Stop::Skip),
            'r' => Some(Stop::Again),
            _ => None,
        }
    }

    fn apply(&mut self, event: Event) {
        if let Event::Level { level, silence } = event {
            self.listening.countdown = countdown(level.at, silence).filter(|_| self.hands_free);
        }
        apply(&mut self.listening, event);
    }
}

/// Shows what happened.
fn apply(listening: &mut Listening, event: Event) {
    match event {
        Event::Level { level, .. } => {
            listening.elapsed = level.at;
            listening.peak = level.peak;
            listening.loudest = listening.loudest.max(level.peak);
        }
        Event::Segment(segment) => {
            listening.heard.push(segment);
            listening.provisional.clear();
        }
        Event::Provisional(words) => listening.provisional = words,
        Event::Backlog(backlog) => listening.backlog = backlog,
        Event::Overrun { lost } => {
            listening.notice = Some(format!("{lost} samples were lost: this machine does not keep up"));
        }
    }
}

/// The countdown to the end of an answer, once there was speech and then a pause. Speech ends the silence, and so the countdown.
fn countdown(elapsed: Seconds, silence: Seconds) -> Option<Countdown> {
    let was_speech = silence.get() + 0.1 < elapsed.get();
    let left = PAUSE + COUNTDOWN - silence.get();
    (was_speech && silence.get() >= PAUSE).then(|| Countdown { left: Duration::from_secs_f64(left.max(0.0)) })
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
