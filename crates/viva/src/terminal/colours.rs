//! How many colours a terminal has, and lines painted in them.

use std::ffi::OsString;
use std::fmt::Write;

use super::text::{Line, Piece, Rgb, Tone};

/// The colours that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// None: nothing but text is written.
    None,
    /// The 256 that every terminal of today has.
    Few,
    /// 24 bits of them.
    Full,
}

impl Colours {
    /// What the environment says of a terminal. `NO_COLOR` switches colours off whatever else is set (no-color.org).
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

    /// The line as it is written to the terminal, without a line break.
    pub fn paint(self, line: &Line) -> String {
        if self == Self::None {
            return line.text();
        }
        let mut painted = String::new();
        for piece in line.pieces() {
            self.paint_piece(piece, &mut painted);
        }
        painted
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

/// The nearest colour of the 6 × 6 × 6 cube that stands at 16 to 231 of the 256.
fn nearest_of_256(Rgb(red, green, blue): Rgb) -> u8 {
    let step = |channel: u8| ((u16::from(channel) * 5 + 127) / 255) as u8;
    16 + 36 * step(red) + 6 * step(green) + step(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

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
