//! What every request passes: its id and log line, panics, time limits, foreign hosts and origins, headers for browsers, and the form
//! in which errors leave, also to clients that still send.

mod browser;
mod failure;
mod host;
mod limits;
mod request_id;
mod unread;

pub(crate) use browser::browser_headers;
pub(crate) use failure::{panicked, present_failures};
pub(crate) use host::{Hosts, own_host_only};
pub(crate) use limits::time_limit;
pub(crate) use request_id::{RequestId, with_request_id};
pub(crate) use unread::hear_out;
