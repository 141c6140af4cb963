//! Screen and keyboard together: asking for a choice or a text.

use std::time::{Duration, Instant};

use super::keyboard::{Input, Key, Keyboard};
use super::pinned::Pinned;
use super::screen::{Look, Screen, Streams};
use super::text::{Line, Tone, unbroken};
use super::{Edited, Editor};
use crate::failure::Failure;

const EDITOR_ROWS: usize = 8;
/// How often a countdown is redrawn.
const TICK: Duration = Duration::from_millis(200);

/// The terminal of a command.
pub struct Terminal {
    pub screen: Screen,
    pub keyboard: Keyboard,
    is_attended: bool,
}

/// What the user chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// One of the offered letters; Enter is `\n`.
    Letter(char),
    /// Nothing within the time limit.
    Nothing,
    /// To quit the program.
    Interrupt,
}

/// The result of editing a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    Finished(String),
    /// The text stays as it was.
    Cancelled,
    /// The user quit with this text in the editor.
    Interrupted(String),
}

/// A key and what it does.
pub type Offer<'a> = (&'a str, &'a str);

impl Terminal {
    /// Opens the terminal. Keys are read one by one, or line by line with plain output.
    pub fn open(streams: Streams) -> Result<Self, Failure> {
        let keyboard = match streams {
            streams if !streams.is_attended() => Keyboard::of_nothing(),
            Streams { plain: true, .. } => Keyboard::of_lines()?,
            _ => Keyboard::of_keys()?,
        };
        Ok(Self { screen: Screen::new(streams), keyboard, is_attended: streams.is_attended() })
    }

    /// Whether a user can answer questions.
    pub fn is_attended(&self) -> bool {
        self.is_attended
    }

    pub fn say(&mut self, text: impl AsRef<str>) {
        let width = self.screen.look().text_width();
        self.screen.say(&Line::plain(text).wrapped(width));
    }

    pub fn warn(&mut self, text: impl AsRef<str>) {
        let width = self.screen.look().text_width();
        self.screen.say(&Line::toned(text, Tone::Bad).wrapped(width));
    }

    /// Prints a command or a path on a line of its own, which is not wrapped, so that it can be copied.
    pub fn say_to_copy(&mut self, text: impl AsRef<str>) {
        self.screen.say(&[Line::toned(text, Tone::Accent)]);
    }

    /// Waits for one of the offered keys. The end of input counts as quitting.
    pub async fn choose(&mut self, offers: &[Offer<'_>]) -> Choice {
        self.choose_below(|_| Vec::new(), offers, None).await
    }

    /// The same below `page`, which is laid out for the screen, erased after the choice, and printed where nothing can be redrawn; for at
    /// most `limit`, which is counted down; any key stops the countdown.
    pub async fn choose_below(
        &mut self,
        page: impl Fn(Look) -> Vec<Line>,
        offers: &[Offer<'_>],
        limit: Option<Duration>,
    ) -> Choice {
        let mut deadline = limit.map(|limit| Instant::now() + limit);
        self.keyboard.forget_repeats();
        if !self.screen.can_draw() {
            self.screen.show(&page);
            if self.is_attended {
                self.screen.say(&[keys(offers)]);
            }
        }
        loop {
            let line = match deadline {
                None => keys(offers),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64().ceil();
                    Line::toned(format!("continuing in {left} s  "), Tone::Strong)
                        .with("any key stops the countdown", Tone::Quiet)
                }
            };
            self.draw_page(page(self.screen.look()), &line);
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
                    if let Some(letter) = letter.filter(|letter| offers.iter().any(|(key, _)| means(key, *letter))) {
                        return self.chosen(Choice::Letter(letter));
                    }
                }
            }
        }
    }

    /// Shows `note` below `page` until `work` is done. The input that comes before that gives it up.
    pub async fn until_key<T>(
        &mut self,
        page: impl Fn(Look) -> Vec<Line>,
        note: &Line,
        work: impl Future<Output = T>,
    ) -> Result<T, Input> {
        self.keyboard.forget_repeats();
        if !self.screen.can_draw() {
            self.screen.say(std::slice::from_ref(note));
        }
        tokio::pin!(work);
        let ended = loop {
            self.draw_page(page(self.screen.look()), note);
            tokio::select! {
                done = &mut work => break Ok(done),
                input = self.keyboard.next() => match input {
                    Input::Resized => self.screen.resized(),
                    input => break Err(input),
                },
            }
        };
        self.screen.erase();
        ended
    }

    /// Lets the user edit the text in `editor`; `offers` explains the keys.
    pub async fn write(&mut self, editor: &mut Editor, offers: &[Offer<'_>]) -> Written {
        self.write_below(|_| None, editor, offers, || None).await
    }

    /// The same below a question that `pin` lays out for the screen, and with a `note` between the text and the keys, which is kept up to date.
    pub async fn write_below(
        &mut self,
        pin: impl Fn(Look) -> Option<Pinned>,
        editor: &mut Editor,
        offers: &[Offer<'_>],
        note: impl Fn() -> Option<String>,
    ) -> Written {
        if !self.keyboard.has_keys() {
            return self.write_lines(offers).await;
        }
        let mut pinned = pin(self.screen.look());
        loop {
            let note = note();
            let has_note = note.is_some();
            // A text that another program types at once is drawn once.
            if !self.keyboard.has_input() {
                let look = self.screen.look();
                let scrolling = pinned.as_ref().and_then(Pinned::scrolling);
                let offers: Vec<Offer<'_>> = offers.iter().copied().chain(scrolling).collect();
                let note = note.map(|note| Line::toned(note, Tone::Quiet));
                let below: Vec<Line> = note.into_iter().chain(keys(&offers).wrapped(look.text_width())).collect();
                let mut lines = pinned.as_ref().map(|pinned| pinned.lines(look)).unwrap_or_default();
                let room = look.height.saturating_sub(lines.len() + below.len() + 1).clamp(1, EDITOR_ROWS);
                let rows = editor.lines(look.text_width() - 2, room).into_iter();
                lines.extend(rows.map(|row| Line::toned("> ", Tone::Accent).joined(row)));
                lines.extend(below);
                self.screen.draw(&lines);
            }
            let input = tokio::select! {
                input = self.keyboard.next() => input,
                () = tokio::time::sleep(TICK), if has_note => continue,
            };
            let written = match input {
                Input::Interrupt | Input::Closed => Written::Interrupted(editor.text()),
                Input::Resized => {
                    self.screen.resized();
                    pinned = pin(self.screen.look());
                    continue;
                }
                Input::Key(key @ (Key::Up | Key::Down)) => {
                    pinned.iter_mut().for_each(|pinned| pinned.take(key));
                    continue;
                }
                input => match editor.take(&input) {
                    Edited::GoesOn => continue,
                    Edited::Done => Written::Finished(editor.text()),
                    Edited::Cancelled => Written::Cancelled,
                },
            };
            self.screen.erase();
            return written;
        }
    }

    /// Without single keys, an empty line ends the text.
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

    /// Draws the page, cut to the screen, and the line with the keys.
    fn draw_page(&mut self, mut page: Vec<Line>, line: &Line) {
        let look = self.screen.look();
        let keys = line.wrapped(look.width.saturating_sub(1));
        page.truncate(look.height.saturating_sub(keys.len() + 2));
        page.push(Line::blank());
        page.extend(keys);
        self.screen.draw(&page);
    }

    fn chosen(&mut self, choice: Choice) -> Choice {
        self.screen.erase();
        choice
    }
}

/// The keys and what they do, in one line. When it is wrapped, no offer is broken.
pub fn keys(offers: &[Offer<'_>]) -> Line {
    let mut line = Line::blank();
    for (key, effect) in offers {
        if !line.pieces().is_empty() {
            line = line.with(unbroken("  ·"), Tone::Quiet).with("  ", Tone::Quiet);
        }
        line = line.with(unbroken(key), Tone::Accent).with(unbroken(&format!(" {effect}")), Tone::Quiet);
    }
    line
}

/// Whether a key of an offer means this letter: `Enter`, `Esc`, a range such as `1-6`, or the letter itself.
fn means(key: &str, letter: char) -> bool {
    match (key, key.as_bytes()) {
        ("Enter", _) => letter == '\n',
        ("Esc", _) => letter == '\u{1b}',
        (_, [first, b'-', last]) => (char::from(*first)..=char::from(*last)).contains(&letter),
        _ => key.starts_with(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::screen::Colours;

    #[test]
    fn no_offer_is_broken_over_two_rows() {
        let line = keys(&[("Enter", "send"), ("e", "correct the text"), ("↑ ↓", "scroll the code")]);
        let rows = |width| line.wrapped(width).iter().map(|row| Colours::None.paint(row)).collect::<Vec<_>>();
        assert_eq!(rows(80), ["Enter send  ·  e correct the text  ·  ↑ ↓ scroll the code"]);
        assert_eq!(rows(40), ["Enter send  ·  e correct the text  ·", "↑ ↓ scroll the code"]);
        assert_eq!(rows(26), ["Enter send  ·", "e correct the text  ·", "↑ ↓ scroll the code"]);
    }

    #[test]
    fn a_key_may_be_a_name_or_a_range() {
        assert!(means("Enter", '\n') && means("Esc", '\u{1b}') && means("q", 'q'));
        assert!(!means("Enter", 'e') && !means("Esc", 'e'));
        assert_eq!(['0', '1', '6', '7'].map(|letter| means("1-6", letter)), [false, true, true, false]);
    }
}
