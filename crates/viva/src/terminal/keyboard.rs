//! Keys, lines and signals, as one stream of input.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc;

use super::TerminalHold;
use super::plain_lines::PlainLines;
use crate::signals::end_requested;

/// How long the thread waits for a key before it looks whether it is still wanted.
const POLL: Duration = Duration::from_millis(50);
/// Inputs that wait at most.
const WAITING_INPUTS: usize = 256;

/// Something that the person at the terminal did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Pressed a key.
    Key(Key),
    /// Wrote a line, on a terminal whose keys do not come one by one.
    Line(String),
    /// Pasted text.
    Pasted(String),
    /// Made the window larger or smaller.
    Resized,
    /// Asked the program to end: Ctrl-C, or the system did.
    Interrupt,
    /// Went away: there will be no more input.
    Closed,
}

impl Input {
    /// The letter that was meant, in lower case: a key, or the first character of a line; Enter is a line break.
    pub fn letter(&self) -> Option<char> {
        match self {
            Self::Key(Key::Enter) => Some('\n'),
            Self::Key(Key::Character(letter)) => Some(letter.to_ascii_lowercase()),
            Self::Line(line) => Some(line.trim().chars().next().map_or('\n', |letter| letter.to_ascii_lowercase())),
            _ => None,
        }
    }
}

/// A key, or the keys that are pressed together for the same effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A letter, digit, space or sign.
    Character(char),
    /// Ends a line or a choice.
    Enter,
    /// Leaves things as they were.
    Escape,
    /// Deletes the character before the cursor.
    Backspace,
    /// Deletes the character under the cursor.
    Delete,
    /// Goes one character back.
    Left,
    /// Goes one character on.
    Right,
    /// Goes back to the beginning of a word.
    WordLeft,
    /// Goes on to the end of a word.
    WordRight,
    /// Goes to the beginning of the text.
    Home,
    /// Goes to the end of the text.
    End,
    /// Deletes to the beginning of the text.
    DeleteAllBefore,
    /// Deletes the word before the cursor.
    DeleteWord,
}

/// Reads what the person at the terminal does, on a thread of its own; signals of the system come the same way.
pub struct Keyboard {
    inputs: mpsc::Receiver<Input>,
    /// An interrupt that came among keys that were forgotten.
    interrupted: bool,
    is_wanted: Arc<AtomicBool>,
    hold: Option<TerminalHold>,
}

/// Where a keyboard's thread puts what it reads.
type Inputs = mpsc::Sender<Input>;

impl Keyboard {
    /// Reads single keys; the terminal is held for as long as the keyboard lives.
    ///
    /// # Errors
    /// When the terminal cannot be switched, or no thread can be started.
    pub fn of_keys() -> std::io::Result<Self> {
        let hold = TerminalHold::take()?;
        let (inputs, mut keyboard) = Self::of_signals();
        keyboard.hold = Some(hold);
        let wanted = Arc::clone(&keyboard.is_wanted);
        std::thread::Builder::new().name("keyboard".to_owned()).spawn(move || read_keys(&inputs, &wanted))?;
        Ok(keyboard)
    }

    /// Reads lines from standard input.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn of_lines() -> std::io::Result<Self> {
        let (inputs, keyboard) = Self::of_signals();
        std::thread::Builder::new().name("lines".to_owned()).spawn(move || read_lines(&inputs))?;
        Ok(keyboard)
    }

    /// Reads nothing: only signals come.
    pub fn of_nothing() -> Self {
        Self::of_signals().1
    }

    fn of_signals() -> (Inputs, Self) {
        let (inputs, receiver) = mpsc::channel(WAITING_INPUTS);
        tokio::spawn(forward_signals(inputs.clone()));
        let is_wanted = Arc::new(AtomicBool::new(true));
        (inputs, Self { inputs: receiver, interrupted: false, is_wanted, hold: None })
    }

    /// Whether keys come one by one.
    pub fn has_keys(&self) -> bool {
        self.hold.is_some()
    }

    /// The next thing that happens. It waits for as long as that takes; giving up waiting loses nothing.
    pub async fn next(&mut self) -> Input {
        if std::mem::take(&mut self.interrupted) {
            return Input::Interrupt;
        }
        self.inputs.recv().await.unwrap_or(Input::Closed)
    }

    /// Waits until the program is asked to end. What else is pressed meanwhile is forgotten.
    pub async fn interrupted(&mut self) {
        while self.next().await != Input::Interrupt {}
    }

    /// Forgets what was pressed while nobody asked.
    pub fn forget(&mut self) {
        while let Ok(input) = self.inputs.try_recv() {
            self.interrupted |= input == Input::Interrupt;
        }
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.is_wanted.store(false, Ordering::Relaxed);
    }
}

/// Hands a request to end on to whoever reads the keyboard. When nobody does, or it is the second one, the program ends at once: what
/// was said is on disk by then.
fn interrupt(inputs: &Inputs) {
    static REQUESTS: AtomicUsize = AtomicUsize::new(0);
    let is_first = REQUESTS.fetch_add(1, Ordering::Relaxed) == 0;
    if !is_first || inputs.try_send(Input::Interrupt).is_err() {
        TerminalHold::give_back();
        std::process::exit(1);
    }
}

async fn forward_signals(inputs: Inputs) {
    loop {
        end_requested().await;
        interrupt(&inputs);
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
            // Whoever leans on a key loses the rest.
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
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        _ => return None,
    };
    Some(Input::Key(key))
}

fn read_lines(inputs: &Inputs) {
    let mut lines = PlainLines::new(std::io::stdin().lock());
    while let Some(line) = lines.next() {
        if inputs.blocking_send(Input::Line(line)).is_err() {
            return;
        }
    }
    let _nobody_may_listen = inputs.blocking_send(Input::Closed);
}
