//! The built-in bank is valid, and its statements about code agree with the real compilers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::num::NonZeroUsize;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use interview::Bank;
use interview::bank::{Language, Outcome};
use journeys::program::Home;
use journeys::proof::Program;
use journeys::workspace;

fn bank() -> Bank {
    let loaded = Bank::load(&workspace::bank_files().unwrap());
    let faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    loaded.bank
}

/// A program of the bank and its expected outcome; without one it has to work.
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

/// Compiles, and where it says so runs, every case that `wanted` picks, on all cores. A set of cases that was proved before with the
/// same tools is skipped, except in CI.
fn prove(tools: &str, version: &[&str], wanted: impl Fn(&Case) -> bool) {
    let bank = bank();
    let cases: Vec<Case> = cases(&bank).into_iter().filter(|case| wanted(case)).collect();
    assert!(!cases.is_empty(), "no programs for {tools}");
    let stamp = workspace::root().join("target/proved").join(tools);
    let fingerprint = fingerprint(&cases, version);
    let is_ci = std::env::var_os("CI").is_some();
    if !is_ci && std::fs::read_to_string(&stamp).is_ok_and(|earlier| earlier == fingerprint) {
        return report(&format!("{} programs unchanged since {tools} proved them", cases.len()));
    }
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    let prove_next = || {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let folder = tempfile::tempdir().unwrap();
            let program = Program { language: case.language, code: &case.code, folder: folder.path().to_owned() };
            let proved = match &case.outcome {
                Some(outcome) => program.shows(outcome),
                None => program.works(),
            };
            if let Err(difference) = proved {
                wrong.lock().unwrap().push(format!("{}: {difference}", case.name));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, NonZeroUsize::get) {
            scope.spawn(prove_next);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} are not as the bank says:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    std::fs::create_dir_all(stamp.parent().unwrap()).unwrap();
    std::fs::write(&stamp, fingerprint).unwrap();
    report(&format!("{} programs proved with {tools}", cases.len()));
}

/// Identifies everything that the result of a proof depends on: the cases, the tools, and how they are called.
fn fingerprint(cases: &[Case], version: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    include_str!("../src/proof.rs").hash(&mut hasher);
    let output = Command::new(version[0]).args(&version[1..]).output();
    output.unwrap_or_else(|error| panic!("{}: {error}; run `make setup`", version[0])).stdout.hash(&mut hasher);
    for case in cases {
        format!("{:?} {:?} {}", case.language, case.outcome, case.code).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// Prints past the test runner, which captures what tests print.
fn report(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[test]
fn every_question_is_valid() {
    assert!(!bank().questions().is_empty());
}

#[test]
fn the_program_finds_no_fault() {
    let check = Home::empty().viva(["questions", "check"]).finish().success();
    assert!(check.output.contains("no fault"), "{}{}", check.output, check.errors);
}

#[test]
fn a_question_with_calibration_answers_has_some_of_each_kind() {
    let answers: BTreeSet<(String, String)> = ["tuning", "held_out"]
        .into_iter()
        .flat_map(|half| std::fs::read_dir(workspace::root().join("tests/calibration").join(half)).unwrap())
        .flat_map(|file| {
            std::fs::read_to_string(file.unwrap().path()).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .map(|line| serde_json::from_str::<serde_json::Value>(&line).unwrap())
        .map(|answer| (answer["question"].as_str().unwrap().to_owned(), answer["label"].as_str().unwrap().to_owned()))
        .collect();
    let questions: BTreeSet<&String> = answers.iter().map(|(question, _)| question).collect();
    assert!(questions.len() >= 160, "{}", questions.len());
    for question in questions {
        assert!(bank().questions().iter().any(|known| known.id.as_str() == question), "{question} is not in the bank");
        for label in ["strong", "partial", "wrong", "offtopic"] {
            assert!(answers.contains(&(question.clone(), label.to_owned())), "{question} has no {label} answer");
        }
    }
}

#[test]
fn rust_code_does_what_the_bank_says() {
    prove("rustc", &["rustc", "-vV"], |case| matches!(case.language, Language::Rust(_)));
}

#[test]
fn go_code_does_what_the_bank_says() {
    prove("go", &["go", "version"], |case| case.language == Language::Go);
}

#[test]
fn cpp_code_does_what_the_bank_says() {
    prove("g++", &["g++", "--version"], |case| case.language == Language::Cpp);
}
