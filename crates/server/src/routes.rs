//! What the server answers: one file for each verb.

pub(crate) mod health;
pub(crate) mod questions;
mod refusals;
pub(crate) mod sessions;
pub(crate) mod transcriptions;
pub(crate) mod turns;
