//! What a second of sound costs before the recogniser sees it: converting its rate, and finding the speech in it.

#![allow(clippy::unwrap_used)]

use std::hint::black_box;
use std::num::NonZeroU32;
use std::path::Path;

use capture::audio::{Decoder, Resampler};
use capture::speech::{EarshotDetector, SpanSettings, SpeechSpans, VoiceActivity};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const SECONDS: usize = 10;

/// Ten seconds of speech at 16 kHz.
fn speech() -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/speech/answers/borrowing-strong.opus");
    let mut samples = Decoder::open(&path, None).unwrap().rest().unwrap();
    samples.truncate(SECONDS * 16_000);
    samples
}

fn resample(criterion: &mut Criterion) {
    // What it sounds like does not matter to the converter, so the same samples pass for 48 kHz.
    let sound: Vec<f32> = speech().into_iter().cycle().take(SECONDS * 48_000).collect();
    let mut group = criterion.benchmark_group("resample");
    group.throughput(Throughput::Elements(SECONDS as u64));
    group.bench_function("48 kHz to 16 kHz", |bencher| {
        bencher.iter(|| {
            let mut resampler = Resampler::new(NonZeroU32::new(48_000).unwrap()).unwrap();
            let mut output = Vec::with_capacity(SECONDS * 16_000);
            for piece in sound.chunks(480) {
                resampler.push(piece, &mut output).unwrap();
            }
            black_box(output)
        });
    });
    group.finish();
}

fn cut(criterion: &mut Criterion) {
    let sound = speech();
    let mut group = criterion.benchmark_group("cut");
    group.throughput(Throughput::Elements(SECONDS as u64));
    group.bench_function("speech spans", |bencher| {
        bencher.iter(|| {
            let activity = VoiceActivity::new(Box::new(EarshotDetector::default()));
            let mut spans = SpeechSpans::new(activity, SpanSettings::default());
            for piece in sound.chunks(160) {
                spans.push(piece, |span| drop(black_box(span)));
            }
            spans.finish(|span| drop(black_box(span)));
        });
    });
    group.finish();
}

criterion_group!(benches, resample, cut);
criterion_main!(benches);
