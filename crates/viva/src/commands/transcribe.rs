//! `viva transcribe`.

use capture::formats::Format;
use capture::listen::{Heard, Recogniser};
use serde_json::Value;

use super::output::{print, print_json};
use crate::arguments::Transcribe;
use crate::failure::Failure;
use crate::hearing::{self, ModelAtHand};
use crate::round::{FileHeard, hear_file};
use crate::settings::Settings;
use crate::terminal::{Streams, Terminal};

/// Turns recordings into text. A file that cannot be read does not keep the others from being read.
///
/// # Errors
/// When the model is missing, or one of the files could not be turned into text.
pub async fn run(transcribe: &Transcribe, settings: &Settings) -> Result<(), Failure> {
    if transcribe.files.len() > 1 && matches!(transcribe.format, Format::Srt | Format::Vtt) {
        return Err(Failure::misuse("subtitles are written for one recording at a time")
            .help("give one file, or --format json"));
    }
    let model = ModelAtHand::of(settings)?.here(settings)?;
    let recogniser = hearing::recogniser(&settings.speech, &model).await?;
    // Standard output is for the words alone.
    let streams = Streams { keys: false, json: true, ..Streams::detect(settings.plain, true) };
    let mut terminal = Terminal::open(streams)?;
    let mut documents = Vec::new();
    let mut failed = None;
    for file in &transcribe.files {
        let name = file.display().to_string();
        match hear(file, &recogniser, &mut terminal).await {
            Ok(None) => return Err(Failure::new("transcribing was broken off")),
            Ok(Some(heard)) => documents.push((name, heard)),
            Err(failure) => {
                let failure = failure.about(&name);
                if let Some(earlier) = failed.replace(failure) {
                    terminal.warn(format!("viva: {}", earlier.message()));
                }
            }
        }
        if transcribe.format != Format::Json
            && let Some((name, heard)) = documents.pop()
        {
            print(&text(&name, &heard, transcribe))?;
        }
    }
    if transcribe.format == Format::Json && !documents.is_empty() {
        print_documents(documents, transcribe.files.len() > 1)?;
    }
    failed.map_or(Ok(()), Err)
}

async fn hear(
    file: &std::path::Path,
    recogniser: &Recogniser,
    terminal: &mut Terminal,
) -> Result<Option<Heard>, Failure> {
    let FileHeard::Whole(heard) = hear_file(file, recogniser, &[], terminal).await? else { return Ok(None) };
    if heard.truncated {
        terminal.warn(format!("{} breaks off before its end; what there is of it was transcribed", file.display()));
    }
    Ok(Some(heard))
}

/// The words of one file; where there are several, each has its name above it.
fn text(name: &str, heard: &Heard, transcribe: &Transcribe) -> String {
    let words = transcribe.format.write(heard);
    if transcribe.files.len() > 1 { format!("{name}:\n{words}\n") } else { words }
}

/// One document for one file, and a list of them, each with its file, for several.
fn print_documents(documents: Vec<(String, Heard)>, are_several: bool) -> Result<(), Failure> {
    let mut values = Vec::new();
    for (name, heard) in documents {
        let mut value: Value = serde_json::from_str(&Format::Json.write(&heard))?;
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
