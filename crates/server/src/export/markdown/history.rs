//! What was found before, in short: who, when, and how much of it is different now.

use std::fmt::{Result, Write};

use interview::wording::counted;

use super::Plain;
use crate::review::History;

/// Writes a line for each earlier judging.
pub(super) fn write_history(page: &mut String, history: &History) -> Result {
    if history.earlier.is_empty() {
        return Ok(());
    }
    writeln!(page, "Judged before:\n")?;
    for judging in &history.earlier {
        let by = judging.judge.as_ref().map(|judge| format!(" by {} ({})", judge.name, Plain(&judge.versions)));
        let words = if judging.words.is_some() { ", on the words before the correction" } else { "" };
        let changes = judging.changes.as_ref().map(|changes| match changes.len() {
            0 => "; the same verdicts as now".to_owned(),
            differing => format!("; {} different now", counted(differing, "verdict")),
        });
        let (by, changes) = (by.unwrap_or_default(), changes.unwrap_or_default());
        writeln!(page, "- {}{by}{words}: {}{changes}", judging.when, Plain(&judging.outcome))?;
    }
    if !history.is_comparable() {
        writeln!(page, "\nScores of different judges or versions cannot be compared.")?;
    }
    writeln!(page)
}
