//! A practice round: a client of the HTTP API that asks, listens, sends and shows.
//!
//! [`Round::run`] goes from turn to turn. How an answer comes about is the [`Candidate`]'s affair; [`sending`] brings it to the server,
//! and [`feedback`] shows what came of it.

mod candidate;
mod feedback;
mod heard_file;
mod listening;
mod means;
mod microphone;
mod piped;
mod recordings;
mod reviewing;
mod sending;
mod typing;

use std::time::{Duration, Instant};

use api::session::{NewSession, Session};
use api::turn::{Role, Turn};
use uuid::Uuid;

use crate::failure::Failure;
use crate::interviewer::Interviewer;
use crate::outbox::{Addressee, Outbox};
use crate::settings::Settings;
use crate::speaker::Speaker;
use crate::terminal::{Line, Terminal, Tone, question_lines, summary_lines};

pub use candidate::{Asked, Candidate, Given, Response, Then};
pub use heard_file::{FileHeard, hear_file};
pub use means::{Means, WhyTyped, Wish};
pub use microphone::Microphone;
pub use piped::PipedLines;
pub use recordings::Recordings;
pub use sending::send_what_was_left;
pub use typing::Typing;

/// A practice round and all it needs.
pub struct Round<'a> {
    /// The server.
    pub interviewer: &'a Interviewer,
    /// How the program is set up.
    pub settings: &'a Settings,
    /// What the person sees and presses.
    pub terminal: &'a mut Terminal,
    /// Where answers are kept until the server has them.
    pub outbox: Outbox,
    /// Who answers.
    pub candidate: Candidate,
    /// Who reads the questions aloud.
    pub speaker: Option<Speaker>,
    /// When nothing new is asked any more.
    pub length: Option<Duration>,
    /// Whether it goes on by itself after a while.
    pub hands_free: bool,
}

/// Where a round goes after a turn.
enum Step {
    /// To this turn.
    On(Uuid),
    /// Nowhere: it was the last one, or the candidate wants to finish.
    Over,
    /// The candidate ended the program.
    Interrupted,
}

impl Round<'_> {
    /// Runs a round of these wishes to its end, and gives the session as it is then.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses, or no answer can be taken. What was answered before is kept.
    pub async fn run(mut self, wishes: &NewSession) -> Result<Session, Failure> {
        let client = self.interviewer.client();
        let session = client.create_session(wishes).await?;
        let id = session.head.id;
        let result = self.ask_all(&session).await;
        let is_interrupted = match result {
            Ok(interrupted) => interrupted,
            Err(failure) => {
                let review = self.settings.data.command(&format!("review {id}"));
                self.terminal.warn(format!("The round broke off. What you answered is kept: {review}"));
                return Err(failure);
            }
        };
        let session = client.finish_session(id).await?;
        if is_interrupted {
            self.terminal.screen.say(&[Line::blank(), Line::plain("The round is over. What you said is kept.")]);
        }
        let look = self.terminal.screen.results_look();
        self.terminal.screen.show(&summary_lines(&session.summary, look));
        self.say_where_to_review(&session);
        Ok(session)
    }

    /// Goes from turn to turn, and tells whether the candidate ended the program.
    async fn ask_all(&mut self, session: &Session) -> Result<bool, Failure> {
        let begun = Instant::now();
        let questions = session.summary.questions;
        let mut next = session.next_turn;
        while let Some(id) = next.take() {
            if self.length.is_some_and(|length| begun.elapsed() >= length) {
                self.terminal.say("The time is up.");
                break;
            }
            let turn = self.interviewer.client().turn(id).await?;
            match self.ask(&turn, questions).await? {
                Step::On(id) => next = Some(id),
                Step::Over => break,
                Step::Interrupted => return Ok(true),
            }
        }
        Ok(false)
    }

    async fn ask(&mut self, turn: &Turn, questions: usize) -> Result<Step, Failure> {
        let look = self.terminal.screen.look();
        self.terminal.screen.say(&question_lines(turn, questions, look));
        if self.read_aloud(&turn.prompt).await.is_break() {
            return Ok(Step::Interrupted);
        }
        let addressee =
            Addressee { server: self.interviewer.elsewhere().cloned(), session: turn.session_id, turn: turn.id };
        let asked = Asked { turn, addressee, outbox: &self.outbox };
        let Response { given, then } = self.candidate.answer(&asked, self.terminal).await?;
        let turn = match given {
            Given::Answer(kept) => sending::send(*kept, self.interviewer.client(), self.terminal).await?,
            Given::Skip => self.interviewer.client().skip(turn.id).await?,
            Given::Nothing => return Ok(over(then)),
        };
        self.follow(turn, then).await
    }

    /// Shows what came of a turn, and tells where to go on.
    async fn follow(&mut self, turn: Turn, then: Then) -> Result<Step, Failure> {
        let mut showing = feedback::Showing {
            client: self.interviewer.client(),
            terminal: self.terminal,
            hands_free: self.hands_free,
        };
        let (turn, then) = showing.follow(turn, then).await?;
        match (then, turn.next_turn) {
            (Then::GoOn, Some(next)) => Ok(Step::On(next.id)),
            (then, _) => Ok(over(then)),
        }
    }

    /// Reads the prompt aloud; any key stops it. Breaks when the candidate ends the program.
    async fn read_aloud(&mut self, prompt: &str) -> std::ops::ControlFlow<()> {
        use std::ops::ControlFlow::{Break, Continue};

        let Some(speaker) = &self.speaker else { return Continue(()) };
        let Ok(mut speaking) = speaker.speak(prompt).await else {
            self.terminal.warn(format!("{} cannot be started, so questions are not read aloud", speaker.name()));
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
                    self.terminal.warn("the voice of this machine does not work: --mute switches it off");
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

    fn say_where_to_review(&mut self, session: &Session) {
        let id = session.head.id;
        let command = self.settings.data.command(&format!("review {id}"));
        let places = match self.interviewer.elsewhere().map(|_| self.interviewer.client().address(&session.review_url))
        {
            Some(Ok(page)) => vec![("As a page", page.to_string())],
            _ => vec![("Review it", command.clone()), ("As a page", format!("{command} --open"))],
        };
        // A command that is broken between lines cannot be copied, so these are not.
        let lines: Vec<Line> = places
            .iter()
            .map(|(what, how)| Line::toned(format!("{what}:  "), Tone::Quiet).with(how, Tone::Accent))
            .collect();
        self.terminal.screen.say(&[Line::blank()]);
        self.terminal.screen.say(&lines);
    }
}

fn over(then: Then) -> Step {
    if then == Then::Interrupted { Step::Interrupted } else { Step::Over }
}

/// Whether a turn leads to a follow-up, for which nothing may be given away.
fn leads_to_follow_up(turn: &Turn) -> bool {
    turn.next_turn.as_ref().is_some_and(|next| next.role == Role::FollowUp)
}
