//! Two judges on the same answers: where they differ, and how far the difference of each figure may be chance.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use interview::marks::Counted;
use serde::Serialize;

use crate::dataset::ReaderMarks;
use crate::evaluator::{Judgement, Judgements};
use crate::figures::{MisconceptionCases, OrderCounts, PAIRS, Scored, groups, pairs_in_order};
use crate::marked::{ClaimFigures, ClaimKind, MarkCounts};
use crate::statistics::{Cases, Share};

/// How many times the questions are resampled for the intervals.
const RESAMPLES: usize = 2000;

/// Makes the intervals the same in every run.
const SEED: u64 = 11;

/// Two judges compared on the answers that both judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// How many answers both judged.
    pub answers: usize,
    /// To how many questions.
    pub questions: usize,
    /// The figures of both and their differences.
    pub figures: Vec<ComparedFigure>,
    /// On how many claims they differ.
    pub differing: usize,
    /// The first of these.
    pub differences: Vec<Difference>,
}

/// A figure of two judges.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ComparedFigure {
    /// Its name.
    pub name: String,
    /// The first judge's.
    pub first: f64,
    /// The second judge's.
    pub second: f64,
    /// The first less the second.
    pub difference: f64,
    /// The lower end of the difference's 95 % interval: a percentile bootstrap that draws whole questions.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// A claim on which two judges differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The answer's id.
    pub id: String,
    /// The kind of the claim.
    pub kind: ClaimKind,
    /// The claim's id.
    pub claim: String,
    /// What a reader says of it, if the answer has marks.
    pub reader: Option<ReaderVerdict>,
    /// What the first judge says.
    pub first: QuotedVerdict,
    /// What the second judge says.
    pub second: QuotedVerdict,
}

/// Whether a reader finds a claim made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReaderVerdict {
    /// The answer makes it.
    Made,
    /// It makes it in part, or so that readers could differ.
    HalfMade,
    /// It does not make it.
    NotMade,
}

/// A verdict on a claim, with the words that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuotedVerdict {
    /// The verdict; `hit` and `missed` for a misconception that is stated or is not.
    pub verdict: Counted,
    /// The words.
    pub quote: Option<String>,
}

impl Comparison {
    /// Compares two judges on one dataset and lists at most `limit` of the claims on which they differ.
    pub fn of(first: &Judgements<'_>, second: &Judgements<'_>, limit: usize) -> Self {
        let pairs = first.list.iter().zip(&second.list).map(|(first, second)| [first, second]);
        let pairs: Vec<Pair<'_, '_>> =
            pairs.filter(|pair| pair.iter().all(|judgement| judgement.is_graded())).collect();
        let mut by_question: BTreeMap<&str, Vec<Pair<'_, '_>>> = BTreeMap::new();
        pairs.iter().for_each(|pair| by_question.entry(pair[0].item.question_name()).or_default().push(*pair));
        let counts: Vec<[Counts; 2]> =
            by_question.values().map(|pairs| [0, 1].map(|side| Counts::of(pairs, side))).collect();
        let differences: Vec<Difference> = pairs.iter().flat_map(differences).collect();
        Self {
            answers: pairs.len(),
            questions: counts.len(),
            figures: compared(&counts),
            differing: differences.len(),
            differences: differences.into_iter().take(limit).collect(),
        }
    }
}

/// Two judgements of one answer.
type Pair<'j, 'i> = [&'j Judgement<'i>; 2];

/// Counts that add up over questions, from which all compared figures are computed.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    marks: MarkCounts,
    misconceptions: MisconceptionCases,
    order: OrderCounts,
    scored: Cases,
}

impl Counts {
    /// The counts of one of the judges on the answers to one question. Order is that of the answers that both scored.
    fn of(pairs: &[Pair<'_, '_>], side: usize) -> Self {
        let mut counts = Self::default();
        for pair in pairs {
            counts.marks += MarkCounts::of(pair[side]);
            counts.misconceptions += MisconceptionCases::of(pair[side]);
            counts.scored.add(f64::from(u8::from(pair[side].judged.score.is_some())));
        }
        let both = pairs.iter().filter(|pair| pair.iter().all(|judgement| judgement.judged.score.is_some()));
        let scored: Vec<Scored<'_>> =
            both.filter_map(|pair| Scored::of(pair[side].item, pair[side].judged.score)).collect();
        counts.order = pairs_in_order(&groups(&scored));
        counts
    }

    /// Every figure by name; none where there is nothing to compute it from.
    fn figures(&self) -> Vec<(String, Option<f64>)> {
        let share = |share: Option<Share>| share.map(|share| share.share);
        let Self { marks, misconceptions, order, scored } = self;
        let ClaimFigures { key_points, misconceptions: of_misconceptions } = marks.figures();
        let of_kinds = [("key points", key_points), ("misconceptions", of_misconceptions)];
        let of_claims = of_kinds.into_iter().flat_map(|(kind, of_kind)| {
            let figures = [
                ("precision", share(of_kind.precision)),
                ("recall", share(of_kind.recall)),
                ("F1", of_kind.f1),
                ("kappa", of_kind.kappa),
            ];
            figures.map(|(name, figure)| (format!("{kind}, {name}"), figure))
        });
        let ticks = marks.false_ticks;
        let others = [
            ("key points, unclear", share(key_points.unclear)),
            ("false alarms on right answers", share(Share::counted(marks.false_alarms, marks.right_answers))),
            ("false ticks a false answer", (ticks.answers > 0).then(|| ticks.ticks as f64 / ticks.answers as f64)),
            ("misconceptions found", share(misconceptions.found.share())),
            ("misconceptions, false alarms", share(misconceptions.false_alarms.share())),
            ("answers with a score", share(scored.share())),
        ];
        let others = others.map(|(name, figure)| (name.to_owned(), figure));
        let order = PAIRS.iter().zip(order).map(|((name, ..), cases)| (name.replace('_', " "), share(cases.share())));
        of_claims.chain(others).chain(order).collect()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.marks += other.marks;
        self.misconceptions += other.misconceptions;
        self.scored += other.scored;
        self.order.iter_mut().zip(other.order).for_each(|(sum, cases)| *sum += cases);
    }
}

/// The figures of both judges from their counts by question. Questions are drawn with replacement, because answers to one question
/// are not independent.
fn compared(by_question: &[[Counts; 2]]) -> Vec<ComparedFigure> {
    let figures = |drawn: &mut dyn Iterator<Item = &[Counts; 2]>| {
        let mut sums = [Counts::default(); 2];
        for counts in drawn {
            sums.iter_mut().zip(counts).for_each(|(sum, counts)| *sum += *counts);
        }
        let [first, second] = sums.map(|sum| sum.figures());
        first.into_iter().zip(second).map(|((name, first), (_, second))| (name, first, second)).collect::<Vec<_>>()
    };
    let mut random = fastrand::Rng::with_seed(SEED);
    let all = figures(&mut by_question.iter());
    let mut drawn_differences = vec![Vec::with_capacity(RESAMPLES); all.len()];
    for _ in 0..RESAMPLES {
        let drawn = figures(&mut (0..by_question.len()).map(|_| &by_question[random.usize(..by_question.len())]));
        for (differences, (_, first, second)) in drawn_differences.iter_mut().zip(drawn) {
            differences.extend(first.zip(second).map(|(first, second)| first - second));
        }
    }
    let compared = all.into_iter().zip(drawn_differences).filter_map(|((name, first, second), mut drawn)| {
        let (first, second) = first.zip(second)?;
        drawn.sort_by(f64::total_cmp);
        let at = |quantile: f64| drawn.get((quantile * drawn.len() as f64) as usize).copied();
        Some(ComparedFigure { name, first, second, difference: first - second, low: at(0.025)?, high: at(0.975)? })
    });
    compared.collect()
}

/// The claims on which two judges differ.
fn differences(pair: &Pair<'_, '_>) -> Vec<Difference> {
    let first = pair[0];
    let marks = first.item.marks.as_ref();
    let difference = |kind, claim: &str, verdicts: [Option<QuotedVerdict>; 2]| {
        let [first_says, second_says] = verdicts;
        let (first_says, second_says) = first_says.zip(second_says)?;
        (first_says.verdict != second_says.verdict).then(|| Difference {
            id: first.item.id.clone(),
            kind,
            claim: claim.to_owned(),
            reader: marks.map(|marks| ReaderVerdict::of(marks, kind, claim)),
            first: first_says,
            second: second_says,
        })
    };
    let points = first.judged.key_points.iter().filter_map(|point| {
        let verdict = |judgement: &Judgement<'_>| {
            let point = judgement.judged.key_points.iter().find(|other| other.id == point.id)?;
            Some(QuotedVerdict { verdict: point.verdict, quote: point.quote.clone() })
        };
        difference(ClaimKind::KeyPoint, &point.id, pair.map(verdict))
    });
    let misconceptions = first.misconceptions.iter().filter_map(|id| {
        let verdict = |judgement: &Judgement<'_>| {
            let found = judgement.judged.misconceptions.iter().find(|found| found.id == *id);
            let verdict = if found.is_some() { Counted::Hit } else { Counted::Missed };
            Some(QuotedVerdict { verdict, quote: found.map(|found| found.quote.clone()) })
        };
        difference(ClaimKind::Misconception, id, pair.map(verdict))
    });
    points.chain(misconceptions).collect()
}

impl ReaderVerdict {
    fn of(marks: &ReaderMarks, kind: ClaimKind, claim: &str) -> Self {
        let made = match kind {
            ClaimKind::KeyPoint => &marks.hit,
            ClaimKind::Misconception => &marks.stated,
        };
        let has = |ids: &[String]| ids.iter().any(|id| id == claim);
        match (has(made), has(&marks.half)) {
            (true, _) => Self::Made,
            (false, true) => Self::HalfMade,
            (false, false) => Self::NotMade,
        }
    }
}

#[cfg(test)]
mod tests;
