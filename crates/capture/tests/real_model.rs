//! Hearing with a real Whisper model: `make test-real MODEL=ggml-tiny.en.bin`. The other tests have a small model of their own, which knows
//! a few hundred words.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use capture::audio::{Decoder, RATE};
use capture::recognise::{Event, Recogniser, Recognition, RecognitionSettings, RecognitionStream, transcribe};
use capture::transcribe::{Whisper, WhisperSettings};
use interview::transcript::normal_words;
use tokio::sync::mpsc;

/// How long words may take to come.
const LIMIT: Duration = Duration::from_secs(120);

const ANSWERS: [&str; 3] = ["borrowing-strong", "ownership-strong", "errors-strong"];

fn recogniser() -> Recogniser {
    let model = std::env::var_os("VIVA_REAL_MODEL").expect("VIVA_REAL_MODEL names a Whisper model");
    Recogniser::start(Whisper::load(Path::new(&model), WhisperSettings::default()).unwrap()).unwrap()
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/speech/answers").join(name)
}

fn recording(name: &str) -> Decoder {
    Decoder::open(&file(&format!("{name}.opus")), None).unwrap()
}

fn sound(name: &str) -> Vec<f32> {
    recording(name).rest().unwrap()
}

/// Hears the sound in blocks of 20 ms, as a microphone delivers it.
fn live(recogniser: &Recogniser, sound: &[f32]) -> Recognition {
    let mut stream = RecognitionStream::new(recogniser, RecognitionSettings::default(), None);
    for block in sound.chunks(RATE.get() as usize / 50) {
        stream.push(block);
        stream.preview();
    }
    stream.finish().unwrap()
}

#[test]
#[ignore = "needs a real Whisper model: make test-real MODEL=PATH"]
fn the_same_sound_gives_the_same_words_live_and_by_file() {
    let recogniser = recogniser();
    for name in ANSWERS {
        let stream = RecognitionStream::new(&recogniser, RecognitionSettings::default(), None);
        let by_file = transcribe(recording(name), stream).unwrap();
        assert_eq!(live(&recogniser, &sound(name)).transcript, by_file.transcript, "{name}");
    }
}

#[test]
#[ignore = "needs a real Whisper model: make test-real MODEL=PATH"]
fn two_of_three_words_of_a_synthetic_voice_are_heard() {
    let recogniser = recogniser();
    for name in ANSWERS {
        let said = std::fs::read_to_string(file(&format!("{name}.txt"))).unwrap();
        let heard = live(&recogniser, &sound(name)).transcript.text();
        let mut missing: Vec<String> = normal_words(&said).collect();
        let words = missing.len();
        for word in normal_words(&heard) {
            if let Some(place) = missing.iter().position(|missing| *missing == word) {
                missing.swap_remove(place);
            }
        }
        assert!(missing.len() * 3 <= words, "{name}: {} of {words} are missing: {heard}", missing.len());
    }
}

#[test]
#[ignore = "needs a real Whisper model: make test-real MODEL=PATH"]
fn words_appear_while_a_sentence_goes_on_and_the_final_ones_take_their_place() {
    let (events, mut happened) = mpsc::channel(1_000);
    let mut stream = RecognitionStream::new(&recogniser(), RecognitionSettings::default(), Some(events));
    let sound = sound("borrowing-strong");
    let (first, rest) = sound.split_at(5 * RATE.get() as usize);
    stream.push(first);
    let begun = Instant::now();
    let provisional = loop {
        stream.preview();
        match happened.try_recv() {
            Ok(Event::Provisional(words)) if !words.is_empty() => break words,
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
        assert!(begun.elapsed() < LIMIT, "no words within {LIMIT:?}");
    };
    stream.push(rest);
    let transcript = stream.finish().unwrap().transcript;
    let finished: Vec<String> = std::iter::from_fn(|| happened.try_recv().ok())
        .filter_map(|event| if let Event::Segment(segment) = event { Some(segment.text()) } else { None })
        .collect();
    assert_eq!(finished.join(" "), transcript.text());
    let begins_alike = normal_words(&provisional).next() == normal_words(&transcript.text()).next();
    assert!(begins_alike, "first {provisional:?}, then {}", transcript.text());
}
