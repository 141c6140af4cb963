//! The screen: lines that stay, lines at its end that are redrawn, and how both may look.
//!
//! Questions, answers and feedback stay in the terminal, to be scrolled back to, searched and copied; what is redrawn below them is as high
//! as it has to be. That is why ratatui is not used here: an inline viewport of another height has to be made anew, for which ratatui asks
//! the terminal where the cursor is, and the keyboard's thread would read the reply (its issue 2640); on a resize it leaves copies of
//! itself behind (issue 2666).

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};

use crossterm::cursor::{Hide, MoveUp, Show};
use crossterm::queue;
use crossterm::terminal::{Clear, ClearType};

use super::text::{Line, NO_BREAK_SPACE, Piece, Rgb, Tone};

/// Columns and rows that are assumed when the terminal does not report them.
const DEFAULT_SIZE: (u16, u16) = (80, 24);

/// Which standard streams are terminals, and which output was requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    /// Standard input is a terminal.
    pub keys: bool,
    /// Standard output is a terminal.
    pub output: bool,
    /// Standard error is a terminal.
    pub errors: bool,
    /// Plain output: no redrawing, no colours.
    pub plain: bool,
    /// Standard output is for a JSON document only.
    pub json: bool,
}

impl Streams {
    /// Inspects the standard streams. A terminal that cannot redraw gets plain output.
    pub fn detect(plain: bool, json: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            keys: std::io::stdin().is_terminal(),
            output: std::io::stdout().is_terminal(),
            errors: std::io::stderr().is_terminal(),
            plain: plain || dumb,
            json,
        }
    }

    /// Whether a user can read the output and press keys.
    pub fn is_attended(self) -> bool {
        self.keys && (self.errors || (self.output && !self.json))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Output,
    Errors,
}

/// The screen. Write errors are ignored: a reader may have gone away.
pub struct Screen {
    prose: Stream,
    results: Stream,
    look: Look,
    can_draw: bool,
    /// Widths of the lines drawn at the end.
    live: Vec<usize>,
}

impl Screen {
    /// Prose goes to standard error unless standard output is a terminal; results go to standard output unless that is for JSON only.
    pub fn new(streams: Streams) -> Self {
        let prose = if streams.output && !streams.json { Stream::Output } else { Stream::Errors };
        let results = if streams.json { Stream::Errors } else { Stream::Output };
        let is_terminal = if prose == Stream::Output { streams.output } else { streams.errors };
        let mut screen =
            Self { prose, results, look: Look::OFF_SCREEN, can_draw: is_terminal && !streams.plain, live: Vec::new() };
        if is_terminal {
            screen.resized();
        }
        if streams.plain {
            screen.look.signs = Signs::Words;
        } else if is_terminal {
            screen.look.colours = Colours::of_terminal(|name| std::env::var_os(name));
            screen.look.side_by_side = true;
        }
        screen
    }

    /// How prose may look.
    pub fn look(&self) -> Look {
        self.look
    }

    pub fn can_draw(&self) -> bool {
        self.can_draw
    }

    /// Writes lines that stay: questions, notices, progress.
    pub fn say(&mut self, lines: &[Line]) {
        self.write(self.prose, self.look, lines);
    }

    /// Writes lines that stay: the result of the command, as `page` lays it out.
    pub fn show(&mut self, page: impl FnOnce(Look) -> Vec<Line>) {
        let is_off_screen = self.results == Stream::Output && self.prose == Stream::Errors;
        let look = if is_off_screen { Look { signs: self.look.signs, ..Look::OFF_SCREEN } } else { self.look };
        self.write(self.results, look, &page(look));
    }

    /// Draws lines at the end, replacing those drawn before. Each takes one row and is cut to fit; there must be fewer than the screen
    /// has rows. Without redrawing this does nothing.
    pub fn draw(&mut self, lines: &[Line]) {
        if !self.can_draw {
            return;
        }
        let mut drawing = self.erasure();
        let lines: Vec<Line> = lines.iter().map(|line| line.cut(self.look.width.saturating_sub(1))).collect();
        let painted: Vec<String> = lines.iter().map(|line| self.look.colours.paint(line)).collect();
        // Writing to memory cannot fail.
        let _ = queue!(drawing, Hide);
        drawing.extend_from_slice(painted.join("\r\n").as_bytes());
        self.live = lines.iter().map(Line::width).collect();
        send(self.prose, &drawing);
    }

    pub fn erase(&mut self) {
        if self.live.is_empty() {
            return;
        }
        let mut drawing = self.erasure();
        let _ = queue!(drawing, Show);
        self.live.clear();
        send(self.prose, &drawing);
    }

    /// To be called when the terminal was resized.
    pub fn resized(&mut self) {
        let (columns, rows) = crossterm::terminal::size().unwrap_or(DEFAULT_SIZE);
        self.look.width = usize::from(columns).max(20);
        if self.can_draw {
            self.look.height = usize::from(rows).max(8);
        }
    }

    fn write(&mut self, stream: Stream, look: Look, lines: &[Line]) {
        self.erase();
        let end = if self.can_draw && stream == self.prose { "\r\n" } else { "\n" };
        let mut text = String::new();
        for line in lines {
            text.push_str(&look.colours.paint(line));
            text.push_str(end);
        }
        send(stream, text.as_bytes());
    }

    /// Escape codes that erase the drawn lines. A terminal that became narrower wraps them into more rows.
    fn erasure(&self) -> Vec<u8> {
        let columns = self.look.width.max(1);
        let rows: usize = self.live.iter().map(|width| width.div_ceil(columns).max(1)).sum();
        let mut erasure = b"\r".to_vec();
        if rows > 1 {
            let _ = queue!(erasure, MoveUp(u16::try_from(rows - 1).unwrap_or(u16::MAX)));
        }
        if rows > 0 {
            let _ = queue!(erasure, Clear(ClearType::FromCursorDown));
        }
        erasure
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.erase();
    }
}

fn send(stream: Stream, bytes: &[u8]) {
    let mut stream: Box<dyn Write> = match stream {
        Stream::Output => Box::new(std::io::stdout().lock()),
        Stream::Errors => Box::new(std::io::stderr().lock()),
    };
    stream.write_all(bytes).and_then(|()| stream.flush()).ok(); // The reader may have gone away.
}

/// How things may look on this screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Width of the screen in columns.
    pub width: usize,
    /// Height of the screen in rows; without redrawing, text may be of any length.
    pub height: usize,
    /// Whether verdicts are symbols or words.
    pub signs: Signs,
    pub colours: Colours,
    /// Whether panels may be side by side, which is hard to search and for screen readers.
    pub side_by_side: bool,
}

impl Look {
    /// For output that is not a terminal.
    pub const OFF_SCREEN: Self =
        Self { width: 100, height: usize::MAX, signs: Signs::Symbols, colours: Colours::None, side_by_side: false };

    /// Whether tones are visible, so that they can mark uncertain words.
    pub fn shows_tones(self) -> bool {
        self.colours != Colours::None
    }

    /// Width of running text: longer lines are hard to read.
    pub fn text_width(self) -> usize {
        self.width.saturating_sub(1).clamp(20, 100)
    }
}

/// How verdicts and frames are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// With symbols and lines.
    Symbols,
    /// In words, for screen readers and simple terminals.
    Words,
}

impl Signs {
    pub fn pick<'a>(self, symbol: &'a str, word: &'a str) -> &'a str {
        match self {
            Self::Symbols => symbol,
            Self::Words => word,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    None,
    /// 256 colours, which every current terminal has.
    Few,
    /// 24-bit colours.
    Full,
}

impl Colours {
    /// The colours that the environment promises. `NO_COLOR` overrides everything else (no-color.org).
    pub fn of_terminal(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM");
        if set("NO_COLOR").is_some() || term.as_ref().is_some_and(|term| term == "dumb") {
            return Self::None;
        }
        let promised = set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
        let direct = term.is_some_and(|term| term.to_string_lossy().ends_with("-direct"));
        if promised || direct { Self::Full } else { Self::Few }
    }

    /// The line with escape codes and plain spaces, without a line break.
    pub fn paint(self, line: &Line) -> String {
        let mut painted = String::new();
        if self == Self::None {
            painted = line.text();
        } else {
            line.pieces().iter().for_each(|piece| self.paint_piece(piece, &mut painted));
        }
        painted.replace(NO_BREAK_SPACE, " ")
    }

    fn paint_piece(self, piece: &Piece, painted: &mut String) {
        let code = match (piece.tone(), self) {
            (Tone::Plain, _) => return painted.push_str(piece.text()),
            (Tone::Strong, _) => "1".to_owned(),
            (Tone::Quiet, _) => "2".to_owned(),
            (Tone::Accent, _) => "36".to_owned(),
            (Tone::Good, _) => "32".to_owned(),
            (Tone::Bad, _) => "31".to_owned(),
            (Tone::Doubt, _) => "4;33".to_owned(),
            (Tone::Cursor, _) => "7".to_owned(),
            (Tone::Code(Rgb(red, green, blue)), Self::Full) => format!("38;2;{red};{green};{blue}"),
            (Tone::Code(colour), _) => format!("38;5;{}", nearest_of_256(colour)),
        };
        // Writing to a string cannot fail.
        let _ = write!(painted, "\u{1b}[{code}m{}\u{1b}[0m", piece.text());
    }
}

/// The nearest colour in the 6 × 6 × 6 cube, which is at 16 to 231 of the 256.
fn nearest_of_256(Rgb(red, green, blue): Rgb) -> u8 {
    let step = |channel: u8| ((u16::from(channel) * 5 + 127) / 255) as u8;
    16 + 36 * step(red) + 6 * step(green) + step(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMINAL: Streams = Streams { keys: true, output: true, errors: true, plain: false, json: false };

    #[test]
    fn prose_leaves_standard_output_to_programs() {
        let streams = |streams| {
            let screen = Screen::new(streams);
            (screen.prose, screen.results)
        };
        assert_eq!(streams(TERMINAL), (Stream::Output, Stream::Output));
        assert_eq!(streams(Streams { output: false, ..TERMINAL }), (Stream::Errors, Stream::Output));
        assert_eq!(streams(Streams { json: true, ..TERMINAL }), (Stream::Errors, Stream::Errors));
    }

    #[test]
    fn attended_means_keys_and_a_terminal_to_read() {
        assert!(TERMINAL.is_attended());
        assert!(Streams { output: false, ..TERMINAL }.is_attended());
        assert!(Streams { json: true, ..TERMINAL }.is_attended());
        assert!(!Streams { keys: false, ..TERMINAL }.is_attended());
        assert!(!Streams { errors: false, json: true, ..TERMINAL }.is_attended());
    }

    #[test]
    fn plain_text_is_neither_drawn_nor_coloured() {
        let screen = Screen::new(Streams { plain: true, ..TERMINAL });
        assert!(!screen.can_draw());
        assert_eq!((screen.look().colours, screen.look().signs), (Colours::None, Signs::Words));
    }

    fn of(variables: &[(&str, &str)]) -> Colours {
        Colours::of_terminal(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn no_color_switches_colours_off() {
        assert_eq!(of(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]), Colours::None);
        assert_eq!(of(&[("COLORTERM", "truecolor"), ("NO_COLOR", "")]), Colours::Full);
        assert_eq!(of(&[("TERM", "dumb")]), Colours::None);
        assert_eq!(of(&[("TERM", "xterm-256color")]), Colours::Few);
        assert_eq!(of(&[("TERM", "xterm-direct")]), Colours::Full);
    }

    #[test]
    fn code_is_painted_in_the_colours_there_are() {
        let line = Line::toned("let", Tone::Code(Rgb(255, 0, 128)));
        assert_eq!(Colours::Full.paint(&line), "\u{1b}[38;2;255;0;128mlet\u{1b}[0m");
        assert_eq!(Colours::Few.paint(&line), "\u{1b}[38;5;199mlet\u{1b}[0m");
        assert_eq!(Colours::None.paint(&line), "let");
    }
}
