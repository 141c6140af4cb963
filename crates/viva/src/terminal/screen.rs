//! The screen: lines that stay, and lines at its end that are drawn again and again.

use std::io::{IsTerminal, Write};

use crossterm::cursor::{Hide, MoveUp, Show};
use crossterm::queue;
use crossterm::terminal::{Clear, ClearType};

use super::colours::Colours;
use super::look::{Look, Signs};
use super::text::Line;

/// The columns that are assumed when the terminal does not say.
const USUAL_WIDTH: usize = 80;

/// Where the program stands: what is a terminal, and what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether keys can be read.
    pub keys: bool,
    /// Whether standard output is a terminal.
    pub output: bool,
    /// Whether standard error is a terminal.
    pub errors: bool,
    /// Whether plain text was asked for: no drawing, no colours.
    pub plain: bool,
    /// Whether standard output is for a JSON document alone.
    pub json: bool,
}

impl Surroundings {
    /// Looks around. A terminal that cannot draw is treated as if plain text had been asked for.
    pub fn look(plain: bool, json: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            keys: std::io::stdin().is_terminal(),
            output: std::io::stdout().is_terminal(),
            errors: std::io::stderr().is_terminal(),
            plain: plain || dumb,
            json,
        }
    }

    /// Whether somebody sits there who sees what is written and can press keys.
    pub fn is_attended(self) -> bool {
        self.keys && (self.errors || (self.output && !self.json))
    }
}

/// Where lines go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Output,
    Errors,
}

/// The screen. What is written may have nobody who reads it; that is not an error.
pub struct Screen {
    prose: Stream,
    results: Stream,
    look: Look,
    can_draw: bool,
    /// The widths of the lines that are drawn at the end.
    live: Vec<usize>,
}

impl Screen {
    /// The screen of these surroundings. Prose goes to standard error unless standard output is a terminal; results go to standard
    /// output unless that is for JSON alone.
    pub fn new(surroundings: Surroundings) -> Self {
        let prose = if surroundings.output && !surroundings.json { Stream::Output } else { Stream::Errors };
        let results = if surroundings.json { Stream::Errors } else { Stream::Output };
        let is_terminal = if prose == Stream::Output { surroundings.output } else { surroundings.errors };
        let mut screen = Self {
            prose,
            results,
            look: Look::OFF_SCREEN,
            can_draw: is_terminal && !surroundings.plain,
            live: Vec::new(),
        };
        if is_terminal {
            screen.look.width = width();
        }
        if surroundings.plain {
            screen.look.signs = Signs::Words;
        } else if is_terminal {
            screen.look.colours = Colours::of_terminal(|name| std::env::var_os(name));
            screen.look.side_by_side = true;
        }
        screen
    }

    /// How prose may look, for whoever makes lines.
    pub fn look(&self) -> Look {
        self.look
    }

    /// How results may look.
    pub fn results_look(&self) -> Look {
        let is_off_screen = self.results == Stream::Output && self.prose == Stream::Errors;
        if is_off_screen { Look { signs: self.look.signs, ..Look::OFF_SCREEN } } else { self.look }
    }

    /// Whether lines can be drawn again and again.
    pub fn can_draw(&self) -> bool {
        self.can_draw
    }

    /// Writes lines that stay: questions, notices, progress.
    pub fn say(&mut self, lines: &[Line]) {
        self.write(self.prose, self.look, lines);
    }

    /// Writes lines that stay and that the command was called for.
    pub fn show(&mut self, lines: &[Line]) {
        self.write(self.results, self.results_look(), lines);
    }

    /// Draws lines at the end, in place of those drawn before. Each takes one row, and what does not fit is cut. Where nothing can be
    /// drawn this does nothing.
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

    /// Takes away what was drawn.
    pub fn settle(&mut self) {
        if self.live.is_empty() {
            return;
        }
        let mut drawing = self.erasure();
        let _ = queue!(drawing, Show);
        self.live.clear();
        send(self.prose, &drawing);
    }

    /// The terminal has another size now.
    pub fn resized(&mut self) {
        self.look.width = width();
    }

    fn write(&mut self, stream: Stream, look: Look, lines: &[Line]) {
        self.settle();
        let end = if self.can_draw && stream == self.prose { "\r\n" } else { "\n" };
        let mut text = String::new();
        for line in lines {
            text.push_str(&look.colours.paint(line));
            text.push_str(end);
        }
        send(stream, text.as_bytes());
    }

    /// What takes the drawn lines away. A terminal that became narrower has broken them into more rows.
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
        self.settle();
    }
}

fn send(stream: Stream, bytes: &[u8]) {
    let _nobody_may_read_it = match stream {
        Stream::Output => write_to(std::io::stdout().lock(), bytes),
        Stream::Errors => write_to(std::io::stderr().lock(), bytes),
    };
}

fn write_to(mut stream: impl Write, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}

fn width() -> usize {
    crossterm::terminal::size().map_or(USUAL_WIDTH, |(columns, _)| usize::from(columns).max(20))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMINAL: Surroundings = Surroundings { keys: true, output: true, errors: true, plain: false, json: false };

    #[test]
    fn prose_leaves_standard_output_to_programs() {
        let streams = |surroundings| {
            let screen = Screen::new(surroundings);
            (screen.prose, screen.results)
        };
        assert_eq!(streams(TERMINAL), (Stream::Output, Stream::Output));
        assert_eq!(streams(Surroundings { output: false, ..TERMINAL }), (Stream::Errors, Stream::Output));
        assert_eq!(streams(Surroundings { json: true, ..TERMINAL }), (Stream::Errors, Stream::Errors));
    }

    #[test]
    fn somebody_is_there_only_with_keys_and_a_terminal_to_read() {
        assert!(TERMINAL.is_attended());
        assert!(Surroundings { output: false, ..TERMINAL }.is_attended());
        assert!(Surroundings { json: true, ..TERMINAL }.is_attended());
        assert!(!Surroundings { keys: false, ..TERMINAL }.is_attended());
        assert!(!Surroundings { errors: false, json: true, ..TERMINAL }.is_attended());
    }

    #[test]
    fn plain_text_is_neither_drawn_nor_coloured() {
        let screen = Screen::new(Surroundings { plain: true, ..TERMINAL });
        assert!(!screen.can_draw());
        assert_eq!((screen.look().colours, screen.look().signs), (Colours::None, Signs::Words));
    }
}
