//! Answers spoken into a microphone.

mod check;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use api::transcript::Transcript;
use api::turn::{NewAnswer, Source, Turn};
use capture::Error;
use capture::recognise::{Event, Recogniser, Recognition, RecognitionStream};
use capture::recording::{Ending, Recorded, Recorder};
use interview::Seconds;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::reviewing::{EARLIER, Review, Reviewed, cut_off, words_of};
use super::typed::type_answer;
use super::{Asked, Response, Then, tell_unsaved};
use crate::failure::Failure;
use crate::hearing::{self, answer_of};
use crate::microphones;
use crate::outbox::PendingAnswer;
use crate::terminal::{Choice, Input, Key, Line, Listening, Notice, Pinned, Terminal, Tone, heard_lines, keys};

/// How often the screen is redrawn.
const TICK: Duration = Duration::from_millis(100);
/// Events that wait to be shown at most.
const WAITING_EVENTS: usize = 256;
/// How long the last words may take when the program is about to end.
const LAST_WORDS_AT_THE_END: Duration = Duration::from_secs(20);
/// A wait that takes longer is told where nothing can be redrawn.
const UNNOTICED: Duration = Duration::from_secs(1);
/// How long it may take to find out the name of a microphone.
const FINDING: Duration = Duration::from_secs(1);
/// Hands-free, the length of the pause that starts the countdown, in seconds.
const PAUSE: f64 = 3.0;
/// The length of the countdown, in seconds.
const COUNTDOWN: f64 = 5.0;
/// The keys while somebody speaks.
const KEYS: [(&str, &str); 5] =
    [("Enter", "done"), ("h", "a hint"), ("r", "again"), ("s", "I don't know"), ("q", "finish the round")];
/// Beside these, with a microphone that gives no sound.
const OTHER_DEVICE: (&str, &str) = ("d", "another microphone");
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

/// What was said in one recording.
struct Spoken {
    kept: PendingAnswer,
    answer: NewAnswer,
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
    /// Record with another microphone.
    OtherDevice,
}

impl Microphone {
    /// Records the answer to a question. If the microphone does not work, the candidate may type. Earlier takes are removed only when there is
    /// an answer, or the candidate decides against one.
    pub async fn answer(&mut self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
        let mut earlier = Vec::new();
        let response = loop {
            if let Some(response) = self.take(asked, &mut earlier, terminal).await? {
                break response;
            }
        };
        if response.then != Then::Suspended {
            earlier.into_iter().try_for_each(|spoken: Spoken| spoken.kept.remove())?;
        }
        Ok(response)
    }

    /// Records once; none when the answer is to be recorded again.
    async fn take(
        &mut self,
        asked: &Asked<'_>,
        earlier: &mut Vec<Spoken>,
        terminal: &mut Terminal,
    ) -> Result<Option<Response>, Failure> {
        let kept = asked.outbox.begin(asked.destination.clone())?;
        let (recorder, events) = match self.start(asked.turn, kept.recording_path(), terminal).await {
            Ok(Some(started)) => started,
            Ok(None) => {
                kept.remove()?;
                return quit(earlier, terminal).await.map(Some);
            }
            Err(failure) => return self.without_sound(kept, &failure, asked, earlier, terminal).await,
        };
        let limit = Seconds::new(f64::from(asked.turn.question.time_limit_seconds)).unwrap_or_default();
        let (listening, hands_free) = (Listening::begun(limit), self.hands_free);
        let pinned = Pinned::of(asked.turn, terminal.screen.look());
        let mut watch = Watch { listening, pinned, device: self.device.clone(), hands_free, events };
        let stop = watch.until_stop(asked, &recorder, terminal).await;
        if matches!(stop, Stop::Skip | Stop::OtherDevice) {
            tokio::task::spawn_blocking(|| recorder.cancel()).await?;
            kept.remove()?;
            return match stop {
                Stop::OtherDevice if self.choose(terminal).await? => quit(earlier, terminal).await.map(Some),
                Stop::OtherDevice => Ok(None),
                _ => Ok(Some(Response::skip())),
            };
        }
        terminal.screen.draw(&[last_words_line(watch.listening.backlog)]);
        let recorded = tokio::task::spawn_blocking(|| recorder.finish()).await?;
        let recorded = match recorded {
            Ok(recorded) => recorded,
            Err(error) => return self.without_sound(kept, &error.into(), asked, earlier, terminal).await,
        };
        let is_last = matches!(stop, Stop::Interrupted);
        let Recorded { ending, lost, recognition, .. } = recorded;
        let (recognition, is_interrupted) = last_words(recognition, is_last, watch.events, terminal).await?;
        terminal.screen.erase();
        let spoken = Spoken { kept, answer: shown(&ending, lost, recognition, terminal) };
        if is_interrupted && is_last {
            // Asked to end once more: nobody may be there to answer the question.
            terminal.keyboard.give_back(Input::Interrupt);
        }
        match stop {
            _ if is_interrupted || is_last => {
                set_aside(spoken, earlier, terminal)?;
                quit(earlier, terminal).await.map(Some)
            }
            Stop::Again => {
                set_aside(spoken, earlier, terminal)?;
                Ok(None)
            }
            stop => self.review(spoken, matches!(stop, Stop::Finish), asked, earlier, terminal).await,
        }
    }

    /// Opens the microphone; `None` when the candidate quit meanwhile. The recorder then cancels itself.
    async fn start(
        &self,
        turn: &Turn,
        file: PathBuf,
        terminal: &mut Terminal,
    ) -> Result<Option<(Recorder, mpsc::Receiver<Event>)>, Failure> {
        terminal.screen.draw(&[Line::toned("opening the microphone", Tone::Quiet)]);
        let (opening, events) = self.open(&turn.question.glossary, file);
        let started = tokio::select! {
            started = opening => Some(started??),
            () = terminal.keyboard.interrupted_first() => None,
        };
        terminal.screen.erase();
        Ok(started.map(|recorder| (recorder, events)))
    }

    /// Begins to record into `file`. A recorder that nobody waits for cancels itself.
    fn open(&self, glossary: &[String], file: PathBuf) -> (JoinHandle<Result<Recorder, Error>>, mpsc::Receiver<Event>) {
        let (sender, events) = mpsc::channel(WAITING_EVENTS);
        let recognition = hearing::stream(&self.recogniser, glossary, Some(sender));
        let device = self.device.clone();
        (tokio::task::spawn_blocking(move || microphones::record(device, recognition, file)), events)
    }

    /// Offers what to do when the microphone does not work.
    async fn without_sound(
        &self,
        kept: PendingAnswer,
        failure: &Failure,
        asked: &Asked<'_>,
        earlier: &mut Vec<Spoken>,
        terminal: &mut Terminal,
    ) -> Result<Option<Response>, Failure> {
        terminal.screen.erase();
        if kept.recording().is_none() {
            kept.remove()?;
        }
        terminal.warn(failure.message());
        let mut offers = NO_SOUND.to_vec();
        offers.extend((!earlier.is_empty()).then_some(EARLIER));
        Ok(match terminal.choose(&offers).await {
            Choice::Letter('r') => None,
            Choice::Letter('t') => Some(type_answer(asked, terminal).await?),
            Choice::Letter('s') => Some(Response::skip()),
            Choice::Letter('k') => match earlier.pop() {
                Some(spoken) => {
                    show_words(&spoken.answer, terminal);
                    self.review(spoken, false, asked, earlier, terminal).await?
                }
                None => None,
            },
            Choice::Letter(_) | Choice::Nothing => Some(Response::nothing(Then::Finish)),
            Choice::Interrupt => Some(quit(earlier, terminal).await?),
        })
    }

    /// Lets the candidate decide what to do with what they said.
    async fn review(
        &self,
        mut spoken: Spoken,
        mut wants_to_finish: bool,
        asked: &Asked<'_>,
        earlier: &mut Vec<Spoken>,
        terminal: &mut Terminal,
    ) -> Result<Option<Response>, Failure> {
        loop {
            let Spoken { mut kept, answer } = spoken;
            tell_unsaved(kept.keep(answer.clone()), terminal);
            let review = Review { hands_free: self.hands_free, wants_to_finish, has_earlier: !earlier.is_empty() };
            let (reviewed, answer) = review.run(answer, terminal).await;
            return match reviewed {
                Reviewed::Send | Reviewed::SendAndFinish => {
                    if kept.answer() != Some(&answer) {
                        tell_unsaved(kept.keep(answer), terminal);
                    }
                    let then = if reviewed == Reviewed::Send { Then::GoOn } else { Then::Finish };
                    Ok(Some(Response::answer(kept, then)))
                }
                Reviewed::Again => {
                    set_aside(Spoken { kept, answer }, earlier, terminal)?;
                    Ok(None)
                }
                Reviewed::Interrupted => {
                    set_aside(Spoken { kept, answer }, earlier, terminal)?;
                    quit(earlier, terminal).await.map(Some)
                }
                Reviewed::Earlier => {
                    kept.remove()?;
                    let Some(before) = earlier.pop() else { return Ok(None) };
                    show_words(&before.answer, terminal);
                    (spoken, wants_to_finish) = (before, false);
                    continue;
                }
                Reviewed::Type => {
                    kept.remove()?;
                    type_answer(asked, terminal).await.map(Some)
                }
                Reviewed::Skip => kept.remove().map(|()| Some(Response::skip())),
                Reviewed::FinishWithout => kept.remove().map(|()| Some(Response::nothing(Then::Finish))),
            };
        }
    }
}

/// Keeps a take, if anything was said in it, as one to ask about.
fn set_aside(mut spoken: Spoken, earlier: &mut Vec<Spoken>, terminal: &mut Terminal) -> Result<(), Failure> {
    if spoken.answer.transcript.as_ref().is_some_and(|transcript| transcript.speech.is_empty()) {
        return spoken.kept.remove();
    }
    tell_unsaved(spoken.kept.keep_cut_off(spoken.answer.clone()), terminal);
    earlier.push(spoken);
    Ok(())
}

/// What becomes of the last take when the candidate quits the program.
async fn quit(earlier: &mut Vec<Spoken>, terminal: &mut Terminal) -> Result<Response, Failure> {
    match earlier.pop() {
        Some(Spoken { kept, answer }) => cut_off(kept, answer, Then::Interrupted, terminal).await,
        None => Ok(Response::nothing(Then::Interrupted)),
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
    let slow = tokio::time::sleep(UNNOTICED);
    tokio::pin!(limit, slow);
    let mut is_told = terminal.screen.can_draw();
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
            () = &mut slow, if !is_told => {
                terminal.say("transcribing…");
                is_told = true;
            }
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
            let answer = answer_of(&recognition, Source::Microphone);
            show_words(&answer, terminal);
            answer
        }
        Err(error) => {
            terminal.warn(format!("The recording is kept, but not transcribed: {error}"));
            NewAnswer { source: Some(Source::Microphone), ..NewAnswer::default() }
        }
    }
}

/// Shows the words of an answer, if there are any.
fn show_words(answer: &NewAnswer, terminal: &mut Terminal) {
    let text = words_of(answer);
    if text.is_empty() {
        return terminal.warn("No speech was recognised.");
    }
    let heard = answer.transcript.as_ref().filter(|_| answer.corrected_text.is_none());
    let segments = heard.map(|heard| heard.segments.clone()).unwrap_or_default();
    let look = terminal.screen.look();
    terminal.screen.say(&heard_lines(&Transcript { text, segments }, look));
}

/// What is watched while somebody speaks.
struct Watch {
    listening: Listening,
    pinned: Option<Pinned>,
    /// The microphone, if it is not the default one.
    device: Option<String>,
    hands_free: bool,
    events: mpsc::Receiver<Event>,
}

impl Watch {
    async fn until_stop(&mut self, asked: &Asked<'_>, recorder: &Recorder, terminal: &mut Terminal) -> Stop {
        terminal.keyboard.forget_repeats();
        if !terminal.screen.can_draw() {
            let hint = if terminal.is_attended() { keys(&KEYS) } else { Line::blank() };
            terminal.screen.say(&[Line::toned("listening  ", Tone::Strong).joined(hint)]);
        }
        let mut drawn = Instant::now();
        let mut was_counting = false;
        loop {
            tokio::select! {
                input = terminal.keyboard.next() => {
                    if input == Input::Resized {
                        terminal.screen.resized();
                        self.pinned = Pinned::of(asked.turn, terminal.screen.look());
                    } else if let (Input::Key(key @ (Key::Up | Key::Down)), Some(pinned)) = (&input, &mut self.pinned) {
                        pinned.take(*key);
                    } else if input.letter() == Some('h') {
                        terminal.screen.erase();
                        if let Err(failure) = asked.show_hint(terminal).await {
                            terminal.warn(failure.message());
                        }
                    } else if let Some(stop) = self.stop_of(&input) {
                        return stop;
                    }
                }
                Some(event) = self.events.recv() => {
                    if let (Event::Segment(segment), false) = (&event, terminal.screen.can_draw()) {
                        terminal.say(segment.text());
                    }
                    apply(&mut self.listening, event);
                    let Listening { elapsed, silence, .. } = self.listening;
                    self.listening.countdown = countdown(elapsed, silence).filter(|_| self.hands_free);
                }
                () = tokio::time::sleep_until((drawn + TICK).into()) => {}
            }
            self.name_silent_device().await;
            tell_notices(&mut self.listening, terminal);
            let is_counting = self.listening.countdown.is_some();
            if is_counting && !was_counting && !terminal.screen.can_draw() {
                terminal.say(format!("done in {COUNTDOWN} seconds unless you speak"));
            }
            was_counting = is_counting;
            let is_over = self.listening.countdown.is_some_and(|left| left.is_zero());
            if is_over || !recorder.is_running() {
                return Stop::Done;
            }
            if drawn.elapsed() >= TICK {
                let look = terminal.screen.look();
                self.listening.time_left = asked.time_left();
                let pinned = self.pinned.iter().flat_map(|pinned| pinned.lines(look));
                let lines: Vec<Line> = pinned.chain(self.listening.lines(&self.keys(), look)).collect();
                terminal.screen.draw(&lines);
                drawn = Instant::now();
            }
        }
    }

    /// Finds out the name of a microphone that gives no sound.
    async fn name_silent_device(&mut self) {
        if !self.listening.is_silent() || self.listening.device.is_some() {
            return;
        }
        let device = self.device.clone();
        let found = tokio::task::spawn_blocking(move || microphones::find(device.as_deref()));
        let found = tokio::time::timeout(FINDING, found).await.ok().and_then(Result::ok).and_then(Result::ok);
        self.listening.device = Some(found.map_or_else(|| "the microphone".to_owned(), |device| device.name));
    }

    fn keys(&self) -> Line {
        let other = self.listening.is_silent().then_some(OTHER_DEVICE);
        let scroll = self.pinned.as_ref().and_then(Pinned::scrolling);
        keys(&other.into_iter().chain(KEYS).chain(scroll).collect::<Vec<_>>())
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
            'd' if self.listening.is_silent() => Some(Stop::OtherDevice),
            _ => None,
        }
    }
}

/// Prints each notice once, where it cannot be drawn.
fn tell_notices(listening: &mut Listening, terminal: &mut Terminal) {
    if terminal.screen.can_draw() {
        return;
    }
    for (notice, text) in listening.untold() {
        terminal.warn(text);
        if notice == Notice::Silent && terminal.is_attended() {
            terminal.screen.say(&[keys(&[OTHER_DEVICE])]);
        }
    }
}

/// Shows what happened.
fn apply(listening: &mut Listening, event: Event) {
    match event {
        Event::Level { level, silence } => {
            listening.elapsed = level.at;
            listening.silence = silence;
            listening.peak = level.peak;
            listening.loudest = listening.loudest.max(level.peak);
        }
        Event::Segment(segment) => {
            listening.heard.push(segment);
            listening.provisional.clear();
        }
        Event::Provisional(words) => listening.provisional = words,
        Event::Backlog(backlog) => listening.backlog = backlog,
        Event::Overrun { lost } => listening.lost = lost,
    }
}

/// The countdown to the end of an answer, once there was speech and then a pause. Speech ends the silence, and so the countdown.
fn countdown(elapsed: Seconds, silence: Seconds) -> Option<Duration> {
    let was_speech = silence.get() + 0.1 < elapsed.get();
    let left = PAUSE + COUNTDOWN - silence.get();
    (was_speech && silence.get() >= PAUSE).then(|| Duration::from_secs_f64(left.max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(elapsed: f64, silence: f64) -> Option<f64> {
        let seconds = |seconds| Seconds::new(seconds).unwrap();
        countdown(seconds(elapsed), seconds(silence)).map(|left| left.as_secs_f64())
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
