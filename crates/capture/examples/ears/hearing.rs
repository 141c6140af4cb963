//! The ways in which a recording can be heard, each with its cost.

use std::error::Error;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use capture::audio::RATE;
use capture::recognise::{Event, Recogniser, Recognition, RecognitionSettings, RecognitionStream};
use capture::transcribe::{Whisper, WhisperSettings};
use interview::{Seconds, Word};
use tokio::sync::mpsc;
use whisper_rs::{FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters};

/// How much sound comes at a time.
const BLOCK: Duration = Duration::from_millis(20);
/// The same in bytes, as one process hands it to the other.
const BLOCK_BYTES: usize = 20 * RATE.get() as usize / 1_000 * size_of::<f32>();

/// Reads a whole recording, then writes it at the pace of speech, as a sound device does. It has a process of its own, so that neither waits
/// for the other, and only hearing counts as processor time.
pub fn feed() -> Result<(), Box<dyn Error>> {
    let mut sound = Vec::new();
    io::stdin().read_to_end(&mut sound)?;
    let mut output = io::stdout().lock();
    let begun = Instant::now();
    for (number, block) in (1..).zip(sound.chunks(BLOCK_BYTES)) {
        thread::sleep((begun + BLOCK * number).saturating_duration_since(Instant::now()));
        output.write_all(block)?;
        output.flush()?;
    }
    Ok(())
}

/// The result of transcribing a recording as it was spoken.
pub struct Live {
    pub recognition: Recognition,
    /// From the last sample to the complete transcript.
    pub done: Duration,
    /// Processor time, provisional words included.
    pub cpu: Duration,
    /// For each word the seconds from its end until it was first shown.
    pub lags: Vec<f64>,
    /// The longest silence within the speech, in seconds, as a hands-free round would have waited through it.
    pub longest_silence: f64,
}

/// Viva's own way of hearing.
pub struct Viva(Recogniser);

impl Viva {
    pub fn start(model: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(Self(Recogniser::start(Whisper::load(model, WhisperSettings::default())?)?))
    }

    /// Hears the sound while another process [feeds](feed) it.
    pub fn live(&self, sound: &[f32]) -> Result<Live, Box<dyn Error>> {
        let (events, mut happened) = mpsc::channel(10_000);
        let mut stream = RecognitionStream::new(&self.0, RecognitionSettings::default(), Some(events));
        let begun = process_time()?;
        let (mut finished, mut shown) = (0, Shown::default());
        let (mut silence, mut longest_silence) = (Seconds::ZERO, Seconds::ZERO);
        let mut feeder = Feeder::start(sound)?;
        while let Some(block) = feeder.next_block()? {
            stream.push(&block);
            // A silence that is as long as the recording is none between words.
            if stream.silence() < silence && silence.get() + 0.1 < stream.duration().get() {
                longest_silence = longest_silence.max(silence);
            }
            silence = stream.silence();
            stream.preview();
            while let Ok(event) = happened.try_recv() {
                match event {
                    Event::Segment(segment) => {
                        finished += segment.words().len();
                        shown.until(finished, stream.duration());
                    }
                    Event::Provisional(words) => {
                        shown.until(finished + words.split_whitespace().count(), stream.duration());
                    }
                    _ => {}
                }
            }
        }
        let (duration, stopped) = (stream.duration(), Instant::now());
        let recognition = stream.finish()?;
        let done = stopped.elapsed();
        shown.until(usize::MAX, duration + Seconds::new(done.as_secs_f64()).unwrap_or_default());
        let lags = shown.lags(recognition.transcript.words());
        let (cpu, longest_silence) = (process_time()? - begun, longest_silence.get());
        Ok(Live { recognition, done, cpu, lags, longest_silence })
    }

    /// Hears the sound as a file: as fast as it goes, without provisional words.
    pub fn file(&self, sound: &[f32]) -> Result<(Recognition, Duration), Box<dyn Error>> {
        let begun = process_time()?;
        let mut stream = RecognitionStream::new(&self.0, RecognitionSettings::default(), None);
        for block in sound.chunks(RATE.get() as usize) {
            stream.push(block);
            stream.catch_up()?;
        }
        let recognition = stream.finish()?;
        Ok((recognition, process_time()? - begun))
    }
}

/// This program once more, with the argument `feed`.
struct Feeder(Child);

impl Feeder {
    fn start(sound: &[f32]) -> Result<Self, Box<dyn Error>> {
        let program = std::env::current_exe()?;
        let mut child = Command::new(program).arg("feed").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let bytes: Vec<u8> = sound.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        child.stdin.take().ok_or("no standard input")?.write_all(&bytes)?;
        Ok(Self(child))
    }

    /// Waits for the next block; `None` at the end.
    fn next_block(&mut self) -> Result<Option<Vec<f32>>, Box<dyn Error>> {
        let output = self.0.stdout.as_mut().ok_or("no standard output")?;
        let mut bytes = Vec::with_capacity(BLOCK_BYTES);
        output.take(BLOCK_BYTES as u64).read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            self.0.wait()?;
            return Ok(None);
        }
        let sample = |bytes: &[u8]| Ok(f32::from_le_bytes(bytes.try_into()?));
        bytes.chunks(size_of::<f32>()).map(sample).collect::<Result<_, _>>().map(Some)
    }
}

/// When this many words had been shown.
#[derive(Default)]
struct Shown(Vec<(usize, Seconds)>);

impl Shown {
    fn until(&mut self, words: usize, at: Seconds) {
        if self.0.last().is_none_or(|(before, _)| words > *before) {
            self.0.push((words, at));
        }
    }

    fn lags<'a>(&self, words: impl Iterator<Item = &'a Word>) -> Vec<f64> {
        let shown_at = |number: usize| self.0.iter().find(|(count, _)| *count > number).map(|(_, at)| *at);
        let lag = |(number, word): (usize, &Word)| Some(shown_at(number)?.since(word.span?.end()).get());
        words.enumerate().filter_map(lag).collect()
    }
}

/// Hears a recording in one pass, as whisper's own programs do.
pub struct OnePass(WhisperContext);

impl OnePass {
    pub fn load(model: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(Self(WhisperContext::new_with_params(model, WhisperContextParameters::default())?))
    }

    /// The words, and the processor time. With `falls_back` a doubtful passage is heard again with some randomness.
    pub fn hear(&self, sound: &[f32], falls_back: bool) -> Result<(String, Duration), Box<dyn Error>> {
        let mut parameters = FullParams::new(SamplingStrategy::Greedy { best_of: 1 });
        parameters.set_n_threads(1);
        parameters.set_temperature_inc(if falls_back { 0.2 } else { 0.0 });
        parameters.set_print_progress(false);
        let begun = process_time()?;
        let mut state = self.0.create_state()?;
        state.full(parameters, sound)?;
        let text: Vec<String> = state.as_iter().map(|segment| segment.to_string()).collect();
        Ok((text.join(" "), process_time()? - begun))
    }
}

/// The processor time of this program with all its threads, those that have ended too, to a hundredth of a second.
fn process_time() -> Result<Duration, Box<dyn Error>> {
    let figures = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold anything.
    let fields: Vec<&str> = figures.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |field: usize| fields.get(field).unwrap_or(&"").parse::<u64>();
    Ok(Duration::from_millis(10 * (ticks(11)? + ticks(12)?)))
}
