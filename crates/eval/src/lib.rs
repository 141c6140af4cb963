//! How good a judge is: a coach measured against answers that people labelled.
//!
//! A [`Dataset`] is read from JSON lines or a folder of answers, an [`Evaluator`] has every answer judged, and the [`Evaluation`] says how
//! far the judge agrees with the labels and with a reader's marks.

mod answers;
mod comparison;
mod dataset;
mod evaluator;
mod figures;
mod marked;
mod question;
mod results;
mod statistics;
mod summary;
mod table;

pub use answers::{Unreadable, text};
pub use comparison::{ComparedFigure, Comparison, Difference, QuotedVerdict, ReaderVerdict};
pub use dataset::{
    BrokenLine, Dataset, Expectation, ExpectedMisconception, Item, Label, LabelledQuestion, ReaderMarks,
};
pub use evaluator::{
    Evaluation, Evaluator, Judge, JudgedCheck, JudgedItem, JudgedPoint, Judgements, Progress, QuotedMisconception,
};
pub use figures::{Agreement, Figures, Misconceptions, Order};
pub use marked::{AgainstMarks, ClaimFigures, ClaimKind, Confusion, CountedClaim, FalseTicks, VerdictFigures};
pub use question::InlineQuestion;
pub use results::Results;
pub use statistics::Share;
pub use summary::{Baseline, Summary};
