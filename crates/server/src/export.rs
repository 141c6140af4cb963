//! A session as a document to keep: Markdown, JSON or one HTML file.

use std::fmt::{Display, Formatter, Result, Write};

use api::question::Snippet;
use api::view::{Brief, Figure, Mark, Panel, Sign, clock};
use askama::Template;
use interview::wording::counted;

use crate::pages::STYLE;
use crate::review::{History, Review, ReviewedTurn};

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

/// The session as Markdown. What people and recognisers said is escaped, so that it cannot become headings, links or HTML.
pub(crate) fn markdown(review: &Review) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write_session(&mut page, review);
    page
}

fn write_session(page: &mut String, review: &Review) -> Result {
    writeln!(page, "# Practice round of {}\n", review.when)?;
    writeln!(page, "Topics: {}\n", review.topics)?;
    for Figure { name, value, note } in &review.summary {
        writeln!(page, "- {name}: {} ({note})", value.as_deref().unwrap_or("–"))?;
    }
    writeln!(page)?;
    for question in &review.questions {
        write_turn(page, &question.main, question.brief.as_ref())?;
        question.follow_ups.iter().try_for_each(|turn| write_turn(page, turn, None))?;
    }
    let (stated, missed) = (&review.session.summary.misconceptions, &review.session.summary.missed);
    if stated.is_empty() && missed.is_empty() {
        return Ok(());
    }
    writeln!(page, "## Everything to improve\n")?;
    for stated in stated {
        writeln!(page, "- **{}**: {}", Plain(&stated.claim), Plain(&stated.why_wrong))?;
    }
    missed.iter().try_for_each(|missed| {
        writeln!(page, "- {}{}", Plain(&missed.summary), if missed.core { " (core)" } else { "" })
    })
}

/// A turn; for a question that has feedback, its short form comes before the answer and the details.
fn write_turn(page: &mut String, reviewed: &ReviewedTurn, brief: Option<&Brief>) -> Result {
    let turn = &reviewed.turn;
    match turn.depth {
        0 => writeln!(page, "## {}. {}\n", turn.position, Plain(&turn.question.title))?,
        _ => writeln!(page, "### {}\n", turn.follow_up_name())?,
    }
    writeln!(page, "**{}**\n", Plain(&turn.prompt))?;
    if let (0, Some(Snippet { language, code })) = (turn.depth, &turn.question.snippet) {
        writeln!(page, "~~~~{language}\n{}\n~~~~\n", code.trim_end())?;
    }
    if let Some(Brief { score, reason, best, fix }) = brief {
        writeln!(page, "**{score}** ({reason})\n")?;
        if let Some(best) = best {
            writeln!(page, "- Well said: “{}”: {}", Plain(&best.quote.text), Plain(&best.what))?;
        }
        writeln!(page, "- To fix: {}\n", Plain(fix))?;
    }
    if let Some(notice) = &reviewed.notice {
        writeln!(page, "*{}*\n", Plain(notice))?;
    }
    if turn.hints_used > 0 {
        writeln!(page, "*{} used*\n", counted(usize::from(turn.hints_used), "hint"))?;
    }
    let transcript = turn.answer.as_ref().and_then(|answer| answer.transcript.as_ref());
    for segment in transcript.iter().flat_map(|transcript| &transcript.segments) {
        let start = segment.start.map(|start| format!("[{}] ", clock(start))).unwrap_or_default();
        writeln!(page, "> {start}{}\n>", Plain(&segment.text))?;
    }
    let words = transcript.iter().flat_map(|transcript| &transcript.segments).flat_map(|segment| &segment.words);
    for (word, heard) in words.filter_map(|word| Some((word, word.heard_as.as_ref()?))) {
        writeln!(page, "*“{}” was heard as “{}”*\n", Plain(&word.text), Plain(heard))?;
    }
    writeln!(page)?;
    for panel in [&reviewed.correctness, &reviewed.clarity].into_iter().flatten() {
        write_panel(page, panel)?;
    }
    if !reviewed.delivery.is_empty() {
        writeln!(page, "**Delivery** (measured, never scored)\n")?;
        for measure in &reviewed.delivery {
            let note = if measure.note.is_empty() { String::new() } else { format!(" ({})", measure.note) };
            writeln!(page, "- {}: {} {}{note}", measure.name, measure.figure, Plain(&measure.meaning))?;
        }
        writeln!(page)?;
    }
    if let Some(stronger) = turn.feedback.as_ref().and_then(|feedback| feedback.stronger_answer.as_ref()) {
        writeln!(page, "**A stronger answer**\n")?;
        for paragraph in stronger.split("\n\n") {
            writeln!(page, "{}\n", Plain(paragraph))?;
        }
    }
    if let Some(judge) = &reviewed.judge {
        writeln!(page, "*{}* ({})\n", Plain(&judge.remark), Plain(&judge.versions))?;
    }
    write_history(page, &reviewed.history)
}

fn write_panel(page: &mut String, panel: &Panel) -> Result {
    let band = panel.band.map(|band| format!(", band {band} of 4")).unwrap_or_default();
    let why = panel.no_score.map(|why| format!(", {why}")).unwrap_or_default();
    writeln!(page, "**{}: {}{band}{why}**\n", panel.title, panel.figure())?;
    for (number, mark) in panel.misconceptions.iter().chain(&panel.marks).enumerate() {
        if let Some(heading) = &mark.heading {
            writeln!(page, "{}*{}*\n", if number == 0 { "" } else { "\n" }, Plain(heading))?;
        }
        write_mark(page, mark)?;
    }
    writeln!(page)
}

fn write_mark(page: &mut String, mark: &Mark) -> Result {
    let sign = match mark.sign {
        Sign::Good => "✓",
        Sign::Bad => "✗",
        Sign::Unclear => "?",
        Sign::NotCounted => "·",
        Sign::Wrong => "✗ Misconception:",
    };
    let by = if mark.by_you { format!(" ({} by you)", mark.verdict) } else { String::new() };
    let versions = mark.versions.as_ref().map(|versions| format!(" ({})", Plain(versions))).unwrap_or_default();
    let core = if mark.is_core { " (core)" } else { "" };
    write!(page, "- {sign} {}{core}{versions}{by}", Plain(&mark.text))?;
    if let Some(quote) = &mark.quote {
        let start = quote.start().map(|start| format!(" [{start}]")).unwrap_or_default();
        write!(page, " — “{}”{start}", Plain(&quote.text))?;
    }
    writeln!(page)?;
    match &mark.note {
        Some(note) => writeln!(page, "  - {}", Plain(note)),
        None => Ok(()),
    }
}

/// A line for each earlier judging.
fn write_history(page: &mut String, history: &History) -> Result {
    if history.earlier.is_empty() {
        return Ok(());
    }
    writeln!(page, "Earlier judgings:\n")?;
    for judging in &history.earlier {
        let by = judging.judge.as_ref().map(|judge| format!(" by {} ({})", Plain(&judge.name), Plain(&judge.versions)));
        let words = if judging.words.is_some() { ", of the transcript before the correction" } else { "" };
        let changes = judging.changes.as_ref().map(|changes| match changes.len() {
            0 => "; same verdicts as now".to_owned(),
            differing => format!("; {} changed since", counted(differing, "verdict")),
        });
        let (by, changes) = (by.unwrap_or_default(), changes.unwrap_or_default());
        writeln!(page, "- {}{by}{words}: {}{changes}", judging.when, Plain(&judging.outcome))?;
    }
    if !history.is_comparable() {
        writeln!(page, "\nScores from different judges or versions cannot be compared.")?;
    }
    writeln!(page)
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
        let html = crate::review::html::prose(&Plain(hostile).to_string());
        for tag in ["<h1", "<script", "<a ", "<em", "<code", "<table"] {
            assert!(!html.contains(tag), "{html}");
        }
        assert!(html.contains("# not a heading &lt;script&gt;x"), "{html}");
    }

    #[test]
    fn an_answer_that_begins_like_a_list_is_none() {
        for text in ["- one owner", "1. one owner", "2) one owner", "+ one", "“one owner” × 2"] {
            let html = crate::review::html::prose(&Plain(text).to_string());
            assert_eq!(html, format!("<p>{text}</p>\n"));
        }
        for text in ["0.6 s", "état", "5 é", "-5 °", "12"] {
            assert_eq!(Plain(text).to_string(), text);
        }
    }
}
