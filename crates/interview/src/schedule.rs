//! When to ask what again.
//!
//! Every judged answer is a review in the sense of [FSRS](https://github.com/open-spaced-repetition/awesome-fsrs/wiki/The-Algorithm): of its
//! question, and of each key point that it made or missed. The schedule is recomputed from all attempts, so nothing of it is stored. The
//! rules are in `docs/schedule.md`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use fsrs::{FSRS, ItemState, MemoryState, NextStates};

use crate::bank::{Bank, KeyPoint, Question};
use crate::claims::{ClaimedVerdict, Claims};
use crate::id::{KeyPointId, QuestionId, SessionId};
use crate::marks::{Counted, DecidedVerdict, Decisions, JudgedBy, counted};
use crate::scoring::{Band, Rating, Score, rate};

/// One time that a question was asked, with its result.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The question.
    pub question: QuestionId,
    /// The session in which it was asked.
    pub session: SessionId,
    /// When it was asked.
    pub asked_at: SystemTime,
    /// The result of the question itself.
    pub main: Outcome,
    /// The results of its follow-ups, in order.
    pub follow_ups: Vec<Outcome>,
    /// Whether nothing more is asked about it. Until then nothing about it is shown to the candidate.
    pub is_over: bool,
}

/// The result of one turn.
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
    /// How often it was asked.
    pub attempts: usize,
    /// When to ask it again: as its answers were rated, or when the first of its missed points is to be said again, whichever is earlier.
    /// `None` when no answer could be rated and no point was missed.
    pub due: Option<SystemTime>,
    /// Whether a point of it was missed the last time, or the last answer was "I don't know".
    pub missed: bool,
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
    /// How often it was made or missed.
    pub attempts: usize,
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
    /// time that is left from when it was asked, so that it comes back before; what is known until then is due at the interview. What was
    /// missed on one day is spread over the days that are left. An interview that is over at `now` changes nothing.
    #[must_use]
    pub fn before(mut self, interview_at: SystemTime, now: SystemTime) -> Self {
        if interview_at <= now {
            return self;
        }
        for Asked { last, due, missed, points, .. } in self.0.values_mut() {
            let left = interview_at.duration_since(*last).unwrap_or_default();
            let in_time = |due: SystemTime, missed: bool| {
                let latest = if missed { *last + left / 2 } else { interview_at };
                if due < interview_at { due } else { latest }
            };
            *due = due.map(|due| in_time(due, *missed));
            for point in points {
                point.due = in_time(point.due, point.missed);
            }
        }
        self.spread_misses(interview_at);
        self
    }

    /// Puts off what was missed on one day, so that it does not all come back on the same day: the question that is due first stays, then
    /// those with the most missed points come first.
    fn spread_misses(&mut self, interview_at: SystemTime) {
        let mut by_day: BTreeMap<u64, Vec<(&QuestionId, SystemTime, &mut Asked)>> = BTreeMap::new();
        for (id, asked) in &mut self.0 {
            let day = asked.last.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs() / DAY.as_secs();
            if let Some(due) = asked.due.filter(|due| asked.missed && *due < interview_at) {
                by_day.entry(day).or_default().push((id, due, asked));
            }
        }
        for missed in by_day.values_mut() {
            missed.sort_by_key(|(id, due, asked)| (*due, Reverse(asked.missed_points().count()), *id));
            let Some(first) = missed.first().map(|(_, due, _)| *due) else { continue };
            let days = interview_at.duration_since(first).unwrap_or_default().as_secs() / DAY.as_secs();
            let count = missed.len() as u64;
            for (rank, (_, due, asked)) in (0..).zip(missed) {
                let later = (*due).max(first + Duration::from_secs(DAY.as_secs() * (days * rank / count)));
                asked.due = Some(later);
                for point in asked.points.iter_mut().filter(|point| point.missed) {
                    point.due = point.due.max(later);
                }
            }
        }
    }

    /// What is known of a question; `None` when it was never asked.
    pub fn question(&self, id: &QuestionId) -> Option<&Asked> {
        self.0.get(id)
    }
}

impl Asked {
    fn of(question: &Question, attempts: &[&Attempt], fsrs: &FSRS) -> Option<Self> {
        let mut card = None;
        let mut scores = Vec::new();
        let mut points: HashMap<&KeyPointId, (Card, Grade, usize)> = HashMap::new();
        for attempt in attempts {
            let at = attempt.asked_at;
            let (grade, _) = attempt.main.rated(question);
            card = grade.map_or(card, |grade| Some(Card::reviewed(card, fsrs, at, grade)));
            if let (Some(Rating::Exact(score)), Outcome::Marked { judged_by, .. }) =
                (attempt.rating(question), &attempt.main)
                && attempt.is_over
            {
                scores.push(Scored { at, score, judged_by: judged_by.clone() });
            }
            for (point, grade) in attempt.points(question) {
                let before = points.get(&point.id);
                let attempts = before.map_or(0, |(.., attempts)| *attempts) + 1;
                let card = Card::reviewed(before.map(|(card, ..)| *card), fsrs, at, grade);
                points.insert(&point.id, (card, grade, attempts));
            }
        }
        let point = |point: &KeyPoint| {
            let (card, grade, attempts) = points.get(&point.id)?;
            Some(Point { id: point.id.clone(), attempts: *attempts, missed: *grade == Grade::Again, due: card.due })
        };
        let points: Vec<Point> = question.key_points.iter().filter_map(point).collect();
        let last = attempts.last()?;
        let mut asked = Self {
            last: last.asked_at,
            attempts: attempts.len(),
            due: None,
            missed: false,
            scores,
            points,
            goes_on: !last.is_over,
        };
        asked.due = card.map(|card| card.due).into_iter().chain(asked.missed_points().map(|point| point.due)).min();
        asked.missed = last.main == Outcome::Skipped || asked.missed_points().next().is_some();
        Some(asked)
    }

    fn missed_points(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| point.missed)
    }
}

impl Attempt {
    /// The rating of the answer to the question itself; none when it was judged by other key points than those of `question`.
    pub fn rating(&self, question: &Question) -> Option<Rating> {
        let Outcome::Marked { judged_by, .. } = &self.main else { return None };
        self.main.rated(question).1.filter(|_| judged_by.rubric_version == question.rubric_version())
    }

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

    /// The grade and the rating of an answer to the question itself.
    fn rated(&self, question: &Question) -> (Option<Grade>, Option<Rating>) {
        let (claims, decisions) = match self {
            Self::Skipped => return (Some(Grade::Again), None),
            Self::Unmarked => return (None, None),
            Self::Marked { claims, decisions, .. } => (claims, decisions),
        };
        let counted = self.counted(question);
        let stated = claims.misconceptions.iter().map(|claim| &claim.id);
        let stated = stated.filter(|id| question.misconception(id).is_some() && !decisions.disputes(id)).count();
        let (rating, band) = rate(&counted, stated);
        let grade = band.map(|band| match band {
            Band::WrongModel => Grade::Again,
            Band::RuleWithoutReason => Grade::Hard,
            Band::TradeOffs if counted.iter().all(|(_, counted)| *counted == Counted::Hit) => Grade::Easy,
            Band::CorePoints | Band::TradeOffs => Grade::Good,
        });
        (grade, rating)
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
