//! What is compared with what.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::dataset::{BrokenLine, ExpectedMisconception, Item, Label};
use super::evaluation::JudgedItem;
use super::statistics::{MonotoneFit, Share, pearson, quadratic_weighted_kappa, root_mean_square_error, spearman};
use crate::llm::Usage;

/// From so many answers a group has a correlation of its own.
const GROUP_MIN: usize = 3;

/// An item with its judgement and what else was noted.
pub(super) struct Judgement<'i> {
    pub item: &'i Item,
    pub judged: JudgedItem,
    /// The band's number, 1 to 4.
    pub band: Option<u8>,
    /// For each quote, whether it was in the transcript.
    pub quotes: Vec<bool>,
    /// The score by word similarity, 0 to 10.
    pub similarity: Option<f64>,
}

impl<'i> Judgement<'i> {
    pub fn without_feedback(item: &'i Item, judged: JudgedItem) -> Self {
        Self { item, judged, band: None, quotes: Vec::new(), similarity: None }
    }
}

/// How far the judgements of a dataset agree with its labels. What the dataset has no labels for is null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// How many items there were.
    pub items: usize,
    /// How many have no judgement at all.
    pub ungraded: usize,
    /// How many were judged and have no score, because too much was unclear.
    pub unscored: usize,
    /// The lines that could not be read.
    pub broken_lines: Vec<BrokenLine>,
    /// The coach's scores against the labels.
    #[serde(flatten)]
    pub figures: Figures,
    /// Misconceptions found and wrongly found.
    pub misconceptions: Misconceptions,
    /// The share of expectations (`max_score`, `min_score`) that hold.
    pub expectations_met: Option<Share>,
    /// Quadratic weighted kappa between the coach's bands and the labels': off topic and wrong 1, partial 2, strong 4; without a label,
    /// the quarter of the scale that the people's score falls into.
    pub band_kappa: Option<f64>,
    /// The share of replies of a language model that could not be used as they were.
    pub invalid_replies: Option<Share>,
    /// The share of quotes for key points that were not in the transcript.
    pub quote_failures: Option<Share>,
    /// What was used up.
    pub usage: Usage,
    /// Seconds from the first item to the last.
    pub seconds: f64,
    /// The same comparison for word similarity, where it was asked for.
    pub baseline: Option<Baseline>,
}

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

/// How often the better of two answers of one group has the higher score; ties count half.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Order {
    /// Strong over partial.
    pub strong_over_partial: Option<Share>,
    /// Strong over wrong.
    pub strong_over_wrong: Option<Share>,
    /// Partial over wrong.
    pub partial_over_wrong: Option<Share>,
    /// Strong or partial over off topic.
    pub over_offtopic: Option<Share>,
    /// The share of groups with strong, partial and wrong answers in which every score is in order.
    pub full_order: Option<Share>,
}

/// Misconceptions found and wrongly found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Misconceptions {
    /// The share of answers with a misconception, wrong ones unless they say otherwise, in which it was found.
    pub recall: Option<Share>,
    /// The share of the other labelled answers in which one was found.
    pub false_alarms: Option<Share>,
}

/// The figures of a judge that cannot judge.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// What it goes by.
    pub name: &'static str,
    /// Its scores against the labels.
    #[serde(flatten)]
    pub figures: Figures,
}

impl Summary {
    pub(super) fn of(judgements: &[Judgement<'_>], broken_lines: &[BrokenLine], usage: Usage, took: Duration) -> Self {
        let ungraded = judgements.iter().filter(|judgement| judgement.judged.ungraded.is_some()).count();
        let scored: Vec<Scored<'_>> =
            judgements.iter().filter_map(|judgement| Scored::of(judgement.item, judgement.judged.score)).collect();
        let alike: Vec<Scored<'_>> =
            judgements.iter().filter_map(|judgement| Scored::of(judgement.item, judgement.similarity)).collect();
        let (invalid, replies) = (usage.invalid_replies, usage.replies);
        Self {
            items: judgements.len(),
            ungraded,
            unscored: judgements.len() - ungraded - scored.len(),
            broken_lines: broken_lines.to_vec(),
            figures: Figures::of(&scored),
            misconceptions: Misconceptions::of(judgements),
            expectations_met: Share::holding(judgements.iter().filter_map(expectation_met)),
            band_kappa: band_kappa(judgements),
            invalid_replies: Share::holding((0..replies).map(|reply| reply < invalid)),
            quote_failures: Share::holding(
                judgements.iter().flat_map(|judgement| &judgement.quotes).map(|found| !found),
            ),
            usage,
            seconds: took.as_secs_f64(),
            baseline: (!alike.is_empty()).then(|| Baseline { name: "similarity", figures: Figures::of(&alike) }),
        }
    }
}

/// A score beside what it is compared with.
#[derive(Clone, Copy)]
struct Scored<'i> {
    group: &'i str,
    score: f64,
    people: Option<f64>,
    label: Option<Label>,
}

impl<'i> Scored<'i> {
    fn of(item: &'i Item, score: Option<f64>) -> Option<Self> {
        score.map(|score| Self { group: item.group(), score, people: item.score, label: item.label })
    }
}

type Groups<'s, 'i> = BTreeMap<&'i str, Vec<&'s Scored<'i>>>;

fn groups<'s, 'i>(scored: &'s [Scored<'i>]) -> Groups<'s, 'i> {
    let mut groups = Groups::new();
    scored.iter().for_each(|one| groups.entry(one.group).or_default().push(one));
    groups
}

impl Figures {
    fn of(scored: &[Scored<'_>]) -> Self {
        let groups = groups(scored);
        Self { agreement: Agreement::of(&groups), order: Order::of(&groups) }
    }
}

impl Agreement {
    fn of(groups: &Groups<'_, '_>) -> Option<Self> {
        let pairs_of = |group: &Vec<&Scored<'_>>| -> Vec<(f64, f64)> {
            group.iter().filter_map(|one| Some((one.score, one.people?))).collect()
        };
        let by_group: Vec<Vec<(f64, f64)>> = groups.values().map(pairs_of).filter(|pairs| !pairs.is_empty()).collect();
        let pairs = by_group.concat();
        let scale = scale(&pairs)?;
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
fn scale(pairs: &[(f64, f64)]) -> Option<f64> {
    let highest = pairs.iter().map(|(_, people)| *people).reduce(f64::max)?;
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

impl Order {
    fn of(groups: &Groups<'_, '_>) -> Self {
        let pairs = |better: &[Label], worse: Label| {
            let scores = |group: &[&Scored<'_>], labels: &[Label]| -> Vec<f64> {
                let labelled = |one: &&&Scored<'_>| one.label.is_some_and(|label| labels.contains(&label));
                group.iter().filter(labelled).map(|one| one.score).collect()
            };
            Share::of(groups.values().flat_map(|group| {
                let worse = scores(group, &[worse]);
                let better = scores(group, better);
                better
                    .into_iter()
                    .flat_map(move |better| worse.clone().into_iter().map(move |worse| rank(better, worse)))
            }))
        };
        Self {
            strong_over_partial: pairs(&[Label::Strong], Label::Partial),
            strong_over_wrong: pairs(&[Label::Strong], Label::Wrong),
            partial_over_wrong: pairs(&[Label::Partial], Label::Wrong),
            over_offtopic: pairs(&[Label::Strong, Label::Partial], Label::OffTopic),
            full_order: Share::holding(groups.values().filter_map(|group| in_full_order(group))),
        }
    }
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

impl Misconceptions {
    fn of(judgements: &[Judgement<'_>]) -> Self {
        let graded = || judgements.iter().filter(|judgement| judgement.judged.ungraded.is_none());
        let recall = graded().filter_map(|judgement| {
            let found = &judgement.judged.misconceptions;
            match expected(judgement.item)? {
                ExpectedMisconception::Any(false) => None,
                ExpectedMisconception::Any(true) => Some(!found.is_empty()),
                ExpectedMisconception::Named(id) => Some(found.iter().any(|misconception| misconception.id == id)),
            }
        });
        let sound = graded().filter(|judgement| expected(judgement.item) == Some(ExpectedMisconception::Any(false)));
        Self {
            recall: Share::holding(recall),
            false_alarms: Share::holding(sound.map(|judgement| !judgement.judged.misconceptions.is_empty())),
        }
    }
}

/// What the item says of misconceptions, or else its label: wrong answers have one, others none.
fn expected(item: &Item) -> Option<ExpectedMisconception> {
    let by_label = item.label.map(|label| ExpectedMisconception::Any(label == Label::Wrong));
    item.expect.misconception.clone().or(by_label)
}

fn expectation_met(judgement: &Judgement<'_>) -> Option<bool> {
    let expect = &judgement.item.expect;
    let score = judgement.judged.score;
    if expect.max_score.is_none() && expect.min_score.is_none() {
        return None;
    }
    let at_most = expect.max_score.is_none_or(|limit| score.is_some_and(|score| score <= limit));
    let at_least = expect.min_score.is_none_or(|limit| score.is_some_and(|score| score >= limit));
    Some(at_most && at_least)
}

fn band_kappa(judgements: &[Judgement<'_>]) -> Option<f64> {
    let people: Vec<(f64, f64)> =
        judgements.iter().filter_map(|judgement| Some((0.0, judgement.item.score?))).collect();
    let scale = scale(&people);
    let pairs = judgements.iter().filter_map(|judgement| {
        let expected = match (judgement.item.label, judgement.item.score, scale) {
            (Some(Label::OffTopic | Label::Wrong), ..) => 0,
            (Some(Label::Partial), ..) => 1,
            (Some(Label::Strong), ..) => 3,
            (None, Some(score), Some(scale)) if scale > 0.0 => ((4.0 * score / scale) as usize).min(3),
            _ => return None,
        };
        Some((usize::from(judgement.band?.saturating_sub(1)), expected))
    });
    quadratic_weighted_kappa(&pairs.collect::<Vec<_>>(), 4)
}

#[cfg(test)]
mod tests;
