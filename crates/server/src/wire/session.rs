//! Sessions on their way out.

use std::collections::BTreeSet;

use api::session::{MissedPoint, Session, SessionHead, SessionPage, SessionState, StatedMisconception, Summary};
use interview::scoring::Score;
use interview::session::TurnState;
use interview::{SessionId, TurnId, summary};
use store::{Page, SessionOverview, StoredSession};

use super::turn::turn;

/// Where a turn's recording can be heard.
pub(crate) fn audio_url(turn: TurnId) -> String {
    format!("{}/turns/{turn}/audio", api::PREFIX)
}

/// Where people review a session.
pub(crate) fn review_url(session: SessionId) -> String {
    format!("/sessions/{session}")
}

/// A session with all that belongs to it.
pub(crate) fn session(stored: &StoredSession) -> Session {
    let waiting = stored.turns.iter().filter(|turn| turn.state == TurnState::Asked).min_by_key(|turn| turn.place);
    Session {
        head: head(stored),
        turns: stored.turns.iter().filter_map(|one| turn(stored, one)).collect(),
        next_turn: waiting.filter(|_| stored.finished_at.is_none()).map(|turn| turn.id.uuid()),
        summary: summary(&summary::Summary::of(&stored.session, &stored.turns)),
        review_url: review_url(stored.session.id),
    }
}

/// One page of sessions.
pub(crate) fn page(page: &Page) -> SessionPage {
    SessionPage {
        sessions: page.sessions.iter().map(overview).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }
}

fn head(stored: &StoredSession) -> SessionHead {
    let questions = &stored.session.questions;
    let is_answered = |state: &TurnState| state.answer().is_some() || state.audio().is_some();
    let answered = stored.turns.iter().filter(|turn| is_answered(&turn.state)).count();
    SessionHead {
        id: stored.session.id.uuid(),
        state: state(stored.finished_at.is_some()),
        created_at: stored.created_at,
        finished_at: stored.finished_at,
        topics: distinct(questions.iter().map(|question| question.topic.to_string())),
        questions: questions.iter().map(|question| question.title.clone()).collect(),
        answered: u32::try_from(answered).unwrap_or(u32::MAX),
    }
}

fn overview(overview: &SessionOverview) -> SessionHead {
    SessionHead {
        id: overview.id.uuid(),
        state: state(overview.finished_at.is_some()),
        created_at: overview.created_at,
        finished_at: overview.finished_at,
        topics: distinct(overview.questions.iter().map(|question| question.topic.to_string())),
        questions: overview.questions.iter().map(|question| question.title.clone()).collect(),
        answered: overview.answered,
    }
}

fn state(is_finished: bool) -> SessionState {
    if is_finished { SessionState::Finished } else { SessionState::Open }
}

/// Every name once, in the order in which they first occur.
fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    names.filter(|name| seen.insert(name.clone())).collect()
}

fn summary(summary: &summary::Summary) -> Summary {
    Summary {
        questions: summary.questions,
        answered: summary.answered,
        skipped: summary.skipped,
        ungraded: summary.ungraded,
        correctness: summary.correctness.map(Score::get),
        clarity: summary.clarity.map(Score::get),
        words_per_minute: summary.words_per_minute.map(|rate| (rate * 10.0).round() / 10.0),
        missed: summary.missed.iter().map(missed).collect(),
        misconceptions: summary.misconceptions.iter().map(stated).collect(),
    }
}

fn missed(missed: &summary::Missed) -> MissedPoint {
    MissedPoint {
        question: missed.question.to_string(),
        key_point: missed.key_point.to_string(),
        summary: missed.summary.clone(),
        core: missed.core,
    }
}

fn stated(stated: &summary::Stated) -> StatedMisconception {
    StatedMisconception {
        question: stated.question.to_string(),
        misconception: stated.misconception.to_string(),
        claim: stated.claim.clone(),
        why_wrong: stated.why_wrong.clone(),
    }
}
