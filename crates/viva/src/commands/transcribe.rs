//! `viva transcribe`.

use capture::formats::Format;
use capture::recognise::{Recogniser, Recognition};
use serde_json::Value;

use super::output::{print, print_json};
use crate::arguments::Transcribe;
use crate::failure::Failure;
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
    let mut documents = Vec::new();
    let mut failed = None;
    for file in &transcribe.files {
        let name = file.display().to_string();
        match transcribe_one(file, &recogniser, &mut terminal).await {
            Ok(None) => return Err(Failure::new("transcription was interrupted")),
            Ok(Some(recognition)) => documents.push((name, recognition)),
            Err(failure) => {
                let failure = failure.about(&name);
                if let Some(earlier) = failed.replace(failure) {
                    terminal.warn(format!("viva: {}", earlier.message()));
                }
            }
        }
        if transcribe.format != Format::Json
            && let Some((name, recognition)) = documents.pop()
        {
            print(&text(&name, &recognition, transcribe))?;
        }
    }
    if transcribe.format == Format::Json && !documents.is_empty() {
        print_documents(documents, transcribe.files.len() > 1)?;
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

/// One document for one file, and a list of them, each with its file, for several.
fn print_documents(documents: Vec<(String, Recognition)>, are_several: bool) -> Result<(), Failure> {
    let mut values = Vec::new();
    for (name, recognition) in documents {
        let mut value: Value = serde_json::from_str(&Format::Json.write(&recognition))?;
        if let (true, Some(document)) = (are_several, value.as_object_mut()) {
            document.insert("file".to_owned(), name.into());
        }
        values.push(value);
    }
    match (are_several, values.first()) {
        (false, Some(only)) => print_json(only),
        _ => print_json(&values),
    }
}
