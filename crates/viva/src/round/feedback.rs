//! Waits for the feedback on an answer, shows it, and lets the candidate read it.

use std::time::{Duration, Instant};

use api::client::{Client, ClientError};
use api::feedback::Feedback;
use api::turn::{Correction, Regrade, Source, Turn, TurnState};
use coach::llm::LONGEST_JUDGING;

use super::{Then, leads_to_follow_up};
use crate::failure::Failure;
use crate::terminal::{Choice, Editor, Line, Offer, Terminal, Tone, Written, feedback_lines, panel_lines, paragraphs};

/// How long one request waits for feedback before the server replies with the turn as it is.
const WAIT: Duration = Duration::from_secs(1);
/// Limit of the wait for feedback: what the coach may take, and a little.
const LONGEST_WAIT: Duration = LONGEST_JUDGING.saturating_add(Duration::from_secs(30));
/// The same after an interrupt.
const LAST_WAIT: Duration = Duration::from_secs(3);
/// Hands-free, the round continues after this time.
const READING_TIME: Duration = Duration::from_secs(20);

/// Shows the result of a turn.
pub struct Showing<'a> {
    pub client: &'a Client,
    pub terminal: &'a mut Terminal,
    pub hands_free: bool,
}

impl Showing<'_> {
    /// Waits for the feedback on a turn, shows it, and lets the candidate read. Returns the turn as it is then, and how to continue.
    pub async fn follow(&mut self, turn: Turn, then: Then) -> Result<(Turn, Then), Failure> {
        let limit = if then == Then::Interrupted { LAST_WAIT } else { LONGEST_WAIT };
        let (mut turn, seen, was_interrupted) = self.settled(turn, limit).await?;
        if !turn.state.is_settled() {
            self.terminal.say(
                "Your answer is kept. It is not judged yet: that goes on while Viva runs, and starts again the next time you practise.",
            );
        }
        if turn.state != TurnState::Skipped {
            self.show(&turn, &seen);
        }
        if was_interrupted {
            return Ok((turn, Then::Interrupted));
        }
        if then != Then::GoOn || !self.is_attended() {
            return Ok((turn, then));
        }
        if !self.hands_free && !leads_to_follow_up(&turn) && self.ask_about_unclear_points(&mut turn).await? {
            return Ok((turn, Then::Interrupted));
        }
        let then = self.read(&mut turn).await?;
        Ok((turn, then))
    }

    /// Waits until the turn is settled and shows each panel as soon as it is ready. Returns the turn, the feedback shown so far, and
    /// whether the candidate quit the program.
    async fn settled(&mut self, mut turn: Turn, limit: Duration) -> Result<(Turn, Feedback, bool), Failure> {
        let started = Instant::now();
        let mut seen = Feedback::default();
        while !turn.state.is_settled() && started.elapsed() < limit {
            let state = if turn.state == TurnState::Transcribing { "transcribing" } else { "judging" };
            let line = format!("{state}  {} s", started.elapsed().as_secs());
            self.terminal.screen.draw(&[Line::toned(line, Tone::Quiet)]);
            let asked = tokio::select! {
                asked = self.client.settled_turn(turn.id, WAIT) => asked,
                () = self.terminal.keyboard.interrupted() => {
                    self.terminal.screen.settle();
                    return Ok((turn, seen, true));
                }
            };
            turn = match asked {
                Ok(turn) => turn,
                Err(ClientError::TimedOut { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            if !turn.state.is_settled() {
                let look = self.terminal.screen.results_look();
                self.terminal.screen.show(&panel_lines(&unseen(&turn, &seen), look));
                seen = turn.feedback.clone().unwrap_or(seen);
            }
        }
        self.terminal.screen.settle();
        Ok((turn, seen, false))
    }

    fn show(&mut self, turn: &Turn, seen: &Feedback) {
        let look = self.terminal.screen.results_look();
        self.terminal.screen.show(&feedback_lines(&unseen(turn, seen), look));
    }

    /// Lets the candidate read, correct and regrade until they continue.
    async fn read(&mut self, turn: &mut Turn) -> Result<Then, Failure> {
        let mut limit = self.hands_free.then_some(READING_TIME);
        let mut has_model_answer = false;
        loop {
            let offers = offers(turn, has_model_answer);
            match self.terminal.choose_within(&offers, limit.take()).await {
                Choice::Letter('m') => {
                    has_model_answer = true;
                    self.show_model_answer(turn);
                }
                Choice::Letter('e') => match self.correct(turn).await? {
                    Some(corrected) => *turn = corrected,
                    None => return Ok(Then::Interrupted),
                },
                Choice::Letter('g') => {
                    let regraded = self.client.regrade(turn.id, &Regrade::default(), WAIT).await?;
                    if self.replace(turn, regraded).await? {
                        return Ok(Then::Interrupted);
                    }
                }
                Choice::Letter('q') => return Ok(Then::Finish),
                Choice::Interrupt => return Ok(Then::Interrupted),
                Choice::Letter(_) | Choice::Nothing => return Ok(Then::GoOn),
            }
        }
    }

    /// Lets the candidate correct the transcript, and regrades it; `None` when they quit the program.
    async fn correct(&mut self, turn: &Turn) -> Result<Option<Turn>, Failure> {
        let transcript = turn.answer.as_ref().and_then(|answer| answer.transcript.as_ref());
        let heard = transcript.map(|transcript| transcript.text.clone()).unwrap_or_default();
        let editing = [("Enter", "judge it again"), ("Esc", "leave it as it is")];
        let text = match self.terminal.write(&mut Editor::of(&heard), &editing).await {
            Written::Finished(text) if !text.is_empty() && text != heard => text,
            Written::Interrupted(_) => return Ok(None),
            Written::Finished(_) | Written::Cancelled => return Ok(Some(turn.clone())),
        };
        let mut corrected = turn.clone();
        let judged = self.client.correct(turn.id, &Correction { text }, WAIT).await?;
        let was_interrupted = self.replace(&mut corrected, judged).await?;
        Ok((!was_interrupted).then_some(corrected))
    }

    /// Waits for a regraded turn and shows it; returns whether the candidate quit the program.
    async fn replace(&mut self, turn: &mut Turn, judged_again: Turn) -> Result<bool, Failure> {
        let (settled, seen, was_interrupted) = self.settled(judged_again, LONGEST_WAIT).await?;
        *turn = settled;
        self.show(turn, &seen);
        Ok(was_interrupted)
    }

    fn show_model_answer(&mut self, turn: &Turn) {
        let width = self.terminal.screen.look().text_width();
        let mut lines = Vec::new();
        let stronger = turn.feedback.as_ref().and_then(|feedback| feedback.stronger_answer.as_deref());
        let model = turn.question.answer.as_ref().map(|answer| answer.model_answer.as_str());
        for (title, text) in [("A stronger answer", stronger), ("A model answer", model)] {
            if let Some(text) = text {
                lines.extend([Line::blank(), Line::toned(title, Tone::Strong)]);
                lines.extend(paragraphs(text, width));
            }
        }
        self.terminal.screen.say(&lines);
    }

    fn is_attended(&self) -> bool {
        self.hands_free || self.terminal.is_attended()
    }
}

/// The turn without the panels that were already shown.
fn unseen(turn: &Turn, seen: &Feedback) -> Turn {
    let mut unseen = turn.clone();
    if let Some(feedback) = &mut unseen.feedback {
        feedback.correctness = feedback.correctness.take().filter(|panel| seen.correctness.as_ref() != Some(panel));
        feedback.clarity = feedback.clarity.take().filter(|panel| seen.clarity.as_ref() != Some(panel));
        feedback.delivery = feedback.delivery.take().filter(|panel| seen.delivery.as_ref() != Some(panel));
    }
    unseen
}

/// The keys after a turn. Before a follow-up, none that would reveal its answer.
fn offers(turn: &Turn, has_model_answer: bool) -> Vec<Offer<'static>> {
    let next = if leads_to_follow_up(turn) { "follow-up" } else { "continue" };
    let mut offers = vec![("Enter", next)];
    if !leads_to_follow_up(turn) && !has_model_answer {
        offers.push(("m", "model answer"));
    }
    if turn.answer.as_ref().is_some_and(|answer| answer.source != Source::Typed && answer.transcript.is_some()) {
        offers.push(("e", "correct the text"));
    }
    if turn.state == TurnState::Ungraded {
        offers.push(("g", "judge it again"));
    }
    offers.push(("q", "finish the round"));
    offers
}

#[cfg(test)]
mod tests {
    use api::feedback::Clarity;
    use api::testing::{judged, ungraded};
    use api::turn::{NextTurn, Role};
    use uuid::Uuid;

    use super::*;

    fn keys_of(turn: &Turn) -> Vec<&'static str> {
        offers(turn, false).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn a_panel_is_shown_again_only_if_it_changed() {
        let turn = judged();
        let whole = turn.feedback.clone().unwrap();
        let seen = Feedback { clarity: whole.clarity.clone(), ..Feedback::default() };
        let rest = unseen(&turn, &seen).feedback.unwrap();
        assert_eq!((&rest.correctness, &rest.clarity, &rest.next_step), (&whole.correctness, &None, &whole.next_step));
        let another = whole.clarity.clone().map(|clarity| Clarity { score: Some(1.0), ..clarity });
        let seen = Feedback { clarity: another, ..Feedback::default() };
        assert_eq!(unseen(&turn, &seen).feedback, turn.feedback);
    }

    #[test]
    fn no_key_reveals_the_answer_to_a_follow_up() {
        let next = |role| Some(NextTurn { id: Uuid::nil(), role, prompt: "Why?".to_owned() });
        assert_eq!(keys_of(&Turn { next_turn: next(Role::FollowUp), ..judged() }), ["Enter", "q"]);
        assert_eq!(keys_of(&Turn { next_turn: next(Role::Main), ..judged() }), ["Enter", "m", "q"]);
    }

    #[test]
    fn what_was_not_judged_can_be_judged_again() {
        assert!(keys_of(&ungraded("no coach")).contains(&"g"));
        assert!(!keys_of(&judged()).contains(&"g"));
    }
}
