//! Writing documents to standard output.

use std::io::Write;

use serde::Serialize;

use crate::failure::Failure;

/// Writes text to standard output.
///
/// # Errors
/// When nobody reads it any more, or the disk is full.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes())?;
    Ok(output.flush()?)
}

/// Writes one JSON document to standard output, laid out for people.
///
/// # Errors
/// As [`print()`].
pub(super) fn print_json(document: &impl Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    print(&text)
}
