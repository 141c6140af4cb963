//! Answers from recordings in files, recognised the same way as a microphone.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use api::turn::Source;
use capture::audio::Decoder;
use capture::recognise::{Event, Recogniser, Recognition, transcribe};
use interview::{Seconds, Segment};
use tokio::sync::mpsc;

use super::{Asked, Response, Then};
use crate::failure::Failure;
use crate::hearing::{self, answer_of, transcript_of};
use crate::terminal::{Line, Terminal, Tone, heard_lines};

/// The longest recording that is accepted, in seconds.
const LONGEST: f64 = 4.0 * 3600.0;
/// Events that wait to be shown at most.
const WAITING_EVENTS: usize = 64;
/// The width of the words that are shown during transcription.
const WORDS_SHOWN: usize = 60;

/// Answers questions from recordings, in order.
pub struct Recordings {
    recogniser: Recogniser,
    files: VecDeque<PathBuf>,
}

impl Recordings {
    /// Checks all files before the first question is asked.
    pub async fn of_files(files: &[PathBuf], recogniser: Recogniser) -> Result<Self, Failure> {
        for file in files {
            let path = file.clone();
            let opened = tokio::task::spawn_blocking(move || open(&path).map(drop)).await?;
            opened.map_err(|error| Failure::from(error).about(&file.display().to_string()))?;
        }
        Ok(Self { recogniser, files: files.iter().cloned().collect() })
    }

    /// Answers a question with the next recording.
    pub async fn answer(&mut self, asked: &Asked<'_>, terminal: &mut Terminal) -> Result<Response, Failure> {
        let Some(file) = self.files.pop_front() else {
            terminal.say("There are no more recordings.");
            return Ok(Response::nothing(Then::Finish));
        };
        terminal.say(format!("Answer from {}", file.display()));
        let mut kept = asked.outbox.begin(asked.destination.clone())?;
        let glossary = &asked.turn.question.glossary;
        let recognition = match transcribe_file(&file, &self.recogniser, glossary, terminal).await {
            Ok(Some(recognition)) => recognition,
            Ok(None) => {
                kept.remove()?;
                return Ok(Response::nothing(Then::Interrupted));
            }
            Err(failure) => {
                kept.remove()?;
                return Err(failure.about(&file.display().to_string()));
            }
        };
        if recognition.truncated {
            terminal.warn("The file ends early; what there is of it is used.");
        }
        if recognition.transcript.is_empty() {
            terminal.warn("No speech was recognised in it.");
        } else {
            let look = terminal.screen.look();
            terminal.screen.say(&heard_lines(&transcript_of(&recognition), look));
        }
        kept.keep_with_recording(answer_of(&recognition, Source::Upload), &file)?;
        Ok(Response::answer(kept, Then::GoOn))
    }
}

/// Transcribes a file, off the async runtime, and shows the progress; `None` when the user quit meanwhile.
pub async fn transcribe_file(
    path: &Path,
    recogniser: &Recogniser,
    glossary: &[String],
    terminal: &mut Terminal,
) -> Result<Option<Recognition>, Failure> {
    let (sender, mut events) = mpsc::channel(WAITING_EVENTS);
    let stream = hearing::stream(recogniser, glossary, Some(sender));
    let _cancel_on_return = stream.cancellation().drop_guard();
    let file = path.to_owned();
    let mut work = tokio::task::spawn_blocking(move || transcribe(open(&file)?, stream));
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let recognition = loop {
        tokio::select! {
            recognition = &mut work => break Some(recognition?),
            Some(event) = events.recv() => {
                if let Event::Segment(segment) = event {
                    terminal.screen.draw(&[progress(&name, &segment)]);
                }
            }
            () = terminal.keyboard.interrupted() => break None,
        }
    };
    terminal.screen.erase();
    Ok(recognition.transpose()?)
}

fn open(path: &Path) -> Result<Decoder, capture::Error> {
    Decoder::open(path, Seconds::new(LONGEST))
}

fn progress(name: &str, segment: &Segment) -> Line {
    let text = segment.text();
    let hidden = text.chars().count().saturating_sub(WORDS_SHOWN);
    let end: String = text.chars().skip(hidden).collect();
    Line::toned(format!("transcribing {name}  "), Tone::Strong).with(end, Tone::Quiet)
}
