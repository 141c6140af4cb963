//! Asks the candidate about points of which the coach could not tell whether they were made.

use api::feedback::Feedback;
use api::turn::{DecidedVerdict, Decision, Role, Turn, TurnState};
use api::view::{self, Mark, Sign};

use super::feedback::Showing;
use crate::failure::Failure;
use crate::terminal::{Choice, Line, Offer, Tone};

const ANSWERS: [Offer<'static>; 3] = [("y", "yes"), ("n", "no"), ("Enter", "skip")];

impl Showing<'_> {
    /// Asks once about every unclear point of the question that ends with `turn`, and shows what the answers come to. Returns whether the
    /// candidate quit the program.
    pub(super) async fn ask_about_unclear_points(&mut self, turn: &mut Turn) -> Result<bool, Failure> {
        let mut turns = match turn.role {
            Role::Main => vec![turn.clone()],
            Role::FollowUp => self.client.session(turn.session_id).await?.turns,
        };
        turns.retain(|other| other.position == turn.position && other.state == TurnState::Judged);
        let mut has_quit = false;
        for (index, mark) in unclear(&turns) {
            let width = self.terminal.screen.look().text_width();
            let question = Line::plain(format!("Did you say that: {}?", mark.text)).wrapped(width);
            self.terminal.screen.say(&[Line::blank()]);
            self.terminal.screen.say(&question);
            let verdict = match self.terminal.choose(&ANSWERS).await {
                Choice::Letter('y') => DecidedVerdict::Hit,
                Choice::Letter('n') => DecidedVerdict::Missed,
                Choice::Letter(_) | Choice::Nothing => continue,
                Choice::Interrupt => {
                    has_quit = true;
                    break;
                }
            };
            let decision = Decision { verdict: Some(verdict) };
            turns[index] = self.client.decide(turns[index].id, &mark.id, &decision).await?;
            self.show_outcome(&turns[index]);
        }
        if let Some(decided) = turns.into_iter().find(|other| other.id == turn.id) {
            *turn = decided;
        }
        Ok(has_quit)
    }

    /// The score and the next step, which follow from what the candidate decided.
    fn show_outcome(&mut self, turn: &Turn) {
        let Some(Feedback { correctness: Some(panel), next_step, .. }) = &turn.feedback else { return };
        let width = self.terminal.screen.look().text_width();
        let score = Line::toned("Correctness  ", Tone::Strong).with(view::correctness(panel).figure(), Tone::Accent);
        let step = next_step
            .iter()
            .flat_map(|step| Line::plain(step).hanging(Line::toned("Next step  ", Tone::Strong), width));
        self.terminal.screen.say(&[score].into_iter().chain(step).collect::<Vec<_>>());
    }
}

/// Every point that is unclear, once, with the index of the first turn that it is unclear in.
fn unclear(turns: &[Turn]) -> Vec<(usize, Mark)> {
    let mut found: Vec<(usize, Mark)> = Vec::new();
    for (index, turn) in turns.iter().enumerate() {
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
