//! The microphone, through the system's sound library: a PulseAudio of the test's own is the sound system, so each test runs
//! again in a process whose environment points there.

use std::path::Path;
use std::process::{Command, Stdio};

use journeys::sound_device::SoundDevice;

use super::*;

/// Set in the process that has the virtual microphone; the file that is played into it.
const SPEECH: &str = "CAPTURE_TEST_SPEECH";

/// Runs `test`, named `name`, in a process with a virtual microphone.
fn with_virtual_microphone(name: &str, test: impl FnOnce(&Path)) {
    if let Some(speech) = std::env::var_os(SPEECH) {
        return test(Path::new(&speech));
    }
    let folder = TempDir::new().unwrap();
    let device = SoundDevice::start();
    let speech = folder.path().join("speech.wav");
    // At 48 kHz, the rate of the virtual microphone: repeating each sample is close enough to speech.
    let answer = tests::sound("answers/do-not-know.opus").into_iter().flat_map(|sample| [sample; 3]);
    tests::write_wav(&speech, 48_000, 1, answer);
    let mut command = device.command(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("recording::tests::microphone::{name}"), "--nocapture"]);
    let output = command.env(SPEECH, &speech).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

/// Whether anything records from the virtual microphone.
fn is_in_use() -> bool {
    let listed = Command::new("pactl").args(["list", "short", "source-outputs"]).stdin(Stdio::null()).output().unwrap();
    !listed.stdout.is_empty()
}

#[test]
fn the_microphone_keeps_the_contract() {
    with_virtual_microphone("the_microphone_keeps_the_contract", |_| {
        keeps_the_contract(|| Microphone::open(None, Patience::default()).unwrap(), is_in_use);
    });
}

#[test]
fn cancelling_frees_the_microphone_for_the_next_recorder() {
    with_virtual_microphone("cancelling_frees_the_microphone_for_the_next_recorder", |_| {
        let folder = TempDir::new().unwrap();
        for _ in 0..2 {
            let open = || Microphone::open(Some("default"), Patience::default());
            let recorder = Recorder::start(open, recognition().0, settings(&folder)).unwrap();
            assert!(is_in_use());
            recorder.cancel();
            wait_until("the microphone is free", || !is_in_use());
        }
    });
}

#[test]
fn speech_played_into_a_virtual_microphone_is_recorded_without_loss() {
    with_virtual_microphone("speech_played_into_a_virtual_microphone_is_recorded_without_loss", |speech| {
        let found = devices().unwrap();
        assert!(found.iter().any(|device| device.is_default), "{found:?}");
        let folder = TempDir::new().unwrap();
        let settings = RecorderSettings::new("default", folder.path().join("answer.wav"));
        let played = tests::samples(speech);
        // On a busy machine it is PulseAudio's player that runs dry, and not the recorder; hence several attempts.
        let mut lossless = (0..4).map(|_| {
            let open = || Microphone::open(None, Patience::default());
            let recorder = Recorder::start(open, recognition().0, settings.clone()).unwrap();
            assert!(Command::new("paplay").arg(speech).status().unwrap().success());
            let recorded = recorder.finish().unwrap();
            assert_eq!((&recorded.ending, recorded.lost), (&Ending::Finished, 0));
            let text = recorded.recognition.finish().unwrap().transcript.text();
            let samples = tests::samples(&recorded.file);
            has_same_sound(&played, &samples) && text == "i don't know but i would look it up"
        });
        assert!(lossless.any(|is_lossless| is_lossless));
    });
}

#[test]
fn a_microphone_that_does_not_exist_cannot_be_opened() {
    with_virtual_microphone("a_microphone_that_does_not_exist_cannot_be_opened", |_| {
        let refusal = Microphone::open(Some("no such microphone"), Patience::default()).map(|_| ()).unwrap_err();
        assert!(matches!(refusal, Error::UnknownMicrophone { .. }), "{refusal}");
    });
}

/// Finds the beginning of what was played in the recording; the end must be at the same distance. A lost block would change it.
fn has_same_sound(played: &[f32], recorded: &[f32]) -> bool {
    let second = 16_000;
    // The answer is spoken between 0.6 s and 2.8 s.
    let beginning = place_of(&played[second * 6 / 10..second * 16 / 10], recorded, 0..3 * second);
    let end = beginning.and_then(|beginning| {
        let near_end = beginning + second..beginning + second * 12 / 10;
        place_of(&played[second * 17 / 10..second * 27 / 10], recorded, near_end)
    });
    beginning.zip(end).is_some_and(|(beginning, end)| (end - beginning).abs_diff(second * 11 / 10) <= 1)
}

/// Where in a range of places a piece of sound occurs, nearly unchanged.
fn place_of(piece: &[f32], sound: &[f32], places: std::ops::Range<usize>) -> Option<usize> {
    let correlation = |place: &usize| {
        let there = &sound[*place..*place + piece.len()];
        let product = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(one, other)| one * other).sum::<f32>();
        product(piece, there) / (product(piece, piece) * product(there, there)).sqrt().max(f32::MIN_POSITIVE)
    };
    let possible = places.start..places.end.min((sound.len() + 1).saturating_sub(piece.len()));
    let best = possible.max_by(|one, other| correlation(one).total_cmp(&correlation(other)))?;
    (correlation(&best) > 0.95).then_some(best)
}
