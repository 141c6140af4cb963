//! Sessions: one that has come to its end, one in review, and a list of them.

use api::session::{Session, SessionHead, SessionState, Summary};
use api::turn::{Turn, TurnState};
use interview::wording::counted;

use super::look::Look;
use super::panels::feedback_lines;
use super::question::numbered_title;
use super::text::{Line, Tone};
use super::transcript::answer_lines;

/// How many missed points a summary names.
const MISSED_SHOWN: usize = 5;

/// What a round came to. The panels stay apart here, too.
pub fn summary_lines(summary: &Summary, look: Look) -> Vec<Line> {
    let width = look.text_width();
    let mut lines = vec![Line::blank(), Line::toned("The round", Tone::Strong), counts(summary)];
    for (name, figure) in [
        ("correctness", summary.correctness.map(|score| format!("{score:.1} of 10 on average"))),
        ("clarity", summary.clarity.map(|score| format!("{score:.1} of 10 on average"))),
        ("delivery", summary.words_per_minute.map(|rate| format!("{rate:.0} words a minute on average"))),
    ] {
        if let Some(figure) = figure {
            lines.push(Line::plain(format!("  {name:<13}")).with(figure, Tone::Accent));
        }
    }
    if !summary.misconceptions.is_empty() {
        lines.extend([Line::blank(), Line::toned("Put right first", Tone::Strong)]);
    }
    for wrong in &summary.misconceptions {
        let text = Line::plain(format!("{}.", &wrong.claim)).with(format!(" {}", wrong.why_wrong), Tone::Quiet);
        lines.extend(text.hanging(Line::toned(look.signs.pick("  ✗ ", "  wrong: "), Tone::Bad), width));
    }
    if !summary.missed.is_empty() {
        lines.extend([Line::blank(), Line::toned("Say next time", Tone::Strong)]);
    }
    for missed in summary.missed.iter().take(MISSED_SHOWN) {
        let core = if missed.core { "core, " } else { "" };
        let text = Line::plain(&missed.summary).with(format!(" ({core}{})", missed.question), Tone::Quiet);
        lines.extend(text.hanging(Line::toned(look.signs.pick("  ○ ", "  - "), Tone::Bad), width));
    }
    let more = summary.missed.len().saturating_sub(MISSED_SHOWN);
    if more > 0 {
        lines.push(Line::toned(format!("  and {more} more in the review"), Tone::Quiet));
    }
    lines
}

/// A session with every answer and its feedback.
pub fn session_lines(session: &Session, look: Look) -> Vec<Line> {
    let mut lines = vec![
        Line::toned(format!("Session {}", session.head.id), Tone::Strong),
        Line::toned(format!("{}, {}", date(&session.head), session.head.topics.join(", ")), Tone::Quiet),
    ];
    for turn in &session.turns {
        lines.extend(turn_lines(turn, look));
    }
    lines.extend(summary_lines(&session.summary, look));
    lines
}

/// Sessions, one a line.
pub fn sessions_lines(sessions: &[SessionHead], look: Look) -> Vec<Line> {
    let columns = look.width.saturating_sub(1);
    sessions
        .iter()
        .map(|head| {
            let answers = counted(head.answered, "answer");
            let state = if head.state == SessionState::Open { "  open" } else { "" };
            Line::toned(head.id.to_string(), Tone::Accent)
                .with(format!("  {}  {answers:<10}", date(head)), Tone::Plain)
                .with(state, Tone::Bad)
                .with(format!("  {}", head.topics.join(", ")), Tone::Quiet)
        })
        .map(|line| if look.shows_tones() { line.cut(columns) } else { line })
        .collect()
}

fn turn_lines(turn: &Turn, look: Look) -> Vec<Line> {
    let mut lines = vec![Line::blank(), numbered_title(turn)];
    lines.extend(Line::toned(&turn.prompt, Tone::Quiet).wrapped(look.text_width()));
    match (turn.state, &turn.answer) {
        (TurnState::Asked, _) => lines.push(Line::toned("  not answered", Tone::Quiet)),
        (TurnState::Skipped, _) => lines.push(Line::toned("  “I don't know”", Tone::Quiet)),
        (_, Some(answer)) => {
            lines.push(Line::blank());
            lines.extend(answer_lines(answer, look));
            lines.extend(feedback_lines(turn, look));
        }
        (_, None) => {}
    }
    if matches!(turn.state, TurnState::Transcribing | TurnState::Judging) {
        lines.push(Line::toned("  being judged", Tone::Quiet));
    }
    lines
}

fn counts(summary: &Summary) -> Line {
    let questions = counted(summary.questions, "question");
    let mut text = format!("  {questions}, {} answered, {} skipped", summary.answered, summary.skipped);
    if summary.ungraded > 0 {
        text.push_str(&format!(", {} not graded", summary.ungraded));
    }
    Line::plain(text)
}

fn date(head: &SessionHead) -> String {
    head.created_at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use api::session::{MissedPoint, StatedMisconception};

    use super::*;
    use crate::terminal::look::Signs;

    fn missed(summary: &str, core: bool) -> MissedPoint {
        let [question, key_point] = ["ownership-why", "a-point"].map(str::to_owned);
        MissedPoint { question, key_point, summary: summary.to_owned(), core }
    }

    #[test]
    fn a_summary_names_what_to_put_right_and_what_to_say() {
        let summary = Summary {
            questions: 2,
            answered: 3,
            correctness: Some(6.25),
            words_per_minute: Some(131.6),
            missed: vec![missed("it is dropped", true), missed("moves hand it over", false)],
            misconceptions: vec![StatedMisconception {
                question: "ownership-why".to_owned(),
                misconception: "collector".to_owned(),
                claim: "a collector frees it".to_owned(),
                why_wrong: "There is none.".to_owned(),
            }],
            ..Summary::default()
        };
        let look = Look { signs: Signs::Words, ..Look::OFF_SCREEN };
        let shown: String = summary_lines(&summary, look).iter().map(|line| line.text() + "\n").collect();
        let expected = "
The round
  2 questions, 3 answered, 0 skipped
  correctness  6.2 of 10 on average
  delivery     132 words a minute on average

Put right first
  wrong: a collector frees it. There is none.

Say next time
  - it is dropped (core, ownership-why)
  - moves hand it over (ownership-why)
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_round_without_answers_has_no_figures() {
        let shown = summary_lines(&Summary { questions: 1, ..Summary::default() }, Look::OFF_SCREEN);
        assert_eq!(shown.len(), 3);
    }
}
