//! The earlier judgings of an answer.

use api::feedback::{Change, Judging};
use api::turn::Turn;
use api::view::{Judge, scores};
use interview::session;
use store::{PastJudging, StoredSession};

use super::day;
use crate::wire;

/// A judging before the one that a turn shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EarlierJudging {
    /// When it ended.
    pub(crate) when: String,
    /// Who judged, if there is feedback.
    pub(crate) judge: Option<Judge>,
    /// The scores, or why there is no feedback.
    pub(crate) outcome: String,
    /// The words that were judged, if they differ from the current ones.
    pub(crate) words: Option<String>,
    /// The verdicts that differ now; `None` if there is nothing to compare.
    pub(crate) changes: Option<Vec<Change>>,
    /// Whether its scores can be compared with the current ones.
    pub(crate) is_comparable: bool,
}

/// The judgings of the answer to `turn` before the one that it shows, oldest first. `shown` is the turn as the API shows it; `past` are
/// the judgings of the whole session.
pub(super) fn earlier_judgings(
    turn: &session::Turn,
    shown: &Turn,
    stored: &StoredSession,
    past: &[PastJudging],
) -> Vec<EarlierJudging> {
    let Some(question) = stored.session.question(&turn.question) else { return Vec::new() };
    let mut own: Vec<&PastJudging> = past.iter().filter(|past| past.judging.turn == turn.id).collect();
    if own.last().is_some_and(|last| last.ending == turn.state) {
        own.pop();
    }
    own.into_iter().map(|past| earlier(&wire::feedback::judging(question, past), shown)).collect()
}

fn earlier(before: &Judging, now: &Turn) -> EarlierJudging {
    let transcript = now.answer.as_ref().and_then(|answer| answer.transcript.as_ref());
    let words_now = transcript.map(|transcript| transcript.text.as_str());
    let feedback = now.feedback.as_ref().filter(|feedback| feedback.judged_by.is_some());
    let both = before.feedback.as_ref().zip(feedback);
    let not_graded = || format!("not graded: {}", before.ungraded_reason.as_deref().unwrap_or("no reason given"));
    EarlierJudging {
        when: day(before.judged_at),
        judge: before.feedback.as_ref().and_then(Judge::of),
        outcome: before.feedback.as_ref().map_or_else(not_graded, scores),
        words: before.text.clone().filter(|words| words_now != Some(words)),
        changes: both.map(|(before, now)| now.changes_since(before)),
        is_comparable: both.is_none_or(|(before, now)| now.is_comparable_with(before)),
    }
}

#[cfg(test)]
mod tests;
