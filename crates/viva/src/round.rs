//! A practice round: a client of the HTTP API that asks, listens, sends and shows.
//!
//! [`Round::run`] goes from turn to turn. The [`Candidate`] gives an answer, [`sending`] brings it to the server, and [`feedback`] shows
//! the result.

mod candidate;
mod deciding;
mod feedback;
mod microphone;
mod recordings;
mod reviewing;
mod sending;
mod typed;

use std::time::{Duration, Instant};

use api::session::{NewSession, Session};
use api::turn::{Role, Turn};
use uuid::Uuid;

use crate::failure::Failure;
use crate::interviewer::Interviewer;
use crate::outbox::{Destination, Outbox};
use crate::settings::Settings;
use crate::speaker::Speaker;
use crate::terminal::{Line, Terminal, Tone, question_lines, summary_lines};

pub use candidate::{Asked, Candidate, Given, Means, Response, Then, Wish};
pub use microphone::Microphone;
pub use recordings::{Recordings, transcribe_file};
pub use sending::send_what_was_left;
pub use typed::PipedLines;

/// A practice round and what it needs.
pub struct Round<'a> {
    pub interviewer: &'a Interviewer,
    pub settings: &'a Settings,
    pub terminal: &'a mut Terminal,
    /// Holds answers until the server has them.
    pub outbox: Outbox,
    pub candidate: Candidate,
    /// Reads the questions aloud.
    pub speaker: Option<Speaker>,
    /// After this time nothing new is asked.
    pub length: Option<Duration>,
    /// Whether the round continues by itself after a while.
    pub hands_free: bool,
}

/// What follows a turn.
enum Step {
    Turn(Uuid),
    /// It was the last one, or the candidate wants to finish.
    End,
    /// The candidate quit the program.
    Interrupted,
}

impl Round<'_> {
    /// Runs a round to its end and returns the finished session. After an error, the answers given so far are kept.
    pub async fn run(mut self, new: &NewSession) -> Result<Session, Failure> {
        let client = self.interviewer.client();
        let session = client.create_session(new).await?;
        let id = session.head.id;
        let result = self.ask_all(&session).await;
        let is_interrupted = match result {
            Ok(interrupted) => interrupted,
            Err(failure) => {
                let review = self.settings.data.command(&format!("review {id}"));
                self.terminal.warn(format!("The round ended with an error. Your answers are kept: {review}"));
                return Err(failure);
            }
        };
        let session = client.finish_session(id).await?;
        if is_interrupted {
            self.terminal
                .screen
                .say(&[Line::blank(), Line::plain("The round was interrupted. Your answers are kept.")]);
        }
        let look = self.terminal.screen.results_look();
        self.terminal.screen.show(&summary_lines(&session.summary, look));
        self.show_review_commands(&session);
        Ok(session)
    }

    /// Goes from turn to turn; returns whether the candidate quit the program.
    async fn ask_all(&mut self, session: &Session) -> Result<bool, Failure> {
        let started = Instant::now();
        let questions = session.summary.questions;
        let mut next = session.next_turn.as_ref().map(|next| next.id);
        while let Some(id) = next.take() {
            if self.length.is_some_and(|length| started.elapsed() >= length) {
                self.terminal.say("Time is up.");
                break;
            }
            let turn = self.interviewer.client().turn(id).await?;
            match self.ask(&turn, questions).await? {
                Step::Turn(id) => next = Some(id),
                Step::End => break,
                Step::Interrupted => return Ok(true),
            }
        }
        Ok(false)
    }

    async fn ask(&mut self, turn: &Turn, questions: usize) -> Result<Step, Failure> {
        let look = self.terminal.screen.look();
        self.terminal.screen.say(&question_lines(turn, questions, look));
        if self.read_aloud(&turn.spoken_prompt).await.is_break() {
            return Ok(Step::Interrupted);
        }
        let destination =
            Destination { server: self.interviewer.remote().cloned(), session: turn.session_id, turn: turn.id };
        let asked = Asked { turn, client: self.interviewer.client(), destination, outbox: &self.outbox };
        let Response { given, then } = self.candidate.answer(&asked, self.terminal).await?;
        let turn = match given {
            Given::Answer(kept) => sending::send(*kept, self.interviewer.client(), self.terminal).await?,
            Given::Skip => self.interviewer.client().skip(turn.id).await?,
            Given::Nothing => return Ok(over(then)),
        };
        self.follow(turn, then).await
    }

    /// Shows the result of a turn; returns what follows it.
    async fn follow(&mut self, turn: Turn, then: Then) -> Result<Step, Failure> {
        let mut showing = feedback::Showing {
            client: self.interviewer.client(),
            terminal: self.terminal,
            hands_free: self.hands_free,
        };
        let (turn, then) = showing.follow(turn, then).await?;
        match (then, turn.next_turn) {
            (Then::GoOn, Some(next)) => Ok(Step::Turn(next.id)),
            (then, _) => Ok(over(then)),
        }
    }

    /// Reads the prompt aloud; any key stops it. Breaks when the candidate quits the program.
    async fn read_aloud(&mut self, prompt: &str) -> std::ops::ControlFlow<()> {
        use std::ops::ControlFlow::{Break, Continue};

        let Some(speaker) = &self.speaker else { return Continue(()) };
        let Ok(mut speaking) = speaker.speak(prompt).await else {
            self.terminal.warn(format!("cannot start {}, so questions are not read aloud", speaker.name()));
            self.speaker = None;
            return Continue(());
        };
        self.terminal.keyboard.forget();
        if self.terminal.screen.can_draw() {
            self.terminal.screen.draw(&[Line::toned("reading aloud  any key stops it", Tone::Quiet)]);
        } else {
            self.terminal.say("reading aloud, Enter stops it");
        }
        let input = tokio::select! {
            was_said = speaking.finished() => {
                if !was_said {
                    self.terminal.warn("reading aloud failed; --mute turns it off");
                    self.speaker = None;
                }
                None
            }
            input = self.terminal.keyboard.next() => Some(input),
        };
        if input.is_some() {
            speaking.stop().await;
        }
        self.terminal.screen.settle();
        if input == Some(crate::terminal::Input::Interrupt) { Break(()) } else { Continue(()) }
    }

    fn show_review_commands(&mut self, session: &Session) {
        let id = session.head.id;
        let command = self.settings.data.command(&format!("review {id}"));
        let places = match self.interviewer.remote().map(|_| self.interviewer.client().address(&session.review_url)) {
            Some(Ok(page)) => vec![("Web page", page.to_string())],
            _ => vec![("Review", command.clone()), ("Web page", format!("{command} --open"))],
        };
        // Not wrapped, so that the command can be copied.
        let lines: Vec<Line> = places
            .iter()
            .map(|(what, how)| Line::toned(format!("{what}:  "), Tone::Quiet).with(how, Tone::Accent))
            .collect();
        self.terminal.screen.say(&[Line::blank()]);
        self.terminal.screen.say(&lines);
    }
}

fn over(then: Then) -> Step {
    if then == Then::Interrupted { Step::Interrupted } else { Step::End }
}

/// Whether a follow-up comes next, whose answer must not be revealed.
fn leads_to_follow_up(turn: &Turn) -> bool {
    turn.next_turn.as_ref().is_some_and(|next| next.role == Role::FollowUp)
}
