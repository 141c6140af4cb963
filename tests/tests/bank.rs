//! The built-in bank is sound, and what it says of code is what the real tools say.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use interview::Bank;
use interview::bank::{Language, Outcome};
use journeys::program::Home;
use journeys::proof::{Program, is_installed};
use journeys::workspace;

fn bank() -> Bank {
    let loaded = Bank::load(&workspace::bank_files().unwrap());
    let faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    loaded.bank
}

/// One program of the bank and what it is to show; without an outcome it is to work.
struct Case {
    name: String,
    language: Language,
    code: String,
    outcome: Option<Outcome>,
}

fn cases(bank: &Bank) -> Vec<Case> {
    let mut cases = Vec::new();
    for question in bank.questions() {
        let mut add = |part: &str, language: Language, code: &str, outcome: Option<&Outcome>| {
            let name = format!("{} ({part})", question.id);
            cases.push(Case { name, language, code: code.to_owned(), outcome: outcome.cloned() });
        };
        if let Some(snippet) = &question.snippet {
            add("snippet", snippet.language, &snippet.code, Some(&snippet.outcome));
            add("corrected", snippet.language, &snippet.corrected, None);
        }
        for proof in &question.proofs {
            add(&proof.claim, proof.language, &proof.code, Some(&proof.outcome));
        }
    }
    cases
}

/// Proves every case that `wanted` picks, on two threads, and returns how many there were.
fn prove(wanted: impl Fn(&Case) -> bool) -> usize {
    let bank = bank();
    let cases: Vec<Case> = cases(&bank).into_iter().filter(|case| wanted(case)).collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let folder = tempfile::tempdir().unwrap();
                    let program =
                        Program { language: case.language, code: &case.code, folder: folder.path().to_owned() };
                    let proved = match &case.outcome {
                        Some(outcome) => program.shows(outcome),
                        None => program.works(),
                    };
                    if let Err(difference) = proved {
                        wrong.lock().unwrap().push(format!("{}: {difference}", case.name));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} are not as the bank says:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    cases.len()
}

/// Says how many programs were proved, past the test runner that keeps what tests print to itself.
fn report(proved: usize, what: &str) {
    assert!(proved > 0, "no {what}");
    let line = format!("{proved} {what}\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

#[test]
fn every_question_is_sound() {
    assert!(!bank().questions().is_empty());
}

#[test]
fn the_program_finds_nothing_to_mend_in_it() {
    let check = Home::empty().viva(["questions", "check"]).finish().success();
    assert!(check.output.contains("no fault"), "{}{}", check.output, check.errors);
}

#[test]
fn every_question_has_an_answer_of_each_kind_to_be_judged_on() {
    let answers: BTreeSet<(String, String)> = ["tuning", "held_out"]
        .into_iter()
        .flat_map(|half| std::fs::read_dir(workspace::root().join("tests/calibration").join(half)).unwrap())
        .flat_map(|file| {
            std::fs::read_to_string(file.unwrap().path()).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .map(|line| serde_json::from_str::<serde_json::Value>(&line).unwrap())
        .map(|answer| (answer["question"].as_str().unwrap().to_owned(), answer["label"].as_str().unwrap().to_owned()))
        .collect();
    for question in bank().questions() {
        for label in ["strong", "partial", "wrong", "offtopic"] {
            assert!(
                answers.contains(&(question.id.to_string(), label.to_owned())),
                "{} has no {label} answer",
                question.id
            );
        }
    }
}

#[test]
fn rust_code_does_what_the_bank_says() {
    let proved = prove(|case| matches!(case.language, Language::Rust(_)));
    report(proved, "programs in Rust proved with rustc");
}

#[test]
fn go_code_does_what_the_bank_says() {
    assert!(is_installed("go"), "install Go first: `make setup` does");
    report(prove(|case| case.language == Language::Go), "programs in Go proved with go build and go vet");
}

#[test]
fn cpp_code_does_what_the_bank_says() {
    assert!(is_installed("g++"), "install g++ first: `make setup` does");
    report(prove(|case| case.language == Language::Cpp), "programs in C++ proved with g++ -std=c++20 -Wall");
}
