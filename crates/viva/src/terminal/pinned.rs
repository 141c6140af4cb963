//! A question that does not fit the screen, kept in view while it is answered.

use api::turn::Turn;

use super::choice::Offer;
use super::keyboard::Key;
use super::question::{question_lines, snippet_lines};
use super::screen::Look;
use super::text::{Line, Tone};

/// Rows that the answer and the keys take.
const BELOW: usize = 9;
/// The keys for code that is longer than its place.
const SCROLL: Offer<'static> = ("↑ ↓", "scroll the code");

/// The question in one row, and a part of its code that scrolls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    prompt: Line,
    code: Vec<Line>,
    first: usize,
    rows: usize,
}

impl Pinned {
    /// `None` when the question stays in view by itself, above its answer.
    pub fn of(turn: &Turn, look: Look) -> Option<Self> {
        let snippet = turn.question.snippet.as_ref();
        let is_out_of_view = question_lines(turn, "", "", look).len() + BELOW > look.height;
        let is_about_code_above = turn.depth > 0 && snippet.is_some();
        let code = snippet.map(|snippet| snippet_lines(&snippet.code, &snippet.language)).unwrap_or_default();
        let rows = code.len().min(look.height.saturating_sub(BELOW + 2));
        let prompt = Line::toned(&turn.prompt, Tone::Strong);
        (is_out_of_view || is_about_code_above).then_some(Self { prompt, code, first: 0, rows })
    }

    /// The keys that scroll the code, when a part of it is out of view.
    pub fn scrolling(&self) -> Option<Offer<'static>> {
        (self.rows < self.code.len()).then_some(SCROLL)
    }

    /// Goes up or down in the code.
    pub fn take(&mut self, key: Key) {
        self.first = match key {
            Key::Up => self.first.saturating_sub(1),
            Key::Down => (self.first + 1).min(self.code.len() - self.rows),
            _ => self.first,
        };
    }

    /// The rows above the answer.
    pub fn lines(&self, look: Look) -> Vec<Line> {
        let width = look.text_width();
        let is_long = self.prompt.width() > width;
        let prompt = if is_long { self.prompt.cut(width - 2).with(" …", Tone::Quiet) } else { self.prompt.clone() };
        let code = self.code.iter().skip(self.first).take(self.rows).cloned();
        [prompt].into_iter().chain(code).chain([Line::blank()]).collect()
    }
}

#[cfg(test)]
mod tests {
    use api::question::Snippet;
    use api::testing::{asked, followed_up};

    use super::*;

    const LOOK: Look = Look { width: 80, height: 24, ..Look::OFF_SCREEN };

    fn about_code(turn: Turn, rows: usize) -> Turn {
        let code = (1..=rows).map(|row| format!("let line_{row};\n")).collect();
        let mut turn = turn;
        turn.question.snippet = Some(Snippet { language: "rust".to_owned(), code });
        turn
    }

    fn shown(pinned: &Pinned) -> Vec<String> {
        pinned.lines(LOOK).iter().map(Line::text).collect()
    }

    #[test]
    fn only_what_goes_out_of_view_is_pinned() {
        assert_eq!(Pinned::of(&asked(), LOOK), None);
        assert_eq!(Pinned::of(&about_code(asked(), 5), LOOK), None);
        assert_eq!(Pinned::of(&about_code(asked(), 40), Look { height: 60, ..LOOK }), None);
        assert!(Pinned::of(&about_code(asked(), 20), LOOK).is_some());
        let follow_up = Pinned::of(&about_code(followed_up(), 3), LOOK).unwrap();
        assert_eq!(shown(&follow_up)[0], "When is the memory freed?");
        assert!(shown(&follow_up)[3].contains("line_3") && follow_up.scrolling().is_none());
    }

    #[test]
    fn long_code_scrolls_from_its_first_line_to_its_last() {
        let mut pinned = Pinned::of(&about_code(asked(), 40), LOOK).unwrap();
        assert!(pinned.scrolling().is_some());
        pinned.take(Key::Up);
        assert!(shown(&pinned)[1].ends_with("let line_1;"));
        (0..100).for_each(|_| pinned.take(Key::Down));
        let last = shown(&pinned);
        assert!(last[last.len() - 2].ends_with("let line_40;"), "{last:?}");
        assert!(last.len() + BELOW <= LOOK.height);
    }

    #[test]
    fn a_long_question_takes_one_row() {
        let mut turn = about_code(asked(), 20);
        turn.prompt = "word ".repeat(60);
        let lines = Pinned::of(&turn, LOOK).unwrap().lines(LOOK);
        assert!(lines[0].width() < LOOK.width && lines[0].text().ends_with(" …"), "{}", lines[0].text());
    }
}
