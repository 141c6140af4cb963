//! `/sessions`

mod create;
mod delete;
mod export;
mod finish;
mod list;
mod show;

pub(crate) use create::*;
pub(crate) use delete::*;
pub(crate) use export::*;
pub(crate) use finish::*;
pub(crate) use list::*;
pub(crate) use show::*;
