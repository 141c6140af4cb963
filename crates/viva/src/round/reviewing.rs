//! What the candidate decides about an answer before it is sent.

use std::time::Duration;

use api::turn::NewAnswer;

use super::{Response, Then, tell_unsaved};
use crate::failure::Failure;
use crate::outbox::PendingAnswer;
use crate::terminal::{Choice, Editor, Line, Offer, Terminal, Tone, Written};

/// Hands-free, an answer is sent after this time.
const UNTIL_SENT: Duration = Duration::from_secs(5);

const HEARD: [(&str, &str); 5] = [
    ("Enter", "send"),
    ("e", "correct the text"),
    ("r", "record again"),
    ("s", "I don't know"),
    ("q", "finish the round"),
];
const NOT_HEARD: [(&str, &str); 5] = [
    ("r", "record again"),
    ("t", "type it"),
    ("Enter", "send the recording"),
    ("s", "I don't know"),
    ("q", "finish the round"),
];
/// Beside these, after another take.
pub const EARLIER: Offer<'static> = ("k", "keep the earlier one");
const FINISHING: [(&str, &str); 3] =
    [("Enter", "send this answer and finish"), ("x", "finish without it"), ("b", "back to the answer")];
const EDITING: [(&str, &str); 2] = [("Enter", "done"), ("Esc", "undo the changes")];
/// After the candidate stopped in the middle of an answer.
const CUT_OFF: [Offer<'static>; 3] = [("Enter", "send"), ("l", "keep for later"), ("x", "discard")];

/// The review of a spoken answer.
#[derive(Clone, Copy, Debug)]
pub struct Review {
    /// Whether it is sent after a while without a key.
    pub hands_free: bool,
    /// Whether the candidate has already asked to finish the round.
    pub wants_to_finish: bool,
    /// Whether there is an earlier take to go back to.
    pub has_earlier: bool,
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reviewed {
    Send,
    SendAndFinish,
    FinishWithout,
    Again,
    /// The earlier take, and not this one.
    Earlier,
    Type,
    /// "I don't know."
    Skip,
    /// The candidate quit the program; the answer is kept.
    Interrupted,
}

impl Review {
    /// Lets the candidate decide; returns the answer with their correction.
    pub async fn run(mut self, mut answer: NewAnswer, terminal: &mut Terminal) -> (Reviewed, NewAnswer) {
        let heard = text_of(&answer);
        loop {
            if std::mem::take(&mut self.wants_to_finish) {
                match terminal.choose(&FINISHING).await {
                    Choice::Letter('\n') => return (Reviewed::SendAndFinish, answer),
                    Choice::Letter('x') => return (Reviewed::FinishWithout, answer),
                    Choice::Interrupt => return (Reviewed::Interrupted, answer),
                    Choice::Letter(_) | Choice::Nothing => {}
                }
            }
            let mut offers = Vec::from(if heard.is_empty() { NOT_HEARD } else { HEARD });
            if self.has_earlier {
                offers.insert(3, EARLIER);
            }
            let limit = (self.hands_free && !heard.is_empty()).then_some(UNTIL_SENT);
            let reviewed = match terminal.choose_below(|_| Vec::new(), &offers, limit).await {
                Choice::Letter('e') => {
                    if !self.correct(&mut answer, &heard, terminal).await {
                        continue;
                    }
                    Reviewed::Interrupted
                }
                Choice::Letter('q') => {
                    self.wants_to_finish = true;
                    continue;
                }
                Choice::Letter('r') => Reviewed::Again,
                Choice::Letter('k') => Reviewed::Earlier,
                Choice::Letter('t') => Reviewed::Type,
                Choice::Letter('s') => Reviewed::Skip,
                Choice::Letter(_) | Choice::Nothing => Reviewed::Send,
                Choice::Interrupt => Reviewed::Interrupted,
            };
            return (reviewed, answer);
        }
    }

    /// Lets the candidate correct the text; returns whether they quit the program. The answer keeps the recognised words too.
    async fn correct(&mut self, answer: &mut NewAnswer, heard: &str, terminal: &mut Terminal) -> bool {
        self.hands_free = false;
        let before = answer.corrected_text.as_deref().unwrap_or(heard).to_owned();
        let written = terminal.write(&mut Editor::of(&before), &EDITING).await;
        let has_quit = matches!(written, Written::Interrupted(_));
        let text = match written {
            Written::Finished(text) | Written::Interrupted(text) if !text.is_empty() => text,
            _ => before,
        };
        let width = terminal.screen.look().text_width();
        terminal.screen.say(&[Line::blank(), Line::toned("corrected", Tone::Strong)]);
        terminal.screen.say(&Line::plain(&text).hanging(Line::plain("  "), width));
        answer.corrected_text = (text != heard).then_some(text);
        has_quit
    }
}

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
        Choice::Letter('x') => kept.remove().map(|()| Response::nothing(then)),
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

/// What the candidate wrote or corrected, or else what was heard.
pub fn words_of(answer: &NewAnswer) -> String {
    answer.text.clone().or_else(|| answer.corrected_text.clone()).unwrap_or_else(|| text_of(answer))
}

fn text_of(answer: &NewAnswer) -> String {
    let segments = answer.transcript.iter().flat_map(|transcript| &transcript.segments);
    segments.map(|segment| segment.text.as_str()).collect::<Vec<_>>().join(" ")
}
