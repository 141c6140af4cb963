//! Answers by recordings, in order.

use std::collections::VecDeque;
use std::path::PathBuf;

use api::turn::Source;
use capture::listen::Recogniser;

use super::heard_file::{FileHeard, check_file, hear_file};
use super::{Asked, Response, Then};
use crate::failure::Failure;
use crate::hearing::{answer_of, transcript_of};
use crate::terminal::{Terminal, heard_lines};

/// Recordings, and who hears them.
pub struct Recordings {
    recogniser: Recogniser,
    files: VecDeque<PathBuf>,
}

impl Recordings {
    /// Takes recordings; all of them are looked at before the first question is asked.
    ///
    /// # Errors
    /// When one of them is no sound.
    pub async fn of_files(files: &[PathBuf], recogniser: Recogniser) -> Result<Self, Failure> {
        for file in files {
            check_file(file.clone()).await?;
        }
        Ok(Self { recogniser, files: files.iter().cloned().collect() })
    }

    /// Answers a question with the next recording.
    ///
    /// # Errors
    /// When it cannot be heard, or the answer cannot be kept.
    pub async fn answer(&mut self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
        let Some(file) = self.files.pop_front() else {
            terminal.say("There are no more recordings.");
            return Ok(Response::nothing(Then::Finish));
        };
        terminal.say(format!("Answer from {}", file.display()));
        let mut kept = asked.outbox.begin(asked.destination.clone())?;
        let glossary = &asked.turn.question.glossary;
        let heard = match hear_file(&file, &self.recogniser, glossary, terminal).await {
            Ok(FileHeard::Whole(heard)) => heard,
            Ok(FileHeard::Interrupted) => {
                kept.remove()?;
                return Ok(Response::nothing(Then::Interrupted));
            }
            Err(failure) => {
                kept.remove()?;
                return Err(failure.about(&file.display().to_string()));
            }
        };
        if heard.truncated {
            terminal.warn("The file breaks off before its end; what there is of it is used.");
        }
        let look = terminal.screen.look();
        if heard.transcript.is_empty() {
            terminal.warn("No speech was heard in it.");
        } else {
            terminal.screen.say(&heard_lines(&transcript_of(&heard), look));
        }
        kept.keep_with_recording(answer_of(&heard, Source::Upload), &file)?;
        Ok(Response::answer(kept, Then::GoOn))
    }
}
