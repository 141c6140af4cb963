use std::sync::mpsc as channel;
use std::time::Duration;

use interview::{Probability, Word};
use tokio::sync::mpsc;

use super::*;
use crate::audio::Decoder;
use crate::speech::SpeechSpan;
use crate::transcribe::{Prompt, Transcriber};
use crate::{Error, fixtures};

fn recogniser() -> Recogniser {
    Recogniser::start(fixtures::whisper()).unwrap()
}

fn hear_file(recogniser: &Recogniser, name: &str) -> Heard {
    let sound = Decoder::open(&fixtures::path(name), None).unwrap();
    hear(sound, Listener::new(recogniser, ListenerSettings::default(), None)).unwrap()
}

#[test]
fn every_spoken_answer_is_heard_word_for_word() {
    let recogniser = recogniser();
    for name in fixtures::files("answers", ".opus") {
        let said = std::fs::read_to_string(fixtures::path(&name.replace(".opus", ".txt"))).unwrap();
        let heard = hear_file(&recogniser, &name);
        let sentences: Vec<String> = heard.transcript.segments().iter().map(|segment| segment.text()).collect();
        assert_eq!(sentences, said.lines().collect::<Vec<_>>(), "{name}");
        assert_eq!(heard.speech.len(), sentences.len(), "{name}: one stretch of speech a sentence");
        assert!(!heard.truncated);
    }
}

#[test]
fn the_same_sentence_is_heard_in_every_format() {
    let recogniser = recogniser();
    for name in fixtures::files("formats", "") {
        assert_eq!(hear_file(&recogniser, &name).transcript.text(), fixtures::SENTENCE, "{name}");
    }
}

#[test]
fn words_have_their_times_on_the_original_timeline() {
    let heard = hear_file(&recogniser(), "answers/borrowing-follow-up.opus");
    // Made with 0.6 s of silence in front and 1.2 s between the sentences.
    let onsets: Vec<f64> = heard.speech.iter().map(|run| run.start().get()).collect();
    assert!((0.5..0.75).contains(&onsets[0]) && (4.4..4.8).contains(&onsets[1]), "{onsets:?}");
    for (segment, run) in heard.transcript.segments().iter().zip(&heard.speech) {
        assert_eq!(segment.span(), Some(*run), "the words cover the speech, and nothing else");
    }
    assert!((heard.duration.get() - 8.9).abs() < 0.05);
}

#[test]
fn pushing_live_gives_what_the_file_gives() {
    let recogniser = recogniser();
    let mut listener = Listener::new(&recogniser, ListenerSettings::default(), None);
    for piece in fixtures::sound("answers/ownership-follow-up.opus").chunks(317) {
        listener.push(piece);
    }
    assert_eq!(listener.finish().unwrap(), hear_file(&recogniser, "answers/ownership-follow-up.opus"));
}

#[test]
fn sentences_are_transcribed_while_the_person_still_speaks() {
    let (events, mut watched) = mpsc::channel(1_000);
    let mut listener = Listener::new(&recogniser(), ListenerSettings::default(), Some(events));
    let sound = fixtures::sound("answers/borrowing-follow-up.opus");
    let (first_sentence, rest) = sound.split_at(5 * 16_000);
    listener.push(first_sentence);
    let Some(Event::Segment(segment)) = next_event(&mut listener, &mut watched) else { panic!("no sentence came") };
    assert_eq!(segment.text(), "when a vector grows it moves to a new buffer");
    assert_eq!(listener.segments(), [segment]);
    listener.push(rest);
    assert_eq!(listener.finish().unwrap().transcript.segments().len(), 2);
}

fn next_event(listener: &mut Listener, watched: &mut mpsc::Receiver<Event>) -> Option<Event> {
    (0..6_000).find_map(|_| {
        listener.collect();
        watched.try_recv().ok().or_else(|| {
            std::thread::sleep(Duration::from_millis(5));
            None
        })
    })
}

#[test]
fn an_hour_of_silence_is_heard_as_silence() {
    let mut listener = Listener::new(&recogniser(), ListenerSettings::default(), None);
    for _ in 0..3600 {
        listener.push(&[0.0; 16_000]);
        listener.catch_up().unwrap();
    }
    let heard = listener.finish().unwrap();
    assert!(heard.transcript.is_empty() && heard.speech.is_empty());
    assert_eq!(heard.duration.get(), 3600.0);
}

#[test]
fn a_twentieth_of_a_second_is_heard_as_nothing() {
    let mut listener = Listener::new(&recogniser(), ListenerSettings::default(), None);
    listener.push(&fixtures::sound("answers/do-not-know.opus")[16_000..16_800]);
    let heard = listener.finish().unwrap();
    assert!(heard.transcript.is_empty());
    assert_eq!(heard.duration.get(), 0.05);
}

#[test]
fn steady_noise_is_not_heard_as_words() {
    let mut state = 1_u32;
    let noise: Vec<f32> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 * 0.1 - 0.05
    })
    .take(20 * 16_000)
    .collect();
    let mut listener = Listener::new(&recogniser(), ListenerSettings::default(), None);
    listener.push(&noise);
    assert_eq!(listener.finish().unwrap().transcript.text(), "");
}

#[test]
fn what_a_cut_off_file_still_holds_is_heard() {
    let bytes = std::fs::read(fixtures::path("formats/22050.flac")).unwrap();
    let sound = Decoder::from_bytes(bytes[..bytes.len() / 2].to_vec(), None).unwrap();
    let heard = hear(sound, Listener::new(&recogniser(), ListenerSettings::default(), None)).unwrap();
    assert!(heard.truncated);
    assert!(heard.transcript.text().starts_with("the borrow checker makes sure"), "{}", heard.transcript.text());
}

#[test]
fn several_listeners_share_one_recogniser() {
    let recogniser = recogniser();
    let names = ["answers/do-not-know.opus", "answers/borrowing-follow-up.opus", "answers/ownership-follow-up.opus"];
    let heard: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            names.iter().map(|name| scope.spawn(|| hear_file(&recogniser, name).transcript.text())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (name, heard) in names.iter().zip(heard) {
        let said = std::fs::read_to_string(fixtures::path(&name.replace(".opus", ".txt"))).unwrap();
        assert_eq!(heard, said.lines().collect::<Vec<_>>().join(" "));
    }
}

/// A double that does with each span what the test says.
struct Scripted<Script>(Script);

impl<Script: FnMut(&SpeechSpan) -> Result<Vec<Word>, Error> + Send> Transcriber for Scripted<Script> {
    fn transcribe(&mut self, span: &SpeechSpan, _: &Prompt) -> Result<Vec<Word>, Error> {
        (self.0)(span)
    }

    fn model(&self) -> &str {
        "scripted"
    }
}

fn word(span: &SpeechSpan) -> Vec<Word> {
    vec![Word::heard("word", span.voiced(), Probability::CERTAIN)]
}

#[test]
fn a_recogniser_that_fails_says_why() {
    let failing = |_: &SpeechSpan| Err(Error::Transcription { reason: "out of memory".to_owned() });
    let recogniser = Recogniser::start(Scripted(failing)).unwrap();
    let mut listener = Listener::new(&recogniser, ListenerSettings::default(), None);
    listener.push(&fixtures::sound("answers/do-not-know.opus"));
    assert_eq!(listener.finish().unwrap_err().to_string(), "the recogniser failed: out of memory");
}

#[test]
fn a_recogniser_that_hangs_is_given_up() {
    let (release, held) = channel::channel::<()>();
    let recogniser = Recogniser::start(Scripted(move |span: &SpeechSpan| {
        let _released_by_dropping = held.recv();
        Ok(word(span))
    }))
    .unwrap();
    let settings = ListenerSettings { patience: Duration::from_millis(50), ..ListenerSettings::default() };
    let mut listener = Listener::new(&recogniser, settings, None);
    listener.push(&fixtures::sound("answers/do-not-know.opus"));
    assert!(matches!(listener.finish(), Err(Error::TooSlow { .. })));
    drop(release);
}

#[test]
fn what_nobody_waits_for_is_not_transcribed() {
    let (release, held) = channel::channel::<()>();
    let (report, transcribed) = channel::channel();
    let recogniser = Recogniser::start(Scripted(move |span: &SpeechSpan| {
        let _released_by_dropping = held.recv();
        report.send(span.start).unwrap();
        Ok(word(span))
    }))
    .unwrap();
    let sound = fixtures::sound("answers/borrowing-strong.opus");
    let mut waiting = Listener::new(&recogniser, ListenerSettings::default(), None);
    waiting.push(&fixtures::sound("answers/do-not-know.opus"));
    let mut given_up = Listener::new(&recogniser, ListenerSettings::default(), None);
    given_up.push(&sound);
    drop(given_up);
    drop(release);
    assert_eq!(waiting.finish().unwrap().transcript.text(), "word");
    drop(recogniser);
    assert_eq!(transcribed.iter().count(), 1);
}

#[test]
fn a_recogniser_that_crashes_is_an_error_and_no_hang() {
    let crashing = |_: &SpeechSpan| -> Result<Vec<Word>, Error> { panic!("a crash on purpose") };
    let recogniser = Recogniser::start(Scripted(crashing)).unwrap();
    let mut listener = Listener::new(&recogniser, ListenerSettings::default(), None);
    listener.push(&fixtures::sound("answers/borrowing-follow-up.opus"));
    let refusal = listener.finish().unwrap_err();
    assert!(matches!(refusal, Error::Transcription { .. }), "{refusal}");
}
