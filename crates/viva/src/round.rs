//! A practice round: a client of the HTTP API that asks, listens, sends and shows.
//!
//! [`Round::run`] goes from turn to turn. The [`Candidate`] gives an answer, [`sending`] brings it to the server, and [`feedback`] shows
//! the result of a question when its follow-ups are over.

mod candidate;
mod debrief;
mod deciding;
mod feedback;
mod microphone;
mod recordings;
mod report;
mod reviewing;
mod sending;
mod typed;

use std::time::{Duration, Instant};

use api::session::{NewSession, Session};
use api::turn::{NextTurn, Role, Turn, TurnState};
use api::view::acknowledgement;
use interview::bank::TimeLimit;
use interview::follow_up::FollowUpLimit;
use interview::pacing::Pace;
use jiff::Timestamp;
use uuid::Uuid;

use crate::failure::Failure;
use crate::interviewer::Interviewer;
use crate::outbox::{Destination, Outbox};
use crate::settings::Settings;
use crate::speaker::Speaker;
use crate::terminal::{Line, Terminal, Tone, question_lines};

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
    /// Whether it is an interview, without feedback until its end.
    pub is_real: bool,
    /// When the interview is that the candidate prepares for.
    pub interview_at: Option<Timestamp>,
}

/// What an interviewer says before it.
const LAST_QUESTION: &str = "This is the last question. ";

/// What follows a turn.
enum Step {
    /// Another turn, and what is said before it.
    Turn(Uuid, String),
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
        let follow_ups = new.follow_ups.unwrap_or(FollowUpLimit::default().get());
        let result = self.ask_all(&session, follow_ups).await;
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
        let is_interrupted = is_interrupted || (self.is_real && self.report(&session).await? == Then::Interrupted);
        self.debrief(&session, is_interrupted).await?;
        self.show_review_commands(&session);
        Ok(session)
    }

    /// Goes from turn to turn; returns whether the candidate quit the program.
    async fn ask_all(&mut self, session: &Session, follow_ups: u8) -> Result<bool, Failure> {
        if self.is_real && self.greet().await.is_break() {
            return Ok(true);
        }
        let started = Instant::now();
        let questions = session.head.questions.len();
        let mut is_last = false;
        let mut next = session.next_turn.as_ref().map(|next| (next.id, String::new()));
        while let Some((id, mut lead)) = next.take() {
            let mut turn = self.interviewer.client().turn(id).await?;
            let left = self.length.map(|length| length.saturating_sub(started.elapsed()));
            if turn.role == Role::Main {
                if is_last {
                    break;
                }
                match left.map_or(Pace::Ask, |left| pace(&turn, left, questions)) {
                    Pace::Ask => {}
                    Pace::AskLast if self.is_real => {
                        is_last = true;
                        lead = LAST_QUESTION.to_owned();
                    }
                    Pace::AskLast => {}
                    Pace::End => {
                        self.terminal.say("Time is up.");
                        break;
                    }
                }
            }
            for text in [&mut turn.prompt, &mut turn.spoken_prompt] {
                text.insert_str(0, &lead);
            }
            let heading = match turn.role {
                Role::Main if self.is_real => format!("Question {}", turn.position),
                Role::Main => format!("Question {} of {questions}", turn.position),
                Role::FollowUp => turn.follow_up_name().to_owned(),
            };
            let ends = self.length.filter(|_| self.is_real).map(|length| started + length);
            let hides_panels = self.is_real || turn.depth < follow_ups;
            let (turn, then) = self.ask(turn, &heading, hides_panels, ends).await?;
            let step = match &turn.next_turn {
                Some(next) if then == Then::GoOn && (self.is_real || leads_to_follow_up(&turn)) => {
                    follow_up_on(&turn, next)
                }
                _ if self.is_real => over(then),
                _ => self.show_feedback(turn, then).await?,
            };
            match step {
                Step::Turn(id, lead) => next = Some((id, lead)),
                Step::End => break,
                Step::Interrupted => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Asks a question, gets an answer, and waits until it is judged. Without an answer the turn stays as it was. The time until the
    /// interview `ends` is shown.
    async fn ask(
        &mut self,
        turn: Turn,
        heading: &str,
        hides_panels: bool,
        ends: Option<Instant>,
    ) -> Result<(Turn, Then), Failure> {
        let screen = &mut self.terminal.screen;
        // Where the screen can be redrawn, the time is shown beside the answer, where it goes on.
        let is_fixed = !(screen.can_draw() && self.candidate.can_repeat());
        let heading = match ends.filter(|_| is_fixed) {
            Some(ends) => format!("{heading}  {}", time_left(ends)),
            None => heading.to_owned(),
        };
        let look = screen.look();
        screen.say(&question_lines(&turn, &heading, look));
        if self.read_aloud(&turn.spoken_prompt).await.is_break() {
            return Ok((turn, Then::Interrupted));
        }
        let client = self.interviewer.client();
        let destination =
            Destination { server: self.interviewer.remote().cloned(), session: turn.session_id, turn: turn.id };
        let asked = Asked { turn: &turn, client, destination, outbox: &self.outbox, ends };
        let Response { given, then } = self.candidate.answer(&asked, self.terminal).await?;
        let turn = match given {
            Given::Answer(kept) => sending::send(*kept, client, self.terminal).await?,
            Given::Skip => client.skip(turn.id).await?,
            Given::Nothing => return Ok((turn, then)),
        };
        self.showing().settled(turn, then, hides_panels).await
    }

    /// Shows the feedback on a question whose last turn this is, and lets the candidate answer it again; returns what follows.
    async fn show_feedback(&mut self, turn: Turn, then: Then) -> Result<Step, Failure> {
        let attempt = self.answered_turns(turn).await?;
        if attempt.is_empty() {
            return Ok(over(then));
        }
        let (then, next) = self.read(attempt, None, then).await?;
        Ok(next.filter(|_| then == Then::GoOn).unwrap_or_else(|| over(then)))
    }

    /// Lets the candidate read the feedback on an attempt, and answer again as often as they like. Returns how the round continues, and
    /// what follows the question.
    async fn read(
        &mut self,
        mut attempt: Vec<Turn>,
        mut before: Option<Turn>,
        mut then: Then,
    ) -> Result<(Then, Option<Step>), Failure> {
        let mut next = None;
        loop {
            let read = self.showing().read(&mut attempt, before.as_ref(), then).await?;
            if before.is_none() {
                next = attempt.last().and_then(|last| Some(follow_up_on(last, last.next_turn.as_ref()?)));
            }
            if let feedback::Read::Over(then) = read {
                return Ok((then, next));
            }
            let (again, after) = self.ask_again(&attempt[0].question.id).await?;
            if let Some(again) = again {
                before = attempt.into_iter().next();
                attempt = vec![again];
            } else if after != Then::GoOn {
                return Ok((after, next));
            }
            then = after;
        }
    }

    /// The turns of a question up to its last one, without any that was not answered.
    async fn answered_turns(&self, last: Turn) -> Result<Vec<Turn>, Failure> {
        let mut turns = match last.role {
            Role::Main => vec![last],
            Role::FollowUp => {
                let session = self.interviewer.client().session(last.session_id).await?;
                session.turns.into_iter().filter(|turn| turn.position == last.position).collect()
            }
        };
        turns.retain(|turn| turn.state != TurnState::Asked);
        Ok(turns)
    }

    /// Asks a question again, in a session of its own, which is deleted if there is no answer.
    async fn ask_again(&mut self, question: &str) -> Result<(Option<Turn>, Then), Failure> {
        let client = self.interviewer.client();
        let again =
            NewSession { question_ids: vec![question.to_owned()], follow_ups: Some(0), ..NewSession::default() };
        let session = client.create_session(&again).await?;
        let Some(turn) = session.turns.into_iter().next() else { return Ok((None, Then::GoOn)) };
        let (turn, then) = self.ask(turn, "Again", false, None).await?;
        if turn.state == TurnState::Asked {
            client.delete_session(session.head.id).await?;
            return Ok((None, then));
        }
        client.finish_session(session.head.id).await?;
        Ok((Some(turn), then))
    }

    fn showing(&mut self) -> feedback::Showing<'_> {
        feedback::Showing {
            client: self.interviewer.client(),
            terminal: self.terminal,
            longest_wait: self.settings.longest_judging(),
            hands_free: self.hands_free,
            can_repeat: self.candidate.can_repeat(),
            asks_sureness: self.candidate.can_repeat()
                && !self.hands_free
                && !self.is_real
                && !self.settings.no_sureness,
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

/// The next turn, after a sentence about this answer if it follows up on it.
fn follow_up_on(answered: &Turn, next: &NextTurn) -> Step {
    let lead = if next.role == Role::FollowUp { acknowledgement(answered) + " " } else { String::new() };
    Step::Turn(next.id, lead)
}

/// The pace before a main question of a round with so many questions.
fn pace(turn: &Turn, left: Duration, questions: usize) -> Pace {
    let is_last = usize::try_from(turn.position).is_ok_and(|position| position >= questions);
    // Every question of a bank has such a limit.
    TimeLimit::try_from(turn.question.time_limit_seconds).map_or(Pace::Ask, |limit| Pace::of(left, limit, is_last))
}

/// The time until an interview ends, in words.
fn time_left(ends: Instant) -> String {
    minutes_left(ends.saturating_duration_since(Instant::now()))
}

/// In whole minutes, begun ones counted.
fn minutes_left(left: Duration) -> String {
    if left.is_zero() { "time is up".to_owned() } else { format!("{:.0} min left", (left.as_secs_f64() / 60.0).ceil()) }
}

fn over(then: Then) -> Step {
    if then == Then::Interrupted { Step::Interrupted } else { Step::End }
}

/// Whether a follow-up comes next, whose answer must not be revealed.
fn leads_to_follow_up(turn: &Turn) -> bool {
    turn.next_turn.as_ref().is_some_and(|next| next.role == Role::FollowUp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_in_whole_minutes_down_to_the_last_one() {
        let words = |seconds| minutes_left(Duration::from_secs(seconds));
        assert_eq!(
            [1200, 1199, 1140, 61, 60, 1, 0].map(words),
            ["20 min left", "20 min left", "19 min left", "2 min left", "1 min left", "1 min left", "time is up"]
        );
    }
}
