//! Whether the microphone works: a sentence with its level while it is said, then the words that were heard.

use std::path::Path;

use capture::recognise::Event;
use capture::recording::{Device, Ending, Recorder};
use interview::Seconds;
use tokio::sync::mpsc;

use super::{Microphone, TICK, apply, last_words, tell_notices};
use crate::failure::Failure;
use crate::hearing::transcript_of;
use crate::microphones;
use crate::terminal::{
    Choice, Entry, Input, Line, Listening, Look, Offer, Terminal, Tone, heard_lines, keys, list_lines,
};

const SENTENCE: &str = "Say a sentence, for example: I am ready for the interview.";
/// How long the sentence may take, in seconds.
const LONGEST: f64 = 15.0;
/// The pause after speech that ends it, in seconds.
const PAUSE: f64 = 1.5;

/// What the candidate does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Again,
    OtherDevice,
    Done,
    Quit,
}

impl Microphone {
    /// Lets the candidate try the microphone, or another one, until they are done. `file` holds the sound meanwhile. Returns whether they
    /// quit the program.
    pub async fn check(&mut self, file: &Path, terminal: &mut Terminal) -> Result<bool, Failure> {
        loop {
            let step = self.check_once(file, terminal).await;
            std::fs::remove_file(file).ok(); // It may not have come to be.
            match step? {
                Step::Again => {}
                Step::OtherDevice if !self.choose(terminal).await? => {}
                Step::Done => return Ok(false),
                Step::OtherDevice | Step::Quit => return Ok(true),
            }
        }
    }

    async fn check_once(&self, file: &Path, terminal: &mut Terminal) -> Result<Step, Failure> {
        let said = match microphones::find(self.device.as_deref()) {
            Ok(Device { name, .. }) => self.listen(&name, file, terminal).await.map(|said| (name, said)),
            Err(error) => Err(error.into()),
        };
        terminal.screen.erase();
        let (is_heard, page) = match said {
            Ok((_, Err(step))) => return Ok(step),
            Ok((_, Ok(lines))) if !lines.is_empty() => (true, lines),
            Ok((name, Ok(_))) => (false, warning(&format!("{name}: no words were heard."), terminal)),
            Err(failure) => (false, warning(failure.message(), terminal)),
        };
        let enter = if is_heard { "fine" } else { "go on anyway" };
        let offers = [("Enter", enter), ("a", "again"), ("d", "another device"), (skip_key(terminal), "skip")];
        Ok(match terminal.choose_below(|_| page.clone(), &offers, None).await {
            Choice::Letter('a') => Step::Again,
            Choice::Letter('d') => Step::OtherDevice,
            Choice::Letter(_) | Choice::Nothing => Step::Done,
            Choice::Interrupt => Step::Quit,
        })
    }

    /// Records a sentence until there is a pause after it, and waits for its words, which the lines show; none when no words were heard.
    /// What the candidate does instead is the inner error.
    async fn listen(
        &self,
        name: &str,
        file: &Path,
        terminal: &mut Terminal,
    ) -> Result<Result<Vec<Line>, Step>, Failure> {
        terminal.say(SENTENCE);
        terminal.keyboard.forget_repeats();
        let (mut opening, mut events) = self.open(&[], file.to_owned());
        let offers = [("d", "another device"), (skip_key(terminal), "skip")];
        let recorder = loop {
            let opened = Line::toned(format!("opening {name}  "), Tone::Quiet).joined(keys(&offers));
            terminal.screen.draw(&opened.wrapped(terminal.screen.look().text_width()));
            tokio::select! {
                started = &mut opening => break started??,
                input = terminal.keyboard.next() => {
                    // The recorder cancels itself when it is there.
                    if let Some(Err(step)) = step_of(&input) {
                        return Ok(Err(step));
                    }
                }
            }
        };
        if let Err(step) = watch(name, &recorder, &mut events, terminal).await {
            tokio::task::spawn_blocking(|| recorder.cancel()).await?;
            return Ok(Err(step));
        }
        terminal.screen.draw(&[Line::toned("transcribing", Tone::Quiet)]);
        let recorded = tokio::task::spawn_blocking(|| recorder.finish()).await??;
        let (recognition, is_interrupted) = last_words(recorded.recognition, false, events, terminal).await?;
        if is_interrupted {
            return Ok(Err(Step::Quit));
        }
        if let Ending::SourceLost(reason) = &recorded.ending {
            return Err(Failure::new(format!("{name} is gone: {reason}")));
        }
        let recognition = recognition?;
        let is_empty = recognition.transcript.is_empty();
        let look = terminal.screen.look();
        Ok(Ok(if is_empty { Vec::new() } else { heard_lines(&transcript_of(&recognition), look) }))
    }

    /// Lets the candidate choose another microphone. Returns whether they quit the program.
    pub(super) async fn choose(&mut self, terminal: &mut Terminal) -> Result<bool, Failure> {
        let devices = microphones::list()?;
        let current = microphones::find(self.device.as_deref()).ok();
        let is_current = |device: &Device| current.as_ref().is_some_and(|current| current.id == device.id);
        let entry =
            |device: &Device| Entry { name: device.name.clone(), questions: None, is_chosen: Some(is_current(device)) };
        let entries: Vec<Entry> = devices.iter().map(entry).collect();
        let note = "`viva devices` lists them with their ids; --device names any of them.";
        let page = |look: Look| list_lines("Which microphone?", note, &entries, look);
        let numbers = format!("1-{}", entries.len().clamp(1, 9));
        let offers: [Offer<'_>; 2] = [(numbers.as_str(), "choose"), ("Enter", "keep this one")];
        let choice = terminal.choose_below(page, &offers, None).await;
        if let Choice::Letter(letter) = choice
            && let Some(index) = letter.to_digit(10).and_then(|digit| digit.checked_sub(1))
            && let Some(device) = devices.get(index as usize)
        {
            self.device = Some(device.id.clone());
        }
        Ok(choice == Choice::Interrupt)
    }
}

/// Shows the level until the sentence is over, or the candidate does something else.
async fn watch(
    name: &str,
    recorder: &Recorder,
    events: &mut mpsc::Receiver<Event>,
    terminal: &mut Terminal,
) -> Result<(), Step> {
    let hint = keys(&[("Enter", "done"), ("a", "again"), ("d", "another device"), (skip_key(terminal), "skip")]);
    let mut listening = Listening::begun(Seconds::new(LONGEST).unwrap_or_default());
    listening.device = Some(name.to_owned());
    if !terminal.screen.can_draw() {
        terminal.screen.say(&[Line::toned("listening  ", Tone::Strong).joined(hint.clone())]);
    }
    while recorder.is_running() && !is_over(listening.elapsed, listening.silence) {
        tokio::select! {
            input = terminal.keyboard.next() => match step_of(&input) {
                Some(stop) => return stop,
                None if input == Input::Resized => terminal.screen.resized(),
                None => {}
            },
            Some(event) = events.recv() => apply(&mut listening, event),
            () = tokio::time::sleep(TICK) => {}
        }
        tell_notices(&mut listening, terminal);
        let look = terminal.screen.look();
        terminal.screen.draw(&listening.lines(&hint, look));
    }
    Ok(())
}

/// Whether a sentence is over: there was speech and then a pause, or it takes too long.
fn is_over(elapsed: Seconds, silence: Seconds) -> bool {
    let was_speech = silence.get() + 0.1 < elapsed.get();
    elapsed.get() >= LONGEST || (was_speech && silence.get() >= PAUSE)
}

/// Whether a key ends the sentence, or what the candidate does instead.
fn step_of(input: &Input) -> Option<Result<(), Step>> {
    if matches!(input, Input::Interrupt | Input::Closed) {
        return Some(Err(Step::Quit));
    }
    match input.letter()? {
        '\n' | ' ' => Some(Ok(())),
        'a' => Some(Err(Step::Again)),
        'd' => Some(Err(Step::OtherDevice)),
        '\u{1b}' | 'n' => Some(Err(Step::Done)),
        _ => None,
    }
}

/// The key that leaves the check: without single keys there is no Esc.
fn skip_key(terminal: &Terminal) -> &'static str {
    if terminal.keyboard.has_keys() { "Esc" } else { "n" }
}

fn warning(text: &str, terminal: &Terminal) -> Vec<Line> {
    Line::toned(text, Tone::Bad).wrapped(terminal.screen.look().text_width())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_over_after_a_pause_and_never_before_the_first_word() {
        let over = |elapsed, silence| is_over(Seconds::new(elapsed).unwrap(), Seconds::new(silence).unwrap());
        assert!(!over(10.0, 10.0), "nothing was said yet");
        assert!(!over(6.0, 1.4));
        assert!(over(6.0, 1.5));
        assert!(over(15.0, 15.0), "nobody waits without end");
    }

    #[test]
    fn keys_end_the_sentence_or_leave_it() {
        let key = |line: &str| step_of(&Input::Line(line.to_owned()));
        assert_eq!(key(""), Some(Ok(())));
        assert_eq!(key("d"), Some(Err(Step::OtherDevice)));
        assert_eq!(key("n"), Some(Err(Step::Done)));
        assert_eq!(key("x"), None);
        assert_eq!(step_of(&Input::Interrupt), Some(Err(Step::Quit)));
    }
}
