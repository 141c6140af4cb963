//! The interviewer: the HTTP API, the pages, and the worker that has answers judged.
//!
//! This is the only crate that knows both what is remembered (`store`) and who judges (`coach`). It does not know that microphones
//! exist: recordings arrive as uploads, and it builds without audio libraries.
//!
//! One answer, end to end: `routes::turns` takes it, `answering` reads it, the store keeps it and promises
//! its judging in one transaction, `grading` keeps that promise and announces what happened, and whoever waits is told.
//! Start reading at [`Server`], then `router`.

mod answering;
mod api_error;
mod app;
mod coaches;
mod connections;
mod export;
mod extract;
mod grading;
mod guard;
mod openapi;
mod pages;
pub mod question_files;
mod review;
mod router;
mod routes;
mod serving;
mod settings;
mod transcription;
mod turn_events;
mod wire;

pub use openapi::openapi_json;
pub use serving::{Server, ServerError, address_of_running};
pub use settings::Settings;
pub use wire::session::{asked_question, revealed_question};
