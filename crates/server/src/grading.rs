//! Keeping the promise that every answer is judged.
//!
//! The only code that knows both the store and the coaches. A job may come twice and may be interrupted anywhere; every step starts from
//! what is stored, so nothing is done twice that shows.

mod follow_up;
mod grader;
mod judge;
mod listen;
mod patience;

pub(crate) use grader::AnswerGrader;
