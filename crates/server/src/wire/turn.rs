//! Turns on their way out.

use api::turn::{Answer, NextTurn, Role, Source, Target, Turn, TurnState};
use interview::bank::Question;
use interview::follow_up;
use interview::session::{self, Recording, UngradedAnswer};
use store::StoredSession;

use super::feedback::feedback;
use super::transcript::{seconds, transcript};
use super::{question, session as session_wire};

/// A turn of `stored`. `None` when the turn's question is not part of the session, which no stored session is without.
pub(crate) fn turn(stored: &StoredSession, turn: &session::Turn) -> Option<Turn> {
    let asked = stored.session.question(&turn.question)?;
    Some(Turn {
        id: turn.id.uuid(),
        session_id: turn.session.uuid(),
        position: turn.place.position,
        depth: turn.place.depth,
        role: role(turn),
        target: turn.target.as_ref().map(target),
        prompt: turn.prompt.clone(),
        question: question_of(turn, asked),
        state: state(&turn.state),
        ungraded_reason: ungraded_reason(&turn.state),
        answer: answer(turn),
        feedback: feedback(turn, asked),
        next_turn: next_turn(stored, turn),
    })
}

fn source(source: session::Source) -> Source {
    match source {
        session::Source::Microphone => Source::Microphone,
        session::Source::Upload => Source::Upload,
        session::Source::Stream => Source::Stream,
        session::Source::Typed => Source::Typed,
    }
}

pub(crate) fn given_source(source: Source) -> session::Source {
    match source {
        Source::Microphone => session::Source::Microphone,
        Source::Upload => session::Source::Upload,
        Source::Stream => session::Source::Stream,
        Source::Typed => session::Source::Typed,
    }
}

/// The question, with its answer once this turn can no longer be answered.
fn question_of(turn: &session::Turn, asked: &Question) -> api::question::Question {
    if turn.state.is_settled() { question::revealed(asked) } else { question::asked(asked) }
}

fn role(turn: &session::Turn) -> Role {
    if turn.target.is_some() { Role::FollowUp } else { Role::Main }
}

fn target(target: &follow_up::Target) -> Target {
    match target {
        follow_up::Target::KeyPoint(id) => Target::KeyPoint(id.to_string()),
        follow_up::Target::Misconception(id) => Target::Misconception(id.to_string()),
    }
}

fn state(state: &session::TurnState) -> TurnState {
    match state {
        session::TurnState::Asked => TurnState::Asked,
        session::TurnState::Skipped => TurnState::Skipped,
        session::TurnState::Transcribing { .. } => TurnState::Transcribing,
        session::TurnState::Judging { .. } => TurnState::Judging,
        session::TurnState::Judged { .. } => TurnState::Judged,
        session::TurnState::Ungraded { .. } => TurnState::Ungraded,
    }
}

fn ungraded_reason(state: &session::TurnState) -> Option<String> {
    match state {
        session::TurnState::Ungraded { reason, .. } => Some(reason.to_string()),
        _ => None,
    }
}

fn answer(turn: &session::Turn) -> Option<Answer> {
    let audio_url = turn.state.audio().map(|_| session_wire::audio_url(turn.id));
    if let Some(answer) = turn.state.answer() {
        return Some(Answer {
            id: answer.id.uuid(),
            source: source(answer.source),
            transcript: Some(transcript(&answer.transcript)),
            corrected: answer.corrected,
            duration: answer.spoken.as_ref().map(|spoken| seconds(spoken.duration)),
            audio_url,
        });
    }
    recording(&turn.state).map(|recording| Answer {
        id: recording.id.uuid(),
        source: source(recording.source),
        transcript: None,
        corrected: false,
        duration: None,
        audio_url,
    })
}

fn recording(state: &session::TurnState) -> Option<&Recording> {
    match state {
        session::TurnState::Transcribing { answer }
        | session::TurnState::Ungraded { answer: UngradedAnswer::Sound(answer), .. } => Some(answer),
        _ => None,
    }
}

fn next_turn(stored: &StoredSession, turn: &session::Turn) -> Option<Box<NextTurn>> {
    let goes_on = turn.state.is_settled() && stored.finished_at.is_none();
    let next = session::next_turn(&stored.turns, turn.place).filter(|_| goes_on)?;
    Some(Box::new(NextTurn { id: next.id.uuid(), role: role(next), prompt: next.prompt.clone() }))
}
