//! Feeds recordings to a recognition stream at the pace of speech, as a microphone would, and prints one line of JSON for each:
//! when words appeared, how long the transcript took after the last sample, and what was said.
//!
//! `cargo run --release --example live -- [--provisional] MODEL RECORDING...`
//!
//! Other work on the machine does not change the figures: while the model works, time is the processor time that it takes.
//! Linux only, because it reads that from /proc.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Duration;

use capture::audio::{Decoder, RATE};
use capture::recognise::{Event, Recogniser, RecognitionSettings, RecognitionStream};
use capture::transcribe::{Whisper, WhisperSettings};
use serde_json::json;
use tokio::sync::mpsc;

/// How much sound comes at a time.
const BLOCK: Duration = Duration::from_millis(20);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let with_provisional = arguments.first().is_some_and(|first| first == "--provisional");
    arguments.drain(..usize::from(with_provisional));
    let (model, recordings) = arguments.split_first().ok_or("which model, and which recordings?")?;
    let recogniser = Recogniser::start(Whisper::load(Path::new(model), WhisperSettings::default())?)?;
    let clock = ModelClock::find()?;
    for recording in recordings {
        let sound = Decoder::open(Path::new(recording), None)?;
        println!(
            "{}",
            json!({ "recording": recording, "figures": live(&recogniser, &clock, sound, with_provisional)? })
        );
    }
    Ok(())
}

fn live(
    recogniser: &Recogniser,
    clock: &ModelClock,
    mut sound: Decoder,
    with_provisional: bool,
) -> Result<serde_json::Value, Box<dyn Error>> {
    let mut samples = Vec::new();
    while let Some(block) = sound.next_block()? {
        samples.extend_from_slice(block);
    }
    let (events, mut happened) = mpsc::channel(10_000);
    let mut stream = RecognitionStream::new(recogniser, RecognitionSettings::default(), Some(events));
    let begun = clock.worked()?;
    let mut shown = Vec::new();
    for block in samples.chunks((BLOCK.as_secs_f64() * f64::from(RATE.get())) as usize) {
        stream.push(block);
        if with_provisional {
            stream.preview();
        }
        clock.wait(BLOCK)?;
        while let Ok(event) = happened.try_recv() {
            match event {
                Event::Segment(segment) => shown.push(json!([stream.duration().get(), segment.text()])),
                Event::Provisional(words) => shown.push(json!([stream.duration().get(), format!("[{words}]")])),
                _ => {}
            }
        }
    }
    let duration = stream.duration().get();
    let stopped = clock.worked()?;
    let recognition = stream.finish()?;
    let ended = clock.worked()?;
    Ok(json!({
        "seconds": duration,
        "done": (ended - stopped).as_secs_f64(),
        "cpu": (ended - begun).as_secs_f64(),
        "shown": shown,
        "text": recognition.transcript.text(),
    }))
}

/// The processor time of the thread that owns the model.
struct ModelClock(PathBuf);

impl ModelClock {
    fn find() -> Result<Self, Box<dyn Error>> {
        // A new thread gives itself its name.
        for _ in 0..1_000 {
            for thread in std::fs::read_dir("/proc/self/task")? {
                let thread = thread?.path();
                if std::fs::read_to_string(thread.join("comm"))?.trim() == "recogniser" {
                    return Ok(Self(thread));
                }
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Err("the recogniser has no thread".into())
    }

    fn worked(&self) -> Result<Duration, Box<dyn Error>> {
        let figures = std::fs::read_to_string(self.0.join("schedstat"))?;
        let nanoseconds = figures.split(' ').next().unwrap_or_default().parse()?;
        Ok(Duration::from_nanos(nanoseconds))
    }

    fn is_idle(&self) -> Result<bool, Box<dyn Error>> {
        Ok(std::fs::read_to_string(self.0.join("stat"))?.contains(") S "))
    }

    /// Waits until the model has worked this long, or has nothing to do.
    fn wait(&self, time: Duration) -> Result<(), Box<dyn Error>> {
        let until = self.worked()? + time;
        while self.worked()? < until && !self.is_idle()? {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}
