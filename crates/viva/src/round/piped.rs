//! Answers by lines on standard input: one line, one answer.

use api::turn::NewAnswer;
use tokio::sync::mpsc;

use super::{Asked, Response, Then};
use crate::failure::Failure;
use crate::terminal::{PlainLines, Terminal};

/// What a line says that gives no answer, besides nothing at all.
const SKIP: &str = "skip";
/// Lines that are read ahead at most.
const AHEAD: usize = 4;

/// The lines on standard input. They are read on a thread of their own, because whoever writes them may take their time.
pub struct PipedLines {
    lines: mpsc::Receiver<String>,
    first: Option<String>,
}

impl PipedLines {
    /// Waits for the first line on standard input; `None` when there is not one.
    ///
    /// # Errors
    /// When no thread can be started.
    pub async fn begin() -> std::io::Result<Option<Self>> {
        let (sender, mut lines) = mpsc::channel(AHEAD);
        let read = move || {
            let mut lines = PlainLines::new(std::io::stdin().lock());
            while let Some(line) = lines.next() {
                if sender.blocking_send(line).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("answers".to_owned()).spawn(read)?;
        Ok(lines.recv().await.map(|first| Self { lines, first: Some(first) }))
    }

    /// Answers a question with the next line.
    ///
    /// # Errors
    /// When the answer cannot be kept.
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
        let mut kept = asked.outbox.begin(asked.addressee.clone())?;
        kept.keep(NewAnswer { text: Some(text.to_owned()), ..NewAnswer::default() })?;
        Ok(Response::answer(kept, Then::GoOn))
    }
}
