//! Measuring a coach against answers that people labelled, before anybody trusts it.
//!
//! A [`Dataset`] is read from JSON Lines, an [`Evaluator`] has every answer judged, and the [`Evaluation`] says how far the judge agrees
//! with the labels: `summary` chooses what is compared, `statistics` does the arithmetic, `table` prints it.

mod dataset;
mod evaluation;
mod evaluator;
mod given;
mod question;
mod statistics;
mod summary;
mod table;

pub use crate::similarity::similarity;
pub use dataset::{BrokenLine, Dataset, Expectation, ExpectedMisconception, Item, Label, LabelledQuestion};
pub use evaluation::{Evaluation, JudgedItem, JudgedPoint, QuotedMisconception};
pub use evaluator::Evaluator;
pub use question::InlineQuestion;
pub use statistics::Share;
pub use summary::{Agreement, Baseline, Figures, Misconceptions, Order, Summary};
