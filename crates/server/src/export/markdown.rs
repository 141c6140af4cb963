//! A session as Markdown.

mod history;

use std::fmt::{Display, Formatter, Result, Write};

use api::feedback::{ClarityVerdict, Evidence, Feedback, Verdict};
use api::question::Snippet;
use api::session::{Session, Summary};
use api::turn::{Role, Turn, TurnState};
use store::{PastJudging, StoredSession};

use self::history::write_history;
use crate::review::{History, Judge, day, measures, stopwatch};
use crate::wire;

/// The session as Markdown. Whatever people and recognisers said is escaped, so that it cannot become headings, links or HTML.
pub(crate) fn markdown(stored: &StoredSession, past: &[PastJudging]) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _written = write_session(&mut page, stored, past);
    page
}

fn write_session(page: &mut String, stored: &StoredSession, past: &[PastJudging]) -> Result {
    let session: Session = wire::session::session(stored);
    writeln!(page, "# Practice round of {}\n", day(session.head.created_at))?;
    writeln!(page, "Topics: {}\n", session.head.topics.join(", ").replace('-', " "))?;
    write_summary(page, &session.summary)?;
    for turn in &stored.turns {
        let Some(shown) = wire::turn::turn(stored, turn) else { continue };
        write_turn(page, &shown)?;
        write_history(page, &History::of(turn, stored, past))?;
    }
    Ok(())
}

fn write_summary(page: &mut String, summary: &Summary) -> Result {
    let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.1}"));
    writeln!(page, "| Correctness | Clarity | Pace | Answered | Skipped | Without feedback |")?;
    writeln!(page, "| --- | --- | --- | --- | --- | --- |")?;
    let pace = summary.words_per_minute.map_or_else(|| "–".to_owned(), |rate| format!("{rate:.0} words a minute"));
    writeln!(
        page,
        "| {} | {} | {pace} | {} | {} | {} |\n",
        figure(summary.correctness),
        figure(summary.clarity),
        summary.answered,
        summary.skipped,
        summary.ungraded,
    )?;
    if !(summary.missed.is_empty() && summary.misconceptions.is_empty()) {
        writeln!(page, "To go over again:\n")?;
        for stated in &summary.misconceptions {
            writeln!(page, "- **{}**: {}", Plain(&stated.claim), Plain(&stated.why_wrong))?;
        }
        for missed in &summary.missed {
            writeln!(page, "- {}{}", Plain(&missed.summary), if missed.core { " (core)" } else { "" })?;
        }
        writeln!(page)?;
    }
    Ok(())
}

fn write_turn(page: &mut String, turn: &Turn) -> Result {
    match turn.role {
        Role::Main => writeln!(page, "## {}. {}\n", turn.position, Plain(&turn.question.title))?,
        Role::FollowUp => writeln!(page, "### Follow-up\n")?,
    }
    writeln!(page, "**{}**\n", Plain(&turn.prompt))?;
    if let Some(snippet) = turn.question.snippet.as_ref().filter(|_| turn.role == Role::Main) {
        write_snippet(page, snippet)?;
    }
    write_answer(page, turn)?;
    if let Some(feedback) = &turn.feedback {
        write_feedback(page, feedback)?;
    }
    Ok(())
}

fn write_snippet(page: &mut String, snippet: &Snippet) -> Result {
    writeln!(page, "~~~~{}\n{}\n~~~~\n", snippet.language, snippet.code.trim_end())
}

fn write_answer(page: &mut String, turn: &Turn) -> Result {
    match (turn.state, &turn.ungraded_reason) {
        (TurnState::Asked, _) => return writeln!(page, "*Not answered.*\n"),
        (TurnState::Skipped, _) => return writeln!(page, "*Skipped: \"I don't know\".*\n"),
        (TurnState::Transcribing | TurnState::Judging, _) => writeln!(page, "*Feedback is still to come.*\n")?,
        (TurnState::Ungraded, reason) => {
            writeln!(page, "*No feedback: {}.*\n", Plain(reason.as_deref().unwrap_or("it could not be judged")))?;
        }
        (TurnState::Judged, _) => {}
    }
    let transcript = turn.answer.as_ref().and_then(|answer| answer.transcript.as_ref());
    for segment in transcript.iter().flat_map(|transcript| &transcript.segments) {
        match segment.start {
            Some(start) => writeln!(page, "> [{}] {}", stopwatch(start), Plain(&segment.text))?,
            None => writeln!(page, "> {}", Plain(&segment.text))?,
        }
        writeln!(page, ">")?;
    }
    writeln!(page)
}

fn write_feedback(page: &mut String, feedback: &Feedback) -> Result {
    write_correctness(page, feedback)?;
    write_clarity(page, feedback)?;
    if let Some(delivery) = &feedback.delivery {
        writeln!(page, "**Delivery** (measured, never scored)\n")?;
        for measure in measures(delivery, None) {
            let note = if measure.note.is_empty() { String::new() } else { format!(" ({})", measure.note) };
            writeln!(page, "- {}: {}{note}", measure.name, Plain(&measure.value))?;
        }
        writeln!(page)?;
    }
    if let Some(step) = &feedback.next_step {
        writeln!(page, "**Next:** {}\n", Plain(step))?;
    }
    if let Some(stronger) = &feedback.stronger_answer {
        writeln!(page, "**A stronger answer**\n")?;
        for paragraph in stronger.split("\n\n") {
            writeln!(page, "{}\n", Plain(paragraph))?;
        }
    }
    match Judge::of(feedback) {
        Some(judge) => writeln!(page, "*{}* ({})\n", Plain(&judge.remark), Plain(&judge.versions)),
        None => Ok(()),
    }
}

fn write_correctness(page: &mut String, feedback: &Feedback) -> Result {
    let Some(panel) = &feedback.correctness else { return Ok(()) };
    match (panel.score, panel.band) {
        (Some(score), Some(band)) => writeln!(page, "**Correctness: {score:.1} of 10, band {band} of 4**\n")?,
        (Some(score), None) => writeln!(page, "**Correctness: {score:.1} of 10**\n")?,
        (None, _) => writeln!(page, "**Correctness: no score, more than half of the weight is unclear**\n")?,
    }
    for point in &panel.key_points {
        let sign = match point.verdict {
            Verdict::Hit => "✓",
            Verdict::Missed => "✗",
            Verdict::Unclear => "?",
        };
        let core = if point.core { " (core)" } else { "" };
        writeln!(page, "- {sign} {}{core}{}", Plain(&point.summary), Said(&point.evidence))?;
        if let Some(doubt) = &point.doubt {
            writeln!(page, "  - unclear: {}", Plain(doubt))?;
        }
    }
    for stated in &panel.misconceptions {
        writeln!(page, "- ✗ Misconception: {}{}", Plain(&stated.claim), Said(&stated.evidence))?;
        writeln!(page, "  - {}", Plain(&stated.why_wrong))?;
    }
    writeln!(page)
}

fn write_clarity(page: &mut String, feedback: &Feedback) -> Result {
    let Some(panel) = &feedback.clarity else { return Ok(()) };
    match panel.score {
        Some(score) => writeln!(page, "**Clarity: {score:.1} of 10**\n")?,
        None => writeln!(page, "**Clarity: no score, more than half of the checks are unclear**\n")?,
    }
    for check in &panel.checks {
        let sign = match check.verdict {
            ClarityVerdict::Yes => "✓",
            ClarityVerdict::No => "✗",
            ClarityVerdict::Unclear => "?",
        };
        let note = check.note.as_deref().map(|note| format!(": {}", Plain(note))).unwrap_or_default();
        writeln!(page, "- {sign} {}{note}{}", Plain(&check.summary), Said(&check.evidence))?;
    }
    writeln!(page)
}

/// A quote and its time, at the end of a line.
struct Said<'a>(&'a Evidence);

impl Display for Said<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Some(quote) = &self.0.quote else { return Ok(()) };
        write!(f, " — “{}”", Plain(quote))?;
        match self.0.start {
            Some(start) => write!(f, " [{}]", stopwatch(start)),
            None => Ok(()),
        }
    }
}

/// Text in which nothing is markup.
struct Plain<'a>(&'a str);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let text = self.0.trim();
        let list_sign = list_sign(text);
        for (place, c) in text.char_indices() {
            match c {
                '\n' => f.write_char(' ')?,
                _ if list_sign == Some(place) => write!(f, "\\{c}")?,
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' => write!(f, "\\{c}")?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Where the sign stands by which Markdown would take the text for a list or a heading.
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
    fn what_somebody_said_cannot_become_markup() {
        let hostile = "# not a heading\n<script>x</script> [a](http://b) *c* `d` | e";
        let set = crate::review::prose::prose(&Plain(hostile).to_string());
        for tag in ["<h1", "<script", "<a ", "<em", "<code", "<table"] {
            assert!(!set.contains(tag), "{set}");
        }
        assert!(set.contains("# not a heading &lt;script&gt;x"), "{set}");
    }

    #[test]
    fn an_answer_that_begins_like_a_list_is_none() {
        for text in ["- one owner", "1. one owner", "2) one owner", "+ one", "“one owner” × 2"] {
            let set = crate::review::prose::prose(&Plain(text).to_string());
            assert_eq!(set, format!("<p>{text}</p>\n"));
        }
        for text in ["0.6 s", "état", "5 é", "-5 °", "12"] {
            assert_eq!(Plain(text).to_string(), text);
        }
    }
}
