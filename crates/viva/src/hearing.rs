//! The speech model of this machine, its recogniser, and transcripts in the form that the API takes.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use api::transcript::{HeardTranscript, Segment, TimeSpan, Transcript, Word};
use api::turn::{NewAnswer, Source};
use capture::models::{Model, Presence};
use capture::recognise::{Event, Recogniser, Recognition, RecognitionSettings, RecognitionStream};
use capture::transcribe::{Language, Prompt, Whisper};
use interview::Span;
use tokio::sync::mpsc::Sender;

use crate::failure::Failure;
use crate::memory;
use crate::settings::{Settings, Speech};

/// The models to use when none was chosen and some are here, best first: the first ones keep up with speech on most machines.
const PREFERRED: [&str; 6] = ["base.en", "base", "small.en", "small", "tiny.en", "tiny"];

/// The model that would be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelAtHand {
    /// Its file.
    Here(PathBuf),
    /// A model of the catalogue that is not on this machine.
    Missing(&'static Model),
}

impl ModelAtHand {
    /// The model that was chosen, or else the best that is here; when there is none, the one to download.
    pub fn of(settings: &Settings) -> Result<Self, Failure> {
        let folder = settings.data.models();
        let Some(chosen) = &settings.speech.model else {
            return Ok(Self::best(settings));
        };
        match (folder.find(chosen), Model::named(chosen)) {
            (Ok(path), _) => Ok(Self::Here(path)),
            (Err(capture::Error::ModelMissing { .. }), Some(model)) => Ok(Self::Missing(model)),
            (Err(error), _) => Err(error.into()),
        }
    }

    /// The model's file. If it is missing, the failure says which command downloads it.
    pub fn here(self, settings: &Settings) -> Result<PathBuf, Failure> {
        match self {
            Self::Here(path) => Ok(path),
            Self::Missing(model) => {
                let pull = settings.data.command(&format!("model pull {}", model.name));
                Err(Failure::new(format!("the speech model `{}` is not on this machine", model.name))
                    .help(format!("run `{pull}`, or name another one with --model")))
            }
        }
    }

    fn best(settings: &Settings) -> Self {
        let folder = settings.data.models();
        let listed = folder.list();
        let speaks = |name: &str| settings.speech.whisper.language == Language::ENGLISH || !name.ends_with(".en");
        let is_here =
            |name: &&str| listed.iter().any(|(model, presence)| model.name == *name && *presence == Presence::Here);
        let others = listed.iter().map(|(model, _)| model.name);
        let known = PREFERRED.into_iter().chain(others).filter(|name| speaks(name));
        if let Some(model) = known.clone().find(is_here).and_then(Model::named) {
            return Self::Here(folder.path_of(model));
        }
        let wanted = [suited().name].into_iter().chain(known).filter(|name| speaks(name)).find_map(Model::named);
        Self::Missing(wanted.unwrap_or(&capture::models::CATALOGUE[0]))
    }
}

/// The model to download on this machine: by its cores, and by its memory where the system tells it.
pub fn suited() -> &'static Model {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    suited_to(cores, memory::total())
}

/// `memory` is in bytes. base.en has the last words ready in time on two cores; small.en needs about four times the work, so the eight
/// cores for it are an estimate.
fn suited_to(cores: usize, memory: Option<u64>) -> &'static Model {
    let has_memory = |gibibytes: u64| memory.is_none_or(|memory| memory >= gibibytes << 30);
    let name = match cores {
        8.. if has_memory(8) => "small.en",
        2.. if has_memory(2) => "base.en",
        _ => "tiny.en",
    };
    Model::named(name).unwrap_or(&capture::models::CATALOGUE[0])
}

/// Loads a model, off the async runtime, and starts its recogniser.
pub async fn recogniser(speech: &Speech, path: &Path) -> Result<Recogniser, Failure> {
    let (path, settings) = (path.to_owned(), speech.whisper.clone());
    let load = move || Whisper::load(&path, settings).and_then(Recogniser::start);
    Ok(tokio::task::spawn_blocking(load).await??)
}

/// A stream that expects the terms of `glossary`.
pub fn stream(recogniser: &Recogniser, glossary: &[String], events: Option<Sender<Event>>) -> RecognitionStream {
    let prompt = Prompt::of_terms(glossary.iter().map(String::as_str));
    RecognitionStream::new(recogniser, RecognitionSettings { prompt, ..RecognitionSettings::default() }, events)
}

/// The recognised answer, as it is sent.
pub fn answer_of(recognition: &Recognition, source: Source) -> NewAnswer {
    NewAnswer { transcript: Some(heard_transcript(recognition)), source: Some(source), ..NewAnswer::default() }
}

/// The words and what was measured with them, as they are sent.
pub fn heard_transcript(recognition: &Recognition) -> HeardTranscript {
    let stretch = |span: &Span| TimeSpan { start: span.start().get(), end: span.end().get() };
    HeardTranscript {
        segments: transcript_of(recognition).segments,
        speech: recognition.speech.iter().map(stretch).collect(),
        duration: Some(recognition.duration.get()),
        model: recognition.model.clone(),
    }
}

/// The transcript, as it is shown.
pub fn transcript_of(recognition: &Recognition) -> Transcript {
    let start = |span: Option<Span>| span.map(|span| span.start().get());
    let end = |span: Option<Span>| span.map(|span| span.end().get());
    let word = |word: &interview::Word| Word {
        start: start(word.span),
        end: end(word.span),
        text: word.text.clone(),
        probability: word.probability.get(),
        heard_as: word.heard_as.clone(),
    };
    let segment = |segment: &interview::Segment| Segment {
        start: start(segment.span()),
        end: end(segment.span()),
        text: segment.text(),
        words: segment.words().iter().map(word).collect(),
    };
    let segments = recognition.transcript.segments().iter().map(segment).collect();
    Transcript { text: recognition.transcript.text(), segments }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Layer;

    fn settings(data: &Path, model: Option<&str>) -> Settings {
        let layer = Layer { data: Some(data.to_owned()), model: model.map(str::to_owned), ..Layer::default() };
        Settings::load(layer, Some(data.join("config.toml"))).unwrap()
    }

    fn data_with(models: &[&str]) -> tempfile::TempDir {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("config.toml"), "").unwrap();
        std::fs::create_dir(data.path().join("models")).unwrap();
        for model in models {
            std::fs::write(data.path().join(format!("models/ggml-{model}.bin")), "a model").unwrap();
        }
        data
    }

    #[test]
    fn the_best_model_that_is_here_is_used() {
        let data = data_with(&["tiny.en", "small.en"]);
        let small = data.path().join("models/ggml-small.en.bin");
        assert_eq!(ModelAtHand::of(&settings(data.path(), None)).unwrap(), ModelAtHand::Here(small));
    }

    #[test]
    fn a_machine_gets_a_model_that_its_cores_and_memory_can_keep_up_with() {
        let model = |cores, gibibytes: Option<u64>| suited_to(cores, gibibytes.map(|gibibytes| gibibytes << 30)).name;
        assert_eq!(model(1, Some(64)), "tiny.en");
        assert_eq!((model(2, Some(4)), model(2, Some(1)), model(2, None)), ("base.en", "tiny.en", "base.en"));
        assert_eq!((model(8, Some(16)), model(8, Some(4)), model(16, None)), ("small.en", "base.en", "small.en"));
    }

    #[test]
    fn without_any_the_one_that_suits_the_machine_is_missing() {
        let data = data_with(&[]);
        let settings = settings(data.path(), None);
        let missing = ModelAtHand::of(&settings).unwrap();
        assert_eq!(missing, ModelAtHand::Missing(suited()));
        let told = format!("{:?}", missing.here(&settings).unwrap_err());
        assert!(told.contains(&format!("model pull {} --data", suited().name)), "{told}");
    }

    #[test]
    fn a_chosen_model_is_never_replaced_by_another() {
        let data = data_with(&["base.en"]);
        let missing = ModelAtHand::of(&settings(data.path(), Some("small.en"))).unwrap();
        assert_eq!(missing, ModelAtHand::Missing(Model::named("small.en").unwrap()));
        assert!(ModelAtHand::of(&settings(data.path(), Some("no such model"))).is_err());
    }
}
