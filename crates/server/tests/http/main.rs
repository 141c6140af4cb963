//! The server from outside: a real listener, a real database file, the real offline coach, and, where sound is involved, the real
//! recogniser with a small model.

#![allow(clippy::unwrap_used)]

mod answers;
mod archive;
mod bad_input;
mod coaches;
mod decisions;
mod judgings;
mod openapi;
mod pages;
mod progress;
mod questions;
mod recordings;
mod running;
mod sessions;
mod some_model;
mod strangers;
