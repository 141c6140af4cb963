use std::time::Duration;

use interview::{Seconds, Span};
use proptest::prelude::*;

use super::*;
use crate::audio::{duration, root_mean_square};
use crate::tests;

/// A test double: everything louder than a whisper is voice.
struct LoudnessDetector;

impl VoiceDetector for LoudnessDetector {
    fn probability(&mut self, frame: &Frame) -> f32 {
        if root_mean_square(frame) > 0.01 { 1.0 } else { 0.0 }
    }
}

fn frames(samples: &[f32]) -> impl Iterator<Item = &Frame> {
    samples.as_chunks().0.iter()
}

/// What every voice detector promises.
fn keeps_the_contract<Detector: VoiceDetector>(new: impl Fn() -> Detector) {
    let mut detector = new();
    let speech = tests::sound("answers/do-not-know.opus");
    let mut judge =
        |samples: &[f32]| -> Vec<f32> { frames(samples).map(|frame| detector.probability(frame)).collect() };
    let first = judge(&speech);
    assert!(first.iter().all(|probability| (0.0..=1.0).contains(probability)));
    let voiced = first.iter().filter(|probability| **probability >= 0.5).count() as f64 * 0.016;
    assert!((1.5..2.6).contains(&voiced), "{voiced} s of 2.2 are voice");
    let silence = judge(&[0.0; 16_000]);
    assert!(silence.iter().skip(20).all(|probability| *probability < 0.5), "silence is no voice");
    let mut detector = new();
    let again: Vec<f32> = frames(&speech).map(|frame| detector.probability(frame)).collect();
    assert_eq!(first, again, "the same sound gives the same result");
}

#[test]
fn earshot_keeps_the_contract() {
    keeps_the_contract(EarshotDetector::default);
}

#[test]
fn the_double_keeps_the_contract() {
    keeps_the_contract(|| LoudnessDetector);
}

/// Sound made of stretches: a number of frames each, loud or silent.
fn sound(stretches: &[(usize, bool)]) -> Vec<f32> {
    stretches
        .iter()
        .flat_map(|(count, loud)| std::iter::repeat_n(if *loud { 0.1 } else { 0.0 }, count * FRAME_SAMPLES))
        .collect()
}

fn cutter(settings: SpanSettings) -> SpeechSpans {
    SpeechSpans::new(VoiceActivity::new(Box::new(LoudnessDetector)), settings)
}

fn cut_with(mut spans: SpeechSpans, samples: &[f32], piece: usize) -> (Vec<SpeechSpan>, Vec<Span>) {
    let mut closed = Vec::new();
    for piece in samples.chunks(piece) {
        spans.push(piece, |span| closed.push(span));
    }
    spans.finish(|span| closed.push(span));
    (closed, spans.runs().to_vec())
}

fn cut(samples: &[f32]) -> (Vec<SpeechSpan>, Vec<Span>) {
    cut_with(cutter(SpanSettings::default()), samples, 1_000)
}

fn bounds(span: Span) -> (f64, f64) {
    (span.start().get(), span.end().get())
}

fn end(span: &SpeechSpan) -> f64 {
    span.start.get() + duration(span.samples.len() as u64).get()
}

#[test]
fn a_click_is_no_speech() {
    let (spans, runs) = cut(&sound(&[(50, false), (3, true), (100, false)]));
    assert_eq!((spans, runs), (vec![], vec![]));
}

#[test]
fn speech_is_measured_from_its_first_to_its_last_voiced_frame() {
    let (_, runs) = cut(&sound(&[(50, false), (20, true), (100, false)]));
    assert_eq!(runs.into_iter().map(bounds).collect::<Vec<_>>(), [(0.8, 1.12)]);
}

#[test]
fn the_closure_of_a_consonant_does_not_end_a_run_and_a_pause_does() {
    let (_, one) = cut(&sound(&[(20, true), (10, false), (20, true), (80, false)]));
    assert_eq!(one.len(), 1);
    let (spans, two) = cut(&sound(&[(20, true), (20, false), (20, true), (80, false)]));
    assert_eq!((spans.len(), two.len()), (1, 2), "0.32 s are a pause and no reason to cut");
    assert_eq!(spans[0].runs, two);
}

#[test]
fn a_span_brings_its_lead_in_and_its_tail() {
    let (spans, _) = cut(&sound(&[(100, false), (100, true), (100, false)]));
    assert_eq!(spans.len(), 1);
    assert_eq!(bounds(spans[0].voiced()), (1.6, 3.2));
    assert!((spans[0].start.get() - 1.3).abs() < 1e-9, "0.3 s before the onset");
    assert!((end(&spans[0]) - 3.7).abs() < 1e-9, "0.5 s after the end");
}

#[test]
fn a_recording_that_ends_with_the_last_word_keeps_it() {
    let (spans, _) = cut(&sound(&[(10, false), (100, true)]));
    assert_eq!(spans.len(), 1);
    assert!((end(&spans[0]) - 110.0 * 0.016).abs() < 1e-9);
}

#[test]
fn sentences_are_heard_together_until_there_is_enough_or_a_long_pause() {
    let spans = |first: usize, pause: usize| cut(&sound(&[(first, true), (pause, false), (100, true), (75, false)])).0;
    assert_eq!(spans(800, 75).len(), 1, "a pause of 1.2 s after 12.8 s");
    assert_eq!(spans(1_000, 75).len(), 2, "after 16 s");
    assert_eq!(spans(800, 200).len(), 2, "a pause of 3.2 s");
    assert!(spans(1_000, 75).windows(2).all(|pair| end(&pair[0]) <= pair[1].start.get()));
}

#[test]
fn a_long_span_ends_in_the_next_short_pause() {
    let (spans, runs) = cut(&sound(&[(1_280, true), (18, false), (100, true), (80, false)]));
    assert_eq!((spans.len(), runs.len()), (2, 2));
    let pause = 20.48..20.48 + 18.0 * 0.016;
    assert!(pause.contains(&end(&spans[0])), "cut at {}", end(&spans[0]));
    assert_eq!(spans[1].start.get(), end(&spans[0]), "both have their part of the pause");
    assert_eq!(spans.iter().map(|span| span.runs[0]).collect::<Vec<_>>(), runs);
}

#[test]
fn an_open_span_is_at_hand_as_far_as_it_was_said() {
    let mut spans = cutter(SpanSettings::default());
    assert_eq!(spans.open(Seconds::ZERO), None);
    spans.push(&sound(&[(20, false), (100, true)]), |span| panic!("closed at {}", end(&span)));
    let open = spans.open(Seconds::ZERO).unwrap();
    assert_eq!(bounds(open.voiced()), (0.32, 1.92));
    assert!((end(&open) - 1.92).abs() < 1e-9);
    let later = spans.open(Seconds::new(1.0).unwrap()).unwrap();
    assert_eq!((later.start.get(), bounds(later.voiced())), (1.0, (1.0, 1.92)), "what came after a time");
    assert_eq!(spans.open(Seconds::new(2.0).unwrap()), None);
    let mut closed = None;
    spans.finish(|span| closed = Some(span));
    assert_eq!(closed, Some(SpeechSpan { is_open: false, ..open }), "nothing of it is lost by looking");
}

#[test]
fn endless_speech_is_cut_at_its_quietest_place() {
    let mut samples = sound(&[(3_000, true)]);
    // 21 s from the beginning somebody draws a breath that is too short for a pause.
    for sample in &mut samples[336_000..336_000 + 3 * FRAME_SAMPLES] {
        *sample = 0.02;
    }
    let (spans, _) = cut(&samples);
    assert!(spans.iter().all(|span| span.samples.len() <= 28 * 16_000), "{}", spans[0].samples.len());
    let first_end = end(&spans[0]);
    assert!((21.0..21.05).contains(&first_end), "cut at {first_end}");
    let joined: usize = spans.iter().map(|span| span.samples.len()).sum();
    assert_eq!(joined, samples.len(), "nothing is lost and nothing is heard twice");
}

#[test]
fn an_hour_of_silence_has_no_spans_and_is_not_kept() {
    let mut spans = cutter(SpanSettings::default());
    for _ in 0..3600 {
        spans.push(&[0.0; 16_000], |span| panic!("speech at {:?}", span.start));
    }
    assert_eq!(spans.silence().get(), 3600.0);
    assert!(spans.kept_samples() <= 32_000, "{} samples are kept", spans.kept_samples());
}

#[test]
fn silence_is_counted_from_the_end_of_speech() {
    let mut spans = cutter(SpanSettings::default());
    spans.push(&sound(&[(100, true)]), drop);
    assert_eq!(spans.silence().get(), 0.0);
    spans.push(&sound(&[(125, false)]), drop);
    assert!((spans.silence().get() - 2.0).abs() < 1e-9, "{:?}", spans.silence());
}

#[test]
fn quiet_speech_is_speech() {
    let spans_at = |gain: f32| {
        let quieter: Vec<f32> =
            tests::sound("answers/borrowing-follow-up.opus").into_iter().map(|sample| sample * gain).collect();
        let activity = VoiceActivity::new(Box::new(EarshotDetector::default()));
        cut_with(SpeechSpans::new(activity, SpanSettings::default()), &quieter, 4_000).0
    };
    let normal = spans_at(1.0);
    let quiet = spans_at(0.03);
    assert_eq!((normal.len(), quiet.len()), (1, 1));
    for (one, other) in normal.iter().zip(&quiet) {
        assert!(one.voiced().overlap(other.voiced()).get() > 0.9 * one.voiced().length().get());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spans_hold_all_speech_in_order_once_and_are_never_too_long(
        stretches in prop::collection::vec((1_usize..200, any::<bool>()), 0..40),
        piece in 1_usize..40_000,
        longest in 2_u64..29,
    ) {
        let settings = SpanSettings { longest: Duration::from_secs(longest), ..SpanSettings::default() };
        let samples = sound(&stretches);
        let (spans, runs) = cut_with(cutter(settings), &samples, piece);
        let mut earlier = 0.0;
        for span in &spans {
            prop_assert!(span.start.get() >= earlier - 1e-9);
            prop_assert!(span.samples.len() as u64 <= longest * 16_000);
            earlier = end(span);
            prop_assert!(span.voiced().start() >= span.start && span.voiced().end().get() <= earlier + 1e-9);
            let from = (span.start.get() * 16_000.0).round() as usize;
            prop_assert_eq!(&span.samples[..], &samples[from..from + span.samples.len()]);
        }
        for run in &runs {
            let covered: f64 = spans
                .iter()
                .map(|span| Span::between(span.start, duration((end(span) * 16_000.0).round() as u64)).overlap(*run).get())
                .sum();
            prop_assert!((covered - run.length().get()).abs() < 1e-6, "{:?} is covered for {} s", run, covered);
        }
        let whole = cut_with(cutter(settings), &samples, usize::MAX);
        prop_assert_eq!((spans, runs), whole, "the size of the pieces does not matter");
    }
}
