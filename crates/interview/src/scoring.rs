//! Scores, computed from marks and from nothing else.

use crate::bank::KeyPoint;
use crate::follow_up::Rubric;
use crate::marks::{ClarityMark, ClarityVerdict, Counted, Decisions, Marks};

/// What each misconception takes off the correctness score. The choice is ours: two stated misconceptions cost as much as a
/// typical core point.
pub const MISCONCEPTION_PENALTY: f64 = 1.5;

/// The highest correctness score of an answer that misses a core point.
pub const CORE_CAP: f64 = 6.0;

/// From this share of the decided weight an answer that makes every core point counts as [`Band::TradeOffs`].
pub const TRADE_OFF_SHARE: f64 = 0.8;

/// A score: 0 to 10, to one decimal.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Score(f64);

impl Score {
    /// The score nearest to `value`, 0 to 10, rounded to one decimal; what is not a number counts as 0.
    pub(crate) fn clamped(value: f64) -> Self {
        if value.is_nan() { Self(0.0) } else { Self((value.clamp(0.0, 10.0) * 10.0).round() / 10.0) }
    }

    /// The number, 0 to 10.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// What an answer's marks come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rating {
    /// A score.
    Exact(Score),
    /// The whole numbers between which the score lies, however the unclear points turn out.
    Range {
        /// The score when every unclear point was missed, rounded down.
        low: u8,
        /// The score when every unclear point was made, rounded up; more than `low`.
        high: u8,
    },
}

impl Rating {
    /// The score, or the middle of the range: for comparing judges only, because nobody scored it.
    pub fn middle(self) -> f64 {
        match self {
            Self::Exact(score) => score.get(),
            Self::Range { low, high } => f64::from(low + high) / 2.0,
        }
    }
}

/// How far an answer's understanding reaches; each question says what its bands sound like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// 1: a wrong model: no core point, or a misconception in place of one.
    WrongModel = 1,
    /// 2: names the rule and cannot say why: some core points.
    RuleWithoutReason,
    /// 3: the core points, no trade-off.
    CorePoints,
    /// 4: why, and the safe alternative or limit too: every core point and most of the rest, nothing wrong.
    TradeOffs,
}

impl Band {
    /// The band's number, 1 to 4.
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// The correctness panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Correctness {
    marks: Marks,
    rating: Option<Rating>,
    band: Option<Band>,
}

impl Correctness {
    /// Computes rating and band of `marks` against the rubric that was judged by.
    ///
    /// The score is 10 × the weight hit ÷ the weight hit or missed, less [`MISCONCEPTION_PENALTY`] for each misconception stated,
    /// at least 0, and at most [`CORE_CAP`] when a core point was missed. Unclear points are left out; when they are more than a third of
    /// the weight, or there are some and no point was hit, there is a range instead, unless both its ends are the same. With nothing hit or
    /// missed there is neither. Alternatives of which one suffices count as one point. Marks for points that the rubric does not have do not count.
    pub(crate) fn of(rubric: &Rubric, marks: Marks) -> Self {
        let (rating, band) = rate(&marks.counted(&rubric.key_points), marks.misconceptions.len());
        Self { marks, rating, band }
    }

    /// The same with the candidate's decisions in place of any that it had. `rubric` is the one that was judged by.
    pub fn decided(self, rubric: &Rubric, decisions: &Decisions) -> Self {
        let Marks { mut key_points, beyond, misconceptions, disputed } = self.marks;
        for mark in &mut key_points {
            mark.decision = decisions.key_point(&mark.id);
        }
        let mut found = [misconceptions, disputed].concat();
        found.sort_by_key(|mark| rubric.misconceptions.iter().position(|wrong| wrong.id == mark.id));
        let (disputed, misconceptions) = found.into_iter().partition(|mark| decisions.disputes(&mark.id));
        Self::of(rubric, Marks { key_points, beyond, misconceptions, disputed })
    }

    /// The marks the score is computed from.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// What the marks come to; none when nothing is decided.
    pub fn rating(&self) -> Option<Rating> {
        self.rating
    }

    /// The score; none when there is only a range, or nothing.
    pub fn score(&self) -> Option<Score> {
        match self.rating {
            Some(Rating::Exact(score)) => Some(score),
            Some(Rating::Range { .. }) | None => None,
        }
    }

    /// The band; none when there is no score.
    pub fn band(&self) -> Option<Band> {
        self.band
    }
}

/// What verdicts on the points of a rubric come to, with this many misconceptions stated; see [`Correctness::of`].
pub(crate) fn rate(counted: &[(&KeyPoint, Counted)], misconceptions: usize) -> (Option<Rating>, Option<Band>) {
    let tally = Tally::of(counted);
    let rating = tally.rating(misconceptions);
    let band = matches!(rating, Some(Rating::Exact(_))).then(|| tally.band(misconceptions));
    (rating, band)
}

/// The weights that a score is computed from.
#[derive(Clone, Copy, Default)]
struct Tally {
    hit: u32,
    missed: u32,
    unclear: u32,
    core_hit: u32,
    core_missed: u32,
    core_unclear: u32,
}

impl Tally {
    fn of(counted: &[(&KeyPoint, Counted)]) -> Self {
        let mut tally = Self::default();
        for (point, counted) in counted {
            let (weight, core) = match counted {
                Counted::Hit => (&mut tally.hit, &mut tally.core_hit),
                Counted::Missed => (&mut tally.missed, &mut tally.core_missed),
                Counted::Unclear => (&mut tally.unclear, &mut tally.core_unclear),
            };
            *weight += u32::from(point.weight.get());
            *core += u32::from(point.core);
        }
        tally
    }

    fn share(&self) -> f64 {
        f64::from(self.hit) / f64::from((self.hit + self.missed).max(1))
    }

    fn rating(&self, misconceptions: usize) -> Option<Rating> {
        let decided = self.hit + self.missed;
        if decided == 0 {
            return None;
        }
        let more_than_a_third_is_unclear = 2 * self.unclear > decided;
        if more_than_a_third_is_unclear || self.hit == 0 {
            let (missed, core_missed) = (self.missed + self.unclear, self.core_missed + self.core_unclear);
            let (hit, core_hit) = (self.hit + self.unclear, self.core_hit + self.core_unclear);
            let low = Self { missed, core_missed, ..*self }.score(misconceptions).get().floor() as u8;
            let high = Self { hit, core_hit, ..*self }.score(misconceptions).get().ceil() as u8;
            if low < high {
                return Some(Rating::Range { low, high });
            }
        }
        Some(Rating::Exact(self.score(misconceptions)))
    }

    /// The score by what is hit and missed.
    fn score(&self, misconceptions: usize) -> Score {
        let cap = if self.core_missed > 0 { CORE_CAP } else { 10.0 };
        let earned = 10.0 * self.share() - MISCONCEPTION_PENALTY * misconceptions as f64;
        Score::clamped(earned.min(cap))
    }

    fn band(&self, misconceptions: usize) -> Band {
        let has_core = self.core_hit + self.core_missed > 0;
        let nothing_right = if has_core { self.core_hit == 0 } else { self.hit == 0 };
        if nothing_right || (misconceptions > 0 && self.core_missed > 0) {
            Band::WrongModel
        } else if self.core_missed > 0 {
            Band::RuleWithoutReason
        } else if misconceptions == 0 && self.share() >= TRADE_OFF_SHARE {
            Band::TradeOffs
        } else {
            Band::CorePoints
        }
    }
}

/// The clarity panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Clarity {
    marks: Vec<ClarityMark>,
    score: Option<Score>,
}

impl Clarity {
    /// Computes the score of the checks: 10 × the share of "yes" among those decided; none when more than half are unclear, or when
    /// there are none.
    pub(crate) fn of(marks: Vec<ClarityMark>) -> Self {
        let count = |verdict| marks.iter().filter(|mark| mark.verdict == verdict).count();
        let (yes, no, unclear) =
            (count(ClarityVerdict::Yes), count(ClarityVerdict::No), count(ClarityVerdict::Unclear));
        let decided = yes + no;
        let score = (decided > 0 && unclear <= decided).then(|| Score::clamped(10.0 * yes as f64 / decided as f64));
        Self { marks, score }
    }

    /// The checks the score is computed from, in the order in which they are shown.
    pub fn marks(&self) -> &[ClarityMark] {
        &self.marks
    }

    /// The score; none when more than half of the checks are unclear.
    pub fn score(&self) -> Option<Score> {
        self.score
    }
}

#[cfg(test)]
mod tests;
