//! Text from outside as harmless HTML: code with its syntax coloured, and prose that may hold Markdown.

use std::sync::LazyLock;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

/// Loaded on first use, because it takes some milliseconds.
static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// Longer code is not coloured. Snippets are far shorter.
const MAX_BYTES: usize = 20_000;

/// Code as HTML, coloured by CSS classes if its language is known.
pub(super) fn coloured(language: &str, code: &str) -> String {
    colour(language, code).unwrap_or_else(|| escaped(code))
}

fn colour(language: &str, code: &str) -> Option<String> {
    let syntax = GRAMMARS.find_syntax_by_token(language).filter(|_| code.len() <= MAX_BYTES)?;
    let style = ClassStyle::SpacedPrefixed { prefix: "c-" };
    let mut generator = ClassedHTMLGenerator::new_with_class_style(syntax, &GRAMMARS, style);
    for line in LinesWithEndings::from(code) {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Prose as HTML. Raw HTML in it is shown as text; links and images lose their targets.
pub(crate) fn prose(text: &str) -> String {
    let events = Parser::new_ext(text, Options::empty()).filter_map(harmless);
    let mut page = String::with_capacity(text.len() * 5 / 4);
    html::push_html(&mut page, events);
    page
}

fn harmless(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock) => None,
        Event::End(TagEnd::Link | TagEnd::Image | TagEnd::HtmlBlock) => None,
        event => Some(event),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_languages_of_the_bank_are_coloured() {
        for (language, code) in [("rust", "fn main() {}\n"), ("go", "func main() {}\n"), ("cpp", "int main() {}\n")] {
            assert!(coloured(language, code).contains("<span class=\"c-"), "{language}");
        }
    }

    #[test]
    fn code_cannot_become_markup() {
        for language in ["rust", "no such language"] {
            let html = coloured(language, "let x = \"<script>alert(1)</script>\";\n");
            assert!(!html.contains("<script>"), "{html}");
        }
    }

    #[test]
    fn markdown_becomes_html() {
        assert_eq!(prose("Use `Arc`.\n\n- one\n- two\n").matches("<li>").count(), 2);
        assert!(prose("Use `Arc`.").contains("<code>Arc</code>"));
    }

    #[test]
    fn a_model_cannot_put_markup_or_links_into_a_page() {
        let hostile =
            "<script>alert(1)</script>\n\n[click](javascript:alert(1)) ![x](http://evil.example/x.png) <img src=x>";
        let page = prose(hostile);
        assert!(
            !page.contains("<script") && !page.contains("<img") && !page.contains("href") && !page.contains("src=\""),
            "{page}"
        );
    }
}
