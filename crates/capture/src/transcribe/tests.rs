use std::path::Path;

use interview::{Probability, Seconds, Span, Word};
use proptest::prelude::*;

use super::cleanup::{is_loop, without_annotations, without_loops};
use super::whisper::{ended_early, to_the_end};
use super::words::{Phrase, Token, WrittenWord, align, phrases_of};
use super::*;
use crate::speech::SpeechSpan;
use crate::{Error, tests};

fn seconds(time: f64) -> Seconds {
    Seconds::new(time).unwrap()
}

fn stretch(start: f64, end: f64) -> Span {
    Span::between(seconds(start), seconds(end))
}

fn written(text: &str) -> Vec<WrittenWord> {
    let word = |text: &str| WrittenWord { text: text.to_owned(), probability: Probability::clamped(0.9) };
    text.split_whitespace().map(word).collect()
}

fn joined(words: &[WrittenWord]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn phrase(start: f64, end: f64, text: &str) -> Phrase {
    Phrase { start: Some(seconds(start)), end: Some(seconds(end)), words: written(text) }
}

fn span(start: f64, runs: &[(f64, f64)]) -> SpeechSpan {
    let runs: Vec<Span> = runs.iter().map(|(start, end)| stretch(*start, *end)).collect();
    SpeechSpan { samples: Vec::new(), start: seconds(start), runs, is_open: false }
}

fn times(words: &[Word]) -> Vec<(String, f64, f64)> {
    let rounded = |time: Seconds| (time.get() * 100.0).round() / 100.0;
    words
        .iter()
        .map(|word| (word.text.clone(), word.span.unwrap()))
        .map(|(text, span)| (text, rounded(span.start()), rounded(span.end())))
        .collect()
}

#[test]
fn annotations_are_no_words() {
    for (heard, kept) in [
        ("[BLANK_AUDIO]", ""),
        ("(music)", ""),
        ("*laughs*", ""),
        ("♪ ♪", ""),
        ("(speaking in foreign language)", ""),
        ("well [MUSIC PLAYING] it depends", "well it depends"),
        ("so (laughs) the owner *coughs* drops it.", "so the owner drops it."),
        ("(upbeat jingle)", ""),
    ] {
        assert_eq!(joined(&without_annotations(written(heard))), kept, "{heard}");
    }
}

#[test]
fn brackets_that_were_dictated_stay() {
    for heard in [
        "call f(x) here",
        "a slice is [T] without a length",
        "foo (which is a function) returns",
        "2 * 3 is six",
        "vec[0",
    ] {
        assert_eq!(joined(&without_annotations(written(heard))), heard);
    }
}

fn spoken(text: &str) -> Vec<Word> {
    text.split(' ').map(Word::typed).collect()
}

#[test]
fn a_loop_is_cut_down_to_one_turn() {
    let looping = spoken("so the value is dropped thank you thank you thank you thank you thank you thank you bye");
    assert!(is_loop(&looping));
    assert_eq!(without_loops(looping), spoken("so the value is dropped thank you bye"));
}

#[test]
fn what_people_do_repeat_stays() {
    let emphatic = spoken("it is very very very slow and no no no that is wrong");
    assert!(!is_loop(&emphatic));
    assert_eq!(without_loops(emphatic.clone()), emphatic);
}

#[test]
fn a_sentence_written_twice_in_a_row_was_said_once() {
    let doubled =
        spoken("It is fast. Don't return a reference to a member. Don't return a reference to a member. Next");
    assert!(is_loop(&doubled));
    assert_eq!(without_loops(doubled), spoken("It is fast. Don't return a reference to a member. Next"));
    let doubled_at_the_end = spoken("It is dropped while borrowed. What I do. What I do.");
    assert!(is_loop(&doubled_at_the_end));
    assert_eq!(without_loops(doubled_at_the_end), spoken("It is dropped while borrowed. What I do."));
}

/// What a recogniser makes of a span of three runs that hears, in each pass, the first `runs` of them.
fn heard_by_runs(runs: usize, is_open: bool) -> Vec<(String, f64, f64)> {
    let said = [(1.0, 3.0), (5.6, 8.0), (8.4, 8.8)];
    let whole = SpeechSpan { samples: vec![0.0; 10 * 16_000], is_open, ..span(0.0, &said) };
    let words = to_the_end(&whole, |part| {
        assert_eq!(part.samples.len(), (10 * 16_000) - (part.start.get() * 16_000.0) as usize);
        Ok(part.runs.iter().take(runs).map(|run| Word { span: Some(*run), ..Word::typed("word") }).collect())
    });
    times(&words.unwrap())
}

#[test]
fn what_is_said_after_a_pass_ended_is_heard_in_another_one() {
    let word = |start, end| ("word".to_owned(), start, end);
    assert_eq!(heard_by_runs(3, false), [word(1.0, 3.0), word(5.6, 8.0), word(8.4, 8.8)]);
    assert_eq!(heard_by_runs(2, false), [word(1.0, 3.0), word(5.6, 8.0)], "the rest is too short to be worth a pass");
    assert_eq!(heard_by_runs(1, false), [word(1.0, 3.0), word(5.6, 8.0)]);
    assert_eq!(heard_by_runs(1, true), [word(1.0, 3.0)], "provisional words are worth no second look");
    assert_eq!(heard_by_runs(0, false), []);
}

#[test]
fn a_few_words_for_a_long_stretch_of_voice_are_not_all_of_them() {
    let voice = |end: f64| [stretch(0.0, end)];
    assert!(ended_early(&spoken("For main as it stands"), &voice(9.0)));
    assert!(!ended_early(&spoken("For main as it stands"), &voice(2.5)));
    assert!(!ended_early(&spoken("It is dropped when the owner goes out of scope"), &voice(3.6)));
    let two_of_three = "And undefined behavior stays forbidden in the block too, only time to blame now.";
    assert!(ended_early(&spoken(two_of_three), &voice(7.2)), "a sentence was lost, of three");
}

fn text(bytes: &[u8], probability: f64) -> Token<'_> {
    Token::Text { bytes, probability }
}

#[test]
fn tokens_become_words_and_times_part_phrases() {
    let tokens = [
        Token::Time(seconds(0.3)),
        text(b" own", 0.8),
        text(b"er", 0.6),
        text(b",", 0.1),
        text(b" caf", 0.9),
        text(&[0xc3], 0.9),
        text(&[0xa9], 0.9),
        Token::Time(seconds(1.5)),
        Token::Time(seconds(2.0)),
        text(b" yes", 0.5),
    ];
    let phrases = phrases_of(tokens);
    let summary: Vec<_> = phrases.iter().map(|phrase| (phrase.start, phrase.end, joined(&phrase.words))).collect();
    let expected = [
        (Some(seconds(0.3)), Some(seconds(1.5)), "owner, café".to_owned()),
        (Some(seconds(2.0)), None, "yes".to_owned()),
    ];
    assert_eq!(summary, expected);
    let owner = phrases[0].words[0].probability.get();
    assert!((owner - 0.7).abs() < 1e-9, "punctuation does not count: {owner}");
}

#[test]
fn nothing_but_punctuation_or_zero_bytes_is_no_word() {
    assert_eq!(phrases_of([text(&[0], 1.0), text(b" ...", 0.5), text(b" -", 0.5)]), []);
}

#[test]
fn words_are_laid_over_the_speech_in_proportion_to_their_length() {
    let words = align(vec![phrase(0.3, 2.3, "aaa bbbbbbb aaa")], &span(10.0, &[(10.4, 12.0)]));
    assert_eq!(times(&words), [("aaa".into(), 10.4, 10.8), ("bbbbbbb".into(), 10.8, 11.6), ("aaa".into(), 11.6, 12.0)]);
}

#[test]
fn a_pause_falls_between_words() {
    let words = align(vec![phrase(0.0, 4.0, "one two three four")], &span(0.0, &[(0.0, 1.0), (3.0, 4.0)]));
    let times = times(&words);
    assert_eq!((times[1].2, times[2].1), (1.0, 3.0), "{times:?}");
}

#[test]
fn a_pause_falls_after_a_sentence_where_it_can() {
    // By length alone "it" would be said before the pause.
    let words = align(vec![phrase(0.0, 4.0, "It moves. It then is gone")], &span(0.0, &[(0.0, 1.0), (2.0, 3.0)]));
    let times = times(&words);
    assert_eq!((times[1].2, times[2].1), (1.0, 2.0), "{times:?}");
}

#[test]
fn phrases_keep_to_the_times_that_the_recogniser_states() {
    let phrases = vec![phrase(0.3, 2.0, "first"), phrase(4.0, 6.0, "second")];
    let words = align(phrases, &span(100.0, &[(100.3, 102.1), (103.9, 106.0)]));
    assert_eq!(times(&words), [("first".into(), 100.3, 102.0), ("second".into(), 104.0, 106.0)]);
}

proptest! {
    #[test]
    fn aligned_words_are_in_order_and_within_the_speech(
        stated in prop::collection::vec((0.0..40.0_f64, 0.0..40.0_f64, 1_usize..6), 0..6),
        runs in prop::collection::vec((0.01..2.0_f64, 0.1..5.0_f64), 1..6),
    ) {
        let mut time = 5.0;
        let runs: Vec<(f64, f64)> = runs
            .into_iter()
            .map(|(pause, length)| {
                let start = time + pause;
                time = start + length;
                (start, time)
            })
            .collect();
        let span = span(5.0, &runs);
        let count: usize = stated.iter().map(|(_, _, count)| count).sum();
        let phrases = stated.into_iter().map(|(start, end, count)| phrase(start, end, &"word ".repeat(count))).collect();
        let words = align(phrases, &span);
        prop_assert_eq!(words.len(), count);
        let mut earlier = span.voiced().start();
        for word in words {
            let time = word.span.unwrap();
            prop_assert!(time.start().get() >= earlier.get() - 1e-9 && time.end().get() <= span.voiced().end().get() + 1e-9);
            earlier = time.end();
        }
    }
}

#[test]
fn a_prompt_is_short_clean_and_without_repetition() {
    let prompt = Prompt::of_terms(["Arc", " Mutex\n\u{0} ", "Arc", "", "RefCell"]);
    assert_eq!(prompt.as_str(), "Arc, Mutex, RefCell.");
    let many: Vec<String> = (0..500).map(|index| format!("term{index}")).collect();
    assert!(Prompt::of_terms(many.iter().map(String::as_str)).as_str().len() <= 360);
    assert_eq!(Prompt::of_terms([]).as_str(), "");
}

#[test]
fn a_prompt_goes_on_with_the_last_words_there_is_room_for() {
    let terms = Prompt::of_terms(["Arc", "Mutex"]);
    assert_eq!(terms.after("").as_str(), "Arc, Mutex.");
    assert_eq!(terms.after("So the owner").as_str(), "Arc, Mutex. So the owner");
    assert_eq!(Prompt::default().after("So the owner").as_str(), "So the owner");
    let long = terms.after(&"größe word ".repeat(200));
    assert!(long.as_str().len() <= 360, "{}", long.as_str().len());
    assert!(long.as_str().starts_with("Arc, Mutex. ") && long.as_str().ends_with(" word"), "{}", long.as_str());
}

/// The whole recording as one span.
fn whole(name: &str) -> SpeechSpan {
    let samples = tests::sound(name);
    let end = samples.len() as f64 / 16_000.0;
    SpeechSpan { samples, start: seconds(30.0), runs: vec![stretch(30.6, 30.0 + end - 1.3)], is_open: false }
}

/// A double that hears the same in everything.
struct Parrot(Vec<&'static str>);

impl Transcriber for Parrot {
    fn transcribe(
        &mut self,
        span: &SpeechSpan,
        _: &Prompt,
        cancellation: &CancellationToken,
    ) -> Result<Vec<Word>, Error> {
        if cancellation.is_cancelled() {
            return Err(Error::Cancelled);
        }
        if span.samples.is_empty() {
            return Ok(Vec::new());
        }
        Ok(align(vec![Phrase { start: None, end: None, words: written(&self.0.join(" ")) }], span))
    }
}

/// What every transcriber promises, given that it hears [`tests::SENTENCE`] in the span.
fn keeps_the_contract(mut transcriber: impl Transcriber) {
    let span = whole("formats/22050.flac");
    let words = recognised(&mut transcriber, &span);
    let text: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(text.join(" "), tests::SENTENCE);
    let mut earlier = span.voiced().start();
    for word in &words {
        let time = word.span.unwrap();
        assert!(time.start() >= earlier && time.end() <= span.voiced().end(), "{word:?}");
        earlier = time.end();
    }
    assert_eq!(recognised(&mut transcriber, &span), words, "nothing is remembered");
    let nothing = SpeechSpan { samples: Vec::new(), start: seconds(1.0), runs: Vec::new(), is_open: false };
    assert_eq!(recognised(&mut transcriber, &nothing), []);
    let cancelled = CancellationToken::new();
    cancelled.cancel();
    let refusal = transcriber.transcribe(&span, &Prompt::default(), &cancelled).unwrap_err();
    assert!(matches!(refusal, Error::Cancelled), "{refusal}");
    assert_eq!(recognised(&mut transcriber, &span), words, "a cancelled span does not spoil the next one");
}

fn recognised(transcriber: &mut impl Transcriber, span: &SpeechSpan) -> Vec<Word> {
    transcriber.transcribe(span, &Prompt::default(), &CancellationToken::new()).unwrap()
}

#[test]
fn whisper_keeps_the_contract() {
    keeps_the_contract(tests::whisper());
}

#[test]
fn the_double_keeps_the_contract() {
    keeps_the_contract(Parrot(tests::SENTENCE.split(' ').collect()));
}

fn transcript(transcriber: &mut Whisper, span: &SpeechSpan, prompt: &Prompt) -> String {
    let words = transcriber.transcribe(span, prompt, &CancellationToken::new()).unwrap();
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_prompt_does_not_spoil_what_is_heard() {
    let prompt = Prompt::of_terms(["ownership", "borrow checker", "Arc", "Mutex"]);
    assert_eq!(transcript(&mut tests::whisper(), &whole("formats/48000.opus"), &prompt), tests::SENTENCE);
}

#[test]
fn clear_speech_leaves_no_doubt() {
    let words = recognised(&mut tests::whisper(), &whole("formats/22050.flac"));
    assert!(words.iter().all(|word| !word.is_in_doubt()), "{words:?}");
}

#[test]
fn sound_too_short_to_be_speech_gives_no_words() {
    let span =
        SpeechSpan { samples: vec![0.3; 800], start: seconds(0.0), runs: vec![stretch(0.0, 0.05)], is_open: false };
    let words = recognised(&mut tests::whisper(), &span);
    assert!(words.len() <= 3, "{words:?}");
}

#[test]
fn a_model_in_a_folder_with_any_name_is_loaded() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("Модели für Größe 模型").join("ggml-тест.en.bin");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::copy(tests::model(), &path).unwrap();
    let mut whisper = Whisper::load(&path, WhisperSettings::default()).unwrap();
    assert_eq!(transcript(&mut whisper, &whole("formats/48000.opus"), &Prompt::default()), tests::SENTENCE);
}

#[test]
fn a_file_that_is_no_model_is_refused_in_words() {
    let refusal =
        Whisper::load(Path::new("/nowhere/ggml-base.en.bin"), WhisperSettings::default()).map(|_| ()).unwrap_err();
    assert!(matches!(refusal, Error::Unreadable { .. }));
    let refusal =
        Whisper::load(&tests::path("formats/22050.flac"), WhisperSettings::default()).map(|_| ()).unwrap_err();
    assert!(matches!(refusal, Error::ModelDamaged { .. }), "{refusal}");
}

#[test]
fn languages_are_known_by_their_codes() {
    assert_eq!("en".parse(), Ok(Language::ENGLISH));
    assert!("de".parse::<Language>().is_ok());
    for unknown in ["", "xx", "EN", "e\u{0}", "english"] {
        assert!(unknown.parse::<Language>().is_err(), "{unknown:?}");
    }
}
