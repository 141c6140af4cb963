//! Typed answers: from a user at the keyboard, or one per line on standard input.

use api::turn::NewAnswer;
use tokio::sync::mpsc;

use super::reviewing::cut_off;
use super::{Asked, Response, Then, tell_unsaved};
use crate::failure::Failure;
use crate::terminal::{Choice, Editor, Line, Pinned, Terminal, Written, next_line};

const WRITING: [(&str, &str); 3] =
    [("Enter", "on an empty line: done"), ("Ctrl-C", "end the round"), ("Esc", "a hint, or skip")];
const INSTEAD: [(&str, &str); 4] =
    [("Enter", "back to the answer"), ("h", "a hint"), ("s", "I don't know"), ("q", "finish the round")];

/// Lets a user at the keyboard type an answer. What is typed stays while they look at a hint.
pub async fn type_answer(asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
    let mut editor = Editor::new_text();
    // Without single keys there is no Esc; an empty answer leads to the same choice.
    let writing = if terminal.keyboard.has_keys() { &WRITING[..] } else { &WRITING[..2] };
    loop {
        let pin = |look| Pinned::of(asked.turn, look);
        let (text, stop) = match terminal.write_below(pin, &mut editor, writing, || asked.time_left()).await {
            Written::Finished(text) if !text.trim().is_empty() => (text, None),
            Written::Interrupted(text) => (text, Some(Then::Interrupted)),
            Written::Finished(_) | Written::Cancelled => match terminal.choose(&INSTEAD).await {
                Choice::Letter('h') => {
                    asked.show_hint(terminal).await?;
                    continue;
                }
                Choice::Letter('s') => return Ok(Response::skip()),
                Choice::Letter('q') => (editor.text(), Some(Then::Finish)),
                Choice::Interrupt => (editor.text(), Some(Then::Interrupted)),
                Choice::Letter(_) | Choice::Nothing => continue,
            },
        };
        if let (true, Some(then)) = (text.trim().is_empty(), stop) {
            return Ok(Response::nothing(then));
        }
        print(&text, terminal);
        let mut kept = asked.outbox.begin(asked.destination.clone())?;
        let answer = NewAnswer { text: Some(text), ..NewAnswer::default() };
        if let Some(then) = stop {
            return cut_off(kept, answer, then, terminal).await;
        }
        tell_unsaved(kept.keep(answer), terminal);
        return Ok(Response::answer(kept, Then::GoOn));
    }
}

fn print(text: &str, terminal: &mut Terminal) {
    if terminal.keyboard.has_keys() {
        let width = terminal.screen.look().text_width();
        let lines = text.lines().flat_map(|line| Line::plain(line).hanging(Line::plain("  "), width));
        terminal.screen.say(&lines.collect::<Vec<_>>());
    }
}

/// A line that means "I don't know", as an empty one does.
const SKIP: &str = "skip";
/// Maximum number of lines read ahead.
const READ_AHEAD: usize = 4;

/// The lines on standard input, read on a thread of its own because they may arrive slowly.
pub struct PipedLines {
    lines: mpsc::Receiver<String>,
    first: Option<String>,
}

impl PipedLines {
    /// Waits for the first line; `None` if there is none.
    pub async fn start() -> std::io::Result<Option<Self>> {
        let (sender, mut lines) = mpsc::channel(READ_AHEAD);
        let read = move || {
            let mut stream = std::io::stdin().lock();
            while let Some(line) = next_line(&mut stream) {
                if sender.blocking_send(line).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("answers".to_owned()).spawn(read)?;
        Ok(lines.recv().await.map(|first| Self { lines, first: Some(first) }))
    }

    pub async fn answer(&mut self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
        let line = match self.first.take() {
            Some(line) => Some(line),
            None => tokio::select! {
                line = self.lines.recv() => line,
                () = terminal.keyboard.interrupted() => return Ok(Response::nothing(Then::Interrupted)),
            },
        };
        let Some(line) = line else {
            terminal.say("There are no more answers on standard input.");
            return Ok(Response::nothing(Then::Finish));
        };
        let text = line.trim();
        if text.is_empty() || text.eq_ignore_ascii_case(SKIP) {
            terminal.say("> I don't know");
            return Ok(Response::skip());
        }
        terminal.say(format!("> {text}"));
        let mut kept = asked.outbox.begin(asked.destination.clone())?;
        kept.keep(NewAnswer { text: Some(text.to_owned()), ..NewAnswer::default() })?;
        Ok(Response::answer(kept, Then::GoOn))
    }
}
