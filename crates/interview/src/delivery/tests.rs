use proptest::prelude::*;

use super::*;
use crate::transcript::{Probability, Segment, Transcript, Word};

fn at(seconds: f64) -> Seconds {
    Seconds::new(seconds).unwrap()
}

fn span(start: f64, end: f64) -> Span {
    Span::between(at(start), at(end))
}

/// Words as `text@start-end`.
fn heard(words: &str) -> Transcript {
    let words = words.split_whitespace().map(|word| {
        let (text, times) = word.split_once('@').unwrap();
        let (start, end) = times.split_once('-').unwrap();
        Word::heard(text, span(start.parse().unwrap(), end.parse().unwrap()), Probability::CERTAIN)
    });
    Transcript::heard(Segment::new(words).into_iter().collect())
}

/// Words of half a second each, one right after the other, from `from` seconds on.
fn steady(text: &str, from: f64) -> Transcript {
    let words: Vec<String> = text
        .split_whitespace()
        .enumerate()
        .map(|(index, word)| format!("{word}@{}-{}", from + index as f64 * 0.5, from + index as f64 * 0.5 + 0.5))
        .collect();
    heard(&words.join(" "))
}

#[test]
fn rates_count_words_over_the_spoken_time_with_and_without_pauses() {
    let transcript = heard("one@2-3 two@3-4 three@4-5 four@9-10 five@10-11 six@11-12");
    let delivery = measure(&transcript, &[span(2.0, 5.0), span(9.0, 12.0)], at(20.0), None);
    assert_eq!(delivery.words_per_minute, Some(36.0), "6 words in 10 s");
    assert_eq!(delivery.articulation_rate, Some(60.0), "6 words in 6 s of speech");
    assert_eq!(delivery.length.spoken, at(10.0));
    assert_eq!(delivery.duration, at(20.0));
}

#[test]
fn pauses_are_the_silences_between_first_and_last_word() {
    let transcript = steady("one two three four five six seven eight nine ten eleven twelve thirteen fourteen", 5.0);
    let speech = [span(5.0, 6.0), span(6.3, 7.0), span(8.5, 9.0), span(11.8, 12.0)];
    let pauses = measure(&transcript, &speech, at(30.0), None).pauses;
    assert_eq!((pauses.over_1s, pauses.over_2_5s), (2, 1));
    assert_eq!(pauses.median, Some(at(1.5)));
    assert_eq!(pauses.longest, Some(span(9.0, 11.8)));
    assert!((pauses.ratio.unwrap() - 4.6 / 7.0).abs() < 1e-9);
}

#[test]
fn without_speech_spans_pauses_are_the_gaps_between_words() {
    let pauses = measure(&heard("a@0-1 b@1.1-2 c@4-5"), &[], at(5.0), None).pauses;
    assert_eq!((pauses.over_1s, pauses.longest), (1, Some(span(2.0, 4.0))));
}

#[test]
fn thinking_and_humming_do_not_count_as_the_first_word() {
    let delivery = measure(&heard("Um,@1-1.5 uh@2-2.3 ownership@4-5"), &[], at(6.0), None);
    assert_eq!(delivery.time_to_first_word, Some(at(4.0)));
    assert_eq!(delivery.filled_pauses.heard, 2);
}

#[test]
fn phrases_are_found_across_punctuation() {
    let text = "so, you know, it is sort-of, like, basically a lock. I guess, you know";
    let delivery = measure(&steady(text, 0.0), &[], at(20.0), None);
    assert_eq!(delivery.discourse_markers[0], CountedPhrase { phrase: "you know".into(), count: 2 });
    assert_eq!(delivery.discourse_markers.len(), 3);
    let hedges: Vec<&str> = delivery.hedges.iter().map(|hedge| hedge.quote.as_str()).collect();
    assert_eq!(hedges, ["sort-of,", "I guess,"]);
    assert!(delivery.hedges.iter().all(|hedge| hedge.span.is_some()));
}

#[test]
fn repetitions_are_counted_and_the_longest_form_is_named() {
    let text = "the borrow checker rejects this because the the borrow checker rejects everything";
    let delivery = measure(&steady(text, 0.0), &[], at(20.0), None);
    assert_eq!(delivery.repeated_phrases, [CountedPhrase { phrase: "the borrow checker rejects".into(), count: 2 }]);
    assert_eq!(delivery.immediate_repeats, 1);
}

#[test]
fn length_is_held_against_the_limit() {
    let limit = 30.try_into().unwrap();
    let delivery = measure(&heard("start@1-2 end@41-42"), &[], at(50.0), Some(limit));
    assert_eq!(delivery.length.over(), at(11.0));
    assert_eq!(measure(&heard("start@1-2"), &[], at(50.0), Some(limit)).length.over(), Seconds::ZERO);
}

#[test]
fn silence_and_a_single_word_have_no_rates() {
    let silence = measure(&Transcript::default(), &[], at(3600.0), None);
    assert_eq!((silence.words, silence.words_per_minute, silence.time_to_first_word), (0, None, None));
    assert_eq!(silence.pauses, Pauses::default());
    let word = measure(&heard("yes@1-1"), &[], at(2.0), None);
    assert_eq!((word.words, word.words_per_minute, word.articulation_rate), (1, None, None));
}

fn any_answer() -> impl Strategy<Value = (Transcript, Vec<Span>, f64)> {
    let word = ("[a-z']{0,6}( |, )?(um|like|you know)?", 0.0..100.0_f64, 0.0..3.0_f64);
    let words = proptest::collection::vec(word, 0..40);
    let speech = proptest::collection::vec((0.0..5.0_f64, 0.0..5.0_f64), 0..20);
    (words, speech, 0.0..200.0_f64).prop_map(|(words, speech, duration)| {
        let words = words
            .into_iter()
            .map(|(text, start, length)| Word::heard(text, span(start, start + length), Probability::CERTAIN));
        let mut clock = 0.0;
        let speech = speech.into_iter().map(|(gap, length)| {
            let start = clock + gap;
            clock = start + length;
            span(start, clock)
        });
        (Transcript::heard(Segment::new(words).into_iter().collect()), speech.collect(), duration)
    })
}

proptest! {
    #[test]
    fn every_measure_of_any_answer_is_finite_and_in_bounds((transcript, speech, duration) in any_answer()) {
        let delivery = measure(&transcript, &speech, at(duration), None);
        let rates = [delivery.words_per_minute, delivery.articulation_rate, delivery.filled_pauses.per_minute, delivery.filled_pauses.per_hundred_words];
        prop_assert!(rates.iter().flatten().all(|rate| rate.is_finite() && *rate >= 0.0));
        prop_assert!(delivery.pauses.ratio.is_none_or(|ratio| (0.0..=1.0).contains(&ratio)));
        prop_assert!(delivery.pauses.over_2_5s <= delivery.pauses.over_1s);
        prop_assert!(delivery.filled_pauses.heard <= delivery.words);
    }
}
