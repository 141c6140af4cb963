//! A session as people read it, whether as a page, a file or Markdown.
//!
//! Everything here is text and numbers that are ready to be shown; templates only place them.

mod clock;
mod code;
mod history;
mod judge;
mod measures;
mod panels;
pub(crate) mod prose;
mod timeline;
mod transcript;
mod turns;

pub(crate) use clock::{day, stopwatch};
pub(crate) use history::History;
pub(crate) use judge::Judge;
pub(crate) use measures::measures;
pub(crate) use turns::Review;
