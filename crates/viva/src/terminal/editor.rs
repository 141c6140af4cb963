//! A text editor of a few rows at the end of the screen.

use super::keyboard::{Input, Key};
use super::text::{Line, Tone};

/// A text and its cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Editor {
    text: Vec<char>,
    cursor: usize,
    enter: Enter,
}

/// What Enter does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Enter {
    #[default]
    Ends,
    /// Starts a new line, or finishes on an empty line.
    BreaksLine,
}

/// The effect of one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    GoesOn,
    Done,
    /// The text stays as it was.
    Cancelled,
}

impl Editor {
    /// Edits an existing text; Enter finishes.
    pub fn of(text: &str) -> Self {
        let text: Vec<char> = text.chars().collect();
        Self { cursor: text.len(), text, enter: Enter::Ends }
    }

    /// Edits a new text; Enter starts a new line, and on an empty line finishes.
    pub fn new_text() -> Self {
        Self { enter: Enter::BreaksLine, ..Self::default() }
    }

    /// The trimmed text.
    pub fn text(&self) -> String {
        self.text.iter().collect::<String>().trim().to_owned()
    }

    pub fn take(&mut self, input: &Input) -> Edited {
        match input {
            Input::Key(Key::Enter) => return self.enter(),
            Input::Key(Key::Escape) => return Edited::Cancelled,
            Input::Key(Key::Character(character)) => self.insert(*character),
            Input::Key(key) => self.move_or_delete(*key),
            Input::Pasted(text) => text.replace("\r\n", "\n").replace('\r', "\n").chars().for_each(|c| self.insert(c)),
            Input::Line(_) | Input::Resized | Input::Interrupt | Input::Closed => {}
        }
        Edited::GoesOn
    }

    /// The text with its cursor, wrapped at `width` columns; at most `rows` lines, the cursor's among them.
    pub fn lines(&self, width: usize, rows: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut cursor_row = 0;
        let mut start = 0;
        for paragraph in self.text.split(|character| *character == '\n') {
            let end = start + paragraph.len();
            let wrapped = self.paragraph(start, end).wrapped(width);
            if (start..=end).contains(&self.cursor) {
                let holds_cursor = |line: &Line| line.pieces().iter().any(|piece| piece.tone() == Tone::Cursor);
                cursor_row = lines.len() + wrapped.iter().position(holds_cursor).unwrap_or(0);
            }
            lines.extend(wrapped);
            start = end + 1;
        }
        let first = (cursor_row + 1).saturating_sub(rows.max(1));
        lines.into_iter().skip(first).take(rows.max(1)).collect()
    }

    fn paragraph(&self, start: usize, end: usize) -> Line {
        let text = |from: usize, to: usize| self.text[from..to].iter().collect::<String>();
        if !(start..=end).contains(&self.cursor) {
            return Line::plain(text(start, end));
        }
        let under = if self.cursor < end { text(self.cursor, self.cursor + 1) } else { String::new() };
        let after = (self.cursor + 1).min(end);
        let line = Line::plain(text(start, self.cursor));
        // A marked space is invisible where a line breaks, so the cursor is a sign of its own.
        let mark = if under.trim().is_empty() { "▏" } else { under.as_str() };
        let gap = if under == " " { " " } else { "" };
        line.with(mark, Tone::Cursor).with(gap, Tone::Plain).with(text(after, end), Tone::Plain)
    }

    fn enter(&mut self) -> Edited {
        let line_is_empty = self.text[..self.cursor].last().is_none_or(|last| *last == '\n');
        if self.enter == Enter::Ends || line_is_empty {
            return Edited::Done;
        }
        self.insert('\n');
        Edited::GoesOn
    }

    fn insert(&mut self, character: char) {
        if character == '\n' || !character.is_control() {
            self.text.insert(self.cursor, character);
            self.cursor += 1;
        }
    }

    fn move_or_delete(&mut self, key: Key) {
        match key {
            Key::Left => self.cursor = self.cursor.saturating_sub(1),
            Key::Right => self.cursor = (self.cursor + 1).min(self.text.len()),
            Key::WordLeft => self.cursor = self.word_start(),
            Key::WordRight => self.cursor = self.word_end(),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = self.text.len(),
            Key::Backspace => self.delete(self.cursor.saturating_sub(1)),
            Key::DeleteWord => self.delete(self.word_start()),
            Key::DeleteAllBefore => self.delete(0),
            Key::Delete if self.cursor < self.text.len() => drop(self.text.remove(self.cursor)),
            Key::Delete | Key::Up | Key::Down | Key::Character(_) | Key::Enter | Key::Escape => {}
        }
    }

    fn delete(&mut self, from: usize) {
        self.text.drain(from..self.cursor);
        self.cursor = from;
    }

    fn word_start(&self) -> usize {
        let before = &self.text[..self.cursor];
        let word_end = before.iter().rposition(|character| !character.is_whitespace()).map_or(0, |index| index + 1);
        before[..word_end].iter().rposition(|character| character.is_whitespace()).map_or(0, |index| index + 1)
    }

    fn word_end(&self) -> usize {
        let after = &self.text[self.cursor..];
        let word = after.iter().position(|character| !character.is_whitespace()).unwrap_or(after.len());
        let gap = after[word..].iter().position(|character| character.is_whitespace());
        gap.map_or(self.text.len(), |length| self.cursor + word + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(editor: &mut Editor, keys: &[Key]) -> Edited {
        keys.iter().map(|key| editor.take(&Input::Key(*key))).last().unwrap()
    }

    fn write(editor: &mut Editor, text: &str) {
        text.chars().for_each(|character| {
            editor.take(&Input::Key(Key::Character(character)));
        });
    }

    #[test]
    fn a_misheard_word_is_replaced() {
        let mut editor = Editor::of("every value has one honour");
        press(&mut editor, &[Key::DeleteWord]);
        write(&mut editor, "owner");
        assert_eq!(press(&mut editor, &[Key::Enter]), Edited::Done);
        assert_eq!(editor.text(), "every value has one owner");
    }

    #[test]
    fn the_cursor_goes_by_words() {
        let mut editor = Editor::of("one two three");
        press(&mut editor, &[Key::WordLeft, Key::WordLeft, Key::Delete, Key::Delete, Key::Delete, Key::Delete]);
        assert_eq!(editor.text(), "one three");
        press(&mut editor, &[Key::Home, Key::WordRight]);
        write(&mut editor, " hundred");
        assert_eq!(editor.text(), "one hundred three");
    }

    #[test]
    fn a_new_text_has_lines_and_ends_with_an_empty_one() {
        let mut editor = Editor::new_text();
        write(&mut editor, "first");
        assert_eq!(press(&mut editor, &[Key::Enter]), Edited::GoesOn);
        write(&mut editor, "second");
        assert_eq!(press(&mut editor, &[Key::Enter, Key::Enter]), Edited::Done);
        assert_eq!(editor.text(), "first\nsecond");
    }

    #[test]
    fn pasted_paragraphs_do_not_end_the_text() {
        let mut editor = Editor::new_text();
        assert_eq!(editor.take(&Input::Pasted("one\r\n\r\ntwo\u{1b}[31m".to_owned())), Edited::GoesOn);
        assert_eq!(editor.text(), "one\n\ntwo[31m");
    }

    #[test]
    fn nothing_happens_beyond_the_ends() {
        let mut editor = Editor::of("");
        let keys = [Key::Left, Key::Right, Key::Backspace, Key::Delete, Key::WordLeft, Key::WordRight, Key::DeleteWord];
        assert_eq!(press(&mut editor, &keys), Edited::GoesOn);
        assert_eq!(editor.text(), "");
        assert_eq!(press(&mut editor, &[Key::Escape]), Edited::Cancelled);
    }

    #[test]
    fn the_cursor_is_always_in_view() {
        let mut editor = Editor::of(&"word ".repeat(60));
        for key in [Key::End, Key::Home, Key::WordRight] {
            press(&mut editor, &[key]);
            let shown = editor.lines(20, 3);
            let has_cursor = |line: &Line| line.pieces().iter().any(|piece| piece.tone() == Tone::Cursor);
            assert!(shown.len() <= 3 && shown.iter().any(has_cursor), "{key:?}: {shown:?}");
        }
    }
}
