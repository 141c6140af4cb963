//! Misconceptions found and wrongly found.

use serde::Serialize;

use super::Judgement;
use crate::eval::dataset::{ExpectedMisconception, Item, Label};
use crate::eval::statistics::Share;

/// Misconceptions found and wrongly found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Misconceptions {
    /// The share of answers with a misconception, wrong ones unless they say otherwise, in which it was found.
    pub recall: Option<Share>,
    /// The share of the other labelled answers in which one was found.
    pub false_alarms: Option<Share>,
}

impl Misconceptions {
    pub(super) fn of(judgements: &[Judgement<'_>]) -> Self {
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
