//! `viva eval --coach llm`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use journeys::language_model::{LanguageModel, Reply, kind_words};
use journeys::program::{Finished, Home};
use serde_json::{Value, json};

use crate::{ANSWER, QUESTION, answers, of_short_answer, settings};

/// Three answers to one question.
fn lines() -> String {
    let line = |answer| {
        json!({"id": answer, "question": QUESTION, "answer": format!("{answer} {ANSWER}"), "label": "strong"})
            .to_string()
    };
    ["sound", "odd", "invented"].map(line).join("\n")
}

fn ids(items: Vec<Value>) -> Vec<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

fn evaluated(home: &Home, model: &LanguageModel, more: &[&str]) -> Finished {
    let run = home.viva([&["eval", "--coach", "llm"], more].concat());
    run.judged_by_model_at(&model.base_url()).input(lines()).finish().success()
}

#[test]
fn an_evaluation_of_a_model_counts_tokens_repairs_and_quotes_that_nobody_said() {
    let home = Home::empty();
    let model = LanguageModel::start(|asked| {
        let mut words = kind_words(asked);
        if asked.form == "marks" && asked.answer.starts_with("odd") && !asked.is_repair {
            return Reply::Says(json!({"verdict": "fine"}));
        }
        if asked.form == "marks" && asked.answer.starts_with("invented") {
            // A request to correct asks for this point alone.
            words["key_points"]["one-owner"] = json!({"quote": "words that nobody ever said", "verdict": "hit"});
        }
        Reply::Says(words)
    });
    let evaluation = evaluated(&home, &model, &["--json"]).json();
    let (items, summary) = (&evaluation["items"], &evaluation["summary"]);
    let points = items[0]["key_points"].as_array().unwrap().len() as u64;
    // Three answers, one call each, for nothing but correctness is measured, and two requests to correct.
    let usage = |name: &str| summary["usage"][name].as_u64().unwrap();
    assert_eq!((usage("replies"), usage("invalid_replies"), usage("repairs")), (5, 2, 2));
    assert_eq!((usage("input_tokens"), usage("output_tokens")), (500, 50));
    assert_eq!((&summary["repairs"]["of"], &summary["ungraded"]), (&json!(3), &json!(0)));
    // The quote that nobody said was given a second time when it was to be corrected.
    assert_eq!((usage("quotes"), usage("quotes_verbatim")), (3 * points + 1, 3 * points - 1));
    assert_eq!(
        (&items[2]["key_points"][0]["verdict"], &items[2]["key_points"][0]["quote"]),
        (&json!("unclear"), &Value::Null)
    );
    let table = evaluated(&home, &model, &[]).output;
    let calls = &summary["usage"]["calls"];
    assert_eq!((&calls["marks"]["replies"], &calls["repair"]["output_tokens"]), (&json!(3), &json!(20)));
    let of_calls = ["marks", "300 in, 0 of them cached, 30 out", "repair", "200 in, 0 of them cached, 20 out"];
    for row in ["repairs", "not said", "tokens", "500 in, 0 of them cached, 50 out"].into_iter().chain(of_calls) {
        assert!(table.contains(row), "{row} is not in\n{table}");
    }
}

#[test]
fn an_evaluation_says_why_nothing_was_judged() {
    let home = Home::empty();
    let told = evaluated(&home, &answers(401, "application/json", "{}"), &[]);
    assert!(told.output.contains("3, 3 ungraded"), "{}", told.output);
    assert!(
        told.errors.contains("3 answers were not judged") && told.errors.contains("wants a key"),
        "{}",
        told.errors
    );
}

#[test]
fn a_stopped_evaluation_prints_what_there_is_and_goes_on_when_asked_to() {
    let home = Home::empty();
    let (asked, asks) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let model = LanguageModel::start(move |request| {
        asked.send(request.answer.clone()).ok();
        if request.answer.starts_with("odd") {
            // Until the other end is dropped.
            released.lock().unwrap().recv().ok();
        }
        Reply::Says(kind_words(request))
    });
    let config = settings(&home, &model.base_url(), "concurrency = 1");
    let run = |more: &[&str]| {
        let eval = ["--config", &config, "eval", "--coach", "llm", "--out", "results.jsonl"];
        home.viva([&eval, more].concat()).input(lines())
    };
    let running = run(&[]).spawn();
    assert!(asks.iter().any(|answer| answer.starts_with("odd")));
    running.signal("INT");
    let stopped = running.finish().success();
    assert!(stopped.output.contains("1 of 3, 0 ungraded"), "{}", stopped.output);
    assert!(
        stopped.errors.contains("stopped after 1 of 3 answers; the same command with --resume"),
        "{}",
        stopped.errors
    );
    drop(release);
    let resumed = run(&["--resume", "--json"]).finish().success().json();
    assert_eq!((&resumed["summary"]["items"], &resumed["summary"]["usage"]["replies"]), (&json!(3), &json!(3)));
    assert!(resumed["items"].as_array().unwrap().iter().all(|item| item["usage"]["output_tokens"] == 10), "{resumed}");
    let results = std::fs::read_to_string(home.path().join("results.jsonl")).unwrap();
    let written = ids(results.lines().map(|line| serde_json::from_str(line).unwrap()).collect());
    assert_eq!(written, ["sound", "odd", "invented"]);
    // A results file can be measured by itself.
    let again = home.viva(["eval", "--coach", "results.jsonl", "--json"]).input(lines()).finish().success().json();
    assert_eq!(again["items"], resumed["items"]);
}

#[test]
fn an_answer_that_takes_long_holds_up_no_other_and_the_order_stays() {
    let home = Home::empty();
    let (asked, last_is_asked) = mpsc::channel();
    let last_is_asked = Mutex::new(last_is_asked);
    let model = LanguageModel::start(move |request| {
        if request.answer.starts_with("invented") {
            asked.send(()).ok();
        }
        if request.answer.starts_with("sound") {
            last_is_asked.lock().unwrap().recv_timeout(Duration::from_secs(60)).unwrap();
        }
        Reply::Says(kind_words(request))
    });
    let config = settings(&home, &model.base_url(), "concurrency = 2");
    let eval = ["--config", &config, "eval", "--coach", "llm", "--out", "results.jsonl", "--json"];
    let evaluation = home.viva(eval).input(lines()).finish().success().json();
    assert_eq!(ids(evaluation["items"].as_array().unwrap().clone()), ["sound", "odd", "invented"]);
    let results = std::fs::read_to_string(home.path().join("results.jsonl")).unwrap();
    let written = ids(results.lines().map(|line| serde_json::from_str(line).unwrap()).collect());
    assert_eq!(written[0], "odd", "an answer is written as soon as it is judged");
}

#[test]
fn an_evaluation_says_that_the_model_is_being_loaded() {
    let home = Home::empty();
    let is_loading = AtomicBool::new(true);
    let model = LanguageModel::start(move |request| {
        if is_loading.swap(false, Ordering::SeqCst) {
            let loading = json!({"error": {"code": 503, "message": "Loading model"}});
            return Reply::Answers(503, "application/json", loading.to_string());
        }
        Reply::Says(kind_words(request))
    });
    let told = evaluated(&home, &model, &[]);
    assert!(told.errors.contains("the language model is being loaded"), "{}", told.errors);
    assert!(told.output.contains("3, 0 ungraded"), "{}", told.output);
}

#[test]
fn a_model_is_compared_with_the_offline_coach_on_the_same_answers() {
    let home = Home::empty();
    // It misses points that the offline coach finds.
    let model = LanguageModel::start(|asked| Reply::Says(of_short_answer(asked)));
    let compared = evaluated(&home, &model, &["--compare", "offline", "--differences", "2", "--json"]).json();
    assert_eq!(compared["compared"]["items"][0]["judged_by"]["coach"], "offline");
    let comparison = &compared["comparison"];
    assert_eq!((&comparison["answers"], &comparison["questions"]), (&json!(3), &json!(1)));
    let differences = comparison["differences"].as_array().unwrap();
    assert!(differences.len() == 2 && comparison["differing"].as_u64().unwrap() > 2, "{comparison}");
    assert!(differences.iter().all(|difference| difference["first"]["verdict"] != difference["second"]["verdict"]));
    let table = evaluated(&home, &model, &["--compare", "offline"]).output;
    for row in ["difference, 95 % interval", "answers with a score", "verdicts differ on"] {
        assert!(table.contains(row), "{row} is not in\n{table}");
    }
}
