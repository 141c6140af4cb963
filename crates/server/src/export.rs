//! A session as a document to keep: Markdown, JSON or one HTML file.

use api::view::{NOT_FOUND, Sign, clock};
use askama::Template;
use interview::wording::counted;

use crate::pages::STYLE;
use crate::review::Review;

/// One HTML file that needs nothing else. It has no recordings.
pub(crate) fn html(review: Review) -> askama::Result<String> {
    SessionFile { review, style: STYLE }.render()
}

#[derive(Template)]
#[template(path = "session_file.html")]
struct SessionFile {
    review: Review,
    style: &'static str,
}

/// The session as Markdown. What people and recognisers said is escaped, so that it cannot become headings, HTML or Markdown links.
pub(crate) fn markdown(review: &Review) -> askama::Result<String> {
    SessionMarkdown { review }.render()
}

#[derive(Template)]
#[template(path = "session.md")]
struct SessionMarkdown<'a> {
    review: &'a Review,
}

fn sign(sign: &Sign) -> &'static str {
    match sign {
        Sign::Good => "✓",
        Sign::Bad => "✗",
        Sign::Unclear => "?",
        Sign::NotCounted => "·",
        Sign::Wrong => "✗ Misconception:",
    }
}

/// A fence that the code does not close.
fn fence(code: &str) -> String {
    let longest = code.split(|c| c != '~').map(str::len).max().unwrap_or_default();
    "~".repeat(4.max(longest + 1))
}

mod filters {
    #[askama::filter_fn]
    pub fn plain(text: impl AsRef<str>, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(super::plain(text.as_ref()))
    }
}

/// Text in which nothing is markup.
fn plain(text: &str) -> String {
    let text = text.trim();
    let list_sign = list_sign(text);
    let mut plain = String::with_capacity(text.len());
    for (place, c) in text.char_indices() {
        if list_sign == Some(place) || "\\`*_[]<>#|~&!".contains(c) {
            plain.push('\\');
        }
        plain.push(if c == '\n' { ' ' } else { c });
    }
    plain
}

/// The position of a sign that would make the text a list or a heading.
fn list_sign(text: &str) -> Option<usize> {
    let place = text.find(|c: char| !c.is_ascii_digit())?;
    let mut rest = text[place..].chars();
    let sign = rest.next()?;
    let is_sign = if place == 0 { "-+=".contains(sign) } else { ".)".contains(sign) };
    let ends = rest.next().is_none_or(|next| next.is_whitespace() || next == sign);
    (is_sign && ends).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoken_words_cannot_become_markup() {
        let hostile = "# not a heading\n<script>x</script> [a](http://b) *c* `d` | e";
        let html = crate::review::html::prose(&plain(hostile));
        for tag in ["<h1", "<script", "<a ", "<em", "<code", "<table"] {
            assert!(!html.contains(tag), "{html}");
        }
        assert!(html.contains("# not a heading &lt;script&gt;x"), "{html}");
    }

    #[test]
    fn code_stays_within_its_fence() {
        assert_eq!(fence("let s = 1;"), "~~~~");
        assert_eq!(fence("// ~~~~~\nlet s = 1;"), "~~~~~~");
    }

    #[test]
    fn an_answer_that_begins_like_a_list_is_none() {
        for text in ["- one owner", "1. one owner", "2) one owner", "+ one", "“one owner” × 2"] {
            let html = crate::review::html::prose(&plain(text));
            assert_eq!(html, format!("<p>{text}</p>\n"));
        }
        for text in ["0.6 s", "état", "5 é", "-5 °", "12"] {
            assert_eq!(plain(text), text);
        }
    }
}
