//! What to ask next about an answer. Code picks the target; a language model may at most word it.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::bank::{KeyPoint, Misconception, Question};
use crate::bounded::bounded;
use crate::id::{KeyPointId, MisconceptionId};
use crate::marks::{Counted, Marks};
use crate::session::{Session, Turn};

/// What a follow-up aims at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A key point that was missed or is unclear.
    KeyPoint(KeyPointId),
    /// A misconception that was stated.
    Misconception(MisconceptionId),
    /// Nothing that is scored: the question's stretch question, a bonus for whoever makes every point.
    Stretch,
}

/// A follow-up question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// What it aims at.
    pub target: Target,
    /// What is asked: the bank's wording, or a model's. Neither gives anything away.
    pub prompt: String,
}

bounded!(
    /// How many follow-ups one question may get: 0 to 3.
    #[derive(Serialize, Deserialize)]
    #[serde(try_from = "u8", into = "u8")]
    FollowUpLimit(u8).get, (0..=3), "a question gets 0 to 3 follow-ups"
);

impl Default for FollowUpLimit {
    /// One follow-up a question.
    fn default() -> Self {
        Self(1)
    }
}

/// The turns around an answer, which decide whether it gets a follow-up.
#[derive(Clone, Copy, Debug)]
pub struct Round<'a> {
    /// The session.
    pub session: &'a Session,
    /// Its turns so far.
    pub turns: &'a [Turn],
    /// Whether it was finished; then nothing more is asked.
    pub is_finished: bool,
    /// The turn that was answered.
    pub turn: &'a Turn,
}

/// Decides on the follow-up for an answer with these marks: none in a finished session, none when a later follow-up of the same question
/// was asked before, as when an answer is judged again, and none past the session's limit.
///
/// A follow-up's own answer may show a new misconception; beyond that the points that no answer made remain the ones to aim at. When every
/// point is made and no answer states a misconception, one of the question's stretch questions is asked, once; the turn's id decides which.
pub fn decide(round: &Round<'_>, marks: &Marks) -> Option<FollowUp> {
    let Round { session, turns, is_finished, turn } = round;
    let question = session.question(&turn.question)?;
    let siblings = || turns.iter().filter(|other| other.place.position == turn.place.position);
    let asked: Vec<&Target> = siblings().filter_map(|sibling| sibling.target.as_ref()).collect();
    let has_later = siblings().any(|sibling| sibling.place.depth > turn.place.depth);
    if *is_finished || has_later || asked.len() >= usize::from(session.follow_ups.get()) {
        return None;
    }
    let others = siblings().filter(|sibling| sibling.id != turn.id).filter_map(|other| other.state.feedback()?.marks());
    let answers: Vec<&Marks> = others.chain([marks]).collect();
    let best = |point: &KeyPoint| {
        let marks = answers.iter().flat_map(|marks| marks.key_points.iter().chain(&marks.beyond));
        let mut of_point = marks.filter(|mark| mark.id == point.id);
        let first = of_point.clone().next()?;
        Some(of_point.find(|mark| mark.counted() == Counted::Hit).unwrap_or(first).clone())
    };
    let key_points = question.key_points.iter().filter_map(best).collect();
    let open = Marks { key_points, misconceptions: marks.misconceptions.clone(), ..Marks::default() };
    let is_complete = answers.iter().all(|marks| marks.misconceptions.is_empty())
        && open.counted(&question.key_points).iter().all(|(_, counted)| *counted == Counted::Hit);
    let [.., chance] = turn.id.uuid().into_bytes();
    let stretch = question.stretch.get(usize::from(chance) % question.stretch.len().max(1));
    let stretch = stretch.filter(|_| is_complete && !asked.contains(&&Target::Stretch));
    let stretch = stretch.map(|prompt| FollowUp { target: Target::Stretch, prompt: prompt.clone() });
    choose(question, &open, &asked).or(stretch)
}

/// Picks what to aim at, or nothing when there is nothing left.
///
/// A misconception that was stated comes first, because nothing is built on a wrong model; then the key point that was missed, the surer the
/// earlier, because nobody likes to be asked for what they just said; core before the rest, heavier before lighter, among equals in the order of
/// the stages of a design interview and then in the question's; then one that is unclear, by the same order. What is in `already_asked` is never asked twice.
fn choose(question: &Question, marks: &Marks, already_asked: &[&Target]) -> Option<FollowUp> {
    let mut points = marks.counted(&question.key_points);
    points.retain(|(point, counted)| *counted != Counted::Hit && marks.key_point(&point.id).is_some());
    points.sort_by_key(|(point, counted)| {
        let doubt = marks.doubt_of_miss(&question.key_points, point);
        (*counted == Counted::Unclear, doubt, Reverse((point.core, point.weight)), point.stage)
    });
    let points = points.into_iter().map(|(point, _)| Target::KeyPoint(point.id.clone()));
    let mut stated: Vec<_> = marks.misconceptions.iter().collect();
    stated.sort_by_key(|mark| !mark.is_sure());
    let stated = stated.into_iter().map(|mark| Target::Misconception(mark.id.clone()));
    let mut targets = stated.chain(points).filter(|target| !already_asked.contains(&target));
    targets.find_map(|target| about(question, target))
}

/// A question about one of a question's points or misconceptions; `None` when it has none of that name.
pub fn about(question: &Question, target: Target) -> Option<FollowUp> {
    let prompt = match &target {
        Target::KeyPoint(id) => question.key_point(id)?.probe.clone(),
        Target::Misconception(id) => question.misconception(id)?.probe.clone(),
        Target::Stretch => return None,
    };
    Some(FollowUp { target, prompt })
}

/// What one turn is judged against: its question's key points, of which a follow-up asks for a part, and its misconceptions; nothing for a
/// stretch question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rubric {
    /// The key points that the answer is expected to make. The score is of these.
    pub key_points: Vec<KeyPoint>,
    /// The question's other key points. What the answer to a follow-up makes of them counts as made, but not for its score.
    pub beyond: Vec<KeyPoint>,
    /// The misconceptions to look for.
    pub misconceptions: Vec<Misconception>,
}

impl Rubric {
    /// The rubric of a turn: the whole question for a main turn (`target` is `None`); for a follow-up, the point it aims at with
    /// its alternatives, or, when it aims at a misconception, the question's core points, because the right model is what is asked for.
    /// Empty for a stretch question, which no key point belongs to.
    pub fn of(question: &Question, target: Option<&Target>) -> Self {
        let is_asked = |point: &KeyPoint| match target {
            None => true,
            Some(Target::KeyPoint(id)) => question.key_point(id).is_some_and(|aim| aim.counts_with(point)),
            Some(Target::Misconception(_)) => point.core,
            Some(Target::Stretch) => false,
        };
        if target == Some(&Target::Stretch) {
            return Self::default();
        }
        let (key_points, beyond) = question.key_points.iter().cloned().partition(is_asked);
        Self { key_points, beyond, misconceptions: question.misconceptions.clone() }
    }

    /// Every key point that the answer may make: first those that it is expected to make.
    pub fn points(&self) -> impl Iterator<Item = &KeyPoint> {
        self.key_points.iter().chain(&self.beyond)
    }

    /// Whether there is nothing to score by.
    pub fn is_empty(&self) -> bool {
        self.key_points.is_empty()
    }
}

#[cfg(test)]
mod tests;
