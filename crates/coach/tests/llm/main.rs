//! The LLM coach against real local HTTP servers.

#![allow(clippy::unwrap_used)]

mod connection;
mod fallback;
mod faulty_replies;
mod follow_up;
mod injection;
mod judging;
mod limits;
mod second_model;
mod secrets;
mod support;
