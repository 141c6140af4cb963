//! The turn that a judged answer leads to.

use interview::TurnId;
use interview::marks::Marks;
use interview::session::{Place, Turn, TurnState, follow_up_of};
use store::StoredSession;
use uuid::Uuid;

/// The follow-up to ask after `turn`, if there is one: none in a finished session, and none when a later follow-up of the same question
/// was asked before, as when an answer is judged again.
pub(super) fn follow_up(stored: &StoredSession, turn: &Turn, marks: &Marks) -> Option<Turn> {
    let siblings: Vec<Turn> =
        stored.turns.iter().filter(|other| other.place.position == turn.place.position).cloned().collect();
    let is_last = siblings.iter().all(|sibling| sibling.place.depth <= turn.place.depth);
    if stored.finished_at.is_some() || !is_last {
        return None;
    }
    let next = follow_up_of(&stored.session, turn, marks, &siblings)?;
    Some(Turn {
        id: TurnId::from(Uuid::now_v7()),
        session: turn.session,
        place: Place { position: turn.place.position, depth: turn.place.depth.checked_add(1)? },
        question: turn.question.clone(),
        target: Some(next.target),
        prompt: next.prompt,
        state: TurnState::Asked,
    })
}
