//! What the journeys share: where things are in the workspace, and how code of the bank is compiled and run.

pub mod proof;
pub mod workspace;
