//! Keys, lines and signals as one stream of input.

use std::collections::VecDeque;
use std::io::{BufRead, Read};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers,
};
use crossterm::execute;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use tokio::sync::mpsc;

use crate::signals::{EndRequest, next_request};

/// How often the thread checks whether it should stop.
const POLL: Duration = Duration::from_millis(50);
/// Maximum number of queued inputs: an hour of speech, should another program type it.
const QUEUED_INPUTS: usize = 64 * 1024;

/// Something that the user did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// A line, where keys are not read one by one.
    Line(String),
    Pasted(String),
    Resized,
    /// Ctrl-C, or a signal to end.
    Interrupt,
    /// End of input.
    Closed,
}

impl Input {
    /// The letter that was meant, in lower case: a key, or the first character of a line; Enter is `\n`, Esc `\u{1b}`.
    pub fn letter(&self) -> Option<char> {
        match self {
            Self::Key(Key::Enter) => Some('\n'),
            Self::Key(Key::Escape) => Some('\u{1b}'),
            Self::Key(Key::Character(letter)) => Some(letter.to_ascii_lowercase()),
            Self::Line(line) => Some(line.trim().chars().next().map_or('\n', |letter| letter.to_ascii_lowercase())),
            _ => None,
        }
    }
}

/// A key, by its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Character(char),
    Enter,
    Escape,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    WordLeft,
    WordRight,
    /// Goes to the beginning of the text.
    Home,
    /// Goes to the end of the text.
    End,
    /// Deletes to the beginning of the text.
    DeleteAllBefore,
    DeleteWord,
}

/// Reads input on a thread of its own; signals arrive the same way.
pub struct Keyboard {
    inputs: mpsc::Receiver<Input>,
    /// Inputs that came before somebody waited for them.
    early: VecDeque<Input>,
    /// The last input that was taken.
    last: Option<Input>,
    is_wanted: Arc<AtomicBool>,
    raw_mode: Option<RawMode>,
}

type Inputs = mpsc::Sender<Input>;

impl Keyboard {
    /// Reads single keys; the terminal is in raw mode until the keyboard is dropped.
    pub fn of_keys() -> std::io::Result<Self> {
        let raw_mode = RawMode::enter()?;
        let (inputs, mut keyboard) = Self::of_signals();
        keyboard.raw_mode = Some(raw_mode);
        let wanted = Arc::clone(&keyboard.is_wanted);
        std::thread::Builder::new().name("keyboard".to_owned()).spawn(move || read_keys(&inputs, &wanted))?;
        Ok(keyboard)
    }

    /// Reads lines from standard input.
    pub fn of_lines() -> std::io::Result<Self> {
        let (inputs, keyboard) = Self::of_signals();
        std::thread::Builder::new().name("lines".to_owned()).spawn(move || read_lines(&inputs))?;
        Ok(keyboard)
    }

    /// Reads nothing but signals.
    pub fn of_nothing() -> Self {
        Self::of_signals().1
    }

    fn of_signals() -> (Inputs, Self) {
        let (inputs, receiver) = mpsc::channel(QUEUED_INPUTS);
        tokio::spawn(forward_signals(inputs.clone()));
        let is_wanted = Arc::new(AtomicBool::new(true));
        let keyboard = Self { inputs: receiver, early: VecDeque::new(), last: None, is_wanted, raw_mode: None };
        (inputs, keyboard)
    }

    /// Whether keys are read one by one.
    pub fn has_keys(&self) -> bool {
        self.raw_mode.is_some()
    }

    /// Cancel safe.
    pub async fn next(&mut self) -> Input {
        let input = match self.early.pop_front() {
            Some(input) => input,
            None => self.inputs.recv().await.unwrap_or(Input::Closed),
        };
        self.last = Some(input.clone());
        input
    }

    /// Whether an input is there already.
    pub fn has_input(&self) -> bool {
        !self.early.is_empty() || !self.inputs.is_empty()
    }

    /// Gives an input back: the next one to wait takes it.
    pub fn give_back(&mut self, input: Input) {
        self.early.push_front(input);
    }

    /// Waits for an interrupt and discards other input.
    pub async fn interrupted(&mut self) {
        while self.next().await != Input::Interrupt {}
    }

    /// The same, but other input is kept for whoever waits next.
    pub async fn interrupted_first(&mut self) {
        let is_early = |input: &Input| *input == Input::Interrupt;
        while !self.early.iter().any(is_early) {
            match self.inputs.recv().await {
                Some(Input::Interrupt) | None => return,
                Some(input) if self.early.len() < QUEUED_INPUTS => self.early.push_back(input),
                Some(_) => {}
            }
        }
        self.early.retain(|input| !is_early(input));
    }

    /// Discards repeats of the last key: it was pressed twice, or held down, before a question was asked.
    pub fn forget_repeats(&mut self) {
        while let Ok(input) = self.inputs.try_recv() {
            self.early.push_back(input);
        }
        let last = self.last.as_ref().filter(|last| **last != Input::Interrupt);
        self.early.retain(|input| Some(input) != last);
    }

    /// Lets the next Ctrl-C be read, although there was one before: it is an answer to a question about that one.
    pub fn expect_interrupt(&self) {
        REQUESTS.store(0, Ordering::Relaxed);
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.is_wanted.store(false, Ordering::Relaxed);
    }
}

/// How often the program was asked to end since somebody last expected it.
static REQUESTS: AtomicUsize = AtomicUsize::new(0);

/// Passes an interrupt to the reader of the keyboard. The second one, or one that nobody reads, ends the program at once: what was said
/// is on disk by then.
fn interrupt(inputs: &Inputs) {
    let is_first = REQUESTS.fetch_add(1, Ordering::Relaxed) == 0;
    if !is_first || inputs.try_send(Input::Interrupt).is_err() {
        RawMode::restore();
        std::process::exit(1);
    }
}

async fn forward_signals(inputs: Inputs) {
    loop {
        let request = next_request().await;
        interrupt(&inputs);
        if request == EndRequest::Terminate {
            // Nobody may be there to answer a question about the first one.
            inputs.try_send(Input::Interrupt).ok();
        }
    }
}

fn read_keys(inputs: &Inputs, wanted: &AtomicBool) {
    while wanted.load(Ordering::Relaxed) {
        let event = match crossterm::event::poll(POLL) {
            Ok(false) => continue,
            Ok(true) => crossterm::event::read(),
            Err(fault) => Err(fault),
        };
        match event.map(input_of) {
            Ok(Some(Input::Interrupt)) => interrupt(inputs),
            // What is more than that is dropped, so that Ctrl-C is still read.
            Ok(Some(input)) => drop(inputs.try_send(input)),
            Ok(None) => {}
            Err(_) => return drop(inputs.blocking_send(Input::Closed)),
        }
    }
}

fn input_of(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => key_of(key),
        Event::Paste(text) => Some(Input::Pasted(text)),
        Event::Resize(..) => Some(Input::Resized),
        _ => None,
    }
}

fn key_of(key: KeyEvent) -> Option<Input> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let word = control || key.modifiers.contains(KeyModifiers::ALT);
    let key = match key.code {
        KeyCode::Char('c') if control => return Some(Input::Interrupt),
        KeyCode::Char('a') if control => Key::Home,
        KeyCode::Char('e') if control => Key::End,
        KeyCode::Char('u') if control => Key::DeleteAllBefore,
        KeyCode::Char('w') if control => Key::DeleteWord,
        KeyCode::Char('j') if control => Key::Enter,
        KeyCode::Char(_) if word => return None,
        KeyCode::Char(character) => Key::Character(character),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace if word => Key::DeleteWord,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Left if word => Key::WordLeft,
        KeyCode::Right if word => Key::WordRight,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    };
    Some(Input::Key(key))
}

fn read_lines(inputs: &Inputs) {
    let mut stream = std::io::stdin().lock();
    while let Some(line) = next_line(&mut stream) {
        if inputs.blocking_send(Input::Line(line)).is_err() {
            return;
        }
    }
    inputs.blocking_send(Input::Closed).ok(); // The keyboard may be gone.
}

/// Raw mode of the terminal: keys arrive one by one and are not echoed. Dropping it restores the terminal, and so does a panic before it
/// prints its message.
pub struct RawMode(());

impl RawMode {
    pub fn enter() -> std::io::Result<Self> {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let report = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                Self::restore();
                report(panic);
            }));
        });
        enable_raw_mode()?;
        execute!(std::io::stderr(), EnableBracketedPaste).ok(); // Optional.
        Ok(Self(()))
    }

    /// Restores the terminal, for exits that drop nothing.
    pub fn restore() {
        disable_raw_mode().ok();
        execute!(std::io::stderr(), DisableBracketedPaste, Show).ok();
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        Self::restore();
    }
}

/// The rest of a longer line is dropped. An hour of speech is about 60 KB of text.
const LONGEST_LINE: u64 = 256 * 1024;

/// The next line of a stream without its line break; `None` at the end of the stream or on an error. Bytes that are not UTF-8 become
/// replacement characters.
pub fn next_line(stream: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    let read = stream.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes);
    if !matches!(read, Ok(count) if count > 0) {
        return None;
    }
    if bytes.len() as u64 == LONGEST_LINE && bytes.last() != Some(&b'\n') {
        stream.skip_until(b'\n').ok()?;
    }
    let line = String::from_utf8_lossy(&bytes);
    Some(line.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyboard() -> (Inputs, Keyboard) {
        let (inputs, receiver) = mpsc::channel(QUEUED_INPUTS);
        let is_wanted = Arc::new(AtomicBool::new(true));
        (inputs, Keyboard { inputs: receiver, early: VecDeque::new(), last: None, is_wanted, raw_mode: None })
    }

    fn key(letter: char) -> Input {
        Input::Key(Key::Character(letter))
    }

    #[tokio::test]
    async fn keys_pressed_early_are_kept_and_only_repeats_are_dropped() {
        let (inputs, mut keyboard) = keyboard();
        for input in [key('r'), key('r'), Input::Key(Key::Enter), key('r'), key('s')] {
            inputs.try_send(input).unwrap();
        }
        assert_eq!(keyboard.next().await, key('r'));
        keyboard.forget_repeats();
        assert_eq!((keyboard.next().await, keyboard.next().await), (Input::Key(Key::Enter), key('s')));
    }

    #[tokio::test]
    async fn an_interrupt_is_seen_at_once_and_other_keys_wait() {
        let (inputs, mut keyboard) = keyboard();
        for input in [key('s'), Input::Interrupt, key('h')] {
            inputs.try_send(input).unwrap();
        }
        keyboard.interrupted_first().await;
        assert_eq!((keyboard.next().await, keyboard.next().await), (key('s'), key('h')));
        inputs.try_send(Input::Interrupt).unwrap();
        keyboard.forget_repeats();
        keyboard.interrupted_first().await;
        assert!(keyboard.early.is_empty());
    }

    #[test]
    fn lines_come_without_their_breaks() {
        let mut lines = &b"one\r\n\ntwo"[..];
        assert_eq!(next_line(&mut lines).as_deref(), Some("one"));
        assert_eq!(next_line(&mut lines).as_deref(), Some(""));
        assert_eq!(next_line(&mut lines).as_deref(), Some("two"));
        assert_eq!(next_line(&mut lines), None);
    }

    #[test]
    fn bytes_that_are_no_text_do_not_end_the_reading() {
        let mut lines = &b"own\xff\xfeer\nnext\n"[..];
        assert_eq!(next_line(&mut lines).as_deref(), Some("own\u{fffd}\u{fffd}er"));
        assert_eq!(next_line(&mut lines).as_deref(), Some("next"));
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let mut endless = vec![b'a'; LONGEST_LINE as usize + 5000];
        endless.extend_from_slice(b"\nnext\n");
        let mut lines = &endless[..];
        assert_eq!(next_line(&mut lines).map(|line| line.len()), Some(LONGEST_LINE as usize));
        assert_eq!(next_line(&mut lines).as_deref(), Some("next"));
    }
}
