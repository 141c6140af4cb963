//! What a person sees and presses.
//!
//! [`text`] holds lines with tones, [`look::Look`] says how they may look here, and the modules named after what they show turn turns and
//! sessions into lines. They are pure. Only [`Screen`] writes, and only [`keyboard::Keyboard`] reads.

mod choice;
mod colours;
mod editor;
mod hold;
mod keyboard;
mod look;
mod meter;
mod panels;
mod plain_lines;
mod progress;
mod question;
mod regraded;
mod screen;
mod snippet;
mod summary;
mod text;
mod transcript;

pub use choice::{Choice, Offer, Terminal, Written, keys};
pub use editor::{Edited, Editor};
pub use hold::TerminalHold;
pub use keyboard::Input;
pub use meter::{Countdown, Listening};
pub use panels::{feedback_lines, panel_lines};
pub use plain_lines::PlainLines;
pub use progress::{megabytes, progress_line};
pub use question::{full_question_lines, paragraphs, question_lines};
pub use regraded::{Regraded, regraded_lines};
pub use screen::{Screen, Surroundings};
pub use summary::{session_lines, sessions_lines, summary_lines};
pub use text::{Line, Tone};
pub use transcript::heard_lines;
