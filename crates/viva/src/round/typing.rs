//! Answers that somebody types.

use api::turn::NewAnswer;

use super::{Asked, Response, Then};
use crate::failure::Failure;
use crate::outbox::Kept;
use crate::terminal::{Choice, Editor, Line, Terminal, Written};

/// The keys while an answer is typed.
const WRITING: [(&str, &str); 2] = [("Enter", "on an empty line: done"), ("Ctrl-C", "end the round")];
/// The keys when nothing was typed.
const NOTHING_TYPED: [(&str, &str); 3] =
    [("Enter", "type an answer"), ("s", "I don't know"), ("q", "finish the round")];

/// Somebody at a keyboard.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typing;

impl Typing {
    /// Has a question answered.
    ///
    /// # Errors
    /// When the answer cannot be kept.
    pub async fn answer(&self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
        loop {
            match terminal.write(Editor::new_text(), &WRITING).await {
                Written::Finished(text) if !text.trim().is_empty() => {
                    return Ok(Response::answer(kept(asked, &text, terminal)?, Then::GoOn));
                }
                Written::Interrupted(text) if !text.trim().is_empty() => {
                    return Ok(Response::answer(kept(asked, &text, terminal)?, Then::Interrupted));
                }
                Written::Interrupted(_) => return Ok(Response::nothing(Then::Interrupted)),
                Written::Finished(_) | Written::Cancelled => {}
            }
            match terminal.choose(&NOTHING_TYPED).await {
                Choice::Letter('s') => return Ok(Response::skip()),
                Choice::Letter('q') => return Ok(Response::nothing(Then::Finish)),
                Choice::Interrupt => return Ok(Response::nothing(Then::Interrupted)),
                Choice::Letter(_) | Choice::Nothing => {}
            }
        }
    }
}

/// Shows the text for good, and keeps it.
fn kept(asked: &Asked<'_>, text: &str, terminal: &mut Terminal) -> Result<Kept, Failure> {
    if terminal.keyboard.has_keys() {
        let width = terminal.screen.look().text_width() - 2;
        let lines = text.lines().flat_map(|line| Line::plain(line).wrapped(width));
        let lines: Vec<Line> = lines.map(|line| Line::plain("  ").joined(line)).collect();
        terminal.screen.say(&lines);
    }
    let mut kept = asked.outbox.begin(asked.addressee.clone())?;
    kept.keep(NewAnswer { text: Some(text.to_owned()), ..NewAnswer::default() })?;
    Ok(kept)
}
