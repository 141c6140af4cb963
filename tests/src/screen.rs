//! What a person sees of the program at a terminal.

use std::time::{Duration, Instant};

use rexpect::session::PtySession;

use crate::program::Run;

/// How long a terminal may show nothing new, in milliseconds.
const LIMIT: u64 = 60_000;

/// Waits for `after`, then presses `keys`.
#[track_caller]
pub fn press(terminal: &mut PtySession, after: &str, keys: &str) {
    terminal.exp_string(after).unwrap_or_else(|error| panic!("{after:?} did not come: {error}"));
    terminal.send(keys).and_then(|_| terminal.flush()).unwrap_or_else(|error| panic!("cannot press {keys:?}: {error}"));
}

/// Columns and rows of a terminal.
pub type Size = (u16, u16);

/// The sizes at which whole screens are compared, and what their snapshots are called by.
pub const SIZES: [(Size, &str); 2] = [((80, 24), ""), ((120, 40), "_large")];

/// The terminal of one run.
pub struct Screen {
    session: PtySession,
    shown: vt100::Parser,
}

impl Screen {
    /// Starts the program at a terminal of 80 columns and 24 rows.
    pub fn of(run: Run) -> Self {
        Self::sized((80, 24), run)
    }

    /// Starts the program at a terminal of this size.
    pub fn sized((columns, rows): Size, run: Run) -> Self {
        let session = rexpect::session::spawn_command(run.at_terminal_of(columns, rows), Some(LIMIT));
        let session = session.unwrap_or_else(|error| panic!("no terminal: {error}"));
        Self { session, shown: vt100::Parser::new(rows, columns, 0) }
    }

    /// Waits until the screen has this heading and these keys in its last line; returns the screen.
    pub fn until(&mut self, heading: &str, keys: &str) -> String {
        loop {
            let screen = self.shown.screen().contents();
            if screen.contains(heading) && screen.lines().last().is_some_and(|line| line.contains(keys)) {
                return trimmed(&screen);
            }
            let waiting = Instant::now();
            let read = loop {
                // `exp_regex` would compile its pattern for each byte.
                match self.session.try_read() {
                    Some(read) => break read,
                    None => std::thread::sleep(Duration::from_millis(5)),
                }
                assert!(waiting.elapsed() < Duration::from_millis(LIMIT), "nothing new: {screen}");
            };
            // Each byte comes as the character with its number.
            self.shown.process(&[u8::try_from(read).unwrap_or_default()]);
        }
    }

    /// Types keys.
    pub fn press(&mut self, keys: &str) {
        let sent = self.session.send(keys).and_then(|_| self.session.flush());
        sent.unwrap_or_else(|error| panic!("{keys:?} cannot be typed: {error}"));
    }

    /// Waits for the end of the program; returns the screen that it leaves.
    pub fn ends(&mut self) -> String {
        let rest = self.session.exp_eof().unwrap_or_else(|error| panic!("it goes on: {error}"));
        // Each byte came as the character with its number.
        let bytes: Vec<u8> = rest.chars().map(|byte| u8::try_from(u32::from(byte)).unwrap_or_default()).collect();
        self.shown.process(&bytes);
        trimmed(&self.shown.screen().contents())
    }
}

fn trimmed(screen: &str) -> String {
    screen.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// What is on the screen below a heading. What is above it depends on the wording that was chosen and on how long the judging took.
pub fn below<'s>(screen: &'s str, heading: &str) -> &'s str {
    screen.rsplit_once(&format!("\n{heading}")).map_or(screen, |(_, below)| below)
}

/// A text in one line. Where its lines break depends on the terminal's width.
pub fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
