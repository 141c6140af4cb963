use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::mpsc;

use super::playback::Playback;
use super::*;
use crate::audio::{Decoder, Level};
use crate::listen::{Event, Listener, ListenerSettings, Recogniser};
use crate::{Error, fixtures};

const PATIENCE: Duration = Duration::from_secs(60);

fn recogniser() -> Recogniser {
    Recogniser::start(fixtures::whisper()).unwrap()
}

fn listener() -> Listener {
    Listener::new(&recogniser(), ListenerSettings::default(), None)
}

fn settings(folder: &TempDir) -> RecorderSettings {
    RecorderSettings { tail: Duration::from_millis(100), ..RecorderSettings::to(folder.path().join("answer.wav")) }
}

/// What every source of sound promises, given that it delivers at least a second.
fn keeps_the_contract(mut source: impl AudioSource) {
    let channels = usize::from(source.channels().get());
    let wanted = source.rate().get() as usize * channels;
    let mut sound = vec![0.25];
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut lost = source.lost();
    while sound.len() <= wanted {
        assert!(Instant::now() < deadline, "only {} samples came", sound.len());
        let before = sound.len();
        match source.read(&mut sound, Duration::from_millis(50)) {
            Delivery::Sound => assert!(sound.len() > before, "sound means that there is some"),
            Delivery::Nothing => assert_eq!(sound.len(), before),
            Delivery::Over(reason) => panic!("{reason}"),
        }
        assert_eq!((sound.len() - 1) % channels, 0, "whole frames only");
        assert!(source.lost() >= lost, "what is lost stays lost");
        lost = source.lost();
    }
    assert_eq!(sound[0], 0.25, "what was there before stays");
}

#[test]
fn the_double_keeps_the_contract() {
    keeps_the_contract(Playback::of(vec![0.5; 96_000], 48_000, 2));
}

#[test]
fn an_answer_is_recorded_and_transcribed_at_the_same_time() {
    let folder = TempDir::new().unwrap();
    let samples = fixtures::sound("answers/borrowing-follow-up.opus");
    let expected = samples.clone();
    let (events, mut watched) = mpsc::channel(10_000);
    let listener = Listener::new(&recogniser(), ListenerSettings::default(), Some(events));
    let recorder = Recorder::start(move || Ok(Playback::of(samples, 16_000, 1)), listener, settings(&folder)).unwrap();
    wait_for(&mut watched, |event| matches!(event, Event::Segment(segment) if segment.text().starts_with("then")));
    let recorded = recorder.stop(PATIENCE).unwrap();
    assert_eq!((recorded.ending, recorded.lost), (Ending::Stopped, 0));
    let heard = recorded.heard.unwrap();
    assert_eq!(
        heard.transcript.text(),
        "when a vector grows it moves to a new buffer then the old reference would point to freed memory"
    );
    assert_eq!(heard.duration, recorded.duration);
    let kept = fixtures::samples(Decoder::open(&recorded.file, None).unwrap());
    assert_eq!(kept.len(), expected.len(), "not one sample is lost");
    let error = kept.iter().zip(&expected).map(|(kept, played)| (kept - played).abs()).fold(0.0, f32::max);
    assert!(error < 1.0 / 16_000.0, "off by {error}");
}

/// Reads events until one fits, and gives it.
fn wait_for(watched: &mut mpsc::Receiver<Event>, fits: impl Fn(&Event) -> bool) -> Event {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match watched.try_recv() {
            Ok(event) if fits(&event) => return event,
            Ok(_) => {}
            Err(_) => {
                assert!(Instant::now() < deadline, "the event did not come");
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

#[test]
fn the_level_of_a_stereo_device_is_reported_on_the_way() {
    let folder = TempDir::new().unwrap();
    let (events, mut watched) = mpsc::channel(10_000);
    let listener = Listener::new(&recogniser(), ListenerSettings::default(), Some(events));
    let open = || Ok(Playback::of(vec![0.5; 88_200 * 2], 44_100, 2));
    let recorder = Recorder::start(open, listener, settings(&folder)).unwrap();
    let event = wait_for(&mut watched, |event| matches!(event, Event::Level { level, .. } if level.at.get() > 1.0));
    let Event::Level { level: Level { peak, .. }, .. } = event else { unreachable!("that is what was waited for") };
    assert!((peak + 6.0).abs() < 0.5, "{peak} dBFS");
    let recorded = recorder.stop(PATIENCE).unwrap();
    assert!((recorded.duration.get() - 2.0).abs() < 0.001, "{:?}", recorded.duration);
}

#[test]
fn a_microphone_that_dies_costs_nothing_of_what_was_said() {
    let folder = TempDir::new().unwrap();
    let samples = fixtures::sound("answers/do-not-know.opus");
    let length = samples.len();
    let open = move || Ok(Playback { death: Some("it was unplugged"), losing: 7, ..Playback::of(samples, 16_000, 1) });
    let (events, mut watched) = mpsc::channel(10_000);
    let listener = Listener::new(&recogniser(), ListenerSettings::default(), Some(events));
    let recorder = Recorder::start(open, listener, settings(&folder)).unwrap();
    wait_for(&mut watched, |event| *event == Event::Overrun { lost: 7 });
    wait_for(&mut watched, |event| *event == Event::MicrophoneLost { reason: "it was unplugged".to_owned() });
    assert!(!recorder.is_running());
    let recorded = recorder.stop(PATIENCE).unwrap();
    assert_eq!((recorded.ending, recorded.lost), (Ending::SourceLost("it was unplugged".to_owned()), 7));
    assert_eq!(recorded.heard.unwrap().transcript.text(), "i don't know but i would look it up");
    assert_eq!(fixtures::samples(Decoder::open(&recorded.file, None).unwrap()).len(), length);
}

#[test]
fn a_recording_ends_by_itself_when_it_is_as_long_as_it_may_be() {
    let folder = TempDir::new().unwrap();
    let settings = RecorderSettings { longest: Duration::from_secs(1), ..settings(&folder) };
    let recorder = Recorder::start(|| Ok(Playback::of(vec![0.0; 160_000], 16_000, 1)), listener(), settings).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while recorder.is_running() {
        assert!(Instant::now() < deadline, "it goes on");
        std::thread::sleep(Duration::from_millis(2));
    }
    let recorded = recorder.stop(PATIENCE).unwrap();
    assert_eq!(recorded.ending, Ending::Full);
    assert_eq!(recorded.duration.get(), 1.0);
    assert!(recorded.heard.unwrap().transcript.is_empty());
}

#[test]
fn a_recorder_that_is_dropped_leaves_a_whole_file() {
    let folder = TempDir::new().unwrap();
    let settings = settings(&folder);
    let file = settings.file.clone();
    let recorder = Recorder::start(|| Ok(Playback::of(vec![0.1; 8_000], 16_000, 1)), listener(), settings).unwrap();
    let running = recorder.running.clone();
    drop(recorder);
    let deadline = Instant::now() + PATIENCE;
    while running.strong_count() > 0 {
        assert!(Instant::now() < deadline, "the thread goes on");
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(crate::audio::mend(&file).unwrap().get() <= 0.5);
}

#[test]
fn a_source_that_cannot_be_opened_says_why() {
    let folder = TempDir::new().unwrap();
    let open = || -> Result<Playback, Error> { Err(Error::MicrophoneDenied { device: "default".to_owned() }) };
    let refusal = Recorder::start(open, listener(), settings(&folder)).map(|_| ()).unwrap_err();
    assert!(matches!(refusal, Error::MicrophoneDenied { .. }));
    assert!(!folder.path().join("answer.wav").exists());
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named_before_anything_is_said() {
    let settings = RecorderSettings::to("/nowhere/answer.wav");
    let refusal = Recorder::start(|| Ok(Playback::of(vec![0.0; 16_000], 16_000, 1)), listener(), settings)
        .map(|_| ())
        .unwrap_err();
    assert!(matches!(refusal, Error::Unwritable { .. }), "{refusal}");
}

#[cfg(feature = "microphone")]
#[test]
fn a_microphone_that_does_not_exist_cannot_be_opened() {
    let refusal = Microphone::open(Some("no such microphone")).map(|_| ()).unwrap_err();
    assert!(
        matches!(refusal, Error::UnknownMicrophone { .. } | Error::NoMicrophone | Error::MicrophoneFailed { .. }),
        "{refusal}"
    );
}
