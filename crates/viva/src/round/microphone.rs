//! Answers into a microphone.

use api::turn::{NewAnswer, Source};
use capture::listen::Recogniser;
use capture::recording::{Ending, Recorded};

use super::listening::{Listened, Stopped, listen};
use super::reviewing::{Review, Reviewed};
use super::typed::type_answer;
use super::{Asked, Response, Then};
use crate::failure::Failure;
use crate::hearing::{answer_of, transcript_of};
use crate::outbox::PendingAnswer;
use crate::terminal::{Choice, Terminal, heard_lines};

/// The keys when the microphone does not work.
const NO_SOUND: [(&str, &str); 4] =
    [("r", "try again"), ("t", "type this answer"), ("s", "I don't know"), ("q", "finish the round")];

/// A microphone, and who hears what comes from it.
pub struct Microphone {
    /// Who hears.
    pub recogniser: Recogniser,
    /// Its name, when it is not the system's default.
    pub device: Option<String>,
    /// Whether an answer ends by itself after a pause.
    pub hands_free: bool,
}

/// What became of one recording.
enum Take {
    /// The question is dealt with.
    Settled(Response),
    /// It is to be recorded once more.
    Again,
}

impl Microphone {
    /// Has a question answered aloud.
    ///
    /// # Errors
    /// When the answer cannot be kept. A microphone that does not work is no error: the candidate may type.
    pub async fn answer(&self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
        loop {
            let kept = asked.outbox.begin(asked.destination.clone())?;
            let listened = listen(self, asked, kept.recording_path(), terminal).await;
            let take = match listened {
                Ok(Listened::Recorded(recorded, stopped)) => {
                    self.review(kept, recorded, stopped, asked, terminal).await?
                }
                Ok(Listened::Skip) => {
                    kept.remove()?;
                    Take::Settled(Response::skip())
                }
                Ok(Listened::Again) => {
                    kept.remove()?;
                    Take::Again
                }
                Err(failure) => self.without_sound(kept, &failure, asked, terminal).await?,
            };
            if let Take::Settled(response) = take {
                return Ok(response);
            }
        }
    }

    /// The microphone does not work.
    async fn without_sound(
        &self,
        kept: PendingAnswer,
        failure: &Failure,
        asked: &Asked<'_>,
        terminal: &mut Terminal,
    ) -> Result<Take, Failure> {
        if kept.recording().is_none() {
            kept.remove()?;
        }
        terminal.warn(failure.message());
        Ok(match terminal.choose(&NO_SOUND).await {
            Choice::Letter('r') => Take::Again,
            Choice::Letter('t') => Take::Settled(type_answer(asked, terminal).await?),
            Choice::Letter('s') => Take::Settled(Response::skip()),
            Choice::Letter(_) | Choice::Nothing => Take::Settled(Response::nothing(Then::Finish)),
            Choice::Interrupt => Take::Settled(Response::nothing(Then::Interrupted)),
        })
    }

    /// Shows what was heard, and lets the candidate decide about it.
    async fn review(
        &self,
        mut kept: PendingAnswer,
        recorded: Recorded,
        stopped: Stopped,
        asked: &Asked<'_>,
        terminal: &mut Terminal,
    ) -> Result<Take, Failure> {
        let answer = heard_answer(&recorded, terminal);
        kept.keep(answer.clone())?;
        if stopped == Stopped::Interrupted {
            return Ok(Take::Settled(Response::answer(kept, Then::Interrupted)));
        }
        let review = Review { hands_free: self.hands_free, wants_to_finish: stopped == Stopped::Finish };
        let (reviewed, answer) = review.run(answer, terminal).await;
        let then = match reviewed {
            Reviewed::Send => Then::GoOn,
            Reviewed::SendAndFinish => Then::Finish,
            Reviewed::Interrupted => Then::Interrupted,
            Reviewed::Again | Reviewed::Type | Reviewed::Skip | Reviewed::FinishWithout => {
                kept.remove()?;
                return Ok(match reviewed {
                    Reviewed::Again => Take::Again,
                    Reviewed::Type => Take::Settled(type_answer(asked, terminal).await?),
                    Reviewed::Skip => Take::Settled(Response::skip()),
                    _ => Take::Settled(Response::nothing(Then::Finish)),
                });
            }
        };
        kept.keep(answer)?;
        Ok(Take::Settled(Response::answer(kept, then)))
    }
}

/// What was heard, shown with everything that was not as it should be. Sound without words is an answer, too: the server can turn it
/// into words later.
fn heard_answer(recorded: &Recorded, terminal: &mut Terminal) -> NewAnswer {
    if let Ending::SourceLost(reason) = &recorded.ending {
        terminal.warn(format!("The microphone is gone ({reason}). What you said before is kept."));
    }
    if recorded.ending == Ending::Full {
        terminal.warn("The recording is as long as it may be, and ended here.");
    }
    if recorded.lost > 0 {
        terminal.warn(format!("{} samples were lost because this machine did not keep up.", recorded.lost));
    }
    match &recorded.heard {
        Ok(heard) if heard.transcript.is_empty() => {
            terminal.warn("No speech was heard.");
            answer_of(heard, Source::Microphone)
        }
        Ok(heard) => {
            let look = terminal.screen.look();
            terminal.screen.say(&heard_lines(&transcript_of(heard), look));
            answer_of(heard, Source::Microphone)
        }
        Err(error) => {
            terminal.warn(format!("The recording is kept, and it is not in words: {error}"));
            NewAnswer { source: Some(Source::Microphone), ..NewAnswer::default() }
        }
    }
}
