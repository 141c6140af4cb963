//! How answers are given in a round.

use std::time::Instant;

use api::client::Client;
use api::turn::Turn;

use super::typed::{PipedLines, type_answer};
use super::{Microphone, Recordings, time_left};
use crate::arguments::Practice;
use crate::failure::Failure;
use crate::outbox::{Destination, Outbox, PendingAnswer};
use crate::terminal::{Line, Streams, Terminal, Tone};

/// Who answers in a round, and how.
pub enum Candidate {
    Microphone(Box<Microphone>),
    /// By a user at the keyboard.
    Typing,
    /// From lines on standard input.
    Piped(PipedLines),
    /// From recordings, in order.
    Recordings(Recordings),
}

/// A question as the candidate gets it.
pub struct Asked<'a> {
    pub turn: &'a Turn,
    /// The server, which has the hints.
    pub client: &'a Client,
    pub destination: Destination,
    pub outbox: &'a Outbox,
    /// When the interview ends that it belongs to.
    pub ends: Option<Instant>,
}

impl Asked<'_> {
    /// The time left for the interview that the question belongs to, in words.
    pub fn time_left(&self) -> Option<String> {
        self.ends.map(time_left)
    }

    /// Shows the next hint, or says that there is none.
    pub async fn show_hint(&self, terminal: &mut Terminal) -> Result<(), Failure> {
        let given = self.client.hint(self.turn.id).await?;
        let text = match given.hint {
            Some(hint) => format!("Hint {}: {hint}", given.hints_used),
            None => "There are no more hints.".to_owned(),
        };
        let width = terminal.screen.look().text_width();
        terminal.screen.say(&Line::toned(text, Tone::Accent).wrapped(width));
        Ok(())
    }
}

/// What the candidate did.
#[derive(Debug)]
pub struct Response {
    pub given: Given,
    pub then: Then,
}

#[derive(Debug)]
pub enum Given {
    /// An answer, already in the outbox.
    Answer(Box<PendingAnswer>),
    /// "I don't know."
    Skip,
    /// Nothing: the question stays open.
    Nothing,
}

/// How the round continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    GoOn,
    /// The candidate wants to finish.
    Finish,
    /// The candidate quit the program.
    Interrupted,
    /// They quit it and keep an answer for later, which only an open session takes.
    Suspended,
}

impl Response {
    pub fn answer(kept: PendingAnswer, then: Then) -> Self {
        Self { given: Given::Answer(Box::new(kept)), then }
    }

    pub fn skip() -> Self {
        Self { given: Given::Skip, then: Then::GoOn }
    }

    pub fn nothing(then: Then) -> Self {
        Self { given: Given::Nothing, then }
    }
}

impl Candidate {
    /// Whether they can answer a question again at once.
    pub fn can_repeat(&self) -> bool {
        matches!(self, Self::Microphone(_) | Self::Typing)
    }

    /// Gets an answer to a question.
    pub async fn answer(&mut self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
        match self {
            Self::Microphone(microphone) => microphone.answer(asked, terminal).await,
            Self::Typing => type_answer(asked, terminal).await,
            Self::Piped(lines) => lines.answer(asked, terminal).await,
            Self::Recordings(recordings) => recordings.answer(asked, terminal).await,
        }
    }
}

/// How answers are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    Recordings,
    Microphone,
    /// By a user at the keyboard.
    Typing,
    /// The same, for lack of a microphone.
    TypingWithoutMicrophone,
    /// From lines on standard input.
    Piped,
}

impl Means {
    /// Chooses how. `has_microphone` is called only if it matters, because it is slow.
    pub fn of(practice: &Practice, streams: Streams, has_microphone: impl FnOnce() -> bool) -> Self {
        // Hands-free answers end after a pause, so they need no keys.
        let can_speak = streams.is_attended() || practice.hands_free;
        if !practice.audio.is_empty() {
            Self::Recordings
        } else if !can_speak {
            Self::Piped
        } else if practice.typed {
            Self::Typing
        } else if has_microphone() {
            Self::Microphone
        } else if streams.is_attended() {
            Self::TypingWithoutMicrophone
        } else {
            Self::Piped
        }
    }

    /// The error when there is no terminal, no microphone and no input.
    pub fn none() -> Failure {
        Failure::new("no way to answer: standard input is empty and not a terminal").help(
            "run it in a terminal, pipe in typed answers, one per line, or answer from recordings with --audio FILE; \
             `make demo` shows a round without any of these",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMINAL: Streams = Streams { keys: true, output: true, errors: true, plain: false, json: false };
    const PIPE: Streams = Streams { keys: false, ..TERMINAL };

    #[test]
    fn recordings_come_before_everything_else() {
        let practice = Practice { audio: vec!["answer.wav".into()], ..Practice::default() };
        for streams in [TERMINAL, PIPE] {
            assert_eq!(Means::of(&practice, streams, || true), Means::Recordings);
        }
    }

    #[test]
    fn at_a_terminal_answers_are_spoken_if_there_is_a_microphone() {
        assert_eq!(Means::of(&Practice::default(), TERMINAL, || true), Means::Microphone);
        assert_eq!(Means::of(&Practice::default(), TERMINAL, || false), Means::TypingWithoutMicrophone);
    }

    #[test]
    fn typing_does_not_look_for_microphones() {
        let practice = Practice { typed: true, ..Practice::default() };
        assert_eq!(Means::of(&practice, TERMINAL, || panic!("must not be called")), Means::Typing);
    }

    #[test]
    fn piped_input_is_typed_answers() {
        for typed in [false, true] {
            assert_eq!(Means::of(&Practice { typed, ..Practice::default() }, PIPE, || true), Means::Piped);
        }
    }

    #[test]
    fn hands_free_needs_no_keys() {
        let practice = Practice { hands_free: true, ..Practice::default() };
        assert_eq!(Means::of(&practice, PIPE, || true), Means::Microphone);
        assert_eq!(Means::of(&practice, PIPE, || false), Means::Piped);
    }
}
