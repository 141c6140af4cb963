//! The turn that a judged answer leads to.

use interview::TurnId;
use interview::follow_up::FollowUp;
use interview::session::{Place, Turn, TurnState};
use uuid::Uuid;

/// The turn that asks a follow-up after `turn`.
pub(super) fn turn_of(follow_up: FollowUp, turn: &Turn, prompt: String) -> Turn {
    Turn {
        id: TurnId::from(Uuid::now_v7()),
        session: turn.session,
        place: Place { position: turn.place.position, depth: turn.place.depth.saturating_add(1) },
        question: turn.question.clone(),
        target: Some(follow_up.target),
        prompt,
        state: TurnState::Asked,
    }
}
