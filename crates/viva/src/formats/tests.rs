use interview::{Probability, Seconds, Segment, Span, Transcript, Word};

use super::*;

fn word(text: &str, start: f64, end: f64) -> Word {
    let [start, end] = [start, end].map(|time| Seconds::new(time).unwrap());
    Word::heard(text, Span::between(start, end), Probability::clamped(0.75))
}

fn recognition(segments: Vec<Vec<Word>>) -> Recognition {
    let speech = vec![Span::between(Seconds::new(0.5).unwrap(), Seconds::new(2.0).unwrap())];
    Recognition {
        transcript: Transcript::heard(segments.into_iter().filter_map(Segment::new).collect()),
        speech,
        duration: Seconds::new(3725.5).unwrap(),
        truncated: false,
        model: None,
    }
}

fn two_sentences() -> Recognition {
    recognition(vec![
        vec![word("Vec<T>", 0.5, 1.0), word("&", 1.0, 1.25), word("more", 1.25, 2.0)],
        vec![word("done", 3725.0, 3725.4996)],
    ])
}

#[test]
fn text_has_a_line_for_each_segment() {
    assert_eq!(Format::Text.write(&two_sentences()), "Vec<T> & more\ndone\n");
}

#[test]
fn srt_numbers_its_cues_and_rounds_to_milliseconds() {
    assert_eq!(
        Format::Srt.write(&two_sentences()),
        "1\n00:00:00,500 --> 00:00:02,000\nVec<T> & more\n\n2\n01:02:05,000 --> 01:02:05,500\ndone\n\n"
    );
}

#[test]
fn vtt_has_its_header_and_escapes_markup() {
    assert_eq!(
        Format::Vtt.write(&two_sentences()),
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nVec&lt;T&gt; &amp; more\n\n01:02:05.000 --> 01:02:05.500\ndone\n\n"
    );
}

#[test]
fn subtitles_are_cut_to_a_readable_length() {
    let long = (0..40).map(|index| word("borrow", f64::from(index), f64::from(index) + 0.9)).collect();
    let text = Format::Srt.write(&recognition(vec![long]));
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("borrow")).collect();
    assert!(lines.len() > 3 && lines.iter().all(|line| line.len() <= 84), "{text}");
    assert_eq!(lines.join(" ").split(' ').count(), 40);
}

#[test]
fn json_holds_everything_that_is_known() {
    let document: serde_json::Value = serde_json::from_str(&Format::Json.write(&two_sentences())).unwrap();
    assert_eq!(document["text"], "Vec<T> & more done");
    assert_eq!(document["duration"], 3725.5);
    assert_eq!(document["truncated"], false);
    assert_eq!(document["speech"][0]["end"], 2.0);
    assert_eq!(document["segments"][0]["start"], 0.5);
    let first = &document["segments"][0]["words"][0];
    assert_eq!(first, &serde_json::json!({"start": 0.5, "end": 1.0, "text": "Vec<T>", "probability": 0.75}));
}

#[test]
fn silence_has_no_words() {
    let silence = Recognition::default();
    assert_eq!(Format::Text.write(&silence), "");
    assert_eq!(Format::Srt.write(&silence), "");
    assert_eq!(Format::Vtt.write(&silence), "WEBVTT\n\n");
}
