//! Sessions: the summary of a round, one in review, a list of them, and what changed when answers were judged again.

use api::session::{Session, SessionHead, SessionState, Summary};
use api::turn::{Turn, TurnState};
use api::view::{self, Figure, Judge, standing};
use interview::wording::counted;

use super::panels::feedback_lines;
use super::question::{answer_lines, numbered_title};
use super::screen::Look;
use super::text::{Line, Tone};

/// The figures of a round that there are. The panels are not blended here either.
pub(super) fn figure_lines(summary: &Summary, width: usize) -> Vec<Line> {
    let figures = view::summary(summary).into_iter();
    figures
        .filter_map(|Figure { name, value, note }| Some((super::brief::label(name, Tone::Plain), value?, note)))
        .flat_map(|(name, value, note)| {
            Line::toned(value, Tone::Accent).with(format!("  {note}"), Tone::Quiet).hanging(name, width)
        })
        .collect()
}

/// A round in review: its figures, and everything to put right.
fn summary_lines(summary: &Summary, look: Look) -> Vec<Line> {
    let width = look.text_width();
    let mut lines = vec![Line::blank(), Line::toned("The round", Tone::Strong)];
    lines.extend(figure_lines(summary, width - 2).into_iter().map(|line| Line::plain("  ").joined(line)));
    if !summary.misconceptions.is_empty() {
        lines.extend([Line::blank(), Line::toned("Get these right first", Tone::Strong)]);
    }
    for wrong in &summary.misconceptions {
        let probably = if wrong.sure { "" } else { " (probably)" };
        let text = Line::plain(&wrong.claim).with(format!("{probably}. {}", wrong.why_wrong), Tone::Quiet);
        lines.extend(text.hanging(Line::toned(look.signs.pick("  ✗ ", "  wrong: "), Tone::Bad), width));
    }
    if !summary.missed.is_empty() {
        lines.extend([Line::blank(), Line::toned("Say next time", Tone::Strong)]);
    }
    for missed in &summary.missed {
        let core = if missed.core { "core, " } else { "" };
        let not_found = if missed.sure { "" } else { "not found, " };
        let text = Line::plain(&missed.summary).with(format!(" ({not_found}{core}{})", missed.question), Tone::Quiet);
        lines.extend(text.hanging(Line::toned(look.signs.pick("  ○ ", "  - "), Tone::Bad), width));
    }
    lines
}

/// A session with every answer and its feedback; that which is withheld is left out, of the figures too.
pub fn session_lines(session: &Session, look: Look) -> Vec<Line> {
    let mut lines = vec![
        Line::toned(format!("Session {}", session.head.id), Tone::Strong),
        Line::toned(format!("{}, {}", date(&session.head), session.head.topics.join(", ")), Tone::Quiet),
    ];
    for turn in &session.turns {
        let is_withheld = session.withholds(turn.position).then(|| view::withheld(session.mode));
        lines.extend(turn_lines(turn, is_withheld, look));
    }
    let withholds = session.turns.iter().any(|turn| session.withholds(turn.position));
    let Summary { questions, answered, skipped, ungraded, .. } = session.summary;
    let counts = Summary { questions, answered, skipped, ungraded, ..Summary::default() };
    lines.extend(summary_lines(if withholds { &counts } else { &session.summary }, look));
    lines
}

/// Sessions, one per line: the first `id_length` characters of the id, the time, the score, what was answered, subject and topics.
pub fn sessions_lines(sessions: &[SessionHead], id_length: usize, look: Look) -> Vec<Line> {
    let columns = look.width.saturating_sub(1);
    sessions
        .iter()
        .map(|head| {
            let answers = counted(head.answered, "answer");
            let state = if head.state == SessionState::Open { "  open" } else { "" };
            // An open session may withhold its feedback.
            let score = head.correctness.filter(|_| head.state == SessionState::Finished);
            let score = score.map_or_else(|| "-".to_owned(), |score| format!("{score:.1}"));
            Line::toned(&head.id.to_string()[..id_length], Tone::Accent)
                .with(format!("  {}  ", date(head)), Tone::Plain)
                .with(format!("{score:>4}"), Tone::Strong)
                .with(format!("  {answers:<10}"), Tone::Plain)
                .with(state, Tone::Bad)
                .with(format!("  {}: {}", standing::subjects(&head.subjects), head.topics.join(", ")), Tone::Quiet)
        })
        .map(|line| if look.shows_tones() { line.cut(columns) } else { line })
        .collect()
}

/// A turn; in place of feedback that is withheld, `withheld` says when it is shown.
fn turn_lines(turn: &Turn, withheld: Option<&str>, look: Look) -> Vec<Line> {
    let mut lines = vec![Line::blank(), numbered_title(turn)];
    lines.extend(Line::toned(&turn.prompt, Tone::Quiet).wrapped(look.text_width()));
    if let Some(answer) = &turn.answer {
        lines.push(Line::blank());
        lines.extend(answer_lines(answer, look));
        if withheld.is_none() {
            lines.extend(feedback_lines(turn, look));
        }
    }
    let notice = view::notice(turn).filter(|_| withheld.is_some() || turn.state != TurnState::Ungraded);
    let notice = notice.or_else(|| withheld.map(str::to_owned));
    lines.extend(
        notice.iter().flat_map(|notice| Line::toned(notice, Tone::Quiet).hanging(Line::plain("  "), look.text_width())),
    );
    lines
}

fn date(head: &SessionHead) -> String {
    head.created_at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A turn before and after regrading.
#[derive(Clone, Debug, PartialEq)]
pub struct Regraded {
    pub before: Turn,
    pub after: Turn,
}

/// For each turn the scores now and before, and every verdict that changed.
pub fn regraded_lines(regraded: &[Regraded], look: Look) -> Vec<Line> {
    let width = look.text_width();
    let mut lines: Vec<Line> = regraded.iter().flat_map(|regraded| regraded_turn_lines(regraded, width)).collect();
    let judged = regraded.iter().filter_map(|regraded| Some((regraded.before.judged(), regraded.after.judged()?)));
    let mut notes: Vec<String> = Vec::new();
    for (before, after) in judged {
        notes.extend(Judge::of(after).map(|judge| judge.remark));
        if before.is_some_and(|before| !after.is_comparable_with(before)) {
            notes.push("Scores from different judges or versions cannot be compared; the verdicts can.".to_owned());
        }
    }
    notes.sort();
    notes.dedup();
    if !notes.is_empty() {
        lines.push(Line::blank());
    }
    lines.extend(notes.iter().flat_map(|note| Line::toned(note, Tone::Quiet).wrapped(width)));
    lines
}

fn regraded_turn_lines(Regraded { before, after }: &Regraded, width: usize) -> Vec<Line> {
    let mut lines = vec![Line::blank(), numbered_title(after)];
    let mut tell = |text: Line| lines.extend(text.hanging(Line::plain("  "), width));
    match (before.judged(), after.judged()) {
        (None, Some(now)) => {
            tell(Line::toned("graded now", Tone::Good).with(format!(": {}", view::scores(now)), Tone::Plain));
        }
        (Some(then), Some(now)) => {
            tell(Line::plain(view::scores(now)).with(format!(" (before: {})", view::scores(then)), Tone::Quiet));
            let changes = now.changes_since(then);
            if changes.is_empty() {
                tell(Line::toned("same verdicts as before", Tone::Quiet));
            }
            for change in changes {
                let verdicts = format!(": {} before, {} now", change.before, change.after);
                tell(Line::plain(change.about).with(verdicts, Tone::Accent));
            }
        }
        (then, None) if after.state == TurnState::Ungraded => {
            let reason = after.ungraded_reason.as_deref().unwrap_or("no reason given");
            tell(Line::toned(format!("not graded: {reason}"), Tone::Bad));
            if then.is_some() {
                tell(Line::toned("The earlier feedback is in the history on the review page.", Tone::Quiet));
            }
        }
        (_, None) => tell(Line::toned("still being judged", Tone::Quiet)),
    }
    lines
}

#[cfg(test)]
mod tests {
    use api::feedback::{Coach, Verdict};
    use api::session::{MissedPoint, Mode, StatedMisconception};
    use api::testing::{followed_up, judged, ungraded};

    use super::*;
    use crate::terminal::screen::Signs;
    use crate::terminal::text::shown;

    fn missed(summary: &str, core: bool) -> MissedPoint {
        let [question, key_point] = ["ownership-why", "a-point"].map(str::to_owned);
        MissedPoint { question, key_point, summary: summary.to_owned(), core, sure: core }
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
                sure: false,
            }],
            ..Summary::default()
        };
        let look = Look { signs: Signs::Words, ..Look::OFF_SCREEN };
        let expected = "
The round
  Correctness  6.2  of 10, mean of the main answers scored by one judge
  Pace         132  words per minute, spoken answers
  Answers      3  to 2 questions

Get these right first
  wrong: a collector frees it (probably). There is none.

Say next time
  - it is dropped (core, ownership-why)
  - moves hand it over (not found, ownership-why)
";
        assert_eq!(shown(&summary_lines(&summary, look)), expected);
    }

    fn head(state: SessionState) -> SessionHead {
        SessionHead {
            id: uuid::Uuid::from_u128(0x0193_a000_0000_7000_8000_0000_0000_0001),
            state,
            created_at: jiff::Timestamp::UNIX_EPOCH,
            finished_at: None,
            subjects: vec!["rust".to_owned()],
            topics: vec!["ownership".to_owned(), "borrowing".to_owned()],
            questions: Vec::new(),
            answered: 1,
            correctness: Some(6.25),
        }
    }

    #[test]
    fn a_listed_session_has_its_score_and_a_short_id() {
        let sessions = [head(SessionState::Finished), head(SessionState::Open)];
        let shown: Vec<String> = sessions_lines(&sessions, 8, Look::OFF_SCREEN).iter().map(Line::text).collect();
        assert!(shown[0].starts_with("0193a000  19"), "{}", shown[0]);
        assert!(shown[0].ends_with("   6.2  1 answer    Rust: ownership, borrowing"), "{}", shown[0]);
        assert!(shown[1].ends_with("     -  1 answer    open  Rust: ownership, borrowing"), "{}", shown[1]);
    }

    #[test]
    fn a_session_in_review_reveals_nothing_of_a_question_whose_follow_up_waits() {
        let summary = Summary { answered: 1, correctness: Some(6.0), ..Summary::default() };
        let mut session = Session {
            head: head(SessionState::Open),
            mode: Mode::Study,
            turns: vec![judged(), followed_up()],
            next_turn: None,
            summary,
            review_url: String::new(),
        };
        let open = shown(&session_lines(&session, Look::OFF_SCREEN));
        assert!(open.contains("one owner") && open.contains("Feedback is shown after the follow-up."), "{open}");
        assert!(!open.contains("6.0") && !open.contains("Clarity") && !open.contains("Next step"), "{open}");
        session.head.state = SessionState::Finished;
        let finished = shown(&session_lines(&session, Look::OFF_SCREEN));
        assert!(finished.contains("6.0") && !finished.contains("Feedback is shown"), "{finished}");
    }

    #[test]
    fn a_round_without_answers_has_no_figures() {
        let shown = summary_lines(&Summary { questions: 1, ..Summary::default() }, Look::OFF_SCREEN);
        assert_eq!(shown.len(), 3);
    }

    fn regraded(before: Turn, after: Turn) -> String {
        let look = Look { signs: Signs::Words, ..Look::OFF_SCREEN };
        shown(&regraded_lines(&[Regraded { before, after }], look))
    }

    /// The second key point hit, by a language model.
    fn judged_by_a_model() -> Turn {
        let mut turn = judged();
        let feedback = turn.feedback.as_mut().unwrap();
        let panel = feedback.correctness.as_mut().unwrap();
        panel.score = Some(9.0);
        panel.key_points[1].verdict = Verdict::Hit;
        let judged_by = feedback.judged_by.as_mut().unwrap();
        (judged_by.coach, judged_by.model) = (Coach::Llm, Some("some-model".to_owned()));
        turn
    }

    #[test]
    fn another_verdict_is_named_and_other_judges_are_not_compared() {
        let expected = "
1. Ownership
  correctness 9.0, clarity 5.0 (before: correctness 6.0, clarity 5.0)
  it is dropped at the end of the scope: missed before, hit now

Judged by the language model some-model; every quote was checked.
Scores from different judges or versions cannot be compared; the verdicts can.
";
        assert_eq!(regraded(judged(), judged_by_a_model()), expected);
    }

    #[test]
    fn the_same_judge_and_verdicts_say_so() {
        let text = regraded(judged(), judged());
        assert!(text.contains("same verdicts as before") && !text.contains("cannot be compared"), "{text}");
    }

    #[test]
    fn an_answer_that_had_no_feedback_has_some_now() {
        assert!(regraded(ungraded("no coach"), judged()).contains("graded now: correctness 6.0, clarity 5.0"));
    }

    #[test]
    fn a_coach_that_fails_is_told_with_its_reason() {
        let text = regraded(judged(), ungraded("the server is away"));
        assert!(text.contains("not graded: the server is away") && text.contains("The earlier feedback"), "{text}");
        assert!(!regraded(ungraded("no coach"), ungraded("no coach")).contains("The earlier feedback"));
        let waiting = Turn { state: TurnState::Judging, ..ungraded("no coach") };
        assert!(regraded(judged(), waiting).contains("still being judged"));
    }
}
