//! `viva transcribe`.

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
        let recognition = match transcribe_file(file, &recogniser, &[], &mut terminal).await {
            Ok(Some(recognition)) => recognition,
            Ok(None) => return Err(Failure::new("transcription was interrupted")),
            Err(failure) => {
                if let Some(earlier) = failed.replace(failure.about(&name)) {
                    terminal.warn(format!("viva: {}", earlier.message()));
                }
                continue;
            }
        };
        if recognition.truncated {
            terminal.warn(format!("{name} ends early; what there is of it was transcribed"));
        }
        if is_list {
            let mut document = document(&recognition);
            document["file"] = json!(name);
            documents.push(document);
        } else if transcribe.files.len() > 1 {
            print(&format!("{name}:\n{}\n", transcribe.format.write(&recognition)))?;
        } else {
            print(&transcribe.format.write(&recognition))?;
        }
    }
    if !documents.is_empty() {
        print_json(&documents)?;
    }
    failed.map_or(Ok(()), Err)
}
