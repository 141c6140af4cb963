use super::*;
use crate::tests::heard;

/// What the recogniser is sure of.
fn heard_surely(text: &str) -> Transcript {
    heard(text.split(' ').map(|word| (word, 0.9)))
}

/// What it is not sure of.
fn heard_unsurely(text: &str) -> Transcript {
    heard(text.split(' ').map(|word| (word, 0.3)))
}

fn evidence(transcript: &Transcript, quote: &str) -> Evidence {
    let (first, last) = transcript.find_words(quote).unwrap();
    transcript.evidence_at(first, last).unwrap()
}

#[test]
fn a_quote_is_found_whatever_its_case_and_punctuation_and_tied_to_its_time() {
    let transcript = heard_surely("Well, a value has one owner.");
    let evidence = evidence(&transcript, "VALUE has   one, owner!");
    assert_eq!(evidence.quote(), "value has one owner.");
    let span = evidence.span().unwrap();
    assert_eq!((span.start().get(), span.end().get()), (2.0, 6.0));
}

#[test]
fn a_quote_that_was_not_said_is_not_evidence() {
    let transcript = heard_surely("a value has one owner");
    for invented in ["a value has two owners", "alue has", "owner a", "", "?!"] {
        assert!(transcript.find_words(invented).is_none(), "{invented}");
    }
}

#[test]
fn a_quote_may_run_across_segments_and_inside_joined_words() {
    let transcript = Transcript::typed("the guard is\ndropped/freed early");
    assert_eq!(evidence(&transcript, "is dropped freed").quote(), "is dropped/freed");
}

fn times(transcript: &Transcript) -> Vec<(f64, f64)> {
    transcript.words().map(|word| word.span.unwrap()).map(|span| (span.start().get(), span.end().get())).collect()
}

#[test]
fn kept_words_keep_their_times_and_new_words_take_those_of_the_words_they_replace() {
    let corrected = heard_unsurely("use an ark mute x here").corrected("use an Arc Mutex here");
    assert_eq!(corrected.text(), "use an Arc Mutex here");
    assert_eq!(times(&corrected), [(0.0, 1.0), (1.0, 2.0), (2.0, 3.5), (3.5, 5.0), (5.0, 6.0)]);
}

#[test]
fn corrected_words_are_no_longer_in_doubt() {
    assert!(heard_unsurely("ark").corrected("arc").words().all(|word| !word.is_in_doubt()));
}

#[test]
fn correcting_a_typed_answer_leaves_it_without_times() {
    let corrected = Transcript::typed("one onwer").corrected("one owner");
    assert!(corrected.words().all(|word| word.span.is_none()));
}

#[test]
fn everything_may_be_struck_out() {
    assert!(heard_unsurely("never mind").corrected("  \n ").is_empty());
}

#[test]
fn case_and_punctuation_do_not_matter() {
    let words: Vec<String> = normal_words("Don\u{2019}t\u{2014}clone, *ever*! 'Arc<Mutex>'").collect();
    assert_eq!(words, ["don't", "clone", "ever", "arc", "mutex"]);
}

#[test]
fn nothing_but_punctuation_has_no_words() {
    assert_eq!(normal_words(" \u{2026} -- ' \u{1F980}").count(), 0);
}

#[test]
fn a_word_that_the_candidate_settled_is_certain_and_keeps_its_time() {
    let transcript = heard_unsurely("one honour, always");
    let settled = transcript.with_word(1, "owner").unwrap();
    assert_eq!(settled.text(), "one owner, always");
    let (before, after) = (transcript.words().nth(1).unwrap(), settled.words().nth(1).unwrap());
    assert_eq!((after.span, after.is_in_doubt()), (before.span, false));
    assert_eq!(transcript.with_word(1, "honour").unwrap().text(), "one honour, always");
    assert!(settled.words().next().unwrap().is_in_doubt(), "the other words stay as they were");
    assert!(transcript.with_word(3, "owner").is_none());
    assert!(transcript.with_word(1, " ?").is_none());
}
