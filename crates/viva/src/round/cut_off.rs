//! What becomes of an answer in the middle of which the candidate stopped.

use api::turn::NewAnswer;

use super::{Response, Then, tell_unsaved};
use crate::failure::Failure;
use crate::outbox::PendingAnswer;
use crate::terminal::{Choice, Offer, Terminal};

const CUT_OFF: [Offer<'static>; 3] = [("Enter", "send"), ("l", "keep for later"), ("x", "discard")];

/// Asks what to do with an answer that is not complete, and does it. Nothing but a yes sends it: meanwhile the outbox holds it as one to ask
/// about. Where nobody can be asked, it is kept for later.
pub async fn cut_off(
    mut kept: PendingAnswer,
    answer: NewAnswer,
    then: Then,
    terminal: &mut Terminal,
) -> Result<Response, Failure> {
    tell_unsaved(kept.keep_cut_off(answer.clone()), terminal);
    terminal.keyboard.expect_interrupt();
    terminal.say("You stopped in the middle of your answer.");
    let choice = if terminal.is_attended() { terminal.choose(&CUT_OFF).await } else { Choice::Interrupt };
    match choice {
        Choice::Letter('x') => {
            kept.remove()?;
            Ok(Response::nothing(then))
        }
        Choice::Letter('l') | Choice::Interrupt => {
            kept.keep_cut_off(answer)?;
            terminal.say("It is kept and not judged. The next round at a terminal asks what to do with it.");
            Ok(Response::nothing(Then::Suspended))
        }
        Choice::Letter(_) | Choice::Nothing => {
            tell_unsaved(kept.keep(answer), terminal);
            Ok(Response::answer(kept, then))
        }
    }
}
