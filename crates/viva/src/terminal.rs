//! What a person sees and presses.
//!
//! [`text`] holds lines with tones, and [`screen::Look`] says how they may look here. The modules named after what they show turn
//! turns and sessions into lines; they are pure. Only [`Screen`] writes, and only [`keyboard::Keyboard`] reads.

mod brief;
mod choice;
mod debrief;
mod editor;
mod keyboard;
mod list;
mod meter;
mod panels;
mod pinned;
mod progress;
mod question;
mod screen;
mod session;
mod text;

pub use brief::{Quoted, brief_lines, brief_quote, detail_pages};
pub use choice::{Choice, Offer, Terminal, Written, keys};
pub use debrief::debrief_lines;
pub use editor::{Edited, Editor};
pub use keyboard::{Input, Key, next_line};
pub use list::{Entry, list_lines};
pub use meter::{Listening, Notice, megabytes, progress_line};
pub use panels::panel_lines;
pub use pinned::Pinned;
pub use progress::{progress_lines, question_progress_lines};
pub use question::{full_question_lines, heard_lines, numbered_title, question_lines};
pub use screen::{Look, Screen, Streams};
pub use session::{Regraded, regraded_lines, session_lines, sessions_lines};
pub use text::{Line, Tone};
