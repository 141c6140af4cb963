//! What transcribing costs, beside one pass over the whole file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use capture::audio::{Decoder, GrowingWav, RATE};
use capture::speech::SpeechSpan;
use capture::transcribe::{Prompt, Transcriber, Whisper, WhisperSettings};
use interview::{Seconds, Span};
use journeys::program::{Home, binary, test_model};
use journeys::workspace::fixture;

use crate::{process, row};

/// The answers that the recording is made of when nobody names one.
const ANSWERS: [&str; 6] = [
    "ownership-strong", "borrowing-strong", "concurrency-strong", "errors-strong", "borrowing-partial",
    "borrowing-wrong",
];

/// How long somebody thinks between two answers, in seconds.
const THINKING: usize = 4;

/// whisper's own window, in seconds.
const WINDOW: usize = 30;

pub fn measure(home: &Home) {
    let model = std::env::var_os("VIVA_BENCH_MODEL").map_or_else(test_model, PathBuf::from);
    let audio = std::env::var_os("VIVA_BENCH_AUDIO").map_or_else(|| recording(home.path()), PathBuf::from);
    let sound = samples(&audio);
    let length = sound.len() as f64 / f64::from(RATE.get());
    let (program, peak) = program(home, &model, &audio);
    let pass = one_pass(&model, &sound);
    row("the recording that is transcribed", &format!("{length:.0} s"), "");
    row(
        "`viva transcribe`, processor seconds a second of sound",
        &format!("{:.4}", program.as_secs_f64() / length),
        "",
    );
    row("one pass over the whole file, the same", &format!("{:.4}", pass.as_secs_f64() / length), "");
    row("the first against the second", &format!("{:.2}", program.as_secs_f64() / pass.as_secs_f64()), "0.50");
    row("`viva transcribe`, peak memory", &peak.map_or_else(String::new, process::megabytes), "");
}

/// Several answers with thinking between them, as one recording.
fn recording(folder: &Path) -> PathBuf {
    let file = folder.join("answers.wav");
    let mut wav = GrowingWav::create(&file).unwrap();
    for name in ANSWERS {
        wav.append(&samples(&fixture(&format!("speech/answers/{name}.opus")))).unwrap();
        wav.append(&vec![0.0; THINKING * RATE.get() as usize]).unwrap();
    }
    wav.finish().unwrap();
    file
}

fn samples(file: &Path) -> Vec<f32> {
    let mut decoder = Decoder::open(file, None).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = decoder.next_block().unwrap() {
        samples.extend_from_slice(block);
    }
    samples
}

/// The processor time of the program, loading the model included, and the most memory it held, in kilobytes.
fn program(home: &Home, model: &Path, audio: &Path) -> (Duration, Option<f64>) {
    let mut command = Command::new(binary());
    command.args(["transcribe", "--format", "text", "--model"]).arg(model).arg(audio);
    command.env("HOME", home.path()).env("VIVA_DATA", home.data()).env("VIVA_THREADS", "1");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut peak = None;
    let used = loop {
        peak = process::peak_kilobytes(child.id()).or(peak);
        match process::processor_time(child.id()) {
            Some((_, false)) => std::thread::sleep(Duration::from_millis(5)),
            Some((used, true)) => break used,
            None => panic!("this system does not tell how much processor time a process used"),
        }
    };
    assert!(child.wait().unwrap().success());
    (used, peak)
}

/// The processor time of hearing every window of the recording, silence and all, with whisper's whole encoder.
fn one_pass(model: &Path, sound: &[f32]) -> Duration {
    let before = used();
    let settings =
        WhisperSettings { threads: std::num::NonZeroUsize::MIN, fewest_positions: 1500, ..WhisperSettings::default() };
    let mut whisper = Whisper::load(model, settings).unwrap();
    let window = (WINDOW - 2) * RATE.get() as usize;
    for (number, samples) in sound.chunks(window).enumerate() {
        let start = Seconds::of_samples(number * window, RATE);
        let end = start + Seconds::of_samples(samples.len(), RATE);
        let span =
            SpeechSpan { samples: samples.to_vec(), start, runs: vec![Span::between(start, end)], is_open: false };
        whisper.transcribe(&span, &Prompt::default(), &Default::default()).unwrap();
    }
    used() - before
}

fn used() -> Duration {
    process::processor_time(std::process::id()).unwrap().0
}
