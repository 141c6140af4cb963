//! The language-model coach against real local HTTP servers, and the contract of both coaches.

#![allow(clippy::unwrap_used)]

#[path = "../support/bank.rs"]
mod bank;
mod connection;
mod contract;
mod faulty_replies;
mod follow_up;
mod injection;
mod judging;
mod limits;
mod second_model;
mod secrets;
mod support;
