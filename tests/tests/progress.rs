//! What was missed is shown, kept as cards, and asked again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::fs;

use journeys::program::Home;
use serde_json::{Value, json};

/// Answers the follow-up-free questions of a round by keyboard.
fn round(home: &Home, arguments: &[&str], answers: &str) -> Value {
    let arguments = [&["practice", "--follow-ups", "0", "--json"], arguments].concat();
    home.viva(arguments).input(answers.to_owned()).finish().success().json()
}

fn asked(session: &Value) -> Vec<&str> {
    let turns = session["turns"].as_array().unwrap();
    turns.iter().map(|turn| turn["question"]["id"].as_str().unwrap()).collect()
}

#[test]
fn what_was_missed_is_shown_and_kept_as_cards() {
    let home = Home::empty();
    let nothing = home.viva(["progress"]).finish().success();
    assert!(nothing.errors.contains("nothing asked yet") && nothing.output.is_empty(), "{}", nothing.errors);

    round(&home, &["--question", "ownership-why"], "there is a rule about it and the compiler checks that rule\n");
    let progress = home.viva(["progress", "--json"]).finish().success().json();
    let missed = progress["weak_points"][0].clone();
    assert_eq!(missed["question"], "ownership-why");
    let narrowed = home.viva(["progress", "--subject", "golang", "--json"]).finish().success().json();
    assert_eq!((&narrowed["subjects"][0]["subject"], &narrowed["weak_points"]), (&json!("go"), &json!([])));
    let unknown = home.viva(["progress", "--subject", "java"]).finish().fails_with(1);
    assert!(unknown.errors.contains("there is no subject `java`; the subjects are backend, "), "{}", unknown.errors);
    let question = home.viva(["progress", "ownership-why"]).finish().success().output;
    assert!(question.contains("asked 1 time, due in 1 day") && question.contains("missed"), "{question}");
    let points = home.viva(["progress", "ownership-why", "--json"]).finish().success().json()["points"].clone();
    assert!(points.as_array().unwrap().iter().any(|point| point["last"] == "missed"), "{points}");
    let unasked = home.viva(["progress", "borrowing-aliasing-rules"]).finish().fails_with(1);
    assert!(unasked.errors.contains("was not asked yet"), "{}", unasked.errors);
    let shown = home.viva(["progress"]).finish().success().output;
    let on_one_line = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in ["Ownership 1 of", "in 1 day", missed["summary"].as_str().unwrap()] {
        assert!(on_one_line.contains(expected), "{expected}: {shown}");
    }
    let file = home.path().join("missed.txt");
    home.viva(["progress", "--anki", &file.display().to_string()]).finish().success();
    let cards = fs::read_to_string(file).unwrap();
    assert!(cards.starts_with("#separator:tab\n"), "{cards}");
    assert_eq!(cards.lines().filter(|line| line.contains('\t') && !line.starts_with('#')).count(), {
        progress["weak_points"].as_array().unwrap().len()
    });
}

#[test]
fn a_session_or_a_question_is_asked_again() {
    let home = Home::empty();
    let first = round(&home, &["--question", "ownership-why", "--question", "borrowing-aliasing-rules"], "\n\n");
    let listed = home.viva(["review"]).finish().success().output;
    let short_id = listed.split_whitespace().next().unwrap();
    assert_eq!(short_id.len(), 8);
    let again = round(&home, &["--again", short_id], "\n\n");
    assert_ne!(again["id"], first["id"]);
    assert_eq!(asked(&again), asked(&first));
    assert_eq!(asked(&round(&home, &["--again", "ownership-why"], "\n")), ["ownership-why"]);
    let unknown = home.viva(["practice", "--again", "no-such-thing"]).input("\n").finish().fails_with(1);
    assert!(unknown.errors.contains("no-such-thing"), "{}", unknown.errors);
}

#[test]
fn nothing_is_asked_twice_a_day_unless_it_is_asked_for() {
    let home = Home::empty();
    let topic = ["--topic", "failure"];
    let first = round(&home, &topic, &"\n".repeat(5));
    let run = home.viva([&["practice", "--json"][..], &topic].concat()).input("\n".repeat(5)).finish().fails_with(1);
    assert!(run.errors.contains("every question that fits was asked within the last 24 hours"), "{}", run.errors);
    assert!(run.errors.contains("add --repeat") && run.output.is_empty(), "{run:?}");
    let repeated = round(&home, &["--topic", "failure", "--repeat"], &"\n".repeat(5));
    assert_eq!(asked(&repeated).len(), asked(&first).len());
    let one = asked(&first)[0].to_owned();
    assert_eq!(asked(&round(&home, &["--again", &one], "\n")), [one.as_str()]);
}

#[test]
fn the_list_of_sessions_is_narrowed_by_subject_topic_and_words() {
    let home = Home::empty();
    round(&home, &["--question", "ownership-why"], "\n");
    round(&home, &["--question", "borrowing-aliasing-rules"], "\n");
    let count = |arguments: &[&str]| {
        let arguments = [&["review"], arguments].concat();
        home.viva(arguments).finish().success().output.lines().count()
    };
    assert_eq!((count(&[]), count(&["--topic", "ownership"]), count(&["--text", "OWNERSHIP"])), (2, 1, 1));
    assert_eq!(count(&["--text", "gardening"]), 0);
    assert_eq!((count(&["--subject", "Rust"]), count(&["--subject", "go"])), (2, 0));
    let unknown = home.viva(["review", "--topic", "gardening"]).finish().fails_with(1);
    assert!(unknown.errors.contains("the topics are "), "{}", unknown.errors);
}
