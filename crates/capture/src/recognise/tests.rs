use std::sync::mpsc as channel;
use std::time::Duration;

use tokio::sync::mpsc;

use super::*;
use crate::audio::Decoder;
use crate::tests::{self, scripted, sound, word};
use crate::transcribe::{Whisper, WhisperSettings};
use crate::{Error, Patience};

/// A recogniser with the small model of the tests, which has learnt from single sentences without a prompt.
fn recogniser() -> Recogniser {
    let settings = WhisperSettings { glossary: false, ..WhisperSettings::default() };
    Recogniser::start(Whisper::load(&tests::model(), settings).unwrap()).unwrap()
}

fn transcribe_file(recogniser: &Recogniser, name: &str) -> Recognition {
    let file = Decoder::open(&tests::path(name), None).unwrap();
    transcribe(file, RecognitionStream::new(recogniser, by_sentence(), None)).unwrap()
}

/// Spans of about a sentence, which that model has learnt from.
fn by_sentence() -> RecognitionSettings {
    let spans = SpanSettings {
        enough: Duration::ZERO,
        plenty: Duration::from_secs(12),
        longest: Duration::from_secs(20),
        ..SpanSettings::default()
    };
    RecognitionSettings { spans, ..RecognitionSettings::default() }
}

#[test]
fn every_spoken_answer_is_recognised_word_for_word() {
    let recogniser = recogniser();
    for name in tests::files("answers", ".opus") {
        let said = std::fs::read_to_string(tests::path(&name.replace(".opus", ".txt"))).unwrap();
        let recognition = transcribe_file(&recogniser, &name);
        let sentences: Vec<String> = recognition.transcript.segments().iter().map(|segment| segment.text()).collect();
        assert_eq!(sentences, said.lines().collect::<Vec<_>>(), "{name}");
        assert_eq!(recognition.speech.len(), sentences.len(), "{name}: one stretch of speech a sentence");
        assert!(!recognition.truncated);
    }
}

#[test]
fn the_same_sentence_is_recognised_in_every_format() {
    let recogniser = recogniser();
    for name in tests::files("formats", "") {
        assert_eq!(transcribe_file(&recogniser, &name).transcript.text(), tests::SENTENCE, "{name}");
    }
}

#[test]
fn words_have_their_times_on_the_original_timeline() {
    let recognition = transcribe_file(&recogniser(), "answers/borrowing-follow-up.opus");
    // Made with 0.6 s of silence in front and 1.2 s between the sentences.
    let onsets: Vec<f64> = recognition.speech.iter().map(|run| run.start().get()).collect();
    assert!((0.5..0.75).contains(&onsets[0]) && (4.4..4.8).contains(&onsets[1]), "{onsets:?}");
    let spans: Vec<Span> = recognition.transcript.words().filter_map(|word| word.span).collect();
    for run in &recognition.speech {
        let said = spans.iter().copied().filter(|word| word.overlap(*run) > Seconds::ZERO).reduce(Span::hull).unwrap();
        assert!(said.overlap(*run).get() > 0.95 * run.length().get(), "{run:?} has words from {said:?}");
    }
    let all: f64 = spans.iter().map(|word| word.length().get()).sum();
    let within = |word: &Span| recognition.speech.iter().map(|run| word.overlap(*run).get()).sum::<f64>();
    assert!((all - spans.iter().map(within).sum::<f64>()).abs() < 1e-6, "no word is in a pause");
    assert!((recognition.duration.get() - 8.9).abs() < 0.05);
}

#[test]
fn pushing_live_gives_what_the_file_gives() {
    let recogniser = recogniser();
    let mut stream = RecognitionStream::new(&recogniser, by_sentence(), None);
    for piece in sound("answers/ownership-follow-up.opus").chunks(317) {
        stream.push(piece);
    }
    assert_eq!(stream.finish().unwrap(), transcribe_file(&recogniser, "answers/ownership-follow-up.opus"));
}

#[test]
fn sentences_are_transcribed_while_the_person_still_speaks() {
    let (events, mut watched) = mpsc::channel(1_000);
    let mut stream = RecognitionStream::new(&recogniser(), RecognitionSettings::default(), Some(events));
    let recording = sound("answers/borrowing-follow-up.opus");
    let (first_sentence, rest) = recording.split_at(4 * 16_000);
    stream.push(first_sentence);
    stream.push(&[0.0; 3 * 16_000]);
    let heard = std::iter::from_fn(|| next_event(&mut stream, &mut watched))
        .find_map(|event| if let Event::Segment(segment) = event { Some(segment) } else { None });
    let segment = heard.expect("a sentence comes");
    assert_eq!(segment.text(), "when a vector grows it moves to a new buffer");
    stream.push(rest);
    assert_eq!(stream.finish().unwrap().transcript.segments().len(), 2);
}

fn next_event(stream: &mut RecognitionStream, watched: &mut mpsc::Receiver<Event>) -> Option<Event> {
    (0..6_000).find_map(|_| {
        stream.preview();
        watched.try_recv().ok().or_else(|| {
            std::thread::sleep(Duration::from_millis(5));
            None
        })
    })
}

/// The sentences of a recording with so little silence between them that a span is cut only for its length.
fn fluent(name: &str) -> Vec<f32> {
    let recording = sound(name);
    let mut spans = SpeechSpans::new(VoiceActivity::new(Box::new(EarshotDetector::default())), SpanSettings::default());
    spans.push(&recording, drop);
    spans.finish(drop);
    let sample = |time: Seconds| (time.get() * 16_000.0) as usize;
    let sentence = |run: &Span| &recording[sample(run.start())..recording.len().min(sample(run.end()) + 4_000)];
    spans.runs().iter().flat_map(sentence).copied().collect()
}

#[test]
fn no_word_is_lost_or_doubled_where_fluent_speech_is_cut() {
    let name = "answers/ownership-strong.opus";
    let mut stream = RecognitionStream::new(&recogniser(), by_sentence(), None);
    stream.push(&fluent(name));
    let transcript = stream.finish().unwrap().transcript;
    let said = std::fs::read_to_string(tests::path(&name.replace(".opus", ".txt"))).unwrap();
    assert!(transcript.segments().len() > 1, "it is cut");
    assert_eq!(transcript.text(), said.lines().collect::<Vec<_>>().join(" "));
}

#[test]
fn a_span_is_told_the_words_before_it() {
    let prompts = |sound: &[f32]| {
        let (report, prompts) = channel::channel();
        let recogniser = scripted(move |span, prompt, _| {
            report.send(prompt.as_str().to_owned()).unwrap();
            Ok(word(span))
        });
        let settings = RecognitionSettings { prompt: Prompt::of_terms(["Arc"]), ..RecognitionSettings::default() };
        let mut stream = RecognitionStream::new(&recogniser, settings, None);
        stream.push(sound);
        stream.finish().unwrap();
        drop(recogniser);
        prompts.iter().collect::<Vec<String>>()
    };
    assert_eq!(prompts(&sound("answers/ownership-strong.opus"))[..2], ["Arc.", "Arc. word"]);
}

#[test]
fn provisional_words_come_while_a_sentence_is_said_and_make_way_for_its_words() {
    let recogniser = scripted(|span, _, _| Ok(word(span)));
    let (events, mut watched) = mpsc::channel(1_000);
    let mut stream = RecognitionStream::new(&recogniser, RecognitionSettings::default(), Some(events));
    let recording = sound("answers/borrowing-follow-up.opus");
    let (begun, rest) = recording.split_at(3 * 16_000);
    stream.push(begun);
    stream.preview();
    let provisional = next_event(&mut stream, &mut watched);
    assert_eq!(provisional, Some(Event::Provisional("word".to_owned())));
    stream.push(rest);
    let recognition = stream.finish().unwrap();
    let mut segments = 0;
    while let Ok(event) = watched.try_recv() {
        assert!(!matches!(event, Event::Provisional(_)), "nothing provisional comes after its segment");
        segments += usize::from(matches!(event, Event::Segment(_)));
    }
    assert_eq!((recognition.transcript.segments().len(), segments), (1, 1), "what was provisional is in no transcript");
}

#[test]
fn provisional_words_of_what_was_said_before_a_pause_stay_and_are_not_heard_again() {
    let (report, heard) = channel::channel();
    let recogniser = scripted(move |span, prompt, _| {
        report.send((span.start, prompt.as_str().to_owned())).unwrap();
        Ok(word(span))
    });
    let (events, mut watched) = mpsc::channel(1_000);
    let mut stream = RecognitionStream::new(&recogniser, RecognitionSettings::default(), Some(events));
    let recording = sound("answers/ownership-strong.opus");
    let mut shown = Vec::new();
    for second in recording.chunks(16_000).take(14) {
        stream.push(second);
        stream.preview();
        while stream.provisional.is_some() {
            std::thread::sleep(Duration::from_millis(1));
            stream.preview();
        }
        while let Ok(event) = watched.try_recv() {
            shown.extend(if let Event::Provisional(words) = event { Some(words) } else { None });
        }
    }
    let heard: Vec<(Seconds, String)> = heard.try_iter().collect();
    assert_eq!(shown.first().map(String::as_str), Some("word"));
    assert_eq!(shown.last().map(String::as_str), Some("word word"), "{shown:?}");
    let (first, last) = (&heard[0], &heard[heard.len() - 1]);
    assert!(last.0.since(first.0).get() >= 6.0, "{heard:?}");
    assert_eq!((first.1.as_str(), last.1.as_str()), ("", "word"), "they are the context of what follows");
}

#[test]
fn words_that_the_recogniser_repeats_from_its_prompt_are_not_shown_again() {
    let said = "which moves it, so the compiler complains.";
    assert_eq!(without_repetition(said, "So the compiler complains. That is why"), "That is why");
    assert_eq!(
        without_repetition(said, "the compiler complains that it moves"),
        "the compiler complains that it moves"
    );
    assert_eq!(without_repetition("", "so the compiler complains"), "so the compiler complains");
    assert_eq!(without_repetition(said, ""), "");
}

#[test]
fn provisional_words_are_given_up_for_a_closed_span() {
    let (release, held) = channel::channel::<()>();
    let (begin, began) = channel::channel();
    let (report, reported) = channel::channel();
    let recogniser = scripted(move |span, _, cancellation| {
        begin.send(()).ok();
        held.recv().ok();
        report.send((span.start, cancellation.is_cancelled())).ok();
        Ok(word(span))
    });
    let mut stream = RecognitionStream::new(&recogniser, RecognitionSettings::default(), None);
    let recording = sound("answers/do-not-know.opus");
    stream.push(&recording[..recording.len() / 2]);
    stream.preview();
    began.recv().unwrap();
    stream.push(&recording[recording.len() / 2..]);
    stream.push(&[0.0; 4 * 16_000]);
    assert!(stream.backlog() > Seconds::ZERO);
    drop(release);
    assert_eq!(stream.finish().unwrap().transcript.text(), "word");
    let reported: Vec<(Seconds, bool)> = reported.try_iter().collect();
    let [(provisional, is_cancelled), (closed, is_final_cancelled)] = reported[..] else { panic!("{reported:?}") };
    assert_eq!(provisional, closed, "the same span, first open and then closed");
    assert!(is_cancelled && !is_final_cancelled);
}

#[test]
fn speech_without_words_yet_is_the_backlog() {
    let (release, held) = channel::channel::<()>();
    let recogniser = scripted(move |span, _, _| {
        held.recv().ok(); // Returns when `release` is dropped.
        Ok(word(span))
    });
    let (events, mut watched) = mpsc::channel(1_000);
    let mut stream = RecognitionStream::new(&recogniser, RecognitionSettings::default(), Some(events));
    stream.push(&sound("answers/ownership-strong.opus"));
    let waiting = stream.backlog();
    assert!(waiting > Seconds::ZERO);
    assert_eq!(watched.try_recv(), Ok(Event::Backlog(waiting)));
    drop(release);
    stream.finish().unwrap();
    let last = std::iter::from_fn(|| watched.try_recv().ok()).last();
    assert_eq!(last, Some(Event::Backlog(Seconds::ZERO)));
}

#[test]
fn an_hour_of_silence_has_no_words() {
    let mut stream = RecognitionStream::new(&recogniser(), RecognitionSettings::default(), None);
    for _ in 0..3600 {
        stream.push(&[0.0; 16_000]);
        stream.catch_up().unwrap();
    }
    let recognition = stream.finish().unwrap();
    assert!(recognition.transcript.is_empty() && recognition.speech.is_empty());
    assert_eq!(recognition.duration.get(), 3600.0);
}

#[test]
fn a_twentieth_of_a_second_has_no_words() {
    let mut stream = RecognitionStream::new(&recogniser(), RecognitionSettings::default(), None);
    stream.push(&sound("answers/do-not-know.opus")[16_000..16_800]);
    let recognition = stream.finish().unwrap();
    assert!(recognition.transcript.is_empty());
    assert_eq!(recognition.duration.get(), 0.05);
}

#[test]
fn steady_noise_has_no_words() {
    let mut state = 1_u32;
    let noise: Vec<f32> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 * 0.1 - 0.05
    })
    .take(20 * 16_000)
    .collect();
    let mut stream = RecognitionStream::new(&recogniser(), RecognitionSettings::default(), None);
    stream.push(&noise);
    assert_eq!(stream.finish().unwrap().transcript.text(), "");
}

#[test]
fn the_rest_of_a_truncated_file_is_recognised() {
    let bytes = std::fs::read(tests::path("formats/22050.flac")).unwrap();
    let file = Decoder::from_bytes(bytes[..bytes.len() / 2].to_vec(), None).unwrap();
    let recognition =
        transcribe(file, RecognitionStream::new(&recogniser(), RecognitionSettings::default(), None)).unwrap();
    assert!(recognition.truncated);
    assert!(
        recognition.transcript.text().starts_with("the borrow checker makes sure"),
        "{}",
        recognition.transcript.text()
    );
}

#[test]
fn several_streams_share_one_recogniser() {
    let recogniser = recogniser();
    let names = ["answers/do-not-know.opus", "answers/borrowing-follow-up.opus", "answers/ownership-follow-up.opus"];
    let texts: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            names.iter().map(|name| scope.spawn(|| transcribe_file(&recogniser, name).transcript.text())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (name, text) in names.iter().zip(texts) {
        let said = std::fs::read_to_string(tests::path(&name.replace(".opus", ".txt"))).unwrap();
        assert_eq!(text, said.lines().collect::<Vec<_>>().join(" "));
    }
}

#[test]
fn a_recogniser_that_fails_says_why() {
    let recogniser = scripted(|_, _, _| Err(Error::Transcription { reason: "out of memory".to_owned() }));
    let mut stream = RecognitionStream::new(&recogniser, RecognitionSettings::default(), None);
    stream.push(&sound("answers/do-not-know.opus"));
    assert_eq!(stream.finish().unwrap_err().to_string(), "the recogniser failed: out of memory");
}

#[test]
fn a_recogniser_that_hangs_is_too_slow() {
    let (release, held) = channel::channel::<()>();
    let recogniser = scripted(move |span, _, _| {
        held.recv().ok(); // Returns when `release` is dropped.
        Ok(word(span))
    });
    let patience = Patience { recognition: Duration::from_millis(50), ..Patience::default() };
    let settings = RecognitionSettings { patience, ..RecognitionSettings::default() };
    let mut stream = RecognitionStream::new(&recogniser, settings, None);
    stream.push(&sound("answers/do-not-know.opus"));
    assert!(matches!(stream.finish(), Err(Error::TooSlow { .. })));
    drop(release);
}

#[test]
fn queued_spans_of_a_dropped_stream_are_not_transcribed() {
    let (release, held) = channel::channel::<()>();
    let (report, transcribed) = channel::channel();
    let recogniser = scripted(move |span, _, _| {
        held.recv().ok(); // Returns when `release` is dropped.
        report.send(span.start).unwrap();
        Ok(word(span))
    });
    let mut waiting = RecognitionStream::new(&recogniser, RecognitionSettings::default(), None);
    waiting.push(&sound("answers/do-not-know.opus"));
    waiting.push(&[0.0; 4 * 16_000]);
    let mut dropped = RecognitionStream::new(&recogniser, RecognitionSettings::default(), None);
    dropped.push(&sound("answers/borrowing-strong.opus"));
    drop(dropped);
    drop(release);
    assert_eq!(waiting.finish().unwrap().transcript.text(), "word");
    drop(recogniser);
    assert_eq!(transcribed.iter().count(), 1);
}

#[test]
fn a_wait_for_words_can_be_cancelled_from_elsewhere() {
    let (release, held) = channel::channel::<()>();
    let (begin, began) = channel::channel();
    let recogniser = scripted(move |span, _, _| {
        begin.send(()).ok();
        held.recv().ok(); // Returns when `release` is dropped.
        Ok(word(span))
    });
    let mut stream = RecognitionStream::new(&recogniser, RecognitionSettings::default(), None);
    stream.push(&sound("answers/do-not-know.opus"));
    let cancellation = stream.cancellation();
    let waiting = std::thread::spawn(move || stream.finish());
    began.recv().unwrap();
    cancellation.cancel();
    assert!(matches!(waiting.join().unwrap(), Err(Error::Cancelled)));
    drop(release);
}

#[test]
fn a_recogniser_that_crashes_is_an_error_and_no_hang() {
    let recogniser = scripted(|_, _, _| panic!("a crash on purpose"));
    let mut stream = RecognitionStream::new(&recogniser, RecognitionSettings::default(), None);
    stream.push(&sound("answers/borrowing-follow-up.opus"));
    let refusal = stream.finish().unwrap_err();
    assert!(matches!(refusal, Error::Transcription { .. }), "{refusal}");
}
