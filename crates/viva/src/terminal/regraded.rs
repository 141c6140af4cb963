//! What is different when answers were judged again.

use api::feedback::Feedback;
use api::turn::{Turn, TurnState};

use super::look::Look;
use super::panels::signature;
use super::question::numbered_title;
use super::text::{Line, Tone};

/// A turn before and after it was judged again.
#[derive(Clone, Debug, PartialEq)]
pub struct Regraded {
    /// As it was.
    pub before: Turn,
    /// As it is now.
    pub after: Turn,
}

/// For each turn its scores, those before, and every verdict that is another one now.
pub fn regraded_lines(regraded: &[Regraded], look: Look) -> Vec<Line> {
    let width = look.text_width();
    let mut lines: Vec<Line> = regraded.iter().flat_map(|regraded| turn_lines(regraded, width)).collect();
    let judged = regraded.iter().filter_map(|regraded| Some((feedback(&regraded.before), feedback(&regraded.after)?)));
    let mut notes: Vec<String> = Vec::new();
    for (before, after) in judged {
        notes.extend(signature(after));
        if before.is_some_and(|before| !after.is_comparable_with(before)) {
            notes.push("Scores of different judges or versions cannot be compared; the verdicts can.".to_owned());
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

fn turn_lines(Regraded { before, after }: &Regraded, width: usize) -> Vec<Line> {
    let mut lines = vec![Line::blank(), numbered_title(after)];
    let mut tell = |text: Line| lines.extend(text.hanging(Line::plain("  "), width));
    match (feedback(before), feedback(after)) {
        (None, Some(now)) => {
            tell(Line::toned("graded now", Tone::Good).with(format!(": {}", scores(now)), Tone::Plain));
        }
        (Some(then), Some(now)) => {
            tell(Line::plain(scores(now)).with(format!(" (before: {})", scores(then)), Tone::Quiet));
            let changes = now.changes_since(then);
            if changes.is_empty() {
                tell(Line::toned("the same verdicts as before", Tone::Quiet));
            }
            for change in changes {
                let verdicts = format!(": {} before, {} now", change.before, change.after);
                tell(Line::plain(change.about).with(verdicts, Tone::Accent));
            }
        }
        (then, None) if after.state == TurnState::Ungraded => {
            let reason = after.ungraded_reason.as_deref().unwrap_or("the coach gave no reason");
            tell(Line::toned(format!("not graded: {reason}"), Tone::Bad));
            if then.is_some() {
                tell(Line::toned("What was found before is in the history that the review page shows.", Tone::Quiet));
            }
        }
        (_, None) => tell(Line::toned("still with the coach", Tone::Quiet)),
    }
    lines
}

/// What a coach found; delivery alone is measured before anybody judges.
fn feedback(turn: &Turn) -> Option<&Feedback> {
    turn.feedback.as_ref().filter(|_| turn.state == TurnState::Judged)
}

fn scores(feedback: &Feedback) -> String {
    let figure = |score: Option<f64>| score.map_or_else(|| "without a score".to_owned(), |score| format!("{score:.1}"));
    let correctness = feedback.correctness.as_ref().and_then(|panel| panel.score);
    let clarity = feedback.clarity.as_ref().and_then(|panel| panel.score);
    format!("correctness {}, clarity {}", figure(correctness), figure(clarity))
}

#[cfg(test)]
mod tests {
    use api::feedback::{Coach, Verdict};

    use super::*;
    use crate::terminal::look::Signs;
    use crate::testing::{judged, ungraded};

    fn shown(before: Turn, after: Turn) -> String {
        let look = Look { signs: Signs::Words, ..Look::OFF_SCREEN };
        regraded_lines(&[Regraded { before, after }], look).iter().map(|line| line.text() + "\n").collect()
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
Scores of different judges or versions cannot be compared; the verdicts can.
";
        assert_eq!(shown(judged(), judged_by_a_model()), expected);
    }

    #[test]
    fn the_same_judge_and_verdicts_say_so() {
        let text = shown(judged(), judged());
        assert!(text.contains("the same verdicts as before") && !text.contains("cannot be compared"), "{text}");
    }

    #[test]
    fn an_answer_that_had_no_feedback_has_some_now() {
        assert!(shown(ungraded("no coach"), judged()).contains("graded now: correctness 6.0, clarity 5.0"));
    }

    #[test]
    fn a_coach_that_fails_is_told_with_its_reason() {
        let text = shown(judged(), ungraded("the server is away"));
        assert!(text.contains("not graded: the server is away") && text.contains("What was found before"), "{text}");
        assert!(!shown(ungraded("no coach"), ungraded("no coach")).contains("What was found before"));
        let waiting = Turn { state: TurnState::Judging, ..ungraded("no coach") };
        assert!(shown(judged(), waiting).contains("still with the coach"));
    }
}
