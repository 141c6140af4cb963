use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};
use interview::Seconds;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{Error, tests};

/// A sine wave.
fn tone(pitch: f32, rate: u32, seconds: f32) -> Vec<f32> {
    let step = std::f64::consts::TAU * f64::from(pitch) / f64::from(rate);
    (0..(rate as f32 * seconds) as u32).map(|index| 0.5 * (step * f64::from(index)).sin() as f32).collect()
}

fn wav(folder: &TempDir, rate: u32, channels: u16, interleaved: &[f32]) -> PathBuf {
    let path = folder.path().join("sound.wav");
    tests::write_wav(&path, rate, channels, interleaved.iter().copied());
    path
}

fn decoded(path: &Path) -> (Vec<f32>, bool) {
    let mut decoder = Decoder::open(path, None).unwrap();
    (decoder.rest().unwrap(), decoder.is_truncated())
}

fn refusal(bytes: Vec<u8>) -> Error {
    Decoder::from_bytes(bytes, None).and_then(|mut decoder| decoder.rest()).unwrap_err()
}

fn loudness(samples: &[f32]) -> f32 {
    20.0 * (root_mean_square(samples) / root_mean_square(&tone(100.0, 16_000, 1.0))).log10()
}

fn resampled(rate: u32, input: &[f32], piece: usize) -> Vec<f32> {
    let mut resampler = Resampler::new(NonZeroU32::new(rate).unwrap()).unwrap();
    let mut output = Vec::new();
    for piece in input.chunks(piece) {
        resampler.push(piece, &mut output).unwrap();
    }
    resampler.finish(&mut output).unwrap();
    output
}

#[test]
fn every_kind_of_file_becomes_mono_at_16_khz() {
    for name in tests::files("formats", "") {
        let samples = tests::sound(&name);
        let seconds = samples.len() as f64 / 16_000.0;
        assert!((6.70..6.85).contains(&seconds), "{name} lasts {seconds} s");
        assert!(samples.iter().all(|sample| (-1.0..=1.0).contains(sample)), "{name}");
        assert!(root_mean_square(&samples) > 0.02, "{name} has {} left", root_mean_square(&samples));
    }
}

#[test]
fn the_name_of_a_file_does_not_matter() {
    let folder = TempDir::new().unwrap();
    let misnamed = folder.path().join("answer.txt");
    std::fs::copy(tests::path("formats/browser.webm"), &misnamed).unwrap();
    assert_eq!(decoded(&misnamed).0, tests::sound("formats/browser.webm"));
}

#[test]
fn eight_channels_at_96_khz_are_averaged() {
    let folder = TempDir::new().unwrap();
    let interleaved: Vec<f32> = tone(440.0, 96_000, 1.0)
        .into_iter()
        .flat_map(|sample| [sample, 0.0, sample, 0.0, sample, 0.0, sample, 0.0])
        .collect();
    let (samples, truncated) = decoded(&wav(&folder, 96_000, 8, &interleaved));
    assert_eq!((samples.len(), truncated), (16_000, false));
    assert!((loudness(&samples[1000..15_000]) + 6.02).abs() < 0.1, "half of the channels are half as loud");
}

#[test]
fn other_files_are_not_audio() {
    let text = "this is text that was renamed to .wav ".repeat(200).into_bytes();
    assert!(matches!(refusal(text), Error::NotAudio));
    assert!(matches!(refusal(b"RIFF\x10\0\0\0WAVE".to_vec()), Error::NotAudio));
    assert!(matches!(refusal(b"\x89PNG\r\n\x1a\n".repeat(50)), Error::NotAudio));
    let folder = TempDir::new().unwrap();
    assert!(matches!(Decoder::open(folder.path(), None), Err(Error::NotAudio)));
}

#[test]
fn a_file_without_any_sound_is_empty() {
    assert!(matches!(refusal(Vec::new()), Error::EmptyAudio));
    let folder = TempDir::new().unwrap();
    let header_only = wav(&folder, 16_000, 1, &[]);
    assert!(matches!(refusal(std::fs::read(header_only).unwrap()), Error::EmptyAudio));
}

#[test]
fn the_error_names_a_missing_file() {
    let missing = Path::new("/nowhere/answer.wav");
    let refusal = Decoder::open(missing, None).map(|_| ()).unwrap_err();
    assert!(refusal.to_string().contains("/nowhere/answer.wav"), "{refusal}");
}

#[test]
fn an_unknown_codec_in_a_known_file_asks_for_another_format() {
    let folder = TempDir::new().unwrap();
    let mut bytes = std::fs::read(wav(&folder, 16_000, 1, &tone(440.0, 16_000, 0.1))).unwrap();
    // The format tag of Windows Media Audio.
    bytes[20..22].copy_from_slice(&0x0161_u16.to_le_bytes());
    let refusal = refusal(bytes);
    assert!(matches!(refusal, Error::UnsupportedAudio { .. }), "{refusal:?}");
}

#[test]
fn the_rest_of_a_truncated_file_is_decoded() {
    let folder = TempDir::new().unwrap();
    let whole = tone(440.0, 16_000, 4.0);
    let path = wav(&folder, 16_000, 1, &whole);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..44 + 16_000 * 2]).unwrap();
    let (samples, truncated) = decoded(&path);
    assert!(truncated);
    assert!((15_500..=16_000).contains(&samples.len()), "{} samples", samples.len());
}

#[test]
fn every_format_survives_being_cut_in_the_middle() {
    for name in ["22050.flac", "stereo-44100.mp3", "48000.opus", "32000.ogg", "browser.webm", "browser.mp4"] {
        let bytes = std::fs::read(tests::path(&format!("formats/{name}"))).unwrap();
        let mut decoder = Decoder::from_bytes(bytes[..bytes.len() / 2].to_vec(), None).unwrap();
        let samples = decoder.rest().unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let seconds = samples.len() as f64 / 16_000.0;
        assert!((1.0..6.0).contains(&seconds), "{name} gave {seconds} s");
    }
}

#[test]
fn a_file_without_decodable_sound_is_damaged_and_not_empty() {
    let bytes = std::fs::read(tests::path("formats/stereo-44100.m4a")).unwrap();
    assert!(matches!(refusal(bytes[..bytes.len() / 2].to_vec()), Error::DamagedAudio));
}

#[test]
fn a_live_browser_recording_is_complete() {
    let (_, truncated) = decoded(&tests::path("formats/browser.webm"));
    assert!(!truncated);
}

#[test]
fn sound_beyond_the_limit_is_refused() {
    let limit = Seconds::new(2.0);
    let mut decoder = Decoder::open(&tests::path("formats/22050.flac"), limit).unwrap();
    let refusal = decoder.rest().expect_err("the limit is seen");
    assert!(matches!(refusal, Error::TooLong { limit: named } if Some(named) == limit));
    assert!(decoder.duration().get() < 3.0);
}

#[test]
fn an_hour_is_read_in_small_blocks() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("hour.wav");
    let spec = WavSpec { channels: 1, sample_rate: 8_000, bits_per_sample: 8, sample_format: SampleFormat::Int };
    let mut writer = WavWriter::create(&path, spec).unwrap();
    for _ in 0..3600 * 8_000 {
        writer.write_sample(0_i8).unwrap();
    }
    writer.finalize().unwrap();
    let mut decoder = Decoder::open(&path, None).unwrap();
    let mut largest = 0;
    while let Some(block) = decoder.next_block().unwrap() {
        largest = largest.max(block.len());
    }
    assert_eq!(decoder.duration().get(), 3600.0);
    assert!(largest <= 16_000, "{largest} samples at once");
}

#[test]
fn nan_becomes_silence_and_loud_samples_are_clamped() {
    let mut mono = Vec::new();
    let channels = NonZeroU16::new(2).unwrap();
    average_channels(&[f32::NAN, 0.5, f32::INFINITY, 1.0, -9.0, -9.0, 0.25, 0.75, 0.9], channels, &mut mono);
    assert_eq!(mono, [0.0, 1.0, -1.0, 0.5]);
}

#[test]
fn resampling_keeps_speech_and_removes_what_would_be_heard_as_something_else() {
    for rate in [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000] {
        let kept = resampled(rate, &tone(3_000.0, rate, 1.0), 999);
        assert_eq!(kept.len(), 16_000, "{rate}");
        let change = loudness(&kept[2_000..14_000]);
        assert!(change.abs() < 0.2, "{rate}: 3 kHz changed by {change} dB");
    }
    let near_the_top = resampled(48_000, &tone(7_000.0, 48_000, 1.0), 480);
    assert!(loudness(&near_the_top[2_000..14_000]) > -0.5);
    let alias = resampled(48_000, &tone(10_000.0, 48_000, 1.0), 480);
    assert!(loudness(&alias[2_000..14_000]) < -80.0);
}

#[test]
fn resampling_does_not_shift_time() {
    let mut click = vec![0.0; 48_000];
    click[24_000] = 1.0;
    let output = resampled(48_000, &click, 777);
    let loudest = (0..output.len()).max_by(|one, other| output[*one].total_cmp(&output[*other])).unwrap();
    assert!((7_999..=8_001).contains(&loudest), "the click is at {loudest}");
}

#[test]
fn impossible_rates_are_refused() {
    for rate in [1, 3_999, 1_000_000] {
        assert!(matches!(Resampler::new(NonZeroU32::new(rate).unwrap()), Err(Error::UnsupportedAudio { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_size_of_the_pieces_does_not_change_the_sound(piece in 1_usize..5_000, length in 0_usize..20_000) {
        let input = &tone(500.0, 44_100, 1.0)[..length];
        let output = resampled(44_100, input, piece);
        prop_assert_eq!(output.len(), (length * 16_000).div_ceil(44_100));
        prop_assert_eq!(output, resampled(44_100, input, 44_100));
    }
}

#[test]
fn a_level_is_in_decibels_below_full_scale() {
    let level = Level::of(&[0.5, -0.5, 0.5, -0.5], Seconds::ZERO);
    assert!((level.peak + 6.02).abs() < 0.01, "{level:?}");
    assert_eq!(Level::of(&[], Seconds::ZERO).peak, Level::FLOOR);
}

#[test]
fn a_growing_recording_can_be_read_at_any_moment() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("growing.wav");
    let sound = tone(440.0, 16_000, 3.0);
    let mut recording = GrowingWav::create(&path).unwrap();
    for (index, piece) in sound.chunks(1_600).enumerate() {
        recording.append(piece).unwrap();
        if index > 10 {
            let missing = recording.duration().get() - decoded(&path).0.len() as f64 / 16_000.0;
            assert!((0.0..0.6).contains(&missing), "{missing} s are missing");
        }
    }
    recording.finish().unwrap();
    let (samples, truncated) = decoded(&path);
    assert_eq!((samples.len(), truncated), (48_000, false));
    let error = samples.iter().zip(&sound).map(|(read, written)| (read - written).abs()).fold(0.0, f32::max);
    assert!(error < 1.0 / 16_000.0, "off by {error}");
}

#[test]
fn a_recording_that_was_killed_is_repaired_to_its_last_sample() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("killed.wav");
    let mut recording = GrowingWav::create(&path).unwrap();
    recording.append(&tone(440.0, 16_000, 1.7)).unwrap();
    recording.append(&tone(440.0, 16_000, 0.3)).unwrap();
    drop(recording);
    // Half a sample, as a write that was interrupted leaves it.
    std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .map(|mut file| std::io::Write::write_all(&mut file, &[7]))
        .unwrap()
        .unwrap();
    assert_eq!(repair(&path).unwrap().get(), 2.0);
    assert_eq!(decoded(&path).0.len(), 32_000);
    let repaired = std::fs::read(&path).unwrap();
    assert_eq!(repair(&path).unwrap().get(), 2.0);
    assert_eq!(std::fs::read(&path).unwrap(), repaired, "repairing twice changes nothing");
}

#[test]
fn foreign_files_are_not_repaired() {
    let folder = TempDir::new().unwrap();
    let foreign = wav(&folder, 44_100, 2, &tone(440.0, 44_100, 0.5));
    let before = std::fs::read(&foreign).unwrap();
    assert!(matches!(repair(&foreign), Err(Error::NotAudio)));
    assert_eq!(std::fs::read(&foreign).unwrap(), before);
    let short = folder.path().join("short.wav");
    std::fs::write(&short, b"RIFF").unwrap();
    assert!(matches!(repair(&short), Err(Error::NotAudio)));
}
