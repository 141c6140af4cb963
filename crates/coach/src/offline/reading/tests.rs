use interview::{Probability, Seconds, Segment, Span, Word};

use super::*;

fn read(text: &str) -> Reading {
    Reading::of_text(text, &Glossary::of(&[]))
}

/// The clauses as text.
fn clauses(reading: &Reading) -> Vec<String> {
    reading.clauses.iter().map(|clause| reading.text(&clause.words)).collect()
}

#[test]
fn speech_without_punctuation_is_cut_at_connectives() {
    let reading = read("the value has one owner and it is freed at the end because the compiler knows that place");
    assert_eq!(
        clauses(&reading),
        ["the value has one owner", "and it is freed at the end", "because the compiler knows that place"]
    );
}

#[test]
fn an_and_between_two_terms_does_not_cut() {
    assert_eq!(clauses(&read("stack and heap are different")), ["stack and heap are different"]);
}

#[test]
fn a_long_pause_ends_a_clause() {
    let at = |second: f64| Seconds::new(second).unwrap();
    let word =
        |text: &str, start: f64| Word::heard(text, Span::between(at(start), at(start + 0.3)), Probability::CERTAIN);
    let words = [("it", 0.0), ("runs", 0.4), ("very", 0.8), ("slowly", 1.2), ("nobody", 4.0), ("knows", 4.4)];
    let segment = Segment::new(words.map(|(text, start)| word(text, start)));
    let reading = Reading::of(&Transcript::heard(segment.into_iter().collect()), &Glossary::of(&[]));
    assert_eq!(clauses(&reading), ["it runs very slowly", "nobody knows"]);
}

#[test]
fn terms_without_a_predicate_are_a_list_and_a_terse_claim_is_none() {
    assert!(read("Ownership, borrowing, lifetimes, moves, traits.").clauses.iter().all(|clause| clause.is_list));
    assert!(!read("The owner frees it.").clauses[0].is_list);
}

#[test]
fn sense_is_told_from_disorder_and_from_other_languages() {
    assert_eq!(read("").sense, Sense::Silence);
    assert_eq!(
        read("You write tick a and then the tick a is on the result, and tick a is what the caller sees.").sense,
        Sense::Speech
    );
    for names in [
        "There is one in the if and one in the else, and the for behind the if sees neither.",
        "Both have the lifetime of a. And the caller keeps a. So the result lives as long as a. Is that enough for a?",
    ] {
        assert_eq!(read(names).sense, Sense::Speech, "{names}");
    }
    assert_eq!(read("the of a is and the to it a because the so is of the a and by the with").sense, Sense::Disorder);
    assert_eq!(read("der Speicher wird am Ende des Blocks automatisch freigegeben").sense, Sense::OtherLanguage);
}

#[test]
fn other_spellings_are_read_as_they_are_said() {
    assert_eq!(clauses(&read("an Rc holds a RefCell here")), ["an r c holds a ref cell here"]);
}

#[test]
fn a_short_statement_is_no_list_of_terms() {
    let is_list = |text: &str| read(text).clauses.iter().all(|clause| clause.is_list);
    assert!(!is_list("The conversion stores the type together with the nil pointer."));
    assert!(!is_list("As a result we delivered two days before the deadline."));
    assert!(is_list("Ownership and moves and drop and scope and memory safety and compile time."));
}

#[test]
fn a_quote_has_whole_sentences_where_few_words_are_missing_or_too_many() {
    let text = "We added a retry there last spring, because the call to the card processor timed out now and then. It looked harmless to us. \
                So sixty people were billed twice on a Friday, which I saw in support tickets, not in any alert.";
    let reading = read(text);
    let said: Vec<&str> = text.split_whitespace().collect();
    let quoted = |words: &str| {
        let normal: Vec<&str> = reading.words.iter().map(|word| word.normal.as_str()).collect();
        let wanted: Vec<&str> = words.split(' ').collect();
        let first = normal.windows(wanted.len()).position(|window| window == wanted).unwrap();
        match reading.quote(&(first..first + wanted.len())) {
            Some(Quote::Words { first, last }) => said[first..=last].join(" "),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(quoted("harmless to"), "It looked harmless to us.");
    assert_eq!(quoted("now and then it looked harmless to us"), "It looked harmless to us.");
    assert_eq!(quoted("it looked harmless to us so sixty people"), "It looked harmless to us.");
    let whole = "the call to the card processor timed out now and then.";
    assert_eq!(quoted("the call to the card processor timed out"), whole);
    assert_eq!(quoted("which i saw in support tickets"), "which I saw in support tickets, not in any alert.");
}
