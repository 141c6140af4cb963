//! What the journeys share: the real program and server, a sound device that plays recordings, code of the bank compiled and run,
//! and where things are in the workspace.

pub mod program;
pub mod proof;
pub mod sound_device;
pub mod workspace;
