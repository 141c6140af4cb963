#[cfg(all(feature = "microphone", target_os = "linux"))]
mod microphone;

use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;
use tokio::sync::mpsc as async_channel;

use super::*;
use crate::audio::Decoder;
use crate::recognise::{Recogniser, RecognitionSettings, transcribe};
use crate::speech::SpeechSpan;
use crate::tests::{self, scripted, word};

const LIMIT: Duration = Duration::from_secs(60);

/// A test double: a device that plays its sound as fast as it is read, and then falls silent or fails. Only one source at a time
/// can have it open.
#[derive(Clone, Default)]
struct Player {
    interleaved: Vec<f32>,
    rate: u32,
    channels: u16,
    failure: Option<&'static str>,
    /// Samples that it reports as lost once all is played.
    losing: u64,
    in_use: Arc<AtomicBool>,
}

struct Playback {
    player: Player,
    played: usize,
}

impl Player {
    fn of(interleaved: Vec<f32>, rate: u32, channels: u16) -> Self {
        Self { interleaved, rate, channels, ..Self::default() }
    }

    fn open(&self) -> Result<Playback, Error> {
        if self.in_use.swap(true, Ordering::SeqCst) {
            return Err(Error::MicrophoneBusy { device: "player".to_owned() });
        }
        Ok(Playback { player: self.clone(), played: 0 })
    }

    fn is_in_use(&self) -> bool {
        self.in_use.load(Ordering::SeqCst)
    }

    fn record(&self, recognition: RecognitionStream, settings: RecorderSettings) -> Result<Recorder, Error> {
        let player = self.clone();
        Recorder::start(move || player.open(), recognition, settings)
    }
}

impl AudioSource for Playback {
    fn rate(&self) -> NonZeroU32 {
        NonZeroU32::new(self.player.rate).unwrap()
    }

    fn channels(&self) -> NonZeroU16 {
        NonZeroU16::new(self.player.channels).unwrap()
    }

    fn read(&mut self, interleaved: &mut Vec<f32>, limit: Duration) -> Read {
        // A twentieth of a second at a time, as a device would.
        let block = self.player.rate as usize / 20 * usize::from(self.player.channels);
        let rest = &self.player.interleaved[self.played..];
        if rest.is_empty() {
            if let Some(reason) = self.player.failure {
                return Read::Lost(reason.to_owned());
            }
            std::thread::sleep(limit);
            return Read::Nothing;
        }
        let block = &rest[..block.min(rest.len())];
        interleaved.extend_from_slice(block);
        self.played += block.len();
        Read::Sound
    }

    fn lost(&self) -> u64 {
        if self.played == self.player.interleaved.len() { self.player.losing } else { 0 }
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.player.in_use.store(false, Ordering::SeqCst);
    }
}

fn recogniser() -> Recogniser {
    Recogniser::start(tests::whisper()).unwrap()
}

/// A stream of a recogniser of its own, with its events.
fn recognition() -> (RecognitionStream, async_channel::Receiver<Event>) {
    let (events, received) = async_channel::channel(10_000);
    (RecognitionStream::new(&recogniser(), RecognitionSettings::default(), Some(events)), received)
}

fn settings(folder: &TempDir) -> RecorderSettings {
    let tail = Duration::from_millis(100);
    RecorderSettings { tail, ..RecorderSettings::new("player", folder.path().join("answer.wav")) }
}

#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Reads events until one fits, and returns it.
#[track_caller]
fn wait_for(events: &mut async_channel::Receiver<Event>, fits: impl Fn(&Event) -> bool) -> Event {
    let mut found = None;
    wait_until("the event", || {
        found = events.try_recv().ok().filter(&fits);
        found.is_some()
    });
    found.unwrap()
}

/// What every source promises, given a device that delivers at least a second of sound.
fn keeps_the_contract<Source: AudioSource>(open: impl Fn() -> Source, is_in_use: impl Fn() -> bool) {
    for _ in 0..2 {
        let mut source = open();
        assert!(is_in_use());
        let channels = usize::from(source.channels().get());
        let wanted = source.rate().get() as usize * channels;
        let mut sound = vec![0.25];
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut lost = source.lost();
        while sound.len() <= wanted {
            assert!(Instant::now() < deadline, "only {} samples came", sound.len());
            let before = sound.len();
            match source.read(&mut sound, READ_LIMIT) {
                Read::Sound => assert!(sound.len() > before, "sound means that there is some"),
                Read::Nothing => assert_eq!(sound.len(), before),
                Read::Lost(reason) => panic!("{reason}"),
            }
            assert_eq!((sound.len() - 1) % channels, 0, "whole frames only");
            assert!(source.lost() >= lost, "the count of lost samples never decreases");
            lost = source.lost();
        }
        assert_eq!(sound[0], 0.25, "reading appends");
        drop(source);
        wait_until("the device is free", || !is_in_use());
    }
}

#[test]
fn the_double_keeps_the_contract() {
    let player = Player::of(vec![0.5; 96_000], 48_000, 2);
    keeps_the_contract(|| player.open().unwrap(), || player.is_in_use());
}

#[test]
fn an_answer_is_recorded_and_transcribed_at_the_same_time() {
    let folder = TempDir::new().unwrap();
    let mut samples = tests::sound("answers/borrowing-follow-up.opus");
    samples.resize(samples.len() + 4 * 16_000, 0.0);
    let (recognition, mut events) = recognition();
    let recorder = Player::of(samples.clone(), 16_000, 1).record(recognition, settings(&folder)).unwrap();
    wait_for(&mut events, |event| matches!(event, Event::Segment(segment) if segment.text().starts_with("when")));
    let recorded = recorder.finish().unwrap();
    assert_eq!((recorded.ending, recorded.lost), (Ending::Finished, 0));
    let recognition = recorded.recognition.finish().unwrap();
    assert_eq!(
        recognition.transcript.text(),
        "when a vector grows it moves to a new buffer then the old reference would point to freed memory"
    );
    assert_eq!(recognition.duration, recorded.duration);
    let kept = tests::samples(&recorded.file);
    assert_eq!(kept.len(), samples.len(), "not one sample is lost");
    let error = kept.iter().zip(&samples).map(|(kept, played)| (kept - played).abs()).fold(0.0, f32::max);
    assert!(error < 1.0 / 16_000.0, "off by {error}");
}

#[test]
fn the_recogniser_hears_exactly_the_sound_that_is_kept() {
    let folder = TempDir::new().unwrap();
    let (report, heard) = mpsc::channel();
    let recogniser = scripted(move |span, _, _| {
        if !span.is_open {
            report.send(span.clone()).ok();
        }
        Ok(word(span))
    });
    let stream = || RecognitionStream::new(&recogniser, RecognitionSettings::default(), None);
    let sound = tests::sound("answers/borrowing-follow-up.opus");
    let player = Player { failure: Some("the sound is over"), ..Player::of(sound, 16_000, 1) };
    let recorder = player.record(stream(), settings(&folder)).unwrap();
    wait_until("the recording ends", || !recorder.is_running());
    let recorded = recorder.finish().unwrap();
    let live = recorded.recognition.finish().unwrap();
    let heard_live: Vec<SpeechSpan> = heard.try_iter().collect();
    let by_file = transcribe(Decoder::open(&recorded.file, None).unwrap(), stream()).unwrap();
    assert_eq!(live, by_file);
    assert_eq!(heard_live, heard.try_iter().collect::<Vec<_>>());
}

/// A recogniser that is held up at its first closed span, and a recorder whose sound has several spans, all of them queued.
struct HeldUp {
    player: Player,
    recorder: Recorder,
    recogniser: Recogniser,
    /// Dropping it lets the recogniser go on.
    release: mpsc::Sender<()>,
    /// Has an entry for each closed span that is transcribed.
    transcribed: Receiver<()>,
    _folder: TempDir,
}

impl HeldUp {
    fn start(patience: Patience) -> Self {
        let folder = TempDir::new().unwrap();
        let (release, held) = mpsc::channel::<()>();
        let (report, transcribed) = mpsc::channel();
        let recogniser = scripted(move |span, _, _| {
            if span.is_open {
                return Ok(word(span));
            }
            report.send(()).ok();
            held.recv().ok(); // Returns when `release` is dropped.
            Ok(word(span))
        });
        let (events, mut received) = async_channel::channel(10_000);
        let settings_of_recognition = RecognitionSettings { patience, ..RecognitionSettings::default() };
        let recognition = RecognitionStream::new(&recogniser, settings_of_recognition, Some(events));
        let sound = tests::sound("answers/borrowing-strong.opus");
        let length = sound.len() as f64 / 16_000.0;
        let player = Player::of(sound, 16_000, 1);
        let recorder = player.record(recognition, settings(&folder)).unwrap();
        wait_for(&mut received, |event| matches!(event, Event::Level { level, .. } if level.at.get() > length - 0.2));
        transcribed.recv_timeout(LIMIT).unwrap();
        Self { player, recorder, recogniser, release, transcribed, _folder: folder }
    }
}

#[test]
fn cancelling_frees_the_device_at_once_and_drops_queued_speech() {
    let HeldUp { player, recorder, recogniser, release, transcribed, _folder } = HeldUp::start(Patience::default());
    recorder.cancel();
    assert!(!player.is_in_use(), "the device is free when `cancel` returns");
    let folder = TempDir::new().unwrap();
    let next = RecognitionStream::new(&recogniser, RecognitionSettings::default(), None);
    player.record(next, settings(&folder)).expect("the next recorder opens the device").cancel();
    drop(release);
    drop(recogniser);
    assert_eq!(transcribed.iter().count(), 0, "no span after the one that was in the recogniser");
}

#[test]
fn dropping_a_recorder_cancels_it_and_leaves_a_complete_file() {
    let HeldUp { player, recorder, recogniser, release, transcribed, _folder } = HeldUp::start(Patience::default());
    let file = recorder.settings.file.clone();
    drop(recorder);
    assert!(!player.is_in_use());
    let mut decoder = Decoder::open(&file, None).unwrap();
    decoder.rest().unwrap();
    let played = player.interleaved.len() as f64 / 16_000.0;
    assert!(!decoder.is_truncated() && decoder.duration().get() > played - 0.3, "{:?}", decoder.duration());
    drop(release);
    drop(recogniser);
    assert_eq!(transcribed.iter().count(), 0);
}

#[test]
fn finishing_frees_the_device_at_once_and_transcribes_everything() {
    let HeldUp { player, recorder, release, transcribed, _folder, .. } = HeldUp::start(Patience::default());
    let recorded = recorder.finish().unwrap();
    assert!(!player.is_in_use(), "the device is free before the words are there");
    assert_eq!(recorded.ending, Ending::Finished);
    drop(release);
    let recognition = recorded.recognition.finish().unwrap();
    let spans = recognition.transcript.segments().len();
    assert_eq!(transcribed.try_iter().count() + 1, spans);
    let last = recognition.transcript.words().last().and_then(|word| word.span);
    assert_eq!(last.map(|word| word.end()), recognition.speech.last().map(|run| run.end()));
    assert!(spans > 1, "some of it was queued");
}

#[test]
fn a_slow_recogniser_is_not_a_broken_microphone() {
    let patience = Patience { recognition: Duration::from_millis(20), ..Patience::default() };
    let HeldUp { recorder, release, _folder, .. } = HeldUp::start(patience);
    let recorded = recorder.finish().unwrap();
    let refusal = recorded.recognition.finish().unwrap_err();
    assert!(matches!(refusal, Error::TooSlow { .. }), "{refusal}");
    assert!(recorded.file.is_file(), "the recording is kept");
    drop(release);
}

#[test]
fn a_device_that_cannot_be_stopped_is_named() {
    struct Stuck(Receiver<()>);
    impl AudioSource for Stuck {
        fn rate(&self) -> NonZeroU32 {
            crate::audio::RATE
        }
        fn channels(&self) -> NonZeroU16 {
            NonZeroU16::MIN
        }
        fn read(&mut self, _: &mut Vec<f32>, _: Duration) -> Read {
            self.0.recv().ok(); // Returns when the test is over.
            Read::Nothing
        }
        fn lost(&self) -> u64 {
            0
        }
    }
    let folder = TempDir::new().unwrap();
    let (release, held) = mpsc::channel();
    let patience = Patience { closing: Duration::from_millis(20), ..Patience::default() };
    let settings = RecorderSettings { patience, ..settings(&folder) };
    let recorder = Recorder::start(move || Ok(Stuck(held)), recognition().0, settings).unwrap();
    let refusal = recorder.finish().map(|_| ()).unwrap_err();
    assert!(matches!(&refusal, Error::MicrophoneFailed { device, .. } if device == "player"), "{refusal}");
    drop(release);
}

#[test]
fn a_device_that_does_not_open_in_time_is_named() {
    let folder = TempDir::new().unwrap();
    let (release, held) = mpsc::channel::<()>();
    let open = move || -> Result<Playback, Error> {
        held.recv().ok(); // Returns when the test is over.
        Err(Error::NoMicrophone)
    };
    let patience = Patience { opening: Duration::from_millis(20), ..Patience::default() };
    let settings = RecorderSettings { patience, ..settings(&folder) };
    let refusal = Recorder::start(open, recognition().0, settings).map(|_| ()).unwrap_err();
    assert!(matches!(&refusal, Error::MicrophoneFailed { device, .. } if device == "player"), "{refusal}");
    drop(release);
}

#[test]
fn the_level_of_a_stereo_device_is_reported() {
    let folder = TempDir::new().unwrap();
    let (recognition, mut events) = recognition();
    let recorder = Player::of(vec![0.5; 88_200 * 2], 44_100, 2).record(recognition, settings(&folder)).unwrap();
    let event = wait_for(&mut events, |event| matches!(event, Event::Level { level, .. } if level.at.get() > 1.0));
    let Event::Level { level: Level { peak, .. }, .. } = event else { unreachable!("it was waited for") };
    assert!((peak + 6.0).abs() < 0.5, "{peak} dBFS");
    let recorded = recorder.finish().unwrap();
    assert!((recorded.duration.get() - 2.0).abs() < 0.001, "{:?}", recorded.duration);
}

#[test]
fn a_microphone_that_fails_costs_nothing_of_what_was_said() {
    let folder = TempDir::new().unwrap();
    let samples = tests::sound("answers/do-not-know.opus");
    let length = samples.len();
    let player = Player { failure: Some("it was unplugged"), losing: 7, ..Player::of(samples, 16_000, 1) };
    let (recognition, mut events) = recognition();
    let recorder = player.record(recognition, settings(&folder)).unwrap();
    wait_for(&mut events, |event| *event == Event::Overrun { lost: 7 });
    wait_until("the recording ends", || !recorder.is_running());
    assert!(!player.is_in_use());
    let recorded = recorder.finish().unwrap();
    assert_eq!((recorded.ending, recorded.lost), (Ending::SourceLost("it was unplugged".to_owned()), 7));
    assert_eq!(recorded.recognition.finish().unwrap().transcript.text(), "i don't know but i would look it up");
    assert_eq!(tests::samples(&recorded.file).len(), length);
}

#[test]
fn a_recording_ends_by_itself_at_its_longest_length() {
    let folder = TempDir::new().unwrap();
    let settings = RecorderSettings { longest: Duration::from_secs(1), ..settings(&folder) };
    let recorder = Player::of(vec![0.0; 160_000], 16_000, 1).record(recognition().0, settings).unwrap();
    wait_until("the recording ends", || !recorder.is_running());
    let recorded = recorder.finish().unwrap();
    assert_eq!(recorded.ending, Ending::Full);
    assert_eq!(recorded.duration.get(), 1.0);
    assert!(recorded.recognition.finish().unwrap().transcript.is_empty());
}

#[test]
fn a_source_that_cannot_be_opened_says_why() {
    let folder = TempDir::new().unwrap();
    let open = || -> Result<Playback, Error> { Err(Error::MicrophoneDenied { device: "default".to_owned() }) };
    let refusal = Recorder::start(open, recognition().0, settings(&folder)).map(|_| ()).unwrap_err();
    assert!(matches!(refusal, Error::MicrophoneDenied { .. }));
    assert!(!folder.path().join("answer.wav").exists());
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named_before_anything_is_said() {
    let settings = RecorderSettings::new("player", "/nowhere/answer.wav");
    let player = Player::of(vec![0.0; 16_000], 16_000, 1);
    let refusal = player.record(recognition().0, settings).map(|_| ()).unwrap_err();
    assert!(matches!(refusal, Error::Unwritable { .. }), "{refusal}");
}

fn device(id: &str, name: &str) -> Device {
    Device { id: id.to_owned(), name: name.to_owned(), is_default: false, rate: None, channels: None }
}

#[test]
fn a_device_is_found_by_id_name_number_or_a_part() {
    let devices = [
        device("default", "Built-in Audio"),
        device("hw:CARD=Snowball", "Blue Snowball"),
        device("plughw:CARD=Snowball", "Blue Snowball"),
        device("hw:CARD=U2", "USB Headset 2"),
    ];
    for (wanted, place) in [
        ("default", 0),
        ("hw:CARD=Snowball", 1),
        ("plughw:card=snowball", 2),
        ("  blue   SNOWBALL ", 1),
        ("snowball", 1),
        ("4", 3),
        ("headset", 3),
    ] {
        assert_eq!(Device::find(&devices, wanted).unwrap(), &devices[place], "{wanted}");
    }
    for unknown in ["", " ", "0", "5", "webcam"] {
        let refusal = Device::find(&devices, unknown).unwrap_err();
        assert!(matches!(refusal, Error::UnknownMicrophone { .. }), "{unknown:?}: {refusal}");
    }
    let refusal = Device::find(&devices, "hw:").unwrap_err();
    assert!(matches!(&refusal, Error::AmbiguousMicrophone { matching, .. } if matching.len() == 3), "{refusal}");
    assert!(matches!(Device::find(&[], "blue"), Err(Error::NoMicrophone)));
}
