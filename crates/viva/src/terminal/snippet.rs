//! Code in colours.

use std::sync::LazyLock;

use syntect::easy::HighlightLines;
use syntect::highlighting::{Style, Theme, ThemeSet};
use syntect::parsing::{SyntaxReference, SyntaxSet};

use super::text::{Line, Piece, Rgb, Tone};

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);
static THEMES: LazyLock<ThemeSet> = LazyLock::new(ThemeSet::load_defaults);

/// The theme for terminals with a dark background, which most have.
const DARK_THEME: &str = "base16-ocean.dark";
/// The theme for terminals that say that theirs is light.
const LIGHT_THEME: &str = "base16-ocean.light";

/// The lines of a piece of code, numbered from 1, so that an answer can name a line. `language` is the name that the API gives it; code
/// in a language that is not known has no colours.
pub fn snippet_lines(code: &str, language: &str) -> Vec<Line> {
    let theme = if background_is_light() { LIGHT_THEME } else { DARK_THEME };
    let mut colours = SYNTAXES.find_syntax_by_token(language).zip(THEMES.themes.get(theme)).map(Colouring::new);
    code.lines()
        .enumerate()
        .map(|(index, text)| {
            let number = Line::toned(format!("{:>4}  ", index + 1), Tone::Quiet);
            let coloured = colours.as_mut().and_then(|colours| colours.line(text));
            number.joined(coloured.unwrap_or_else(|| Line::plain(text)))
        })
        .collect()
}

struct Colouring {
    highlighter: HighlightLines<'static>,
    theme: &'static Theme,
}

impl Colouring {
    fn new((syntax, theme): (&'static SyntaxReference, &'static Theme)) -> Self {
        Self { highlighter: HighlightLines::new(syntax, theme), theme }
    }

    fn line(&mut self, text: &str) -> Option<Line> {
        let text = format!("{text}\n");
        let parts = self.highlighter.highlight_line(&text, &SYNTAXES).ok()?;
        let mut line = Line::blank();
        for (style, part) in parts {
            line.push(Piece::new(part.trim_end_matches('\n'), self.tone(style)));
        }
        Some(line)
    }

    /// What has no colour of its own keeps the terminal's: it can be read on every background.
    fn tone(&self, style: Style) -> Tone {
        let colour = style.foreground;
        if Some(colour) == self.theme.settings.foreground {
            Tone::Plain
        } else {
            Tone::Code(Rgb(colour.r, colour.g, colour.b))
        }
    }
}

/// Some terminals tell their colours as `COLORFGBG=foreground;background`, numbered as the sixteen of old; 7 and 9 to 15 are light.
fn background_is_light() -> bool {
    let colours = std::env::var("COLORFGBG").unwrap_or_default();
    let background = colours.rsplit(';').next().and_then(|number| number.parse::<u8>().ok());
    background.is_some_and(|number| number == 7 || (9..=15).contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_keeps_its_text_and_gets_numbers() {
        for language in ["rust", "go", "cpp", "a language that is not known"] {
            let lines = snippet_lines("fn main() {\n\tlet a = 1;\n}\n", language);
            let texts: Vec<String> = lines.iter().map(Line::text).collect();
            assert_eq!(texts, ["   1  fn main() {", "   2      let a = 1;", "   3  }"], "{language}");
        }
    }

    #[test]
    fn words_of_the_languages_are_coloured() {
        for (language, code) in [("rust", "let a = 1;"), ("go", "var a = 1"), ("cpp", "int a = 1;")] {
            let line = snippet_lines(code, language).remove(0);
            assert!(line.pieces().iter().any(|piece| matches!(piece.tone(), Tone::Code(_))), "{language}");
        }
    }
}
