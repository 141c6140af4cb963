//! Screen and keyboard together: asking the person for one of a few things.

use std::time::{Duration, Instant};

use super::keyboard::{Input, Keyboard};
use super::screen::{Screen, Surroundings};
use super::text::{Line, Tone};
use super::{Edited, Editor};
use crate::failure::Failure;

/// The rows that a text is edited in.
const EDITOR_ROWS: usize = 8;
/// How often a countdown is drawn.
const TICK: Duration = Duration::from_millis(200);

/// The terminal that a command talks through.
pub struct Terminal {
    /// What is written.
    pub screen: Screen,
    /// What is pressed.
    pub keyboard: Keyboard,
    is_attended: bool,
}

/// What the person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One of the letters that were offered; Enter is a line break.
    Letter(char),
    /// Nothing in the time there was.
    Nothing,
    /// To end the program.
    Interrupt,
}

/// A text that somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// They finished it.
    Finished(String),
    /// They want it as it was.
    Cancelled,
    /// They ended the program while they wrote this.
    Interrupted(String),
}

/// A key that can be pressed, and what it does.
pub type Offer<'a> = (&'a str, &'a str);

impl Terminal {
    /// The terminal of these surroundings. Where somebody sits, keys are read one by one, or line by line in plain text.
    ///
    /// # Errors
    /// When the terminal cannot be switched.
    pub fn open(surroundings: Surroundings) -> Result<Self, Failure> {
        let keyboard = match surroundings {
            surroundings if !surroundings.is_attended() => Keyboard::of_nothing(),
            Surroundings { plain: true, .. } => Keyboard::of_lines()?,
            _ => Keyboard::of_keys()?,
        };
        Ok(Self { screen: Screen::new(surroundings), keyboard, is_attended: surroundings.is_attended() })
    }

    /// Whether somebody sits there.
    pub fn is_attended(&self) -> bool {
        self.is_attended
    }

    /// Says one line of prose.
    pub fn say(&mut self, text: impl AsRef<str>) {
        let width = self.screen.look().text_width();
        self.screen.say(&Line::plain(text).wrapped(width));
    }

    /// Says that something is not as it should be.
    pub fn warn(&mut self, text: impl AsRef<str>) {
        let width = self.screen.look().text_width();
        self.screen.say(&Line::toned(text, Tone::Bad).wrapped(width));
    }

    /// Waits until one of the offered keys is pressed. Whoever went away is taken to end the program.
    pub async fn choose(&mut self, offers: &[Offer<'_>]) -> Choice {
        self.choose_within(offers, None).await
    }

    /// Waits until one of the offered keys is pressed, or `patience` is over; it is counted down, and any key stops the counting.
    pub async fn choose_within(&mut self, offers: &[Offer<'_>], patience: Option<Duration>) -> Choice {
        let mut deadline = patience.map(|patience| Instant::now() + patience);
        self.keyboard.forget();
        if self.is_attended && !self.screen.can_draw() {
            self.screen.say(&[keys(offers)]);
        }
        loop {
            self.draw_offers(offers, deadline);
            let input = tokio::select! {
                input = self.keyboard.next() => Some(input),
                () = tokio::time::sleep(TICK), if deadline.is_some() => None,
            };
            match input {
                None if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                    return self.chosen(Choice::Nothing);
                }
                None => {}
                Some(Input::Interrupt | Input::Closed) => return self.chosen(Choice::Interrupt),
                Some(Input::Resized) => self.screen.resized(),
                Some(input) => {
                    deadline = None;
                    let letter = input.letter().map(|letter| if letter == ' ' { '\n' } else { letter });
                    if let Some(letter) =
                        letter.filter(|letter| offers.iter().any(|(key, _)| letter_of(key) == *letter))
                    {
                        return self.chosen(Choice::Letter(letter));
                    }
                }
            }
        }
    }

    /// Has a text written: `editor` holds what is there already, and `offers` explains the keys.
    pub async fn write(&mut self, mut editor: Editor, offers: &[Offer<'_>]) -> Written {
        if !self.keyboard.has_keys() {
            return self.write_lines(offers).await;
        }
        loop {
            let look = self.screen.look();
            let rows = editor.lines(look.text_width() - 2, EDITOR_ROWS);
            let mut lines: Vec<Line> =
                rows.into_iter().map(|row| Line::toned("> ", Tone::Accent).joined(row)).collect();
            lines.push(keys(offers));
            self.screen.draw(&lines);
            let written = match self.keyboard.next().await {
                Input::Interrupt | Input::Closed => Written::Interrupted(editor.text()),
                Input::Resized => {
                    self.screen.resized();
                    continue;
                }
                input => match editor.take(&input) {
                    Edited::GoesOn => continue,
                    Edited::Done => Written::Finished(editor.text()),
                    Edited::Cancelled => Written::Cancelled,
                },
            };
            self.screen.settle();
            return written;
        }
    }

    /// On a terminal whose keys do not come one by one a text ends with an empty line.
    async fn write_lines(&mut self, offers: &[Offer<'_>]) -> Written {
        self.screen.say(&[keys(offers)]);
        let mut lines: Vec<String> = Vec::new();
        loop {
            match self.keyboard.next().await {
                Input::Line(line) if line.trim().is_empty() => return Written::Finished(lines.join("\n")),
                Input::Line(line) => lines.push(line),
                Input::Interrupt | Input::Closed => return Written::Interrupted(lines.join("\n")),
                Input::Key(_) | Input::Pasted(_) | Input::Resized => {}
            }
        }
    }

    fn draw_offers(&mut self, offers: &[Offer<'_>], deadline: Option<Instant>) {
        let line = match deadline {
            None => keys(offers),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64().ceil();
                Line::toned(format!("going on in {left} s  "), Tone::Strong).with("any key stops that", Tone::Quiet)
            }
        };
        self.screen.draw(&[Line::blank(), line]);
    }

    fn chosen(&mut self, choice: Choice) -> Choice {
        self.screen.settle();
        choice
    }
}

/// The keys that can be pressed and what they do, in one line.
pub fn keys(offers: &[Offer<'_>]) -> Line {
    let mut line = Line::blank();
    for (key, effect) in offers {
        if !line.pieces().is_empty() {
            line = line.with("  ·  ", Tone::Quiet);
        }
        line = line.with(key, Tone::Accent).with(format!(" {effect}"), Tone::Quiet);
    }
    line
}

fn letter_of(key: &str) -> char {
    if key == "Enter" { '\n' } else { key.chars().next().unwrap_or('\n') }
}
