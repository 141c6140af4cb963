//! `viva doctor --bench`: how fast the installed speech models are on this machine, and which of them suits it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use capture::audio::Decoder;
use capture::models::{Model, Presence};
use capture::recognise::{Recogniser, RecognitionSettings, RecognitionStream, transcribe};
use interview::Seconds;
use serde::Serialize;
use serde_json::json;

use super::super::output::{print, print_json};
use crate::failure::Failure;
use crate::hearing;
use crate::settings::Settings;

/// A sentence of some seconds, spoken without a pause by espeak-ng.
const SPEECH: &[u8] = include_bytes!("../../../assets/speech.opus");
/// How many seconds of the sentence take as long as the end of an answer. Up to 20 s are usually left there, but a second of a long span costs
/// less: with tiny.en the worst of ten ends took 2.06 s where 12 s of the sentence take 2.1 s.
const LEFT_AT_THE_END: f64 = 12.0;
/// How long the end of an answer may take, in seconds.
const LONGEST_END: f64 = 3.0;
/// The first run of a model also fills caches, so the faster one counts.
const RUNS: usize = 2;

/// How fast a model is.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Measured {
    name: &'static str,
    /// Its size.
    bytes: u64,
    /// Seconds of work for each second of speech.
    real_time_factor: f64,
    /// How long the end of an answer takes, in seconds.
    end_of_answer: f64,
}

/// Measures every installed model, one after the other.
pub async fn run(json: bool, settings: &Settings) -> Result<(), Failure> {
    let folder = settings.data.models();
    let mut models = Vec::new();
    for (model, _) in folder.list().into_iter().filter(|(_, presence)| *presence == Presence::Here) {
        eprintln!("measuring {}", model.name);
        models.push(measure(model, folder.path_of(model), settings).await?);
    }
    if models.is_empty() {
        let pull = settings.data.command(&format!("model pull {}", hearing::suited().name));
        return Err(Failure::new("no speech model is installed").help(format!("run `{pull}`")));
    }
    let recommended = recommended(&models);
    if json {
        return print_json(&json!({ "models": models, "recommended": recommended }));
    }
    print(&text(&models, recommended, settings.speech.whisper.threads.get()))
}

async fn measure(model: &'static Model, path: PathBuf, settings: &Settings) -> Result<Measured, Failure> {
    let recogniser = hearing::recogniser(&settings.speech, &path).await?;
    let (speech, taken) = tokio::task::spawn_blocking(move || time(&recogniser)).await??;
    let real_time_factor = taken.as_secs_f64() / speech.get();
    Ok(Measured {
        name: model.name,
        bytes: model.bytes,
        real_time_factor,
        end_of_answer: real_time_factor * LEFT_AT_THE_END,
    })
}

/// The length of the speech, and the time that its words take.
fn time(recogniser: &Recogniser) -> Result<(Seconds, Duration), Failure> {
    let mut fastest = Duration::MAX;
    let mut speech = Seconds::ZERO;
    for _ in 0..RUNS {
        let stream = RecognitionStream::new(recogniser, RecognitionSettings::default(), None);
        let sound = Decoder::from_bytes(SPEECH, None)?;
        let begun = Instant::now();
        let recognition = transcribe(sound, stream)?;
        fastest = fastest.min(begun.elapsed());
        speech = recognition.speech.iter().map(|span| span.length()).fold(Seconds::ZERO, |sum, length| sum + length);
    }
    Ok((speech, fastest))
}

fn is_fast_enough(model: &Measured) -> bool {
    model.end_of_answer <= LONGEST_END
}

/// The largest of the models that are fast enough; of two of one size the first, which is for English only.
fn recommended(models: &[Measured]) -> Option<&'static str> {
    let fast = models.iter().rev().filter(|model| is_fast_enough(model));
    fast.max_by_key(|model| model.bytes).map(|model| model.name)
}

fn text(models: &[Measured], recommended: Option<&str>, threads: usize) -> String {
    let threads = interview::wording::counted(threads, "thread");
    let mut text = format!("{:<20}  real-time factor  end of an answer  ({threads})\n", "model");
    for model in models {
        let remark = match (recommended == Some(model.name), is_fast_enough(model)) {
            (true, _) => "recommended",
            (false, true) => "",
            (false, false) => "too slow",
        };
        let Measured { name, real_time_factor, end_of_answer, .. } = model;
        let line = format!("{name:<20}  {real_time_factor:<16.2}  {:<16}  {remark}", format!("{end_of_answer:.1} s"));
        text += line.trim_end();
        text.push('\n');
    }
    if recommended.is_none() {
        text += &format!(
            "No installed model has the end of an answer ready within {LONGEST_END} s. tiny.en is the fastest.\n"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(name: &str, end_of_answer: f64) -> Measured {
        let model = Model::named(name).unwrap();
        Measured {
            name: model.name,
            bytes: model.bytes,
            real_time_factor: end_of_answer / LEFT_AT_THE_END,
            end_of_answer,
        }
    }

    #[test]
    fn the_largest_model_that_has_the_end_of_an_answer_ready_in_time_is_recommended() {
        let models =
            [measured("tiny.en", 0.6), measured("base.en", 2.9), measured("base", 2.8), measured("small.en", 7.0)];
        assert_eq!(recommended(&models), Some("base.en"));
        assert_eq!(recommended(&models[3..]), None);
        let expected = "model                 real-time factor  end of an answer  (1 thread)
tiny.en               0.05              0.6 s
base.en               0.24              2.9 s             recommended
base                  0.23              2.8 s
small.en              0.58              7.0 s             too slow
";
        assert_eq!(text(&models, recommended(&models), 1), expected);
    }

    #[test]
    fn where_every_model_is_too_slow_the_fastest_is_named() {
        let text = text(&[measured("base.en", 4.0)], None, 2);
        assert!(text.ends_with("within 3 s. tiny.en is the fastest.\n"), "{text}");
    }
}
