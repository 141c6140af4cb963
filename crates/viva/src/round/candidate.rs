//! Who answers, and by what means.

use api::turn::Turn;

use super::{Microphone, PipedLines, Recordings, Typing};
use crate::failure::Failure;
use crate::outbox::{Addressee, Kept, Outbox};
use crate::terminal::Terminal;

/// The way answers are given in a round.
pub enum Candidate {
    /// Aloud, into a microphone.
    Microphone(Box<Microphone>),
    /// On a keyboard, by somebody who sits there.
    Typing(Typing),
    /// By lines on standard input.
    Piped(PipedLines),
    /// By recordings, in order.
    Recordings(Recordings),
}

/// What is asked, and where the answer belongs.
pub struct Asked<'a> {
    /// The turn.
    pub turn: &'a Turn,
    /// Where the answer belongs.
    pub addressee: Addressee,
    /// Where it is kept until the server has it.
    pub outbox: &'a Outbox,
}

/// What the candidate did about a question.
#[derive(Debug)]
pub struct Response {
    /// What they gave.
    pub given: Given,
    /// How it goes on.
    pub then: Then,
}

/// What the candidate gave.
#[derive(Debug)]
pub enum Given {
    /// An answer; it is in the outbox already.
    Answer(Box<Kept>),
    /// "I don't know."
    Skip,
    /// Nothing: the question stays open.
    Nothing,
}

/// How the round goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// With what comes next.
    GoOn,
    /// Not at all: the candidate wants to finish.
    Finish,
    /// Not at all: the candidate ended the program.
    Interrupted,
}

impl Response {
    /// An answer, after which the round goes on like this.
    pub fn answer(kept: Kept, then: Then) -> Self {
        Self { given: Given::Answer(Box::new(kept)), then }
    }

    /// "I don't know", and on to what comes next.
    pub fn skip() -> Self {
        Self { given: Given::Skip, then: Then::GoOn }
    }

    /// Nothing, and the round is over like this.
    pub fn nothing(then: Then) -> Self {
        Self { given: Given::Nothing, then }
    }
}

impl Candidate {
    /// Has a question answered.
    ///
    /// # Errors
    /// When no answer can be taken, or it cannot be kept.
    pub async fn answer(&mut self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
        match self {
            Self::Microphone(microphone) => microphone.answer(asked, terminal).await,
            Self::Typing(typing) => typing.answer(asked, terminal).await,
            Self::Piped(lines) => lines.answer(asked, terminal).await,
            Self::Recordings(recordings) => recordings.answer(asked, terminal).await,
        }
    }
}
