//! A language model judges, or fails to: the real program against a model server that says what the test wants.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

mod decisions;
mod doctor;
mod early_panels;
mod evaluation;
mod feedback;
mod judge;
mod restart;
mod round;

use journeys::language_model::{Asked, LanguageModel, Reply, kind_words};
use journeys::program::Home;
use serde_json::{Value, json};

const QUESTION: &str = "ownership-why";

/// An answer that makes every point.
const ANSWER: &str = "Every value has exactly one owner, and it is dropped when the owner goes out of scope. Assigning it moves it, \
    and the old name can't be used any more. The reason is memory safety without a garbage collector, decided at compile time: no use after \
    free and no double free. Cycles need reference counting, and can still leak.";

/// An answer that makes the points `one-owner` and `dropped-at-scope-end`.
const SHORT_ANSWER: &str = "Every value has exactly one owner, and it is dropped when the owner goes out of scope.";

/// What a model says of it.
fn of_short_answer(asked: &Asked) -> Value {
    let mut words = kind_words(asked);
    for (id, point) in words["key_points"].as_object_mut().into_iter().flatten() {
        if id != "one-owner" && id != "dropped-at-scope-end" {
            *point = json!({"quote": null, "verdict": "missed"});
        }
    }
    words
}

/// A settings file that sets the model up, with these lines besides.
fn settings(home: &Home, base_url: &str, lines: &str) -> String {
    let file = home.path().join("config.toml");
    let text =
        format!("[llm]\npreset = \"custom\"\nmodel = \"a-model\"\nbase_url = \"{base_url}\"\nretries = 0\n{lines}\n");
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

fn answers(status: u16, kind: &'static str, body: &str) -> LanguageModel {
    let reply = Reply::Answers(status, kind, body.to_owned());
    LanguageModel::start(move |_| reply.clone())
}
