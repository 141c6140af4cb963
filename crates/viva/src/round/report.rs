//! The beginning of a real interview, and the report at its end.

use std::ops::ControlFlow;

use api::session::Session;
use api::turn::{Turn, TurnState};
use interview::wording::counted;

use super::{Round, Then};
use crate::failure::Failure;

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

    /// Shows the feedback on every question that was answered or skipped, until the candidate has seen enough. Returns whether they quit
    /// the program.
    pub(super) async fn report(&mut self, session: &Session) -> Result<Then, Failure> {
        let asked = session.turns.iter().filter(|turn| turn.state != TurnState::Asked);
        let asked: Vec<Turn> = asked.cloned().collect();
        if asked.is_empty() {
            return Ok(Then::GoOn);
        }
        self.terminal.say("That is the end of the interview, thank you. Here is the report, question by question.");
        for question in asked.chunk_by(|one, other| one.position == other.position) {
            let (then, _) = self.read(question.to_vec(), None, Then::GoOn).await?;
            if then != Then::GoOn {
                return Ok(then);
            }
        }
        Ok(Then::GoOn)
    }
}
