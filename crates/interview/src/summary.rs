//! What a finished round comes to. The panels stay apart: nothing here blends them.

use std::cmp::Reverse;

use crate::bank::{KeyPoint, Misconception, Question};
use crate::delivery::Delivery;
use crate::marks::{Counted, Marks};
use crate::scoring::Score;
use crate::session::{Session, Turn, TurnState};

/// A round in review.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary<'s> {
    /// How many questions were answered or skipped.
    pub questions: usize,
    /// How many turns were answered, follow-ups included.
    pub answered: usize,
    /// How many turns were skipped.
    pub skipped: usize,
    /// How many answers have no feedback.
    pub ungraded: usize,
    /// The mean correctness score of the main turns that have one and were judged as the last of them was: scores of different judges are never
    /// mixed. A range is left out: its middle is a number that nothing supports.
    pub correctness: Option<Score>,
    /// The mean clarity score of the same turns.
    pub clarity: Option<Score>,
    /// The mean of the words a minute of the spoken answers.
    pub words_per_minute: Option<f64>,
    /// The key points that were missed and that no follow-up made good: the surer the earlier, then the heaviest first.
    pub missed: Vec<ToImprove<'s, KeyPoint>>,
    /// The misconceptions stated: those that surely were before the others.
    pub misconceptions: Vec<ToImprove<'s, Misconception>>,
}

/// Something in an answer that was not as it should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToImprove<'s, C> {
    /// The question that was answered.
    pub question: &'s Question,
    /// The key point that was missed, or the misconception that was stated.
    pub claim: &'s C,
    /// Whether that is more than probable.
    pub is_sure: bool,
}

impl<'s> Summary<'s> {
    /// Sums up the turns of a session.
    pub fn of(session: &'s Session, turns: &[Turn]) -> Self {
        let count = |wanted: fn(&TurnState) -> bool| turns.iter().filter(|turn| wanted(&turn.state)).count();
        let main = || turns.iter().filter(|turn| turn.target.is_none()).filter_map(|turn| turn.state.feedback());
        let judge = main().next_back().map(|feedback| feedback.judged_by().judge());
        let by_one_judge = || main().filter(|feedback| judge == Some(feedback.judged_by().judge()));
        Self {
            questions: turns.iter().filter(|turn| turn.target.is_none() && turn.state != TurnState::Asked).count(),
            answered: count(|state| state.answer().is_some() || state.audio().is_some()),
            skipped: count(|state| matches!(state, TurnState::Skipped)),
            ungraded: count(|state| matches!(state, TurnState::Ungraded { .. })),
            correctness: mean_score(by_one_judge().filter_map(|feedback| feedback.correctness()?.score())),
            clarity: mean_score(by_one_judge().filter_map(|feedback| feedback.clarity()?.score())),
            words_per_minute: mean(turns.iter().filter_map(delivery).filter_map(|delivery| delivery.words_per_minute)),
            missed: missed(session, turns),
            misconceptions: stated(session, turns),
        }
    }
}

pub(crate) fn delivery(turn: &Turn) -> Option<&Delivery> {
    turn.state.answer().and_then(|answer| answer.spoken.as_ref()).map(|spoken| &spoken.delivery)
}

fn mean_score(scores: impl Iterator<Item = Score>) -> Option<Score> {
    mean(scores.map(Score::get)).map(Score::clamped)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}

fn marks(turn: &Turn) -> Option<&Marks> {
    turn.state.feedback()?.marks()
}

fn missed<'s>(session: &'s Session, turns: &[Turn]) -> Vec<ToImprove<'s, KeyPoint>> {
    let made_good = |question: &Question, point: &KeyPoint| {
        let later = turns.iter().filter(|turn| turn.target.is_some() && turn.question == question.id).filter_map(marks);
        later
            .flat_map(|marks| marks.key_points.iter().chain(&marks.beyond))
            .filter(|mark| mark.counted() == Counted::Hit)
            .any(|mark| question.key_point(&mark.id).is_some_and(|hit| hit.counts_with(point)))
    };
    let mut missed = Vec::new();
    for turn in turns.iter().filter(|turn| turn.target.is_none()) {
        let (Some(question), Some(marks)) = (session.question(&turn.question), marks(turn)) else { continue };
        let points = marks.counted(&question.key_points).into_iter();
        let points = points.filter(|(point, counted)| *counted == Counted::Missed && !made_good(question, point));
        missed.extend(points.map(|(claim, _)| {
            let is_sure = marks.is_sure(&question.key_points, claim);
            (marks.doubt_of_miss(&question.key_points, claim), ToImprove { question, claim, is_sure })
        }));
    }
    missed.sort_by_key(|(doubt, missed)| (*doubt, Reverse((missed.claim.core, missed.claim.weight))));
    missed.into_iter().map(|(_, missed)| missed).collect()
}

fn stated<'s>(session: &'s Session, turns: &[Turn]) -> Vec<ToImprove<'s, Misconception>> {
    let mut stated: Vec<ToImprove<'s, Misconception>> = Vec::new();
    for turn in turns {
        let (Some(question), Some(marks)) = (session.question(&turn.question), marks(turn)) else { continue };
        for mark in &marks.misconceptions {
            let Some(claim) = question.misconception(&mark.id) else { continue };
            match stated.iter_mut().find(|known| known.question.id == question.id && known.claim.id == claim.id) {
                Some(known) => known.is_sure |= mark.is_sure(),
                None => stated.push(ToImprove { question, claim, is_sure: mark.is_sure() }),
            }
        }
    }
    stated.sort_by_key(|stated| Reverse(stated.is_sure));
    stated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{judged, round};

    #[test]
    fn questions_that_were_never_begun_are_not_counted() {
        let session = round(&["q1", "q2", "q3"]);
        let turn = |question, state| Turn { state, ..judged(&session, question, "hhh", &[]) };
        let turns = [turn("q1", TurnState::Skipped), turn("q2", TurnState::Asked), turn("q3", TurnState::Asked)];
        let Summary { questions, skipped, .. } = Summary::of(&session, &turns);
        assert_eq!((questions, skipped), (1, 1));
    }

    #[test]
    fn a_mean_is_of_the_answers_that_the_last_judge_scored() {
        let session = round(&["q1", "q2", "q3"]);
        let by = |model: &str, question, letters| {
            let mut turn = judged(&session, question, letters, &[]);
            let TurnState::Judged { feedback, .. } = &mut turn.state else { unreachable!() };
            feedback.judged_by.model = Some(model.to_owned());
            turn
        };
        let mean = |turns: &[Turn]| Summary::of(&session, turns).correctness.map(Score::get);
        let one = [by("one", "q1", "hmm"), by("one", "q2", "hhh")];
        assert_eq!(mean(&one), Some(7.5));
        let mixed = [by("other", "q1", "mmm"), by("one", "q2", "hmm"), by("one", "q3", "hhh")];
        assert_eq!(mean(&mixed), Some(7.5), "scores of different judges are never mixed");
        let unscored = [by("one", "q1", "hhh"), by("other", "q2", "uuu")];
        assert_eq!(mean(&unscored), None, "the last judge scored nothing");
    }
}
