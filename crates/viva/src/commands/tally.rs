//! How far a command is that takes its time.

use std::io::IsTerminal;

/// Counts on standard error what is done, when somebody watches there.
pub(super) struct Tally {
    of: usize,
    done_to_each: &'static str,
    is_watched: bool,
}

impl Tally {
    /// Begins a count to `of`; `done_to_each` says what is done, such as `judged`.
    pub(super) fn new(of: usize, done_to_each: &'static str) -> Self {
        Self { of, done_to_each, is_watched: std::io::stderr().is_terminal() }
    }

    /// Shows that so many are done.
    pub(super) fn show(&self, done: usize) {
        let Self { of, done_to_each, is_watched } = self;
        if *is_watched {
            eprint!("\r{done} of {of} {done_to_each}{}", if done == *of { "\n" } else { "" });
        }
    }
}
