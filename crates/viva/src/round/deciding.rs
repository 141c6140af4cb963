//! Asks the candidate about what could not be told: words that the recogniser was not sure of, and points that may have been made.

use std::time::Duration;

use api::feedback::{Verdict, WordInDoubt};
use api::turn::{Correction, DecidedVerdict, Decision, Turn, TurnState};
use api::view::{self, Mark, Sign};

use super::Round;
use crate::failure::Failure;
use crate::terminal::{Choice, Line, Look, Offer, Tone};

const ANSWERS: [Offer<'static>; 4] = [("y", "yes"), ("n", "no"), ("Enter", "skip"), ("f", "to the feedback")];

impl Round<'_> {
    /// Asks about each word in doubt that a point of a question hangs on, and has answers with a settled word judged again. Returns whether
    /// the candidate quit the program.
    pub(super) async fn ask_about_words_in_doubt(&mut self, turns: &mut [Turn]) -> Result<bool, Failure> {
        for turn in turns {
            let mut judged_again = None;
            for WordInDoubt { word, heard, perhaps } in words_in_doubt(turn) {
                let question = format!("The recogniser was not sure: did you say “{perhaps}” or “{heard}”?");
                self.terminal.screen.say(&[Line::blank()]);
                self.terminal.say(question);
                let offers = [("1", perhaps.as_str()), ("2", heard.as_str()), ("Enter", "something else")];
                let text = match self.terminal.choose(&offers).await {
                    Choice::Letter('1') => perhaps.clone(),
                    Choice::Letter('2') => heard.clone(),
                    Choice::Letter(_) | Choice::Nothing => continue,
                    Choice::Interrupt => return Ok(true),
                };
                let settled = Correction { text };
                let client = self.interviewer.client();
                judged_again = Some(client.correct_word(turn.id, word, &settled, Duration::ZERO).await?);
            }
            if let Some(judged_again) = judged_again
                && self.replace(turn, judged_again).await?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Asks once about every unclear point of a question. Returns whether the candidate quit the program.
    pub(super) async fn ask_about_unclear_points(&mut self, turns: &mut [Turn]) -> Result<bool, Failure> {
        for (index, mark) in unclear(turns) {
            self.terminal.screen.say(&[Line::blank()]);
            self.terminal.say(format!("Did you say that: {}?", mark.text));
            let verdict = match self.terminal.choose(&ANSWERS).await {
                Choice::Letter('y') => DecidedVerdict::Hit,
                Choice::Letter('n') => DecidedVerdict::Missed,
                Choice::Letter('f') => break,
                Choice::Letter(_) | Choice::Nothing => continue,
                Choice::Interrupt => return Ok(true),
            };
            let decision = Decision { verdict: Some(verdict) };
            turns[index] = self.interviewer.client().decide(turns[index].id, &mark.id, &decision).await?;
        }
        Ok(false)
    }

    /// Lets the candidate decide a mark of an answer. Returns whether they quit the program.
    pub(super) async fn decide(&mut self, turn: &mut Turn, mark: &Mark) -> Result<bool, Failure> {
        let page = |look: Look| {
            let mark = Line::plain(&mark.text)
                .hanging(Line::toned(format!("{}: ", mark.verdict), Tone::Strong), look.text_width());
            [Line::blank()].into_iter().chain(mark).collect()
        };
        let choices = mark.choices.iter().map(|choice| (key_of(choice), choice.label));
        let offers: Vec<Offer<'_>> = choices.chain([("Enter", "leave it")]).collect();
        let choice = self.terminal.choose_below(page, &offers, None).await;
        if let Choice::Letter(letter) = choice
            && let Some(chosen) = mark.choices.iter().find(|choice| key_of(choice).starts_with(letter))
        {
            let decision = Decision { verdict: chosen.verdict };
            *turn = self.interviewer.client().decide(turn.id, &mark.id, &decision).await?;
        }
        Ok(choice == Choice::Interrupt)
    }
}

/// The key of something that can be decided about a mark.
fn key_of(choice: &view::Choice) -> &'static str {
    match choice.verdict {
        Some(DecidedVerdict::Hit | DecidedVerdict::Stated) => "y",
        Some(DecidedVerdict::Missed | DecidedVerdict::NotStated) => "n",
        None => "u",
    }
}

/// The words in doubt that unclear points of a turn hang on, each once.
fn words_in_doubt(turn: &Turn) -> Vec<WordInDoubt> {
    let mut words: Vec<WordInDoubt> = Vec::new();
    let panel = turn.feedback.as_ref().and_then(|feedback| feedback.correctness.as_ref());
    let unclear =
        panel.into_iter().flat_map(|panel| &panel.key_points).filter(|point| point.verdict == Verdict::Unclear);
    for word in unclear.filter_map(|point| point.word_in_doubt.as_ref()) {
        if words.iter().all(|other| other.word != word.word) {
            words.push(word.clone());
        }
    }
    words
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
    fn a_word_that_several_points_hang_on_is_asked_about_once() {
        let word = |heard: &str| WordInDoubt { word: 4, heard: heard.to_owned(), perhaps: "owner".to_owned() };
        let mut turn = judged();
        let panel = turn.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut()).unwrap();
        for point in &mut panel.key_points {
            point.word_in_doubt = Some(word("honour"));
        }
        panel.key_points.push(panel.key_points[2].clone());
        assert_eq!(words_in_doubt(&turn), [word("honour")]);
        turn.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut()).unwrap().key_points.truncate(2);
        assert_eq!(words_in_doubt(&turn), [], "points that are clear hang on no word");
    }

    #[test]
    fn a_point_that_is_unclear_in_several_answers_to_a_question_is_asked_about_once() {
        let found = unclear(&[asked(), judged(), judged()]);
        let ids: Vec<(usize, &str)> = found.iter().map(|(index, mark)| (*index, mark.id.as_str())).collect();
        assert_eq!(ids, [(1, "moves")]);
    }
}
