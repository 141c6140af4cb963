//! Lines of text from a stream that may hold anything.

use std::io::{BufRead, Read};

/// No line is longer; the rest of a longer one is dropped. A spoken hour is about 60 KB of text.
const LONGEST_LINE: u64 = 256 * 1024;

/// Reads a stream line by line. Bytes that are not UTF-8 become replacement characters; nothing in the stream ends the reading but its
/// own end.
pub struct PlainLines<R> {
    stream: R,
}

impl<R: BufRead> PlainLines<R> {
    /// The lines of `stream`.
    pub fn new(stream: R) -> Self {
        Self { stream }
    }

    /// The next line without its break; `None` at the end of the stream, or when it cannot be read any more.
    pub fn next(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let read = self.stream.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes);
        if !matches!(read, Ok(count) if count > 0) {
            return None;
        }
        if bytes.len() as u64 == LONGEST_LINE && bytes.last() != Some(&b'\n') {
            self.skip_to_break()?;
        }
        let line = String::from_utf8_lossy(&bytes);
        Some(line.trim_end_matches(['\n', '\r']).to_owned())
    }

    fn skip_to_break(&mut self) -> Option<()> {
        loop {
            let available = self.stream.fill_buf().ok()?;
            let (used, is_over) = match available.iter().position(|byte| *byte == b'\n') {
                Some(index) => (index + 1, true),
                None => (available.len(), available.is_empty()),
            };
            self.stream.consume(used);
            if is_over {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_without_their_breaks() {
        let mut lines = PlainLines::new(&b"one\r\n\ntwo"[..]);
        assert_eq!(lines.next().as_deref(), Some("one"));
        assert_eq!(lines.next().as_deref(), Some(""));
        assert_eq!(lines.next().as_deref(), Some("two"));
        assert_eq!(lines.next(), None);
    }

    #[test]
    fn bytes_that_are_no_text_do_not_end_the_reading() {
        let mut lines = PlainLines::new(&b"own\xff\xfeer\nnext\n"[..]);
        assert_eq!(lines.next().as_deref(), Some("own\u{fffd}\u{fffd}er"));
        assert_eq!(lines.next().as_deref(), Some("next"));
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let mut endless = vec![b'a'; LONGEST_LINE as usize + 5000];
        endless.extend_from_slice(b"\nnext\n");
        let mut lines = PlainLines::new(&endless[..]);
        assert_eq!(lines.next().map(|line| line.len()), Some(LONGEST_LINE as usize));
        assert_eq!(lines.next().as_deref(), Some("next"));
    }
}
