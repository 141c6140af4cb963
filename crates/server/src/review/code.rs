//! Code with its syntax coloured by classes, so that a style sheet decides and dark pages work.

use std::sync::LazyLock;

use syntect::html::{ClassStyle, ClassedHTMLGenerator};
use syntect::parsing::SyntaxSet;
use syntect::util::LinesWithEndings;

/// Loading the grammars takes some milliseconds, which only pages with code need to pay.
static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// The most bytes that are coloured. Colouring takes time that grows with the code; a snippet is read aloud and short.
const MOST_BYTES: usize = 20_000;

/// The code as HTML, escaped; without colours when its language is not known.
pub(super) fn coloured(language: &str, code: &str) -> String {
    colour(language, code).unwrap_or_else(|| escaped(code))
}

fn colour(language: &str, code: &str) -> Option<String> {
    let syntax = GRAMMARS.find_syntax_by_token(language).filter(|_| code.len() <= MOST_BYTES)?;
    let style = ClassStyle::SpacedPrefixed { prefix: "c-" };
    let mut generator = ClassedHTMLGenerator::new_with_class_style(syntax, &GRAMMARS, style);
    for line in LinesWithEndings::from(code) {
        generator.parse_html_for_line_which_includes_newline(line).ok()?;
    }
    Some(generator.finalize())
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
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
}
