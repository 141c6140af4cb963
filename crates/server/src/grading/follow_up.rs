//! The turn that a judged answer leads to.

use interview::TurnId;
use interview::follow_up::FollowUp;
use interview::marks::Marks;
use interview::session::{Place, Turn, TurnState, follow_up_of};
use store::StoredSession;
use uuid::Uuid;

/// The follow-up to ask after `turn`, if there is one: none in a finished session, and none when a later follow-up of the same question
/// was asked before, as when an answer is judged again.
pub(super) fn follow_up(stored: &StoredSession, turn: &Turn, marks: &Marks) -> Option<FollowUp> {
    let siblings: Vec<Turn> =
        stored.turns.iter().filter(|other| other.place.position == turn.place.position).cloned().collect();
    let is_last = siblings.iter().all(|sibling| sibling.place.depth <= turn.place.depth);
    if stored.finished_at.is_some() || !is_last {
        return None;
    }
    follow_up_of(&stored.session, turn, marks, &siblings)
}

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
