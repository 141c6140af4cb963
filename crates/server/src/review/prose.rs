//! Prose that may hold Markdown, such as a model's stronger answer, as harmless HTML.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

/// The text as HTML. Raw HTML in it is shown as text; links and images, which could lead anywhere, lose their targets.
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
    use super::prose;

    #[test]
    fn markdown_is_set() {
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
