//! `/questions`

mod list;
mod show;

pub(crate) use list::*;
pub(crate) use show::*;
