//! Verdicts against a reader's marks, claim by claim.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use interview::marks::Counted;
use serde::Serialize;

use crate::dataset::{Label, ReaderMarks};
use crate::evaluator::Judgement;
use crate::statistics::Share;

/// Verdicts against a reader's marks.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AgainstMarks {
    /// How many answers have marks and a judgement.
    pub answers: usize,
    /// Over all of them.
    #[serde(flatten)]
    pub all: ClaimFigures,
    /// The share of right answers (strong, refuting) in which a misconception was found that the reader does not find.
    pub false_alarms: Option<Share>,
    /// Key points ticked in false answers.
    pub false_ticks: FalseTicks,
    /// How often verdicts are right that are sure, and those that are probable: of a judge that tells them apart.
    pub by_certainty: Option<ByCertainty>,
    /// How often key points are made that the judge finds about equally plausible, in tenths, the least plausible first.
    pub calibration: Vec<Calibration>,
    /// By the answers' labels.
    pub by_label: BTreeMap<String, ClaimFigures>,
    /// By the questions' subjects.
    pub by_subject: BTreeMap<String, ClaimFigures>,
    /// By claim.
    pub by_claim: Vec<CountedClaim>,
}

/// Key points said to be made in answers labelled wrong or twisted that the reader does not find made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FalseTicks {
    /// How many.
    pub ticks: u64,
    /// In how many answers of that kind.
    pub answers: u64,
}

/// How often the reader agrees with verdicts that are sure, and with those that are probable.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ByCertainty {
    /// The sure ones.
    pub sure: Agreed,
    /// The others.
    pub probable: Agreed,
}

/// With which share of the verdicts of one kind the reader agrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Agreed {
    /// Key points said to be made.
    pub hits: Option<Share>,
    /// Key points said to be missed.
    pub misses: Option<Share>,
    /// Misconceptions said to be stated.
    pub misconceptions: Option<Share>,
}

/// Key points that a judge finds about equally plausible.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Their mean plausibility, 0 to 1.
    pub plausibility: f64,
    /// The share of them that the reader finds made.
    pub made: Share,
}

/// Verdicts on both kinds of claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ClaimFigures {
    /// On key points.
    pub key_points: VerdictFigures,
    /// On misconceptions.
    pub misconceptions: VerdictFigures,
}

/// Verdicts on claims of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct VerdictFigures {
    /// What they are computed from.
    #[serde(flatten)]
    pub counts: Confusion,
    /// The share of claims said to be made that the reader finds made.
    pub precision: Option<Share>,
    /// The share of claims that the reader finds made that are said to be.
    pub recall: Option<Share>,
    /// The harmonic mean of the two.
    pub f1: Option<f64>,
    /// Cohen's kappa: agreement beyond chance.
    pub kappa: Option<f64>,
    /// The share of claims on which the judge does not decide; they count as not made.
    pub unclear: Option<Share>,
}

/// The verdicts on one claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountedClaim {
    /// The question.
    pub question: String,
    /// `key_point` or `misconception`.
    pub kind: ClaimKind,
    /// The claim's id.
    pub claim: String,
    /// The verdicts.
    #[serde(flatten)]
    pub counts: Confusion,
}

/// The two kinds of claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// What a good answer says.
    KeyPoint,
    /// What a wrong answer says.
    Misconception,
}

/// How often the judge and the reader find a claim made. What the reader finds half made is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Confusion {
    /// Both find it made.
    pub true_positives: u64,
    /// The judge alone does.
    pub false_positives: u64,
    /// The reader alone does.
    pub false_negatives: u64,
    /// Neither does.
    pub true_negatives: u64,
    /// Of the negatives, those that the judge calls unclear.
    pub unclear: u64,
}

impl Confusion {
    fn of(decision: &Decision<'_>) -> Self {
        let count = |judge, reader| u64::from((decision.judge == Counted::Hit) == judge && decision.reader == reader);
        Self {
            true_positives: count(true, true),
            false_positives: count(true, false),
            false_negatives: count(false, true),
            true_negatives: count(false, false),
            unclear: u64::from(decision.judge == Counted::Unclear),
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.true_positives + self.false_positives + self.false_negatives + self.true_negatives
    }
}

impl AddAssign for Confusion {
    fn add_assign(&mut self, other: Self) {
        self.true_positives += other.true_positives;
        self.false_positives += other.false_positives;
        self.false_negatives += other.false_negatives;
        self.true_negatives += other.true_negatives;
        self.unclear += other.unclear;
    }
}

impl From<Confusion> for VerdictFigures {
    fn from(counts: Confusion) -> Self {
        let Confusion { true_positives: both, false_positives: judge, false_negatives: reader, .. } = counts;
        let either = 2 * both + judge + reader;
        Self {
            counts,
            precision: Share::counted(both, both + judge),
            recall: Share::counted(both, both + reader),
            f1: (either > 0).then(|| 2.0 * both as f64 / either as f64),
            kappa: kappa([both, judge, reader, counts.true_negatives].map(|count| count as f64)),
            unclear: Share::counted(counts.unclear, counts.total()),
        }
    }
}

/// None when both always say the same one thing.
fn kappa([both, judge, reader, neither]: [f64; 4]) -> Option<f64> {
    let total = both + judge + reader + neither;
    let by_chance = ((both + judge) * (both + reader) + (reader + neither) * (judge + neither)) / (total * total);
    (by_chance < 1.0).then(|| ((both + neither) / total - by_chance) / (1.0 - by_chance))
}

/// What a judge and a reader say of one claim of one answer.
struct Decision<'j> {
    kind: ClaimKind,
    claim: &'j str,
    judge: Counted,
    is_sure: bool,
    plausibility: Option<f64>,
    reader: bool,
}

/// Counts that add up over answers, from which every figure against marks is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct MarkCounts {
    pub answers: usize,
    pub key_points: Confusion,
    pub misconceptions: Confusion,
    pub right_answers: u64,
    pub false_alarms: u64,
    pub false_ticks: FalseTicks,
}

impl MarkCounts {
    /// The counts of one answer; nothing without marks or judgement.
    pub fn of(judgement: &Judgement<'_>) -> Self {
        let mut counts = Self::default();
        let Some(marks) = judgement.item.marks.as_ref().filter(|_| judgement.is_graded()) else { return counts };
        let label = judgement.item.label;
        counts.answers = 1;
        for decision in decisions(judgement, marks) {
            match decision.kind {
                ClaimKind::KeyPoint => counts.key_points += Confusion::of(&decision),
                ClaimKind::Misconception => counts.misconceptions += Confusion::of(&decision),
            }
        }
        if matches!(label, Some(Label::Strong | Label::Refuting)) {
            counts.right_answers = 1;
            counts.false_alarms = u64::from(counts.misconceptions.false_positives > 0);
        }
        if matches!(label, Some(Label::Wrong | Label::Twisted)) {
            counts.false_ticks = FalseTicks { ticks: counts.key_points.false_positives, answers: 1 };
        }
        counts
    }

    pub fn figures(&self) -> ClaimFigures {
        ClaimFigures { key_points: self.key_points.into(), misconceptions: self.misconceptions.into() }
    }
}

impl AddAssign for MarkCounts {
    fn add_assign(&mut self, other: Self) {
        self.answers += other.answers;
        self.key_points += other.key_points;
        self.misconceptions += other.misconceptions;
        self.right_answers += other.right_answers;
        self.false_alarms += other.false_alarms;
        self.false_ticks.ticks += other.false_ticks.ticks;
        self.false_ticks.answers += other.false_ticks.answers;
    }
}

impl AgainstMarks {
    /// None when no answer has marks and a judgement.
    pub(crate) fn of(judgements: &[Judgement<'_>]) -> Option<Self> {
        let mut all = MarkCounts::default();
        let (mut by_label, mut by_subject) = (BTreeMap::new(), BTreeMap::new());
        let mut by_claim: BTreeMap<(&str, ClaimKind, &str), Confusion> = BTreeMap::new();
        let mut decided = Vec::new();
        for judgement in judgements {
            let Some(marks) = judgement.item.marks.as_ref().filter(|_| judgement.is_graded()) else { continue };
            let counts = MarkCounts::of(judgement);
            all += counts;
            if let Some(label) = judgement.item.label {
                *by_label.entry(label.as_str().to_owned()).or_insert_with(MarkCounts::default) += counts;
            }
            if let Some(subject) = &judgement.item.subject {
                *by_subject.entry(subject.clone()).or_insert_with(MarkCounts::default) += counts;
            }
            for decision in decisions(judgement, marks) {
                let key = (judgement.item.question_name(), decision.kind, decision.claim);
                *by_claim.entry(key).or_default() += Confusion::of(&decision);
                decided.push(decision);
            }
        }
        let figures =
            |by: BTreeMap<String, MarkCounts>| by.into_iter().map(|(name, by)| (name, by.figures())).collect();
        let claim = |((question, kind, claim), counts): ((&str, ClaimKind, &str), Confusion)| CountedClaim {
            question: question.to_owned(),
            kind,
            claim: claim.to_owned(),
            counts,
        };
        (all.answers > 0).then(|| Self {
            answers: all.answers,
            all: all.figures(),
            false_alarms: Share::counted(all.false_alarms, all.right_answers),
            false_ticks: all.false_ticks,
            by_certainty: ByCertainty::of(&decided),
            calibration: calibration(&decided),
            by_label: figures(by_label),
            by_subject: figures(by_subject),
            by_claim: by_claim.into_iter().map(claim).collect(),
        })
    }
}

impl ByCertainty {
    /// `None` when every verdict is sure.
    fn of(decisions: &[Decision<'_>]) -> Option<Self> {
        let agreed = |is_sure| {
            let share = |kind, judge| {
                let of_kind = decisions.iter().filter(|it| (it.kind, it.judge, it.is_sure) == (kind, judge, is_sure));
                let right = of_kind.clone().filter(|it| it.reader == (judge == Counted::Hit)).count();
                Share::counted(right as u64, of_kind.count() as u64)
            };
            Agreed {
                hits: share(ClaimKind::KeyPoint, Counted::Hit),
                misses: share(ClaimKind::KeyPoint, Counted::Missed),
                misconceptions: share(ClaimKind::Misconception, Counted::Hit),
            }
        };
        let tells_apart = decisions.iter().any(|decision| decision.judge != Counted::Unclear && !decision.is_sure);
        tells_apart.then(|| Self { sure: agreed(true), probable: agreed(false) })
    }
}

fn calibration(decisions: &[Decision<'_>]) -> Vec<Calibration> {
    let tenth = |tenth: u8| {
        let is_in = |plausibility: f64| (plausibility * 10.0).min(9.0) as u8 == tenth;
        let found = decisions.iter().filter_map(|it| Some((it.plausibility.filter(|of| is_in(*of))?, it.reader)));
        let count = found.clone().count();
        let sum: f64 = found.clone().map(|(plausibility, _)| plausibility).sum();
        let made = Share::counted(found.filter(|(_, made)| *made).count() as u64, count as u64)?;
        Some(Calibration { plausibility: sum / count as f64, made })
    };
    (0..10).filter_map(tenth).collect()
}

/// What judge and reader say of every claim that the reader does not find half made.
fn decisions<'j>(judgement: &'j Judgement<'_>, marks: &'j ReaderMarks) -> impl Iterator<Item = Decision<'j>> {
    let judged = &judgement.judged;
    let key_points = judged.key_points.iter().map(|point| Decision {
        kind: ClaimKind::KeyPoint,
        claim: &point.id,
        judge: point.verdict,
        is_sure: point.sure,
        plausibility: point.plausibility,
        reader: marks.hit.contains(&point.id),
    });
    let misconceptions = judgement.misconceptions.iter().map(|id| {
        let found = judged.misconceptions.iter().find(|found| found.id == *id);
        Decision {
            kind: ClaimKind::Misconception,
            claim: id,
            judge: if found.is_some() { Counted::Hit } else { Counted::Missed },
            is_sure: found.is_none_or(|found| found.sure),
            plausibility: None,
            reader: marks.stated.contains(id),
        }
    });
    key_points.chain(misconceptions).filter(|decision| !marks.half.iter().any(|id| id == decision.claim))
}
