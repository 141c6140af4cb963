//! Scores against labels: how far they agree with people's scores, how often they are in the labels' order, and which misconceptions were
//! found.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use serde::Serialize;

use crate::dataset::{ExpectedMisconception, Item, Label};
use crate::evaluator::Judgement;
use crate::statistics::{Cases, MonotoneFit, Share, pearson, root_mean_square_error, spearman};

/// From this many answers on, a group has a correlation of its own.
const GROUP_MIN: usize = 3;

/// Scores against labels.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Against people's scores.
    pub agreement: Option<Agreement>,
    /// Against the order of labels.
    pub order: Order,
}

/// Scores against people's scores.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// How many answers have both.
    pub count: usize,
    /// The top of the people's scale: the smallest of 1, 5, 10 and 100 that holds all their scores.
    pub scale: f64,
    /// Pearson's correlation.
    pub pearson: Option<f64>,
    /// Spearman's rank correlation.
    pub spearman: Option<f64>,
    /// Root mean square error on the people's scale, scores stretched to it.
    pub rmse: Option<f64>,
    /// The same after a monotone fit, each group by a fit to the other groups.
    pub rmse_after_fit: Option<f64>,
    /// The mean of the groups' own correlations (Pearson's).
    pub mean_group_r: Option<f64>,
    /// How many groups have one.
    pub groups_with_r: usize,
}

/// How often the better of two answers of one group has the higher score, by name of the pair; ties count half. Pairs that the data set
/// does not have are left out.
pub type Order = BTreeMap<&'static str, Share>;

/// The pairs of labels that are compared: any of the better labels over the worse one.
pub(crate) const PAIRS: [(&str, &[Label], Label); 10] = [
    ("strong_over_partial", &[Label::Strong], Label::Partial),
    ("strong_over_mixed", &[Label::Strong], Label::Mixed),
    ("strong_over_wrong", &[Label::Strong], Label::Wrong),
    ("strong_over_twisted", &[Label::Strong], Label::Twisted),
    ("partial_over_wrong", &[Label::Partial], Label::Wrong),
    ("partial_over_twisted", &[Label::Partial], Label::Twisted),
    ("mixed_over_wrong", &[Label::Mixed], Label::Wrong),
    ("refuting_over_wrong", &[Label::Refuting], Label::Wrong),
    ("refuting_over_twisted", &[Label::Refuting], Label::Twisted),
    ("over_offtopic", &[Label::Strong, Label::Partial], Label::OffTopic),
];

/// The share of groups with strong, partial and wrong answers in which every score is in order.
pub(crate) const FULL_ORDER: &str = "full_order";

/// How often the pairs are in order.
pub(crate) type OrderCounts = [Cases; PAIRS.len()];

/// A score beside what it is compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored<'i> {
    group: &'i str,
    score: f64,
    people: Option<f64>,
    label: Option<Label>,
}

impl<'i> Scored<'i> {
    pub(crate) fn of(item: &'i Item, score: Option<f64>) -> Option<Self> {
        score.map(|score| Self { group: item.group(), score, people: item.score, label: item.label })
    }
}

type Groups<'s, 'i> = BTreeMap<&'i str, Vec<&'s Scored<'i>>>;

pub(crate) fn groups<'s, 'i>(scored: &'s [Scored<'i>]) -> Groups<'s, 'i> {
    let mut groups = Groups::new();
    scored.iter().for_each(|one| groups.entry(one.group).or_default().push(one));
    groups
}

impl Figures {
    pub(crate) fn of(scored: &[Scored<'_>]) -> Self {
        let groups = groups(scored);
        let pairs =
            PAIRS.iter().zip(pairs_in_order(&groups)).filter_map(|((name, ..), cases)| Some((*name, cases.share()?)));
        let full = Share::holding(groups.values().filter_map(|group| in_full_order(group)));
        let order = pairs.chain(full.map(|share| (FULL_ORDER, share))).collect();
        Self { agreement: Agreement::of(&groups), order }
    }
}

impl Agreement {
    fn of(groups: &Groups<'_, '_>) -> Option<Self> {
        let pairs_of = |group: &Vec<&Scored<'_>>| -> Vec<(f64, f64)> {
            group.iter().filter_map(|one| Some((one.score, one.people?))).collect()
        };
        let by_group: Vec<Vec<(f64, f64)>> = groups.values().map(pairs_of).filter(|pairs| !pairs.is_empty()).collect();
        let pairs = by_group.concat();
        let scale = scale(pairs.iter().map(|(_, people)| *people))?;
        let stretched: Vec<(f64, f64)> = pairs.iter().map(|(score, people)| (score / 10.0 * scale, *people)).collect();
        let own: Vec<f64> =
            by_group.iter().filter(|pairs| pairs.len() >= GROUP_MIN).filter_map(|pairs| pearson(pairs)).collect();
        Some(Self {
            count: pairs.len(),
            scale,
            pearson: pearson(&pairs),
            spearman: spearman(&pairs),
            rmse: root_mean_square_error(&stretched),
            rmse_after_fit: root_mean_square_error(&fitted_by_others(&by_group)),
            mean_group_r: (!own.is_empty()).then(|| own.iter().sum::<f64>() / own.len() as f64),
            groups_with_r: own.len(),
        })
    }
}

/// The top of the people's scale; none without scores.
pub(crate) fn scale(people: impl Iterator<Item = f64>) -> Option<f64> {
    let highest = people.reduce(f64::max)?;
    Some([1.0, 5.0, 10.0, 100.0].into_iter().find(|top| highest <= *top).unwrap_or(highest))
}

/// Every group's scores on the curve that fits the other groups; empty when there is only one group.
fn fitted_by_others(by_group: &[Vec<(f64, f64)>]) -> Vec<(f64, f64)> {
    let fitted = by_group.iter().enumerate().filter_map(|(left_out, pairs)| {
        let others: Vec<&Vec<(f64, f64)>> =
            by_group.iter().enumerate().filter(|(index, _)| *index != left_out).map(|(_, pairs)| pairs).collect();
        let fit = MonotoneFit::of(&others.into_iter().flatten().copied().collect::<Vec<_>>())?;
        Some(pairs.iter().map(|(score, people)| (fit.at(*score), *people)).collect::<Vec<_>>())
    });
    fitted.flatten().collect()
}

/// How often the pairs of these answers are in order.
pub(crate) fn pairs_in_order(groups: &Groups<'_, '_>) -> OrderCounts {
    PAIRS.map(|(_, better, worse)| {
        let mut cases = Cases::default();
        for group in groups.values() {
            let labelled = |labels: &'static [Label]| {
                group.iter().filter(move |one| one.label.is_some_and(|label| labels.contains(&label)))
            };
            for better in labelled(better) {
                for other in group.iter().filter(|one| one.label == Some(worse)) {
                    cases.add(rank(better.score, other.score));
                }
            }
        }
        cases
    })
}

fn rank(better: f64, worse: f64) -> f64 {
    match better.total_cmp(&worse) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    }
}

/// Whether all strong answers stand over all partial ones and those over all wrong ones; none when a label is not there.
fn in_full_order(group: &[&Scored<'_>]) -> Option<bool> {
    let bounds = |label: Label| {
        let scores = group.iter().filter(|one| one.label == Some(label)).map(|one| (one.score, one.score));
        scores.reduce(|(low, high), (score, _)| (low.min(score), high.max(score)))
    };
    let (strong, partial, wrong) = (bounds(Label::Strong)?, bounds(Label::Partial)?, bounds(Label::Wrong)?);
    Some(strong.0 > partial.1 && partial.0 > wrong.1)
}

/// Misconceptions found and wrongly found in answers without a reader's marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Misconceptions {
    /// The share of answers with a misconception, wrong ones unless they say otherwise, in which it was found.
    pub recall: Option<Share>,
    /// The share of the other labelled answers, mixed and twisted ones left out, in which one was found.
    pub false_alarms: Option<Share>,
}

impl Misconceptions {
    pub(crate) fn of(judgements: &[Judgement<'_>]) -> Self {
        let mut cases = MisconceptionCases::default();
        judgements.iter().for_each(|judgement| cases += MisconceptionCases::of(judgement));
        Self { recall: cases.found.share(), false_alarms: cases.false_alarms.share() }
    }
}

/// What the shares of [`Misconceptions`] are computed from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct MisconceptionCases {
    pub found: Cases,
    pub false_alarms: Cases,
}

impl MisconceptionCases {
    pub fn of(judgement: &Judgement<'_>) -> Self {
        let mut cases = Self::default();
        if !judgement.is_graded() || judgement.item.marks.is_some() {
            return cases;
        }
        let found = &judgement.judged.misconceptions;
        let case = |holds| f64::from(u8::from(holds));
        match expected(judgement.item) {
            Some(ExpectedMisconception::Any(true)) => cases.found.add(case(!found.is_empty())),
            Some(ExpectedMisconception::Any(false)) => cases.false_alarms.add(case(!found.is_empty())),
            Some(ExpectedMisconception::Named(id)) => cases.found.add(case(found.iter().any(|one| one.id == id))),
            None => {}
        }
        cases
    }
}

impl AddAssign for MisconceptionCases {
    fn add_assign(&mut self, other: Self) {
        self.found += other.found;
        self.false_alarms += other.false_alarms;
    }
}

/// What the item says of misconceptions, or else its label: wrong answers have one, mixed and twisted ones may, others have none.
fn expected(item: &Item) -> Option<ExpectedMisconception> {
    let label = item.label.filter(|label| !matches!(label, Label::Mixed | Label::Twisted));
    let by_label = label.map(|label| ExpectedMisconception::Any(label == Label::Wrong));
    item.expect.misconception.clone().or(by_label)
}
