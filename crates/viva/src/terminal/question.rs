//! A question as it is asked, its code, and the answer as it was heard.

use std::sync::LazyLock;

use api::question::{Question, QuestionAnswer};
use api::transcript::{Transcript, Word};
use api::turn::{Answer, Role, Turn};
use api::view::{clock, versions};
use interview::transcript::DOUBT_THRESHOLD;
use interview::wording::counted;
use syntect::easy::HighlightLines;
use syntect::highlighting::{Color, Style, ThemeSet};
use syntect::parsing::SyntaxSet;

use super::screen::Look;
use super::text::{Line, Rgb, Tone};
use crate::turn_number::TurnNumber;

/// A turn as it is asked: heading, the sentence before it, prompt, and unless it is a follow-up its code.
pub fn question_lines(turn: &Turn, lead: &str, heading: &str, look: Look) -> Vec<Line> {
    let question = &turn.question;
    let about = match turn.role {
        Role::Main => traits(question),
        Role::FollowUp => question.title.clone(),
    };
    let heading = Line::toned(heading, Tone::Strong).with(format!("  {about}"), Tone::Quiet);
    let mut lines = vec![Line::blank(), ruled(heading, look), Line::blank()];
    lines.extend(Line::plain(format!("{lead}{}", turn.prompt)).wrapped(look.text_width()));
    if let (0, Some(snippet)) = (turn.depth, &question.snippet) {
        lines.push(Line::blank());
        lines.extend(snippet_lines(&snippet.code, &snippet.language));
    }
    lines.push(Line::blank());
    lines
}

/// A turn's number and title.
pub fn numbered_title(turn: &Turn) -> Line {
    let title = match turn.depth {
        0 => turn.question.title.as_str(),
        _ => turn.follow_up_name(),
    };
    Line::toned(format!("{}. {title}", TurnNumber::of(turn)), Tone::Strong)
}

/// A question with its key points, misconceptions and model answer.
pub fn full_question_lines(question: &Question, look: Look) -> Vec<Line> {
    let heading = Line::toned(&question.title, Tone::Strong).with(format!("  {}", question.id), Tone::Quiet);
    let mut lines = vec![heading, Line::toned(traits(question), Tone::Quiet), Line::blank()];
    lines.extend(Line::plain(&question.prompt).wrapped(look.text_width()));
    if let Some(snippet) = &question.snippet {
        lines.push(Line::blank());
        lines.extend(snippet_lines(&snippet.code, &snippet.language));
    }
    if let Some(answer) = &question.answer {
        lines.extend(answer_key(question, answer, look));
    }
    lines
}

fn answer_key(question: &Question, answer: &QuestionAnswer, look: Look) -> Vec<Line> {
    let width = look.text_width();
    let mut lines = Vec::new();
    if let (Some(snippet), Some(asked)) = (&answer.snippet, &question.snippet) {
        lines.extend(titled("What happens"));
        lines.extend(Line::toned(&snippet.outcome, Tone::Accent).wrapped(width));
        lines.extend(Line::plain(&snippet.explanation).wrapped(width));
        lines.extend(titled("Corrected code"));
        lines.extend(snippet_lines(&snippet.corrected, &asked.language));
    }
    lines.extend(titled("Key points"));
    for point in &answer.key_points {
        let core = point.core.then(|| "core".to_owned());
        let weight = Some(format!("weight {}", point.weight));
        let versions = versions(&point.summary, &point.versions);
        let enough = point.any_of.as_ref().map(|group| format!("one of `{group}` is enough"));
        let traits: Vec<String> = [core, weight, enough, point.stage.clone(), versions].into_iter().flatten().collect();
        let text = Line::plain(&point.summary).with(format!(" ({})", traits.join(", ")), Tone::Quiet);
        lines.extend(text.hanging(Line::toned(look.signs.pick("• ", "- "), Tone::Good), width));
    }
    if !answer.misconceptions.is_empty() {
        lines.extend(titled("Misconceptions"));
    }
    for wrong in &answer.misconceptions {
        let versions = versions(&wrong.claim, &wrong.versions).map(|versions| format!(" (wrong {versions})"));
        let claim = format!("{}{}.", wrong.claim, versions.unwrap_or_default());
        let text = Line::plain(claim).with(format!(" {}", wrong.why_wrong), Tone::Quiet);
        lines.extend(text.hanging(Line::toned(look.signs.pick("✗ ", "- "), Tone::Bad), width));
    }
    lines.extend(titled("Model answer"));
    lines.extend(paragraphs(&answer.model_answer, width));
    lines.extend(titled("Sources"));
    let sources = answer.sources.iter().map(|source| match &source.url {
        Some(url) => format!("{} {url}", source.title),
        None => source.title.clone(),
    });
    lines.extend(sources.flat_map(|source| Line::toned(source, Tone::Quiet).wrapped(width)));
    lines
}

/// The paragraphs of a text, separated by empty lines; single line breaks in it are spaces.
pub(super) fn paragraphs(text: &str, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        if !lines.is_empty() {
            lines.push(Line::blank());
        }
        lines.extend(Line::plain(paragraph).wrapped(width));
    }
    lines
}

fn traits(question: &Question) -> String {
    let limit = clock(f64::from(question.time_limit_seconds));
    format!("{} · {} · {} · up to {limit}", question.topic, question.level, question.kind)
}

fn titled(title: &str) -> [Line; 2] {
    [Line::blank(), Line::toned(title, Tone::Strong)]
}

/// The heading, followed by a rule as wide as the text.
pub(super) fn ruled(heading: Line, look: Look) -> Line {
    let rest = look.text_width().saturating_sub(heading.width() + 1);
    let rule = look.signs.pick("─", "").repeat(rest);
    heading.with(format!(" {rule}"), Tone::Quiet)
}

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);
static THEMES: LazyLock<ThemeSet> = LazyLock::new(ThemeSet::load_defaults);

/// For dark backgrounds, which most terminals have.
const DARK_THEME: &str = "base16-ocean.dark";
/// For terminals that report a light background.
const LIGHT_THEME: &str = "base16-ocean.light";

/// Code with line numbers, so that an answer can refer to a line, and with colours if the language is known.
pub fn snippet_lines(code: &str, language: &str) -> Vec<Line> {
    let theme = if background_is_light() { LIGHT_THEME } else { DARK_THEME };
    let known = SYNTAXES.find_syntax_by_token(language).zip(THEMES.themes.get(theme));
    let mut colours = known.map(|(syntax, theme)| (HighlightLines::new(syntax, theme), theme.settings.foreground));
    code.lines()
        .enumerate()
        .map(|(index, text)| {
            let number = Line::toned(format!("{:>4}  ", index + 1), Tone::Quiet);
            let coloured = colours.as_mut().and_then(|(colours, usual)| coloured(text, colours, *usual));
            number.joined(coloured.unwrap_or_else(|| Line::plain(text)))
        })
        .collect()
}

/// The next line of code in its colours. Text in the theme's `usual` one keeps the terminal's, which is readable on every background.
fn coloured(text: &str, colours: &mut HighlightLines<'_>, usual: Option<Color>) -> Option<Line> {
    let text = format!("{text}\n");
    let mut line = Line::blank();
    for (Style { foreground, .. }, part) in colours.highlight_line(&text, &SYNTAXES).ok()? {
        let Color { r, g, b, .. } = foreground;
        let tone = if Some(foreground) == usual { Tone::Plain } else { Tone::Code(Rgb(r, g, b)) };
        line = line.with(part.trim_end_matches('\n'), tone);
    }
    Some(line)
}

/// Some terminals set `COLORFGBG=foreground;background` to numbers of the 16 ANSI colours; 7 and 9 to 15 are light.
fn background_is_light() -> bool {
    let colours = std::env::var("COLORFGBG").unwrap_or_default();
    let background = colours.rsplit(';').next().and_then(|number| number.parse::<u8>().ok());
    background.is_some_and(|number| number == 7 || (9..=15).contains(&number))
}

/// A transcript with uncertain words marked, and a line that explains the mark if there is one.
pub fn heard_lines(transcript: &Transcript, look: Look) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for segment in &transcript.segments {
        let words = segment.words.iter().map(|word| marked(word, look));
        let text = words.reduce(|text, word| text.with(" ", Tone::Plain).joined(word));
        let text = text.unwrap_or_else(|| Line::plain(&segment.text));
        lines.extend(text.wrapped(look.text_width().saturating_sub(2)));
    }
    if lines.is_empty() && !transcript.text.trim().is_empty() {
        lines.extend(transcript.text.lines().flat_map(|line| Line::plain(line).wrapped(look.text_width() - 2)));
    }
    lines = lines.into_iter().map(|line| Line::plain("  ").joined(line)).collect();
    let in_doubt =
        transcript.segments.iter().flat_map(|segment| &segment.words).filter(|word| is_in_doubt(word)).count();
    if in_doubt > 0 {
        let mark = if look.shows_tones() { Line::toned("marked", Tone::Doubt) } else { Line::plain("marked (?)") };
        let words = format!("  {} ", counted(in_doubt, "uncertain word"));
        let rest = "; these never count against you";
        lines.push(Line::toned(words, Tone::Quiet).joined(mark).with(rest, Tone::Quiet));
    }
    lines
}

/// The words of an answer.
pub fn answer_lines(answer: &Answer, look: Look) -> Vec<Line> {
    match &answer.transcript {
        Some(transcript) if !transcript.text.trim().is_empty() => heard_lines(transcript, look),
        Some(_) => vec![Line::toned("  no speech", Tone::Quiet)],
        None => vec![Line::toned("  not transcribed yet", Tone::Quiet)],
    }
}

fn marked(word: &Word, look: Look) -> Line {
    let line = match (is_in_doubt(word), look.shows_tones()) {
        (false, _) => Line::plain(&word.text),
        (true, true) => Line::toned(&word.text, Tone::Doubt),
        (true, false) => Line::toned(&word.text, Tone::Doubt).with("(?)", Tone::Plain),
    };
    match &word.heard_as {
        Some(heard) => line.with(format!(" (heard as “{heard}”)"), Tone::Quiet),
        None => line,
    }
}

fn is_in_doubt(word: &Word) -> bool {
    word.probability < DOUBT_THRESHOLD.get()
}

#[cfg(test)]
mod tests {
    use api::testing::{followed_up, judged, transcript};

    use super::*;
    use crate::terminal::screen::Signs;
    use crate::terminal::text::shown;

    #[test]
    fn a_question_says_what_is_asked_and_for_how_long() {
        let look = Look { width: 60, signs: Signs::Words, ..Look::OFF_SCREEN };
        let text = shown(&question_lines(&judged(), "", "Question 1 of 3", look));
        let expected = "
Question 1 of 3  ownership · junior · concept · up to 2:00

What is ownership?

";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_follow_up_shows_its_own_words() {
        let text = shown(&question_lines(&followed_up(), "You said so. ", "Follow-up", Look::OFF_SCREEN));
        assert!(
            text.contains("Follow-up  Ownership") && text.contains("You said so. When is the memory freed?"),
            "{text}"
        );
        assert!(!text.contains("What is ownership?"), "{text}");
    }

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

    fn heard(transcript: &Transcript) -> Vec<String> {
        heard_lines(transcript, Look::OFF_SCREEN).iter().map(Line::text).collect()
    }

    #[test]
    fn uncertain_words_are_marked_and_the_mark_explained() {
        let doubtful = transcript(&[("every", 0.9), ("value", 0.8), ("has", 0.9), ("one", 0.9), ("honour", 0.3)]);
        assert_eq!(
            heard(&doubtful),
            ["  every value has one honour(?)", "  1 uncertain word marked (?); these never count against you"]
        );
    }

    #[test]
    fn what_was_heard_stands_beside_the_term_in_its_place() {
        let mut corrected = transcript(&[("the", 0.9), ("borrow checker", 0.7)]);
        corrected.segments[0].words[1].heard_as = Some("bar of checker".to_owned());
        assert_eq!(heard(&corrected), ["  the borrow checker (heard as “bar of checker”)"]);
    }

    #[test]
    fn without_doubt_nothing_is_explained() {
        assert_eq!(heard(&transcript(&[("one", 0.5), ("owner", 1.0)])), ["  one owner"]);
        assert_eq!(heard(&Transcript::default()), [""; 0]);
    }

    #[test]
    fn a_text_without_words_is_shown_all_the_same() {
        let typed = Transcript { text: "one owner".to_owned(), segments: Vec::new() };
        assert_eq!(heard(&typed), ["  one owner"]);
    }
}
