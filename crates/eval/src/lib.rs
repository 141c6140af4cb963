//! How good a judge is: a coach measured against answers that people labelled.
//!
//! A [`Dataset`] is read from JSON Lines, an [`Evaluator`] has every answer judged, and the [`Evaluation`] says how far the judge agrees
//! with the labels.

mod dataset;
mod evaluator;
mod figures;
mod question;
mod statistics;
mod summary;
mod table;

pub use dataset::{BrokenLine, Dataset, Expectation, ExpectedMisconception, Item, Label, LabelledQuestion};
pub use evaluator::{Evaluation, Evaluator, JudgedItem, JudgedPoint, QuotedMisconception};
pub use figures::{Agreement, Figures, Misconceptions, Order};
pub use question::InlineQuestion;
pub use statistics::Share;
pub use summary::{Baseline, Summary};
