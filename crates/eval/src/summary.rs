//! The summary of an evaluation: what is compared with what.

use coach::llm::Usage;
use serde::Serialize;

use crate::dataset::{BrokenLine, Label};
use crate::evaluator::{Judgement, Judgements};
use crate::figures::{Figures, Misconceptions, Scored, scale};
use crate::marked::AgainstMarks;
use crate::statistics::{Share, quadratic_weighted_kappa};

/// How far the judgements of a dataset agree with its labels. What the dataset has no labels for is null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// How many items were reached.
    pub items: usize,
    /// How many were not, because the run was stopped.
    pub not_reached: usize,
    /// How many have no judgement at all.
    pub ungraded: usize,
    /// How many were judged and have no score, because too much was unclear.
    pub unscored: usize,
    /// The lines that could not be read.
    pub broken_lines: Vec<BrokenLine>,
    /// The coach's scores against the labels.
    #[serde(flatten)]
    pub figures: Figures,
    /// Verdicts against a reader's marks.
    pub marks: Option<AgainstMarks>,
    /// Misconceptions found and wrongly found where there are no marks.
    pub misconceptions: Misconceptions,
    /// The share of expectations (`max_score`, `min_score`) that hold.
    pub expectations_met: Option<Share>,
    /// Quadratic weighted kappa between the coach's bands and the labels': off topic, wrong and twisted 1, partial 2, strong 4;
    /// without a label, the quarter of the scale that the people's score falls into.
    pub band_kappa: Option<f64>,
    /// The share of a language model's first replies that could not be used, or not fully, and were asked to be corrected.
    pub repairs: Option<Share>,
    /// What a language model used up, and how many of its quotes stand in the answers.
    pub usage: Usage,
    /// Seconds from the first item to the last.
    pub seconds: f64,
    /// The same comparison for word similarity, where it was asked for.
    pub baseline: Option<Baseline>,
}

/// The figures of the word-similarity baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Baseline {
    /// What it goes by.
    pub name: &'static str,
    /// Its scores against the labels.
    #[serde(flatten)]
    pub figures: Figures,
}

impl Summary {
    pub(crate) fn of(judged: &Judgements<'_>) -> Self {
        let judgements = judged.list.as_slice();
        let usage: Usage = judgements.iter().filter_map(|judgement| judgement.judged.usage.clone()).sum();
        let ungraded = judgements.iter().filter(|judgement| !judgement.is_graded()).count();
        let scored: Vec<Scored<'_>> =
            judgements.iter().filter_map(|judgement| Scored::of(judgement.item, judgement.judged.score)).collect();
        let alike: Vec<Scored<'_>> =
            judgements.iter().filter_map(|judgement| Scored::of(judgement.item, judgement.similarity)).collect();
        Self {
            items: judgements.len(),
            not_reached: judged.dataset.items.len() - judgements.len(),
            ungraded,
            unscored: judgements.len() - ungraded - scored.len(),
            broken_lines: judged.dataset.broken_lines.clone(),
            figures: Figures::of(&scored),
            marks: AgainstMarks::of(judgements),
            misconceptions: Misconceptions::of(judgements),
            expectations_met: Share::holding(judgements.iter().filter_map(expectation_met)),
            band_kappa: band_kappa(judgements),
            repairs: Share::counted(usage.repairs, usage.total.replies - usage.repairs),
            usage,
            seconds: judged.took.as_secs_f64(),
            baseline: (!alike.is_empty()).then(|| Baseline { name: "similarity", figures: Figures::of(&alike) }),
        }
    }
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
    let scale = scale(judgements.iter().filter_map(|judgement| judgement.item.score));
    let pairs = judgements.iter().filter_map(|judgement| {
        let expected = match (judgement.item.label, judgement.item.score, scale) {
            (Some(Label::OffTopic | Label::Wrong | Label::Twisted), ..) => 0,
            (Some(Label::Partial), ..) => 1,
            (Some(Label::Mixed | Label::Refuting), ..) => return None,
            (Some(Label::Strong), ..) => 3,
            (None, Some(score), Some(scale)) if scale > 0.0 => ((4.0 * score / scale) as usize).min(3),
            _ => return None,
        };
        Some((usize::from(judgement.judged.band?.saturating_sub(1)), expected))
    });
    quadratic_weighted_kappa(&pairs.collect::<Vec<_>>(), 4)
}

#[cfg(test)]
mod tests;
