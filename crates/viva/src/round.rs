//! A practice round: a client of the HTTP API that asks, listens, sends and shows.
//!
//! [`Round::run`] goes from [`Stage`] to [`Stage`]. The [`Candidate`] gives an answer, [`sending`] brings it to the server, and [`feedback`]
//! shows the result of a question when its follow-ups are over.

mod candidate;
mod debrief;
mod deciding;
mod feedback;
mod microphone;
mod recordings;
mod reviewing;
mod sending;
mod typed;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use api::session::{NewSession, Session};
use api::turn::{NextTurn, Role, Target, Turn, TurnState};
use api::view::acknowledgement;
use interview::bank::TimeLimit;
use interview::follow_up::FollowUpLimit;
use interview::pacing::Pace;
use interview::wording::counted;
use jiff::Timestamp;
use uuid::Uuid;

use crate::failure::Failure;
use crate::interviewer::Interviewer;
use crate::outbox::{Destination, Outbox};
use crate::settings::Settings;
use crate::speaker::Speaker;
use crate::terminal::{Input, Line, Terminal, Tone, question_lines};

pub use candidate::{Asked, Candidate, Given, Means, Response, Then};
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
/// What an interviewer says instead of another question.
const TIME_IS_UP: &str = "Time is up.";

/// Where a round stands: what is on the screen, and what the keys are for.
enum Stage {
    /// It begins: a real interview with a greeting.
    Beginning,
    /// A turn is asked.
    Asking(Next),
    /// The candidate reads the feedback on an attempt at a question, beside the attempt before it.
    Reading {
        attempt: Vec<Turn>,
        before: Option<Turn>,
        then: Then,
        after: After,
    },
    /// They answer the question of these attempts again.
    Repeating {
        attempt: Vec<Turn>,
        before: Option<Turn>,
        after: After,
    },
    /// Nothing more is asked.
    Closing(Then),
    /// They read the report of a real interview, question by question.
    Reporting(VecDeque<Vec<Turn>>),
    /// They see what to take away, or practise it.
    Debriefing {
        is_read: bool,
        is_first: bool,
    },
    Over,
}

/// A turn that comes next, and what is said before it.
struct Next {
    turn: Uuid,
    lead: String,
}

/// What comes after feedback was read.
enum After {
    /// The next turn, if there is one.
    Turn(Option<Next>),
    /// The report on these questions.
    Report(VecDeque<Vec<Turn>>),
    /// The debrief, from which a point was practised.
    Debrief,
}

impl After {
    fn stage(self, then: Then) -> Stage {
        match (self, then) {
            (Self::Turn(Some(next)), Then::GoOn) => Stage::Asking(next),
            (Self::Turn(_), then) => Stage::Closing(then),
            (Self::Report(left), Then::GoOn) => Stage::Reporting(left),
            (Self::Report(_), then) => Stage::Debriefing { is_read: then != Then::Interrupted, is_first: true },
            (Self::Debrief, then) => Stage::Debriefing { is_read: then == Then::GoOn, is_first: false },
        }
    }
}

/// The session of a round, and how much of its time is left.
struct Course {
    session: Session,
    follow_ups: u8,
    ends: Option<Instant>,
    is_last: bool,
}

impl Round<'_> {
    /// Runs a round to its end and returns the session, finished unless the candidate keeps an answer for later. After an error, the answers
    /// given so far are kept.
    pub async fn run(mut self, new: &NewSession) -> Result<Session, Failure> {
        let client = self.interviewer.client();
        let session = client
            .create_session(new)
            .await
            .map_err(|error| if error.is_conflict() { self.nothing_left() } else { error.into() })?;
        let id = session.head.id;
        let follow_ups = new.follow_ups.unwrap_or(FollowUpLimit::default().get());
        let mut course = Course { session, follow_ups, ends: None, is_last: false };
        let mut stage = Stage::Beginning;
        while !matches!(stage, Stage::Over) {
            stage = match self.go_on(stage, &mut course).await {
                Ok(next) => next,
                Err(failure) => {
                    self.terminal.warn("The round ended with an error. Your answers are kept. To review them:");
                    self.terminal.say_to_copy(self.settings.data.command(&format!("review {id}")));
                    return Err(failure);
                }
            };
        }
        self.show_review_commands(&course.session);
        Ok(course.session)
    }

    fn nothing_left(&self) -> Failure {
        let again = self.settings.data.command("practice --again QUESTION");
        Failure::new("every question that fits was asked within the last 24 hours")
            .help(format!("add --repeat to ask them again; `{again}` asks one of them"))
    }

    /// Goes through one stage; returns the next one.
    async fn go_on(&mut self, stage: Stage, course: &mut Course) -> Result<Stage, Failure> {
        match stage {
            Stage::Beginning => Ok(self.begin(course).await),
            Stage::Asking(next) => self.ask_next(next, course).await,
            Stage::Reading { attempt, before, then, after } => self.read(attempt, before, then, after).await,
            Stage::Repeating { attempt, before, after } => self.repeat(attempt, before, after).await,
            Stage::Closing(then) => self.close(then, course).await,
            // The feedback on the first of these questions, or the debrief when none is left.
            Stage::Reporting(mut left) => Ok(match left.pop_front() {
                Some(attempt) => Stage::Reading { attempt, before: None, then: Then::GoOn, after: After::Report(left) },
                None => Stage::Debriefing { is_read: true, is_first: true },
            }),
            Stage::Debriefing { is_read, is_first } => self.debrief(&course.session, is_read, is_first).await,
            Stage::Over => Ok(Stage::Over),
        }
    }

    async fn begin(&mut self, course: &mut Course) -> Stage {
        if self.is_real {
            let minutes = counted(self.length.map_or(0, |length| length.as_secs() / 60), "minute");
            let greeting = format!(
                "Hello, and welcome. We have {minutes}. Take your time to think. You get the feedback at the end."
            );
            self.terminal.say(&greeting);
            if self.read_aloud(&greeting).await {
                return Stage::Closing(Then::Interrupted);
            }
        }
        course.ends = self.length.map(|length| Instant::now() + length);
        let first = course.session.next_turn.as_ref();
        After::Turn(first.map(|next| Next { turn: next.id, lead: String::new() })).stage(Then::GoOn)
    }

    /// Asks a turn if there is time for it.
    async fn ask_next(&mut self, Next { turn, mut lead }: Next, course: &mut Course) -> Result<Stage, Failure> {
        let questions = course.session.head.questions.len();
        let turn = self.interviewer.client().turn(turn).await?;
        if course.is_last && turn.role == Role::Main {
            return Ok(Stage::Closing(Then::GoOn));
        }
        let left = course.ends.map(|ends| ends.saturating_duration_since(Instant::now()));
        match left.map_or(Pace::Ask, |left| pace(&turn, left, questions, self.is_real)) {
            Pace::AskLast if self.is_real => {
                course.is_last = true;
                lead = LAST_QUESTION.to_owned();
            }
            Pace::Ask | Pace::AskLast => {}
            Pace::End => {
                self.terminal.say(TIME_IS_UP);
                let is_interrupted = self.read_aloud(TIME_IS_UP).await;
                return Ok(Stage::Closing(if is_interrupted { Then::Interrupted } else { Then::GoOn }));
            }
        }
        let heading = match turn.role {
            Role::Main if self.is_real => format!("Question {}", turn.position),
            Role::Main => format!("Question {} of {questions}", turn.position),
            Role::FollowUp => turn.follow_up_name().to_owned(),
        };
        let hides_panels = self.is_real || turn.depth < course.follow_ups || self.asks_sureness();
        let shown = course.ends.filter(|_| self.is_real);
        let (turn, then, waited) = self.ask(turn, &lead, &heading, hides_panels, shown).await?;
        if self.is_real {
            // A slow judge takes no time from the candidate.
            course.ends = course.ends.map(|ends| ends + waited);
        }
        match &turn.next_turn {
            Some(next) if then == Then::GoOn && (self.is_real || leads_to_follow_up(&turn)) => {
                Ok(Stage::Asking(follow_up_on(&turn, next)))
            }
            _ if self.is_real || then == Then::Suspended => Ok(Stage::Closing(then)),
            _ => {
                let attempt = self.answered_turns(turn).await?;
                let after = After::Turn(None);
                let is_answered = !attempt.is_empty();
                Ok(if is_answered { Stage::Reading { attempt, before: None, then, after } } else { after.stage(then) })
            }
        }
    }

    /// Asks a question after the sentence `lead`, gets an answer, and waits until it is judged; returns also how long that wait was. Without an answer the turn stays as
    /// it was. The time until the interview `ends` is shown.
    async fn ask(
        &mut self,
        turn: Turn,
        lead: &str,
        heading: &str,
        hides_panels: bool,
        ends: Option<Instant>,
    ) -> Result<(Turn, Then, Duration), Failure> {
        let screen = &mut self.terminal.screen;
        // Where the screen can be redrawn, the time is shown beside the answer, where it goes on.
        let is_fixed = !(screen.can_draw() && self.candidate.can_repeat());
        let heading = match ends.filter(|_| is_fixed) {
            Some(ends) => format!("{heading}  {}", time_left(ends)),
            None => heading.to_owned(),
        };
        let look = screen.look();
        screen.say(&question_lines(&turn, lead, &heading, look));
        if self.read_aloud(&format!("{lead}{}", turn.spoken_prompt)).await {
            return Ok((turn, Then::Interrupted, Duration::ZERO));
        }
        let client = self.interviewer.client();
        let destination =
            Destination { server: self.interviewer.remote().cloned(), session: turn.session_id, turn: turn.id };
        let asked = Asked { turn: &turn, client, destination, outbox: &self.outbox, ends };
        let Response { given, then } = self.candidate.answer(&asked, self.terminal).await?;
        let answered = Instant::now();
        let turn = match given {
            Given::Answer(kept) => sending::send(*kept, client, self.terminal).await?,
            Given::Skip => client.skip(turn.id).await?,
            Given::Nothing => return Ok((turn, then, Duration::ZERO)),
        };
        let (turn, then) = self.settled(turn, then, hides_panels).await?;
        Ok((turn, then, answered.elapsed()))
    }

    /// Lets the candidate read the feedback on an attempt.
    async fn read(
        &mut self,
        mut attempt: Vec<Turn>,
        before: Option<Turn>,
        then: Then,
        mut after: After,
    ) -> Result<Stage, Failure> {
        let read = self.read_feedback(&mut attempt, before.as_ref(), then).await?;
        if let (After::Turn(next), None) = (&mut after, &before) {
            *next = attempt.last().and_then(|last| Some(follow_up_on(last, last.next_turn.as_ref()?)));
        }
        Ok(match read {
            feedback::Read::Over(then) => after.stage(then),
            feedback::Read::Again => Stage::Repeating { attempt, before, after },
        })
    }

    /// Asks the question of an attempt again. Without an answer its feedback is read on.
    async fn repeat(&mut self, attempt: Vec<Turn>, before: Option<Turn>, after: After) -> Result<Stage, Failure> {
        let (question, focus) = (attempt[0].question.id.clone(), attempt[0].target.clone());
        Ok(match self.ask_again(&question, focus).await? {
            (Some(again), then) => {
                Stage::Reading { attempt: vec![again], before: attempt.into_iter().next(), then, after }
            }
            (None, Then::GoOn) => Stage::Reading { attempt, before, then: Then::GoOn, after },
            (None, then) => after.stage(then),
        })
    }

    /// Finishes the session, unless an answer is kept for later.
    async fn close(&mut self, then: Then, course: &mut Course) -> Result<Stage, Failure> {
        let (client, id) = (self.interviewer.client(), course.session.head.id);
        if then == Then::Suspended {
            course.session = client.session(id).await?;
            return Ok(Stage::Over);
        }
        course.session = client.finish_session(id).await?;
        if then == Then::Interrupted {
            self.terminal
                .screen
                .say(&[Line::blank(), Line::plain("The round was interrupted. Your answers are kept.")]);
            return Ok(Stage::Debriefing { is_read: false, is_first: true });
        }
        let reported = |turn: &&Turn| self.is_real && turn.state != TurnState::Asked;
        let turns: Vec<Turn> = course.session.turns.iter().filter(reported).cloned().collect();
        if !turns.is_empty() {
            self.terminal.say("That is the end of the interview, thank you. Here is the report, question by question.");
        }
        let questions = turns.chunk_by(|one, other| one.position == other.position).map(<[Turn]>::to_vec);
        Ok(Stage::Reporting(questions.collect()))
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

    /// Asks a question again, or about its point `focus` only, in a session of its own, which is deleted if there is no answer, and open while one
    /// is kept for later.
    async fn ask_again(&mut self, question: &str, focus: Option<Target>) -> Result<(Option<Turn>, Then), Failure> {
        let client = self.interviewer.client();
        let heading = if focus.is_some() { "Your weakest point" } else { "Again" };
        let question_ids = vec![question.to_owned()];
        let again = NewSession { question_ids, focus, follow_ups: Some(0), ..NewSession::default() };
        let session = client.create_session(&again).await?;
        let Some(turn) = session.turns.into_iter().next() else { return Ok((None, Then::GoOn)) };
        let (turn, then, _) = self.ask(turn, "", heading, false, None).await?;
        if then == Then::Suspended {
            return Ok((None, Then::Interrupted));
        }
        if turn.state == TurnState::Asked {
            client.delete_session(session.head.id).await?;
            return Ok((None, then));
        }
        client.finish_session(session.head.id).await?;
        Ok((Some(turn), then))
    }

    /// Reads the prompt aloud; any key stops it, and does what it does without that, but Enter and space. Returns whether the candidate
    /// quit the program.
    async fn read_aloud(&mut self, prompt: &str) -> bool {
        let Some(speaker) = &self.speaker else { return false };
        let Ok(mut speaking) = speaker.speak(prompt).await else {
            self.terminal.warn(format!("cannot start {}, so questions are not read aloud", speaker.name()));
            self.speaker = None;
            return false;
        };
        let note = if self.terminal.screen.can_draw() {
            Line::toned("reading aloud  any key stops it", Tone::Quiet)
        } else {
            Line::plain("reading aloud, Enter stops it")
        };
        match self.terminal.until_key(|_| Vec::new(), &note, speaking.finished()).await {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => {
                self.terminal.warn(format!("reading aloud failed: {}; --mute turns it off", failure.message()));
                self.speaker = None;
            }
            Err(input) => {
                speaking.stop().await;
                match input {
                    Input::Interrupt => return true,
                    input if matches!(input.letter(), Some('\n' | ' ')) => {}
                    input => self.terminal.keyboard.give_back(input),
                }
            }
        }
        false
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
fn follow_up_on(answered: &Turn, next: &NextTurn) -> Next {
    let lead = if next.role == Role::FollowUp { acknowledgement(answered) + " " } else { String::new() };
    Next { turn: next.id, lead }
}

/// The pace before a turn of a round with this many questions. A follow-up is left out only in a real interview: otherwise the feedback on its
/// question waits for it.
fn pace(turn: &Turn, left: Duration, questions: usize, is_real: bool) -> Pace {
    if turn.role == Role::FollowUp {
        return if is_real && left.is_zero() { Pace::End } else { Pace::Ask };
    }
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

/// Says so where an answer could not be put on the disk. It is still in memory, and can be sent.
fn tell_unsaved(kept: Result<(), Failure>, terminal: &mut Terminal) {
    if let Err(failure) = kept {
        terminal.warn(format!("{}. Until it is sent, your answer is in memory only.", failure.message()));
    }
}

/// Whether a follow-up comes next, whose answer must not be revealed.
fn leads_to_follow_up(turn: &Turn) -> bool {
    turn.next_turn.as_ref().is_some_and(|next| next.role == Role::FollowUp)
}

#[cfg(test)]
mod tests {
    use api::testing::{asked, followed_up};

    use super::*;

    #[test]
    fn a_real_interview_begins_nothing_after_its_time() {
        let pace = |turn: &Turn, left, is_real| pace(turn, Duration::from_secs(left), 3, is_real);
        assert_eq!([pace(&asked(), 1, true), pace(&asked(), 0, true)], [Pace::AskLast, Pace::End]);
        assert_eq!([pace(&followed_up(), 1, true), pace(&followed_up(), 0, true)], [Pace::Ask, Pace::End]);
        assert_eq!(pace(&followed_up(), 0, false), Pace::Ask, "its question's feedback waits for it");
    }

    #[test]
    fn the_time_left_is_in_whole_minutes_down_to_the_last_one() {
        let words = |seconds| minutes_left(Duration::from_secs(seconds));
        assert_eq!(
            [1200, 1199, 1140, 61, 60, 1, 0].map(words),
            ["20 min left", "20 min left", "19 min left", "2 min left", "1 min left", "1 min left", "time is up"]
        );
    }
}
