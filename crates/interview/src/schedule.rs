//! When to ask what again.
//!
//! Every judged answer is a review in the sense of [FSRS](https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm): of its
//! question, and of each key point that it made or missed. The schedule is computed anew from all attempts, so nothing of it is stored. The
//! rules are in `docs/schedule.md`.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use fsrs::{FSRS, ItemState, MemoryState, NextStates};

use crate::bank::{Bank, KeyPoint, Question};
use crate::claims::{ClaimedVerdict, Claims};
use crate::id::{KeyPointId, QuestionId};
use crate::marks::{Counted, DecidedVerdict, Decisions, JudgedBy, counted};
use crate::scoring::{Band, Rating, Score, rate};

/// One time that a question was asked, with what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The question.
    pub question: QuestionId,
    /// When it was asked.
    pub asked_at: SystemTime,
    /// What became of the question itself.
    pub main: Outcome,
    /// What became of its follow-ups, in order.
    pub follow_ups: Vec<Outcome>,
    /// Whether nothing more is asked about it. Until then nothing about it is shown to the candidate.
    pub is_over: bool,
}

/// What became of one turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// "I don't know."
    Skipped,
    /// There are no marks, or none yet.
    Unmarked,
    /// An answer that was judged.
    Marked {
        /// The coach's verdicts.
        claims: Claims,
        /// What the candidate decided about them.
        decisions: Decisions,
        /// Who judged, by what.
        judged_by: JudgedBy,
    },
}

/// What is known of every question that was asked, and when to ask it again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule(HashMap<QuestionId, Asked>);

/// A question that was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// When it was last asked.
    pub last: SystemTime,
    /// When to ask it again; `None` when no answer to it could be rated.
    pub due: Option<SystemTime>,
    /// The scores of the answers that were judged by the key points the bank has now, the earliest first.
    pub scores: Vec<Scored>,
    /// Its key points that were made or missed, in the question's order. The first of several alternatives stands for them all.
    pub points: Vec<Point>,
    /// Whether the last attempt goes on, so that nothing of it is shown to the candidate yet. Its score is left out above.
    pub goes_on: bool,
}

/// A score, when it was earned, and who judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// When the question was asked.
    pub at: SystemTime,
    /// The score of the answer to the question itself.
    pub score: Score,
    /// Who judged, by what.
    pub judged_by: JudgedBy,
}

/// A key point that was made or missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Which key point of the question.
    pub id: KeyPointId,
    /// Whether it was missed the last time.
    pub missed: bool,
    /// When to say it again.
    pub due: SystemTime,
}

impl Schedule {
    /// The schedule that follows from these attempts, the earliest first. Questions and key points that the bank no longer has are left
    /// out.
    pub fn of(bank: &Bank, attempts: &[Attempt]) -> Self {
        let mut by_question: HashMap<&QuestionId, Vec<&Attempt>> = HashMap::new();
        for attempt in attempts {
            by_question.entry(&attempt.question).or_default().push(attempt);
        }
        let fsrs = FSRS::default();
        let asked = by_question.into_iter().filter_map(|(id, attempts)| {
            let question = bank.question(id)?;
            Some((id.clone(), Asked::of(question, &attempts, &fsrs)?))
        });
        Self(asked.collect())
    }

    /// The schedule before an interview that is `interview_at`. Nothing is due after it. What was missed and would be is due after half of the
    /// time that is left from when it was asked, so that it comes back before; what is known until then is due at the interview. An interview
    /// that is over at `now` changes nothing.
    #[must_use]
    pub fn before(mut self, interview_at: SystemTime, now: SystemTime) -> Self {
        if interview_at <= now {
            return self;
        }
        for Asked { last, due, points, .. } in self.0.values_mut() {
            let left = interview_at.duration_since(*last).unwrap_or_default();
            let in_time = |due: SystemTime, missed: bool| {
                let latest = if missed { *last + left / 2 } else { interview_at };
                if due < interview_at { due } else { latest }
            };
            let has_missed = points.iter().any(|point| point.missed);
            *due = due.map(|due| in_time(due, has_missed));
            for point in points {
                point.due = in_time(point.due, point.missed);
            }
        }
        self
    }

    /// What is known of a question; `None` when it was never asked.
    pub fn question(&self, id: &QuestionId) -> Option<&Asked> {
        self.0.get(id)
    }
}

impl Asked {
    fn of(question: &Question, attempts: &[&Attempt], fsrs: &FSRS) -> Option<Self> {
        let rubric_version = question.rubric_version();
        let mut card = None;
        let mut scores = Vec::new();
        let mut points: HashMap<&KeyPointId, (Card, Grade)> = HashMap::new();
        for attempt in attempts {
            let at = attempt.asked_at;
            let (grade, score) = attempt.main.rated(question);
            card = grade.map_or(card, |grade| Some(Card::reviewed(card, fsrs, at, grade)));
            if let (Some(score), Outcome::Marked { judged_by, .. }) = (score, &attempt.main)
                && judged_by.rubric_version == rubric_version
                && attempt.is_over
            {
                scores.push(Scored { at, score, judged_by: judged_by.clone() });
            }
            for (point, grade) in attempt.points(question) {
                let before = points.get(&point.id).map(|(card, _)| *card);
                points.insert(&point.id, (Card::reviewed(before, fsrs, at, grade), grade));
            }
        }
        let point = |point: &KeyPoint| {
            let (card, grade) = points.get(&point.id)?;
            Some(Point { id: point.id.clone(), missed: *grade == Grade::Again, due: card.due })
        };
        let points: Vec<Point> = question.key_points.iter().filter_map(point).collect();
        let first_missed = points.iter().filter(|point| point.missed).map(|point| point.due).min();
        let last = attempts.last()?;
        Some(Self {
            last: last.asked_at,
            due: card.map(|card| card.due).or(first_missed),
            scores,
            points,
            goes_on: !last.is_over,
        })
    }
}

impl Attempt {
    /// The grade of every key point that was made or missed: whoever needed the follow-up to make a point gets less for it.
    fn points<'q>(&self, question: &'q Question) -> impl Iterator<Item = (&'q KeyPoint, Grade)> {
        let main = self.main.counted(question);
        let follow_ups: Vec<_> = self.follow_ups.iter().map(|outcome| outcome.counted(question)).collect();
        main.into_iter().enumerate().filter_map(move |(index, (point, main))| {
            let later = || follow_ups.iter().map(|counted| counted[index].1);
            let grade = if main == Counted::Hit {
                Grade::Good
            } else if later().any(|later| later == Counted::Hit) {
                Grade::Hard
            } else if main == Counted::Missed || later().any(|later| later == Counted::Missed) {
                Grade::Again
            } else {
                return None;
            };
            Some((point, grade))
        })
    }
}

impl Outcome {
    /// What each key point of the question counts as in this turn.
    fn counted<'q>(&self, question: &'q Question) -> Vec<(&'q KeyPoint, Counted)> {
        let verdict = |point: &KeyPoint| {
            let Self::Marked { claims, decisions, .. } = self else { return None };
            let claim = claims.key_points.iter().find(|claim| claim.id == point.id)?;
            Some(match (decisions.key_point(&claim.id), &claim.verdict) {
                (Some(DecidedVerdict::Hit), _) | (None, ClaimedVerdict::Hit(_)) => Counted::Hit,
                (Some(DecidedVerdict::Missed), _) | (None, ClaimedVerdict::Missed(_)) => Counted::Missed,
                (None, ClaimedVerdict::Unclear(..)) => Counted::Unclear,
            })
        };
        counted(&question.key_points, verdict)
    }

    /// The grade and the score of an answer to the question itself.
    fn rated(&self, question: &Question) -> (Option<Grade>, Option<Score>) {
        let (claims, decisions) = match self {
            Self::Skipped => return (Some(Grade::Again), None),
            Self::Unmarked => return (None, None),
            Self::Marked { claims, decisions, .. } => (claims, decisions),
        };
        let counted = self.counted(question);
        let stated = claims.misconceptions.iter().map(|claim| &claim.id);
        let stated = stated.filter(|id| question.misconception(id).is_some() && !decisions.disputes(id)).count();
        let (Some(Rating::Exact(score)), Some(band)) = rate(&counted, stated) else { return (None, None) };
        let grade = match band {
            Band::WrongModel => Grade::Again,
            Band::RuleWithoutReason => Grade::Hard,
            Band::TradeOffs if counted.iter().all(|(_, counted)| *counted == Counted::Hit) => Grade::Easy,
            Band::CorePoints | Band::TradeOffs => Grade::Good,
        };
        (Some(grade), Some(score))
    }
}

/// How well something was remembered, as FSRS names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    Again,
    Hard,
    Good,
    Easy,
}

/// The share of what is due that should still be remembered: what FSRS and Anki start with.
const RETENTION: f32 = 0.9;

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What FSRS remembers of one question or key point.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Card {
    memory: Option<MemoryState>,
    reviewed_at: SystemTime,
    due: SystemTime,
}

impl Card {
    /// The card after a review at `at`. It is due after a whole number of days, at least one.
    fn reviewed(before: Option<Self>, fsrs: &FSRS, at: SystemTime, grade: Grade) -> Self {
        let memory = before.and_then(|card| card.memory);
        let days =
            before.map_or(0, |card| at.duration_since(card.reviewed_at).unwrap_or_default().as_secs() / DAY.as_secs());
        let after = |states: NextStates| match grade {
            Grade::Again => states.again,
            Grade::Hard => states.hard,
            Grade::Good => states.good,
            Grade::Easy => states.easy,
        };
        // FSRS refuses memory states that are not finite, and makes none from finite ones.
        let next = fsrs.next_states(memory, RETENTION, u32::try_from(days).unwrap_or(u32::MAX)).map(after).ok();
        let interval = next.as_ref().map_or(1.0, |ItemState { interval, .. }| interval.round().max(1.0));
        Self { memory: next.map(|next| next.memory), reviewed_at: at, due: at + DAY * interval as u32 }
    }
}

#[cfg(test)]
mod tests;
