//! Asks the candidate about points of which the coach could not tell whether they were made.

use api::turn::{DecidedVerdict, Decision, Turn, TurnState};
use api::view::{self, Mark, Sign};

use super::feedback::Showing;
use crate::failure::Failure;
use crate::terminal::{Choice, Line, Offer};

const ANSWERS: [Offer<'static>; 4] = [("y", "yes"), ("n", "no"), ("Enter", "skip"), ("f", "to the feedback")];

impl Showing<'_> {
    /// Asks once about every unclear point of a question. Returns whether the candidate quit the program.
    pub(super) async fn ask_about_unclear_points(&mut self, turns: &mut [Turn]) -> Result<bool, Failure> {
        for (index, mark) in unclear(turns) {
            let width = self.terminal.screen.look().text_width();
            let question = Line::plain(format!("Did you say that: {}?", mark.text)).wrapped(width);
            self.terminal.screen.say(&[Line::blank()]);
            self.terminal.screen.say(&question);
            let verdict = match self.terminal.choose(&ANSWERS).await {
                Choice::Letter('y') => DecidedVerdict::Hit,
                Choice::Letter('n') => DecidedVerdict::Missed,
                Choice::Letter('f') => break,
                Choice::Letter(_) | Choice::Nothing => continue,
                Choice::Interrupt => return Ok(true),
            };
            let decision = Decision { verdict: Some(verdict) };
            turns[index] = self.client.decide(turns[index].id, &mark.id, &decision).await?;
        }
        Ok(false)
    }
}

/// Every point that is unclear, once, with the index of the first turn that it is unclear in.
fn unclear(turns: &[Turn]) -> Vec<(usize, Mark)> {
    let mut found: Vec<(usize, Mark)> = Vec::new();
    let judged = turns.iter().enumerate().filter(|(_, turn)| turn.state == TurnState::Judged);
    for (index, turn) in judged {
        let panel = turn.feedback.as_ref().and_then(|feedback| feedback.correctness.as_ref()).map(view::correctness);
        for mark in panel.into_iter().flat_map(|panel| panel.marks) {
            if mark.sign == Sign::Unclear && found.iter().all(|(_, other)| other.id != mark.id) {
                found.push((index, mark));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use api::testing::{asked, judged};

    use super::*;

    #[test]
    fn a_point_that_is_unclear_in_several_answers_to_a_question_is_asked_about_once() {
        let found = unclear(&[asked(), judged(), judged()]);
        let ids: Vec<(usize, &str)> = found.iter().map(|(index, mark)| (*index, mark.id.as_str())).collect();
        assert_eq!(ids, [(1, "moves")]);
    }
}
