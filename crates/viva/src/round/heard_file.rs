//! Listening to a recording in a file, by the same way as to a microphone.

use std::path::{Path, PathBuf};

use capture::audio::Decoder;
use capture::listen::{Event, Heard, Listener, ListenerSettings, Recogniser, hear};
use capture::transcribe::Prompt;
use interview::{Seconds, Segment};
use tokio::sync::mpsc;

use crate::failure::Failure;
use crate::terminal::{Line, Terminal, Tone};

/// The longest recording that is listened to.
const LONGEST: f64 = 4.0 * 3600.0;
/// Events that wait to be shown at most.
const WAITING_EVENTS: usize = 64;
/// The columns of the words that are shown on the way.
const WORDS_SHOWN: usize = 60;

/// What is being heard from a file, or that the candidate ended the program meanwhile.
pub enum FileHeard {
    /// All of it was heard.
    Whole(Heard),
    /// The program is to end.
    Interrupted,
}

/// Listens to a file, off the async runtime, and shows how far it has come.
///
/// # Errors
/// When the file is no sound, or the recogniser fails.
pub async fn hear_file(
    path: &Path,
    recogniser: &Recogniser,
    glossary: &[String],
    terminal: &mut Terminal,
) -> Result<FileHeard, Failure> {
    let prompt = Prompt::of_terms(glossary.iter().map(String::as_str));
    let (events, mut watched) = mpsc::channel(WAITING_EVENTS);
    let listener = Listener::new(recogniser, ListenerSettings { prompt, ..ListenerSettings::default() }, Some(events));
    let file = path.to_owned();
    let mut work = tokio::task::spawn_blocking(move || hear(open(&file)?, listener));
    let name = name_of(path);
    loop {
        tokio::select! {
            heard = &mut work => {
                terminal.screen.settle();
                return Ok(FileHeard::Whole(heard??));
            }
            Some(event) = watched.recv() => {
                if let Event::Segment(segment) = event {
                    terminal.screen.draw(&[progress(&name, &segment)]);
                }
            }
            () = terminal.keyboard.interrupted() => {
                terminal.screen.settle();
                return Ok(FileHeard::Interrupted);
            }
        }
    }
}

/// Looks whether a file is sound, without listening to it.
///
/// # Errors
/// When it is not.
pub async fn check_file(path: PathBuf) -> Result<(), Failure> {
    let shown = path.display().to_string();
    let opened = tokio::task::spawn_blocking(move || open(&path).map(drop)).await?;
    opened.map_err(|error| Failure::from(error).about(&shown))
}

/// Opens a recording of an acceptable length.
pub fn open(path: &Path) -> Result<Decoder, capture::Error> {
    Decoder::open(path, Seconds::new(LONGEST))
}

fn progress(name: &str, segment: &Segment) -> Line {
    let text = segment.text();
    let hidden = text.chars().count().saturating_sub(WORDS_SHOWN);
    let end: String = text.chars().skip(hidden).collect();
    Line::toned(format!("listening to {name}  "), Tone::Strong).with(end, Tone::Quiet)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
