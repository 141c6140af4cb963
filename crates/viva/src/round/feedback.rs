//! Waiting for what the coach makes of an answer, showing it, and reading it at leisure.

use std::time::{Duration, Instant};

use api::client::{Client, ClientError};
use api::feedback::Feedback;
use api::turn::{Correction, Regrade, Source, Turn, TurnState};

use super::{Then, leads_to_follow_up};
use crate::failure::Failure;
use crate::terminal::{Choice, Editor, Line, Offer, Terminal, Tone, Written, feedback_lines, panel_lines, paragraphs};

/// The server is asked to wait so long for the feedback before it says how things stand.
const WAIT: Duration = Duration::from_secs(1);
/// How long feedback is waited for. After that it is left to the review.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// The same when the program is to end.
const LAST_WAIT: Duration = Duration::from_secs(3);
/// Hands-free, the round goes on by itself after this time.
const READING_TIME: Duration = Duration::from_secs(20);

/// Showing what came of a turn.
pub struct Showing<'a> {
    /// Where it comes from.
    pub client: &'a Client,
    /// Where it is shown.
    pub terminal: &'a mut Terminal,
    /// Whether the round goes on by itself after a while.
    pub hands_free: bool,
}

impl Showing<'_> {
    /// Waits for the feedback of a turn, shows it, and lets the candidate read. Gives the turn as it is then, and how it goes on.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub async fn follow(&mut self, turn: Turn, then: Then) -> Result<(Turn, Then), Failure> {
        let limit = if then == Then::Interrupted { LAST_WAIT } else { LONGEST_WAIT };
        let (mut turn, seen, was_interrupted) = self.settled(turn, limit).await?;
        if !turn.state.is_settled() {
            self.terminal.say("The answer is kept, and still with the coach. Its feedback will be in the review.");
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
        let then = self.read(&mut turn).await?;
        Ok((turn, then))
    }

    /// The turn once nothing more happens to it, what the candidate has seen of its feedback by then, and whether they ended the
    /// program. Each panel is shown as soon as it is ready.
    async fn settled(&mut self, mut turn: Turn, limit: Duration) -> Result<(Turn, Feedback, bool), Failure> {
        let begun = Instant::now();
        let mut seen = Feedback::default();
        while !turn.state.is_settled() && begun.elapsed() < limit {
            let state = if turn.state == TurnState::Transcribing { "being transcribed" } else { "with the coach" };
            let line = format!("{state}  {} s", begun.elapsed().as_secs());
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

    /// Lets the candidate read, correct and ask for more until they go on.
    async fn read(&mut self, turn: &mut Turn) -> Result<Then, Failure> {
        let mut patience = self.hands_free.then_some(READING_TIME);
        let mut has_model_answer = false;
        loop {
            let offers = offers(turn, has_model_answer);
            match self.terminal.choose_within(&offers, patience.take()).await {
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

    /// Has the transcript corrected and judged again; `None` when the candidate ended the program.
    async fn correct(&mut self, turn: &Turn) -> Result<Option<Turn>, Failure> {
        let transcript = turn.answer.as_ref().and_then(|answer| answer.transcript.as_ref());
        let heard = transcript.map(|transcript| transcript.text.clone()).unwrap_or_default();
        let editing = [("Enter", "judge it again"), ("Esc", "leave it as it is")];
        let text = match self.terminal.write(Editor::of(&heard), &editing).await {
            Written::Finished(text) if !text.is_empty() && text != heard => text,
            Written::Interrupted(_) => return Ok(None),
            Written::Finished(_) | Written::Cancelled => return Ok(Some(turn.clone())),
        };
        let mut corrected = turn.clone();
        let judged = self.client.correct(turn.id, &Correction { text }, WAIT).await?;
        let was_interrupted = self.replace(&mut corrected, judged).await?;
        Ok((!was_interrupted).then_some(corrected))
    }

    /// Puts a turn that is judged again in the place of the old one and shows it; tells whether the candidate ended the program.
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

/// The turn without the panels that the candidate has seen as they are.
fn unseen(turn: &Turn, seen: &Feedback) -> Turn {
    let mut unseen = turn.clone();
    if let Some(feedback) = &mut unseen.feedback {
        feedback.correctness = feedback.correctness.take().filter(|panel| seen.correctness.as_ref() != Some(panel));
        feedback.clarity = feedback.clarity.take().filter(|panel| seen.clarity.as_ref() != Some(panel));
        feedback.delivery = feedback.delivery.take().filter(|panel| seen.delivery.as_ref() != Some(panel));
    }
    unseen
}

/// What can be done about a turn. While a follow-up is to come, nothing that would give its answer away.
fn offers(turn: &Turn, has_model_answer: bool) -> Vec<Offer<'static>> {
    let next = if leads_to_follow_up(turn) { "follow-up" } else { "go on" };
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
    use api::turn::{NextTurn, Role};
    use uuid::Uuid;

    use super::*;
    use crate::testing::{judged, ungraded};

    fn keys_of(turn: &Turn) -> Vec<&'static str> {
        offers(turn, false).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn a_panel_is_shown_again_only_when_it_is_another() {
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
    fn nothing_gives_away_what_a_follow_up_asks() {
        let next = |role| Some(Box::new(NextTurn { id: Uuid::nil(), role, prompt: "Why?".to_owned() }));
        assert_eq!(keys_of(&Turn { next_turn: next(Role::FollowUp), ..judged() }), ["Enter", "q"]);
        assert_eq!(keys_of(&Turn { next_turn: next(Role::Main), ..judged() }), ["Enter", "m", "q"]);
    }

    #[test]
    fn what_was_not_judged_can_be_judged_again() {
        assert!(keys_of(&ungraded("no coach")).contains(&"g"));
        assert!(!keys_of(&judged()).contains(&"g"));
    }
}
