//! Speech played into a virtual microphone is recorded through the system's sound library, without losing a sample.
//!
//! The sound system is a PulseAudio of the test's own. `make setup` installs it.

#![cfg(all(feature = "microphone", target_os = "linux"))]
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use capture::audio::Decoder;
use capture::listen::{Listener, ListenerSettings, Recogniser};
use capture::recording::{Ending, Microphone, Recorder, RecorderSettings, devices};
use capture::transcribe::{Whisper, WhisperSettings};
use tempfile::TempDir;

/// Set for the copy of this test that runs with the virtual microphone as its sound system.
const SPEECH: &str = "CAPTURE_TEST_SPEECH";

#[test]
fn speech_played_into_a_virtual_microphone_is_recorded_whole() {
    if let Some(speech) = std::env::var_os(SPEECH) {
        return record(Path::new(&speech));
    }
    let folder = TempDir::new().unwrap();
    let sound_system = SoundSystem::start(folder.path()).expect("install PulseAudio first: `make setup` does");
    let speech = folder.path().join("speech.wav");
    write_speech(&speech);
    let status = sound_system
        .command(std::env::current_exe().unwrap())
        .args(["--exact", "speech_played_into_a_virtual_microphone_is_recorded_whole", "--nocapture"])
        .env(SPEECH, &speech)
        .status()
        .unwrap();
    assert!(status.success(), "recording from the virtual microphone failed");
}

fn record(speech: &Path) {
    let found = devices().unwrap();
    assert!(found.iter().any(|device| device.is_default), "{found:?}");
    let folder = TempDir::new().unwrap();
    let whisper = Whisper::load(&fixture("ggml-espeak-closed.en.bin"), WhisperSettings::default()).unwrap();
    let listener = Listener::new(&Recogniser::start(whisper).unwrap(), ListenerSettings::default(), None);
    let settings = RecorderSettings::to(folder.path().join("answer.wav"));
    let recorder = Recorder::start(|| Microphone::open(None), listener, settings).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert!(Command::new("paplay").arg(speech).status().unwrap().success());
    let recorded = recorder.stop(Duration::from_secs(60)).unwrap();
    assert_eq!((&recorded.ending, recorded.lost), (&Ending::Stopped, 0));
    assert_eq!(recorded.heard.unwrap().transcript.text(), "i don't know but i would look it up");
    assert_same_sound(&samples(speech), &samples(&recorded.file));
}

/// Finds where the beginning of what was played is in what was recorded; its end must be equally far in. Had a single block been
/// lost on the way, it would not.
fn assert_same_sound(played: &[f32], recorded: &[f32]) {
    let second = 16_000;
    // The answer is spoken between 0.6 s and 2.8 s.
    let beginning = place_of(&played[second * 6 / 10..second * 16 / 10], recorded, 0..3 * second);
    let end_is_near = beginning + second..beginning + second * 12 / 10;
    let end = place_of(&played[second * 17 / 10..second * 27 / 10], recorded, end_is_near);
    let distance = end - beginning;
    assert!(distance.abs_diff(second * 11 / 10) <= 1, "the end is {distance} samples behind the beginning");
}

/// Where in a range of places a piece of sound is found again, nearly unchanged.
fn place_of(piece: &[f32], sound: &[f32], places: std::ops::Range<usize>) -> usize {
    let likeness = |place: &usize| {
        let there = &sound[*place..*place + piece.len()];
        let product = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(one, other)| one * other).sum::<f32>();
        product(piece, there) / (product(piece, piece) * product(there, there)).sqrt().max(f32::MIN_POSITIVE)
    };
    let possible = places.start..places.end.min(sound.len() - piece.len() + 1);
    let best = possible.max_by(|one, other| likeness(one).total_cmp(&likeness(other))).unwrap();
    assert!(likeness(&best) > 0.95, "the sound has changed: likeness {}", likeness(&best));
    best
}

fn samples(path: &Path) -> Vec<f32> {
    let mut decoder = Decoder::open(path, None).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = decoder.next_block().unwrap() {
        samples.extend_from_slice(block);
    }
    samples
}

/// An answer as a WAV file at 48 kHz, the rate of the virtual microphone: every sample three times is close enough to speech.
fn write_speech(path: &Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for sample in samples(&fixture("answers/do-not-know.opus")) {
        for _ in 0..3 {
            writer.write_sample((sample * 32_767.0) as i16).unwrap();
        }
    }
    writer.finalize().unwrap();
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/speech").join(name)
}

/// A PulseAudio without hardware, whose microphone hears what its loudspeaker plays. It ends with the test.
struct SoundSystem {
    server: Child,
    folder: PathBuf,
}

impl SoundSystem {
    fn start(folder: &Path) -> Option<Self> {
        let runtime = folder.join("run/pulse");
        std::fs::create_dir_all(&runtime).unwrap();
        private(&folder.join("run"));
        private(&runtime);
        let mut command = Command::new("pulseaudio");
        command
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"])
            .args(["--realtime=no", "--high-priority=no", "--log-level=error"])
            .args([
                "-L",
                &format!("module-native-protocol-unix auth-anonymous=1 socket={}", runtime.join("native").display()),
            ])
            .args(["-L", "module-null-sink sink_name=speaker format=s16le rate=48000 channels=1 channel_map=mono"])
            .args(["-L", "module-always-sink"])
            .stderr(Stdio::null());
        surround(&mut command, folder);
        let system = Self { server: command.spawn().ok()?, folder: folder.to_owned() };
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if system.control(&["set-default-sink", "speaker"])
                && system.control(&["set-default-source", "speaker.monitor"])
            {
                return Some(system);
            }
            assert!(Instant::now() < deadline, "PulseAudio does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A command that finds this sound system instead of the machine's.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        surround(&mut command, &self.folder);
        command
    }

    fn control(&self, arguments: &[&str]) -> bool {
        self.command("pactl").args(arguments).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }
}

impl Drop for SoundSystem {
    fn drop(&mut self) {
        let _it_may_be_gone = self.server.kill();
        let _it_is_reaped = self.server.wait();
    }
}

fn surround(command: &mut Command, folder: &Path) {
    let runtime = folder.join("run");
    command
        .env("HOME", folder)
        .env("PULSE_SERVER", format!("unix:{}", runtime.join("pulse/native").display()))
        .env("PULSE_LATENCY_MSEC", "30")
        .env("XDG_RUNTIME_DIR", runtime);
}

fn private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}
