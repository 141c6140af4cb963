//! Text with tones, laid out by the width it takes on a terminal.
//!
//! Everything that a terminal shows goes through [`Line`], which strips control characters: what people, recognisers and language
//! models wrote must not be able to steer the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A space at which a line is not broken.
pub const NO_BREAK_SPACE: &str = "\u{a0}";

/// What a piece of text is; the colour follows from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    /// A heading or something to look at first.
    Strong,
    /// Less important than its surroundings.
    Quiet,
    /// A key to press, a name, a measure.
    Accent,
    /// Something that went well.
    Good,
    /// Something that did not go well.
    Bad,
    /// A word that the recogniser was unsure of.
    Doubt,
    Cursor,
    /// Code, in the colour of its syntax.
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

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn tone(&self) -> Tone {
        self.tone
    }

    /// Width in columns.
    pub fn width(&self) -> usize {
        self.text.width()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pieces: Vec<Piece>,
}

impl Line {
    pub fn blank() -> Self {
        Self::default()
    }

    pub fn plain(text: impl AsRef<str>) -> Self {
        Self::toned(text, Tone::Plain)
    }

    pub fn toned(text: impl AsRef<str>, tone: Tone) -> Self {
        Self::blank().with(text, tone)
    }

    #[must_use]
    pub fn with(mut self, text: impl AsRef<str>, tone: Tone) -> Self {
        self.push(Piece::new(text, tone));
        self
    }

    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        other.pieces.into_iter().for_each(|piece| self.push(piece));
        self
    }

    /// Appends a piece, merging it with the last one if the tones are equal.
    fn push(&mut self, piece: Piece) {
        if piece.text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.tone == piece.tone => last.text.push_str(&piece.text),
            _ => self.pieces.push(piece),
        }
    }

    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The text without tones.
    pub fn text(&self) -> String {
        self.pieces.iter().map(Piece::text).collect()
    }

    /// Width in columns.
    pub fn width(&self) -> usize {
        self.pieces.iter().map(Piece::width).sum()
    }

    /// Pads the line with spaces to `width` columns.
    #[must_use]
    pub fn padded(self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self.with(" ".repeat(missing), Tone::Plain)
    }
}

/// Text that is kept in one row where that has room: no-break spaces, which [`Colours::paint`](super::screen::Colours::paint) makes plain.
pub fn unbroken(text: &str) -> String {
    text.replace(' ', NO_BREAK_SPACE)
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

impl Line {
    /// Wraps the line at `width` columns, between words; a wider word is split. Returns at least one line.
    pub fn wrapped(&self, width: usize) -> Vec<Self> {
        let width = width.max(1);
        let mut lines = Vec::new();
        let mut line = Self::blank();
        for Word { gap, text } in words(self) {
            if !line.pieces.is_empty() && line.width() + gap + text.width() > width {
                lines.push(std::mem::take(&mut line));
            } else {
                line.push(gap_between(&line, &text, gap));
            }
            for part in broken(text, width) {
                if !line.pieces.is_empty() && line.width() + part.width() > width {
                    lines.push(std::mem::take(&mut line));
                }
                line = line.joined(part);
            }
        }
        lines.push(line);
        lines
    }

    /// Wraps the line behind `lead`; further lines are indented by its width.
    pub fn hanging(&self, lead: Self, width: usize) -> Vec<Self> {
        let lines = self.wrapped(width.saturating_sub(lead.width()));
        lead.before(lines).collect()
    }

    /// Puts this line before the first of `lines`, and indents the others by its width.
    pub fn before(self, lines: Vec<Self>) -> impl Iterator<Item = Self> {
        let indent = Self::plain(" ".repeat(self.width()));
        let leads = [self].into_iter().chain(std::iter::repeat(indent));
        leads.zip(lines).map(|(lead, line)| lead.joined(line))
    }

    /// Cuts the line to `width` columns.
    #[must_use]
    pub fn cut(&self, width: usize) -> Self {
        let mut left = width;
        let mut cut = Self::blank();
        for piece in &self.pieces {
            let part = beginning(&piece.text, left);
            left -= part.width();
            cut.push(Piece { text: part.to_owned(), tone: piece.tone });
            if part.len() < piece.text.len() {
                break;
            }
        }
        cut
    }
}

/// A word, whose tone may change in the middle, and the number of spaces before it.
struct Word {
    gap: usize,
    text: Line,
}

fn words(line: &Line) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word { gap: 0, text: Line::blank() };
    for piece in &line.pieces {
        for (index, part) in piece.text.split(' ').enumerate() {
            if index > 0 {
                if !word.text.pieces.is_empty() {
                    words.push(std::mem::replace(&mut word, Word { gap: 0, text: Line::blank() }));
                }
                word.gap += 1;
            }
            word.text.push(Piece { text: part.to_owned(), tone: piece.tone });
        }
    }
    if !word.text.pieces.is_empty() {
        words.push(word);
    }
    words
}

/// The space between two words has their tone when they agree on one, so that a quote is marked as a whole.
fn gap_between(line: &Line, word: &Line, gap: usize) -> Piece {
    let before = line.pieces.last().map(Piece::tone);
    let after = word.pieces.first().map(Piece::tone);
    let tone = before.filter(|tone| Some(*tone) == after && *tone != Tone::Doubt).unwrap_or_default();
    Piece { text: " ".repeat(gap), tone }
}

fn broken(word: Line, width: usize) -> Vec<Line> {
    if word.width() <= width {
        return vec![word];
    }
    let mut parts = Vec::new();
    for piece in word.pieces {
        let mut rest = piece.text.as_str();
        while !rest.is_empty() {
            let first = rest.chars().next().map_or(0, char::len_utf8);
            // A character wider than the whole width still takes a line.
            let (part, more) = rest.split_at(beginning(rest, width).len().max(first));
            parts.push(Line { pieces: vec![Piece { text: part.to_owned(), tone: piece.tone }] });
            rest = more;
        }
    }
    parts
}

fn beginning(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (index, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > width {
            return &text[..index];
        }
    }
    text
}

/// The texts of the lines, as tests compare them.
#[cfg(test)]
pub(super) fn shown(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text().trim_end().to_owned() + "\n").collect()
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

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::text).collect()
    }

    #[test]
    fn lines_break_between_words() {
        let line = Line::plain("every value has exactly one owner");
        assert_eq!(texts(&line.wrapped(12)), ["every value", "has exactly", "one owner"]);
        assert_eq!(texts(&Line::blank().wrapped(12)), [""]);
    }

    #[test]
    fn spaces_are_kept_within_a_line_and_dropped_where_it_breaks() {
        assert_eq!(texts(&Line::plain("  one  two   three").wrapped(10)), ["  one  two", "three"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken() {
        assert_eq!(texts(&Line::plain("a Arc<Mutex<T>> b").wrapped(6)), ["a", "Arc<Mu", "tex<T>", "> b"]);
    }

    #[test]
    fn tones_survive_the_break() {
        let line = Line::plain("he said ").with("one owner", Tone::Good);
        let wrapped = line.wrapped(8);
        assert_eq!(wrapped[1].pieces(), [Piece::new("one", Tone::Good)]);
        assert_eq!(wrapped[2].pieces(), [Piece::new("owner", Tone::Good)]);
    }

    #[test]
    fn further_lines_are_indented_like_the_first() {
        let lines = Line::plain("one two three").hanging(Line::plain("- "), 9);
        assert_eq!(texts(&lines), ["- one two", "  three"]);
    }

    #[test]
    fn a_cut_line_keeps_its_beginning() {
        let line = Line::plain("所有").with("権です", Tone::Good);
        assert_eq!(line.cut(7).text(), "所有権");
        assert_eq!(line.cut(0).text(), "");
        assert_eq!(line.cut(100), line);
    }

    #[test]
    fn nothing_is_wider_than_it_may_be() {
        let line = Line::plain("some words that are averyverylongword and 所有権です too");
        for width in 2..40 {
            assert!(line.wrapped(width).iter().all(|part| part.width() <= width), "{width}");
        }
    }
}
