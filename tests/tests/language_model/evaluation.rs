//! `viva eval --coach llm`.

use journeys::language_model::{LanguageModel, Reply, kind_words};
use journeys::program::{Finished, Home};
use serde_json::{Value, json};

use crate::{ANSWER, QUESTION, answers};

fn evaluated(home: &Home, model: &LanguageModel, more: &[&str]) -> Finished {
    let lines = ["sound", "odd", "invented"].map(|answer| {
        json!({"id": answer, "question": QUESTION, "answer": format!("{answer} {ANSWER}"), "label": "strong"})
            .to_string()
    });
    let run = home.viva([&["eval", "--coach", "llm"], more].concat());
    run.judged_by_model_at(&model.base_url()).input(lines.join("\n")).finish().success()
}

#[test]
fn an_evaluation_of_a_model_counts_tokens_invalid_replies_and_quotes_that_nobody_said() {
    let home = Home::empty();
    let model = LanguageModel::start(|asked| {
        let mut words = kind_words(asked);
        if asked.form == "marks" && asked.answer.starts_with("odd") && !asked.is_repair {
            return Reply::Says(json!({"verdict": "fine"}));
        }
        if asked.form == "marks" && asked.answer.starts_with("invented") {
            words["key_points"][0]["quote"] = json!("words that nobody ever said");
        }
        Reply::Says(words)
    });
    let evaluation = evaluated(&home, &model, &["--json"]).json();
    let (items, summary) = (&evaluation["items"], &evaluation["summary"]);
    let points = items[0]["key_points"].as_array().unwrap().len();
    // Three answers, one call each, for nothing but correctness is measured, and two requests to mend.
    assert_eq!(summary["usage"], json!({"replies": 5, "invalid_replies": 2, "input_tokens": 500, "output_tokens": 50}));
    assert_eq!((&summary["invalid_replies"]["of"], &summary["ungraded"]), (&json!(5), &json!(0)));
    assert_eq!(summary["quote_failures"]["of"], json!(3 * points));
    assert!(
        (summary["quote_failures"]["share"].as_f64().unwrap() - 1.0 / (3 * points) as f64).abs() < 1e-3,
        "{summary}"
    );
    assert_eq!(
        (&items[2]["key_points"][0]["verdict"], &items[2]["key_points"][0]["quote"]),
        (&json!("unclear"), &Value::Null)
    );
    let table = evaluated(&home, &model, &[]).output;
    for row in ["invalid replies", "quotes not found", "tokens", "500 in, 50 out"] {
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
