//! Answers that are judged again from the terminal, because the coach was away or is another one now.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::net::TcpListener;

use journeys::language_model::LanguageModel;
use journeys::program::{Home, Run};
use serde_json::Value;

const ANSWER: &str = "Every value has exactly one owner, and when the owner goes out of scope the value is dropped.";

/// The run with a language model at that address as its coach.
fn judged_by_model_at(run: Run, address: &str) -> Run {
    run.env("VIVA_LLM_PRESET", "custom").env("VIVA_LLM_MODEL", "some-model").env("VIVA_LLM_BASE_URL", address)
}

/// An address at which nobody listens.
fn nowhere() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{free}/v1")
}

fn practice(home: &Home) -> Run {
    let arguments = ["practice", "--question", "ownership-why", "--follow-ups", "0", "--json"];
    home.viva(arguments).input(format!("{ANSWER}\n"))
}

fn session(home: &Home) -> Value {
    home.viva(["review", "last", "--json"]).finish().success().json()
}

#[test]
fn an_answer_that_found_no_coach_is_judged_later_from_the_terminal() {
    let home = Home::empty();
    judged_by_model_at(practice(&home), &nowhere()).finish().success();
    let shown = home.viva(["review", "last"]).finish().success();
    assert!(shown.errors.contains("1 answer without feedback") && shown.errors.contains("--regrade"), "{shown:?}");

    let regraded = home.viva(["review", "last", "--regrade", "--coach", "offline"]).finish().success();
    assert!(regraded.output.contains("graded now: correctness"), "{}", regraded.output);
    assert!(regraded.errors.contains("judging answer 1 of 1"), "{}", regraded.errors);
    assert_eq!(session(&home)["turns"][0]["state"], "judged");
    let shown = home.viva(["review", "last"]).finish().success();
    assert!(!shown.errors.contains("--regrade"), "{}", shown.errors);
}

#[test]
fn another_model_of_the_same_server_judges_again_and_both_results_stay() {
    let home = Home::empty();
    let model = LanguageModel::kind();
    judged_by_model_at(practice(&home), &model.base_url()).finish().success();
    let again = home.viva(["review", "last", "--regrade", "--model", "another-model"]);
    judged_by_model_at(again, &model.base_url()).finish().success();
    let feedback = &session(&home)["turns"][0]["feedback"];
    assert_eq!(feedback["judged_by"]["model"], "another-model");
    let markdown = home.viva(["review", "last", "--export", "md"]).finish().success().output;
    let (_, history) = markdown.split_once("Earlier judgings:").unwrap();
    assert!(history.contains("some-model") && !history.contains("another-model"), "{history}");
}

#[test]
fn no_model_can_be_asked_where_none_is_set_up() {
    let home = Home::empty();
    practice(&home).finish().success();
    let refused = home.viva(["review", "last", "--regrade", "--model", "another-model"]).finish().fails_with(1);
    assert!(refused.errors.contains("language model"), "{}", refused.errors);
    assert_eq!(session(&home)["turns"][0]["state"], "judged");
}

#[test]
fn a_coach_that_is_away_costs_nothing_that_was_found_before() {
    let home = Home::empty();
    practice(&home).finish().success();
    let again = home.viva(["review", "last", "--regrade", "--turn", "1"]).finish().success();
    assert!(again.output.contains("same verdicts as before"), "{}", again.output);

    let away = judged_by_model_at(home.viva(["review", "last", "--regrade"]), &nowhere()).finish().fails_with(1);
    assert!(away.output.contains("not graded:") && away.output.contains("earlier feedback"), "{}", away.output);
    let markdown = home.viva(["review", "last", "--export", "md"]).finish().success().output;
    let (_, history) = markdown.split_once("Earlier judgings:").unwrap();
    assert_eq!(history.matches(" by the offline coach (").count(), 2, "{history}");
}

#[test]
fn ctrl_c_leaves_everything_as_it_can_be_taken_up_again() {
    let home = Home::empty();
    practice(&home).finish().success();
    let model = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1", model.local_addr().unwrap());
    let running = judged_by_model_at(home.viva(["review", "last", "--regrade"]), &address).spawn();
    let _it_asks_and_gets_no_reply = model.accept().unwrap();
    running.signal("INT");
    let ended = running.finish().fails_with(1);
    assert!(ended.errors.contains("interrupted"), "{}", ended.errors);
    assert!(session(&home)["turns"][0]["answer"]["transcript"]["text"] == ANSWER);
    home.viva(["review", "last", "--regrade", "--coach", "offline"]).finish().success();
    assert_eq!(session(&home)["turns"][0]["state"], "judged");
}

#[test]
fn what_cannot_be_judged_again_is_named() {
    let home = Home::empty();
    practice(&home).finish().success();
    let none = home.viva(["review", "last", "--regrade", "--turn", "7"]).finish().fails_with(1);
    assert!(none.errors.contains("no turn 7"), "{}", none.errors);
    let no_model = home.viva(["review", "last", "--regrade", "--coach", "llm"]).finish().fails_with(1);
    assert!(no_model.errors.contains("viva judge"), "{}", no_model.errors);
    home.viva(["review", "last", "--coach", "llm"]).finish().fails_with(2);
}
