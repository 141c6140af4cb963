//! A candidate answers aloud: recordings go through the whole program, from sound to a reviewed page, with real parts only.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::fs;

use journeys::program::{Home, test_model};
use journeys::workspace::{fixture, misheard};
use serde_json::Value;

fn recording(name: &str) -> String {
    fixture(&format!("speech/answers/{name}.opus")).display().to_string()
}

/// The words that were heard in a turn. One in fifteen may be wrong: the small test model has learnt from single sentences.
#[track_caller]
fn heard(turn: &Value, name: &str) -> String {
    let heard = text(&turn["answer"]["transcript"]["text"]);
    let (said, wrong) = misheard(name, &heard);
    assert!(wrong * 15 <= said, "{wrong} of {said} words are wrong: {heard}");
    heard
}

/// One round over the aliasing rules, answered with these recordings.
fn round(home: &Home, recordings: &[&str]) -> Value {
    let mut arguments: Vec<String> =
        ["practice", "--question", "borrowing-aliasing-rules", "--json"].map(String::from).into();
    arguments.extend(["--model".into(), test_model().display().to_string()]);
    for name in recordings {
        arguments.extend(["--audio".into(), recording(name)]);
    }
    home.viva(&arguments).finish().success().json()
}

fn verdicts(turn: &Value) -> Vec<(String, String)> {
    let points = turn["feedback"]["correctness"]["key_points"].as_array().unwrap();
    points.iter().map(|point| (text(&point["id"]), text(&point["verdict"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[test]
fn a_strong_answer_is_heard_and_marked_point_by_point_with_quotes_from_it() {
    let home = Home::empty();
    let session = round(&home, &["borrowing-strong"]);
    let turn = &session["turns"][0];
    let heard = heard(turn, "borrowing-strong");
    assert_eq!(turn["state"], "judged");
    let verdicts = verdicts(turn);
    let hits = verdicts.iter().filter(|(_, verdict)| verdict == "hit").count();
    let missed = verdicts.iter().filter(|(_, verdict)| verdict == "missed").count();
    // Sentences that run into each other leave the coach unsure of some points, and then it asks.
    assert!(hits >= 1 && missed <= 1, "{verdicts:?}");
    for point in turn["feedback"]["correctness"]["key_points"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|point| point["verdict"] == "hit")
    {
        assert!(heard.contains(&text(&point["quote"])), "{point}");
        assert!(point["start"].as_f64().unwrap() < point["end"].as_f64().unwrap(), "{point}");
    }
    assert_eq!(turn["feedback"]["judged_by"]["coach"], "offline");
    assert!(turn["feedback"]["delivery"]["words_per_minute"].as_f64().unwrap() > 50.0);
    assert!(turn["feedback"]["delivery"]["pauses_over_1s"].as_u64().unwrap() >= 3, "1.2 s stand between the sentences");
}

#[test]
fn what_was_missed_is_asked_for_and_the_follow_up_is_answered_and_judged_too() {
    let session = round(&Home::empty(), &["borrowing-partial", "borrowing-follow-up"]);
    let (main, follow_up) = (&session["turns"][0], &session["turns"][1]);
    assert_eq!((main["role"].as_str(), follow_up["role"].as_str()), (Some("main"), Some("follow_up")));
    let target = text(&follow_up["target"]["id"]);
    let missed: Vec<String> =
        verdicts(main).into_iter().filter(|(_, verdict)| verdict == "missed").map(|(id, _)| id).collect();
    assert!(missed.contains(&target), "the follow-up aims at {target}, missed were {missed:?}");
    assert_eq!(follow_up["state"], "judged");
    heard(follow_up, "borrowing-follow-up");
    // The point that it aims at belongs to a group of alternatives: each of them would answer the follow-up.
    let judged: Vec<String> = verdicts(follow_up).into_iter().map(|(id, _)| id).collect();
    assert_eq!(judged, ["why-aliasing-mutation", "data-races"], "a follow-up is judged against what it aims at");
    assert!(judged.contains(&target), "{target}");
}

#[test]
fn a_strong_answer_scores_more_than_a_partial_and_a_wrong_one() {
    let home = Home::empty();
    let score = |name: &str| {
        let session = round(&home, &[name]);
        let correctness = &session["turns"][0]["feedback"]["correctness"];
        let range = &correctness["score_range"];
        let middle = || (range["low"].as_f64().unwrap() + range["high"].as_f64().unwrap()) / 2.0;
        correctness["score"].as_f64().unwrap_or_else(middle)
    };
    let (strong, partial, wrong) = (score("borrowing-strong"), score("borrowing-partial"), score("borrowing-wrong"));
    assert!(strong > partial && strong > wrong, "strong {strong}, partial {partial}, wrong {wrong}");
}

#[test]
fn the_round_is_read_back_as_text_markdown_and_a_page() {
    let home = Home::empty();
    let session = round(&home, &["borrowing-strong"]);
    let id = text(&session["id"]);
    let quote = text(&session["turns"][0]["feedback"]["correctness"]["key_points"][0]["quote"]);
    let terminal = home.viva(["review", &id]).finish().success();
    let on_one_line = terminal.output.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(on_one_line.contains(&quote), "{}", terminal.output);
    let markdown = home.viva(["review", &id, "--export", "md"]).finish().success();
    assert!(markdown.output.starts_with("# ") && markdown.output.contains(&quote), "{}", markdown.output);
    let page = home.path().join("round.html");
    home.viva(["review", &id, "--export", "html", "--output", &page.display().to_string()]).finish().success();
    let page = fs::read_to_string(page).unwrap();
    assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"));
    assert!(page.contains(&quote));
    let listed = home.viva(["review"]).finish().success();
    assert!(listed.output.contains(&id[..8]), "{}", listed.output);
}

#[test]
fn without_a_model_a_script_is_told_which_command_gets_one() {
    let arguments = ["practice", "--audio", &recording("borrowing-strong")];
    let run = Home::empty().viva(arguments).finish().fails_with(1);
    assert!(run.errors.contains("viva model pull"), "{}", run.errors);
}

#[test]
fn a_kept_recording_is_heard_again_by_another_model_and_both_transcripts_stay() {
    let home = Home::empty();
    let session = round(&home, &["borrowing-partial"]);
    let heard_by = |session: &Value| text(&session["turns"][0]["feedback"]["delivery"]["heard_by"]);
    assert_eq!(heard_by(&session), "espeak-closed.en");
    let other = home.path().join("ggml-another.bin");
    fs::copy(test_model(), &other).unwrap();
    let id = text(&session["id"]);
    let again = ["review", &id, "--transcribe", "--turn", "1", "--json", "--model", other.to_str().unwrap()];
    let session = home.viva(again).finish().success().json();
    assert_eq!(heard_by(&session), "another");
    heard(&session["turns"][0], "borrowing-partial");
    let exported = home.viva(["review", &id, "--export", "json"]).finish().success().json();
    let judgings = exported["turns"][0]["judgings"].as_array().unwrap();
    let heard_by = |judging: &Value| text(&judging["feedback"]["delivery"]["heard_by"]);
    assert_eq!(judgings.iter().map(heard_by).collect::<Vec<_>>(), ["espeak-closed.en", "another"]);
}
