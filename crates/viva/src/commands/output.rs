//! What commands print and ask: documents on standard output, a progress count on standard error, and whether to go on.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::time::Instant;

use serde::Serialize;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::terminal::{Choice, Streams, Terminal};

/// Writes text to standard output. A reader that went away is an error of its own kind, which ends the program quietly.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes())?;
    Ok(output.flush()?)
}

/// Writes one indented JSON document to standard output.
pub(super) fn print_json(document: &impl Serialize) -> Result<(), Failure> {
    print(&(serde_json::to_string_pretty(document)? + "\n"))
}

/// Writes a JSON document that is one list, under `name`.
pub(super) fn print_json_list(name: &str, items: &[impl Serialize]) -> Result<(), Failure> {
    print_json(&BTreeMap::from([(name, items)]))
}

/// Says what is about to happen, and returns whether the user says yes. `yes` and `no` are what the keys do. Where nobody can be asked,
/// nobody agrees.
pub(super) async fn agrees(what: &str, yes: &str, no: &str, settings: &Settings) -> Result<bool, Failure> {
    let streams = Streams::detect(settings.plain, false);
    if !streams.is_attended() {
        return Ok(false);
    }
    let mut terminal = Terminal::open(streams)?;
    terminal.say(what);
    Ok(terminal.choose(&[("y", yes), ("n", no)]).await == Choice::Letter('y'))
}

/// Counts finished items on standard error, if that is a terminal.
pub(super) struct Progress {
    total: usize,
    verb: &'static str,
    is_shown: bool,
    began: Instant,
}

impl Progress {
    /// Counts up to `total`; `verb` is what is done to each item, such as `judged`.
    pub(super) fn new(total: usize, verb: &'static str) -> Self {
        Self { total, verb, is_shown: std::io::stderr().is_terminal(), began: Instant::now() }
    }

    /// Shows how many are done, and how long the rest will take if it goes on like this.
    pub(super) fn show(&self, done: usize) {
        let Self { total, verb, is_shown, began } = self;
        if *is_shown && done < *total {
            let left = began.elapsed().as_secs_f64() / done.max(1) as f64 * (total - done) as f64;
            // Erases what a longer line left behind.
            eprint!("\r{done} of {total} {verb}, about {left:.0} s left\u{1b}[K");
        } else if *is_shown {
            eprintln!("\r{done} of {total} {verb}\u{1b}[K");
        }
    }
}
