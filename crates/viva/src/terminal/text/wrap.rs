//! Breaking lines between words.

use unicode_width::UnicodeWidthChar;

use super::{Line, Piece, Tone};

impl Line {
    /// The line in as many lines as it takes at `width` columns, broken between words; a word that is wider is broken itself. There is
    /// always at least one line.
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

    /// The line wrapped behind `lead`; further lines are indented as far as `lead` is wide.
    pub fn hanging(&self, lead: Self, width: usize) -> Vec<Self> {
        let indent = lead.width();
        let mut lead = Some(lead);
        self.wrapped(width.saturating_sub(indent))
            .into_iter()
            .map(|line| match lead.take() {
                Some(lead) => lead.joined(line),
                None => Self::plain(" ".repeat(indent)).joined(line),
            })
            .collect()
    }

    /// As much of the beginning of the line as `width` columns hold.
    #[must_use]
    pub fn cut(&self, width: usize) -> Self {
        let mut left = width;
        let mut cut = Self::blank();
        for piece in &self.pieces {
            let part = beginning(&piece.text, left);
            left -= Piece { text: part.to_owned(), tone: piece.tone }.width();
            cut.push(Piece { text: part.to_owned(), tone: piece.tone });
            if part.len() < piece.text.len() {
                break;
            }
        }
        cut
    }
}

/// A word, which may change its tone in the middle, and the spaces before it.
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
            // A character that is wider than the whole width still has to go somewhere.
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

#[cfg(test)]
mod tests {
    use super::*;

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
