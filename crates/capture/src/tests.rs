//! The recordings and the model of the tests.

use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};
use interview::{Probability, Word};
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::audio::Decoder;
use crate::recognise::Recogniser;
use crate::speech::SpeechSpan;
use crate::transcribe::{Prompt, Transcriber, Whisper, WhisperSettings};

/// The words in every file of `formats/`.
pub const SENTENCE: &str = "the borrow checker makes sure that a reference never outlives the value it points to";

pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/speech").join(name)
}

pub fn model() -> PathBuf {
    path("ggml-espeak-closed.en.bin")
}

pub fn whisper() -> Whisper {
    Whisper::load(&model(), WhisperSettings::default()).unwrap()
}

/// The samples of a file.
pub fn sound(name: &str) -> Vec<f32> {
    samples(&path(name))
}

pub fn samples(path: &Path) -> Vec<f32> {
    Decoder::open(path, None).unwrap().rest().unwrap()
}

/// Writes samples, interleaved where there are several channels, as a WAV file of 16 bits.
pub fn write_wav(path: &Path, rate: u32, channels: u16, samples: impl IntoIterator<Item = f32>) {
    let spec = WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::create(path, spec).unwrap();
    for sample in samples {
        writer.write_sample((sample * 32_767.0) as i16).unwrap();
    }
    writer.finalize().unwrap();
}

/// The names of the files in a folder that end in `ending`, in order.
pub fn files(folder: &str, ending: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(path(folder))
        .unwrap()
        .map(|entry| format!("{folder}/{}", entry.unwrap().file_name().into_string().unwrap()))
        .filter(|name| name.ends_with(ending))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no {ending} in {folder}");
    names
}

/// A recogniser that runs a script for each span.
pub fn scripted<Script>(script: Script) -> Recogniser
where
    Script: FnMut(&SpeechSpan, &Prompt, &CancellationToken) -> Result<Vec<Word>, Error> + Send + 'static,
{
    Recogniser::start(Scripted(script)).unwrap()
}

struct Scripted<Script>(Script);

impl<Script> Transcriber for Scripted<Script>
where
    Script: FnMut(&SpeechSpan, &Prompt, &CancellationToken) -> Result<Vec<Word>, Error> + Send,
{
    fn transcribe(
        &mut self,
        span: &SpeechSpan,
        prompt: &Prompt,
        cancellation: &CancellationToken,
    ) -> Result<Vec<Word>, Error> {
        (self.0)(span, prompt, cancellation)
    }
}

/// The result of a script that recognises one word in every span.
pub fn word(span: &SpeechSpan) -> Vec<Word> {
    vec![Word::heard("word", span.voiced(), Probability::CERTAIN)]
}
