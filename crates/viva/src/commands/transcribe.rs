//! `viva transcribe`.

use capture::recognise::{Recogniser, Recognition};
use serde_json::json;

use super::output::{print, print_json};
use crate::arguments::Transcribe;
use crate::failure::Failure;
use crate::formats::{Format, document};
use crate::hearing::{self, ModelAtHand};
use crate::round::transcribe_file;
use crate::settings::Settings;
use crate::terminal::{Streams, Terminal};

/// Transcribes recordings. If one fails, the others are still transcribed.
pub async fn run(transcribe: &Transcribe, settings: &Settings) -> Result<(), Failure> {
    if transcribe.files.len() > 1 && matches!(transcribe.format, Format::Srt | Format::Vtt) {
        return Err(Failure::misuse("subtitles are written for one recording at a time")
            .help("give one file, or --format json"));
    }
    let model = ModelAtHand::of(settings)?.here(settings)?;
    let recogniser = hearing::recogniser(&settings.speech, &model).await?;
    // Standard output is for the transcript only.
    let streams = Streams { keys: false, json: true, ..Streams::detect(settings.plain, true) };
    let mut terminal = Terminal::open(streams)?;
    let is_list = transcribe.format == Format::Json && transcribe.files.len() > 1;
    let mut documents = Vec::new();
    let mut failed = None;
    for file in &transcribe.files {
        let name = file.display().to_string();
        match transcribe_one(file, &recogniser, &mut terminal).await {
            Ok(None) => return Err(Failure::new("transcription was interrupted")),
            Ok(Some(recognition)) if is_list => {
                let mut document = document(&recognition);
                document["file"] = json!(name);
                documents.push(document);
            }
            Ok(Some(recognition)) => print(&text(&name, &recognition, transcribe))?,
            Err(failure) => {
                let failure = failure.about(&name);
                if let Some(earlier) = failed.replace(failure) {
                    terminal.warn(format!("viva: {}", earlier.message()));
                }
            }
        }
    }
    if !documents.is_empty() {
        print_json(&documents)?;
    }
    failed.map_or(Ok(()), Err)
}

async fn transcribe_one(
    file: &std::path::Path,
    recogniser: &Recogniser,
    terminal: &mut Terminal,
) -> Result<Option<Recognition>, Failure> {
    let recognition = transcribe_file(file, recogniser, &[], terminal).await?;
    if recognition.as_ref().is_some_and(|recognition| recognition.truncated) {
        terminal.warn(format!("{} ends early; what there is of it was transcribed", file.display()));
    }
    Ok(recognition)
}

/// The transcript of one file; with several, each has its name above it.
fn text(name: &str, recognition: &Recognition, transcribe: &Transcribe) -> String {
    let words = transcribe.format.write(recognition);
    if transcribe.files.len() > 1 { format!("{name}:\n{words}\n") } else { words }
}
