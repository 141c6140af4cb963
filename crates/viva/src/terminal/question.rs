//! A question as it is asked.

use api::question::{Question, QuestionAnswer};
use api::turn::{Role, Turn};
use interview::Seconds;

use super::look::Look;
use super::snippet::snippet_lines;
use super::text::{Line, Tone};
use crate::turn_number::TurnNumber;

/// What is asked in a turn: a heading, the prompt, and the snippet when the question itself is asked. `of` is the number of questions
/// in the round.
pub fn question_lines(turn: &Turn, of: usize, look: Look) -> Vec<Line> {
    let question = &turn.question;
    let heading = match turn.role {
        Role::Main => Line::toned(format!("Question {} of {of}", turn.position), Tone::Strong)
            .with(format!("  {}", traits(question)), Tone::Quiet),
        Role::FollowUp => Line::toned("Follow-up", Tone::Strong).with(format!("  {}", question.title), Tone::Quiet),
    };
    let mut lines = vec![Line::blank(), ruled(heading, look), Line::blank()];
    lines.extend(Line::plain(&turn.prompt).wrapped(look.text_width()));
    if let (Role::Main, Some(snippet)) = (turn.role, &question.snippet) {
        lines.push(Line::blank());
        lines.extend(snippet_lines(&snippet.code, &snippet.language));
    }
    lines.push(Line::blank());
    lines
}

/// The number by which a turn is named, and what it asks about.
pub(super) fn numbered_title(turn: &Turn) -> Line {
    let title = match turn.role {
        Role::Main => turn.question.title.as_str(),
        Role::FollowUp => "Follow-up",
    };
    Line::toned(format!("{}. {title}", TurnNumber::of(turn)), Tone::Strong)
}

/// A question with all that a good answer makes of it.
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
        lines.extend(titled("What one would write instead"));
        lines.extend(snippet_lines(&snippet.corrected, &asked.language));
    }
    lines.extend(titled("A good answer says"));
    for point in &answer.key_points {
        let weight =
            if point.core { format!("core, weight {}", point.weight) } else { format!("weight {}", point.weight) };
        let text = Line::plain(&point.summary).with(format!(" ({weight})"), Tone::Quiet);
        lines.extend(text.hanging(Line::toned(look.signs.pick("• ", "- "), Tone::Good), width));
    }
    if !answer.misconceptions.is_empty() {
        lines.extend(titled("It does not say"));
    }
    for wrong in &answer.misconceptions {
        let text = Line::plain(format!("{}.", wrong.claim)).with(format!(" {}", wrong.why_wrong), Tone::Quiet);
        lines.extend(text.hanging(Line::toned(look.signs.pick("✗ ", "- "), Tone::Bad), width));
    }
    lines.extend(titled("For example"));
    lines.extend(paragraphs(&answer.model_answer, width));
    lines.extend(titled("Sources"));
    let sources = answer.sources.iter().map(|source| match &source.url {
        Some(url) => format!("{} {url}", source.title),
        None => source.title.clone(),
    });
    lines.extend(sources.flat_map(|source| Line::toned(source, Tone::Quiet).wrapped(width)));
    lines
}

/// The paragraphs of a text, an empty line between them; single line breaks in it mean nothing.
pub fn paragraphs(text: &str, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for paragraph in text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        if !lines.is_empty() {
            lines.push(Line::blank());
        }
        lines.extend(Line::plain(paragraph).wrapped(width));
    }
    lines
}

/// A length of time as minutes and seconds.
pub(super) fn clock(time: Seconds) -> String {
    let seconds = time.get() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn traits(question: &Question) -> String {
    let limit = clock(Seconds::new(f64::from(question.time_limit_seconds)).unwrap_or_default());
    format!("{} · {} · {} · up to {limit}", question.topic, question.level, question.kind)
}

fn titled(title: &str) -> [Line; 2] {
    [Line::blank(), Line::toned(title, Tone::Strong)]
}

/// The heading, with a rule up to the end of the text.
fn ruled(heading: Line, look: Look) -> Line {
    let rest = look.text_width().saturating_sub(heading.width() + 1);
    let rule = look.signs.pick("─", "").repeat(rest);
    heading.with(format!(" {rule}"), Tone::Quiet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::look::Signs;
    use crate::testing::{followed_up, judged};

    fn shown(lines: &[Line]) -> String {
        lines.iter().map(|line| line.text().trim_end().to_owned() + "\n").collect()
    }

    #[test]
    fn a_question_says_what_is_asked_and_for_how_long() {
        let look = Look { width: 60, signs: Signs::Words, ..Look::OFF_SCREEN };
        let text = shown(&question_lines(&judged(), 3, look));
        let expected = "
Question 1 of 3  ownership · junior · concept · up to 2:00

What is ownership?

";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_follow_up_shows_its_own_words() {
        let text = shown(&question_lines(&followed_up(), 3, Look::OFF_SCREEN));
        assert!(text.contains("Follow-up  Ownership") && text.contains("When is the memory freed?"), "{text}");
        assert!(!text.contains("What is ownership?"), "{text}");
    }

    #[test]
    fn time_is_told_in_minutes_and_seconds() {
        let told = |seconds| clock(Seconds::new(seconds).unwrap());
        assert_eq!([told(0.0), told(59.9), told(75.2), told(600.0)], ["0:00", "0:59", "1:15", "10:00"]);
    }
}
