//! The beginning of a real interview, and the report at its end.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use api::session::Session;
use api::turn::{Turn, TurnState};
use interview::wording::counted;

use super::{After, Round, Stage, Then};

impl Round<'_> {
    /// Greets the candidate. Breaks when they quit the program.
    pub(super) async fn greet(&mut self) -> ControlFlow<()> {
        let minutes = self.length.map_or(0, |length| length.as_secs() / 60);
        let minutes = counted(minutes, "minute");
        let greeting =
            format!("Hello, and welcome. We have {minutes}. Take your time to think. You get the feedback at the end.");
        self.terminal.say(&greeting);
        self.read_aloud(&greeting).await
    }

    /// The turns of every question that was answered or skipped, after a word about what they are for.
    pub(super) fn questions_to_report(&mut self, session: &Session) -> VecDeque<Vec<Turn>> {
        let asked = session.turns.iter().filter(|turn| turn.state != TurnState::Asked);
        let asked: Vec<Turn> = asked.cloned().collect();
        if !asked.is_empty() {
            self.terminal.say("That is the end of the interview, thank you. Here is the report, question by question.");
        }
        asked.chunk_by(|one, other| one.position == other.position).map(<[Turn]>::to_vec).collect()
    }
}

/// The feedback on the first of these questions, or the debrief when none is left.
pub(super) fn report(mut left: VecDeque<Vec<Turn>>) -> Stage {
    match left.pop_front() {
        Some(attempt) => Stage::Reading { attempt, before: None, then: Then::GoOn, after: After::Report(left) },
        None => Stage::Debriefing { is_read: true, is_first: true },
    }
}
