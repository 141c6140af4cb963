//! `/turns`

mod answer;
mod audio;
mod correct;
mod events;
mod judgings;
mod regrade;
mod reply;
mod show;
mod skip;

pub(crate) use answer::*;
pub(crate) use audio::*;
pub(crate) use correct::*;
pub(crate) use events::*;
pub(crate) use judgings::*;
pub(crate) use regrade::*;
pub(crate) use show::*;
pub(crate) use skip::*;
