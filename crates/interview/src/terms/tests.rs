use super::*;
use crate::tests;

fn term(term: &str, spoken: &str, heard_as: &[&str]) -> GlossaryTerm {
    let heard_as = heard_as.iter().map(|&heard| heard.to_owned()).collect();
    GlossaryTerm { term: term.to_owned(), spoken: spoken.to_owned(), heard_as }
}

fn glossary() -> Vec<GlossaryTerm> {
    vec![
        term("borrow checker", "borrow checker", &["bar of checker", "borrow chequer"]),
        term("Future", "future", &["feature"]),
        term("mutex", "mutex", &["mute x", "mute tags"]),
        term("RefCell", "ref cell", &["rough sell"]),
        term("async", "async", &["a sync"]),
        term("move", "move", &["moves", "moved"]),
        term("Send", "send", &["sent"]),
        term("'a", "tick a", &["take a"]),
    ]
}

/// `~` in front of a word makes it doubtful, `=` certain.
fn heard(text: &str) -> Transcript {
    tests::heard(text.split(' ').map(|word| match word.split_at(1) {
        ("~", word) => (word, 0.3),
        ("=", word) => (word, 0.95),
        _ => (word, 0.8),
    }))
}

fn corrected(text: &str) -> String {
    heard(text).with_terms(&glossary()).text()
}

#[test]
fn a_term_takes_the_place_of_what_was_heard_for_it_which_is_kept() {
    let transcript = heard("The bar of checker, of course.").with_terms(&glossary());
    let words: Vec<&Word> = transcript.words().collect();
    assert_eq!(transcript.text(), "The borrow checker, of course.");
    assert_eq!(words[1].heard_as.as_deref(), Some("bar of checker,"));
    let span = words[1].span.unwrap();
    assert_eq!((span.start().get(), span.end().get()), (1.0, 4.0));
    assert!(words.iter().enumerate().all(|(index, word)| index == 1 || word.heard_as.is_none()));
}

#[test]
fn words_that_people_say_too_are_corrected_only_where_the_recogniser_was_not_sure() {
    assert_eq!(corrected("the feature is polled"), "the future is polled");
    assert_eq!(corrected("the =feature is new"), "the feature is new");
    assert_eq!(corrected("=bar =of =checker"), "bar of checker");
}

#[test]
fn words_that_hardly_anybody_says_are_corrected_however_sure_the_recogniser_was() {
    assert_eq!(corrected("a =mute =x"), "a mutex");
    assert_eq!(corrected("an =a =sync function"), "an async function");
}

#[test]
fn doubtful_words_are_corrected_when_they_sound_and_look_like_a_term() {
    assert_eq!(corrected("a ~mutax is locked"), "a mutex is locked");
    assert_eq!(corrected("a mutax is locked"), "a mutax is locked");
    assert_eq!(corrected("it ~so ~and waits"), "it so and waits");
}

#[test]
fn other_forms_and_other_ways_of_writing_a_term_are_no_mistakes() {
    assert_eq!(corrected("it ~moves and ~moved"), "it moves and moved");
    assert_eq!(corrected("a ~RefCell here"), "a RefCell here");
    assert_eq!(corrected("a mut.ex, ~Send"), "a mut.ex, Send");
}

#[test]
fn words_of_a_term_are_no_mistakes_for_the_whole_of_it() {
    assert_eq!(corrected("with a ~tick and a letter"), "with a tick and a letter");
}

#[test]
fn a_term_does_not_run_over_the_end_of_a_sentence_or_begin_inside_a_word() {
    assert_eq!(corrected("they are ~mute. ~X is next"), "they are mute. X is next");
    assert_eq!(corrected("re-mute ~x"), "re-mute x");
}

#[test]
fn a_corrected_word_is_as_doubtful_as_the_least_certain_one_that_it_stands_for() {
    let transcript = heard("bar ~of checker").with_terms(&glossary());
    assert!(transcript.words().all(Word::is_in_doubt));
    let transcript = heard("bar of checker").with_terms(&glossary());
    assert!(!transcript.words().any(Word::is_in_doubt));
}
