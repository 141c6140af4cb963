//! What the journeys share: the real program and server, a sound device that plays recordings, a language model that says what a test
//! wants, the screen of a terminal, code of the bank compiled and run, and where things are in the workspace.

pub mod language_model;
pub mod program;
pub mod proof;
pub mod screen;
pub mod sound_device;
pub mod workspace;
