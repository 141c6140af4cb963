//! Text with tones, laid out by the width it takes on a terminal.
//!
//! Everything that a terminal shows goes through [`Line`], and everything that goes in is stripped of control characters: what
//! people, recognisers and language models wrote must not be able to steer the terminal.

mod wrap;

use unicode_width::UnicodeWidthStr;

/// What a piece of text is, from which its colour follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// A heading or something to look at first.
    Strong,
    /// Less important than what stands around it.
    Quiet,
    /// A key to press, a name, a measure.
    Accent,
    /// Something that went well.
    Good,
    /// Something that did not.
    Bad,
    /// A word that the recogniser was not sure of.
    Doubt,
    /// Where the next key goes.
    Cursor,
    /// Code, in the colour of its kind.
    Code(Rgb),
}

/// A colour: red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A run of text in one tone, without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    text: String,
    tone: Tone,
}

impl Piece {
    /// Makes a piece of any text; see [`harmless`].
    pub fn new(text: impl AsRef<str>, tone: Tone) -> Self {
        Self { text: harmless(text.as_ref()), tone }
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its tone.
    pub fn tone(&self) -> Tone {
        self.tone
    }

    /// The columns that it takes.
    pub fn width(&self) -> usize {
        self.text.width()
    }
}

/// One line of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pieces: Vec<Piece>,
}

impl Line {
    /// A line without anything in it.
    pub fn blank() -> Self {
        Self::default()
    }

    /// A line of plain text.
    pub fn plain(text: impl AsRef<str>) -> Self {
        Self::toned(text, Tone::Plain)
    }

    /// A line of text in one tone.
    pub fn toned(text: impl AsRef<str>, tone: Tone) -> Self {
        Self::blank().with(text, tone)
    }

    /// The line with more text behind it.
    #[must_use]
    pub fn with(mut self, text: impl AsRef<str>, tone: Tone) -> Self {
        self.push(Piece::new(text, tone));
        self
    }

    /// The line with another one behind it.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        other.pieces.into_iter().for_each(|piece| self.push(piece));
        self
    }

    /// Adds a piece behind the others.
    pub fn push(&mut self, piece: Piece) {
        if piece.text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.tone == piece.tone => last.text.push_str(&piece.text),
            _ => self.pieces.push(piece),
        }
    }

    /// Its pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Its text without tones.
    pub fn text(&self) -> String {
        self.pieces.iter().map(Piece::text).collect()
    }

    /// The columns that it takes.
    pub fn width(&self) -> usize {
        self.pieces.iter().map(Piece::width).sum()
    }

    /// The line filled up with spaces to `width` columns.
    #[must_use]
    pub fn padded(self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self.with(" ".repeat(missing), Tone::Plain)
    }
}

/// The text without what could steer a terminal or turn its reading direction: control characters are dropped, white space of any
/// sort becomes a space, and a tab four.
fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => harmless.push_str("    "),
            '\n' | '\r' => harmless.push(' '),
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            character if character.is_control() => {}
            character => harmless.push(character),
        }
    }
    harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_steer_the_terminal() {
        let hostile = "one\u{1b}[2Jtwo\u{7}\u{202e}three\r\nfour\u{9b}31m";
        assert_eq!(Piece::new(hostile, Tone::Plain).text(), "one[2Jtwothree  four31m");
    }

    #[test]
    fn a_line_is_as_wide_as_it_looks() {
        assert_eq!(Line::plain("déjà").width(), 4);
        assert_eq!(Line::plain("所有権").width(), 6);
        assert_eq!(Line::plain("a").padded(3).text(), "a  ");
        assert_eq!(Line::plain("wider").padded(3).text(), "wider");
    }

    #[test]
    fn neighbours_of_one_tone_are_one_piece() {
        let line = Line::plain("a").with("b", Tone::Plain).with("", Tone::Bad).with("c", Tone::Bad);
        assert_eq!(line.pieces().len(), 2);
    }
}
