//! Datasets judged by real coaches.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::sync::Arc;

use coach::llm::Usage;
use coach::{Coach, OfflineCoach};
use eval::{Dataset, Evaluation, Evaluator};
use interview::Bank;
use serde_json::{Value, json};

/// A question with everything, three answers of known worth, and two lines that cannot be judged.
fn lines() -> String {
    let question = json!({
        "prompt": "What does ownership mean in Rust?",
        "reference": "Every value has one owner. It is dropped when the scope ends.",
        "key_points": [
            {"id": "one-owner", "summary": "every value has one owner", "weight": 2, "core": true,
             "says": ["every value has one owner", "each value has exactly one owner"]},
            {"id": "dropped", "summary": "memory is freed at the end of the scope", "weight": 2,
             "says": ["it is dropped when the scope ends", "memory is freed at the end of the block"]},
        ],
        "misconceptions": [
            {"id": "collector", "claim": "a garbage collector frees values",
             "says": ["a garbage collector frees the values", "the garbage collector cleans up values later"]},
        ],
    });
    let item = |id: &str, label: &str, answer: &str| {
        json!({"id": id, "question": question, "answer": answer, "label": label, "group": "ownership"}).to_string()
    };
    [
        item("s", "strong", "Every value has one owner. Its memory is freed when the scope ends."),
        item("p", "partial", "Each value has exactly one owner, that's what the compiler checks."),
        item("w", "wrong", "A garbage collector frees the values while the program is running."),
        "{not json".to_owned(),
        json!({"id": "u", "question": "no-such-question", "answer": "x"}).to_string(),
    ]
    .join("\n")
}

/// The offline coach measured on these lines.
async fn evaluate(lines: &str) -> Evaluation {
    let bank = Bank::default();
    let offline = Arc::new(OfflineCoach::new(&[]));
    let coach = Coach::Offline(Arc::clone(&offline));
    let evaluator = Evaluator {
        coach: &coach,
        bank: &bank,
        by_reference: Some(&offline),
        concurrency: NonZeroUsize::MIN,
        similarity_baseline: true,
    };
    let done = Cell::new(0);
    let dataset = Dataset::parse(lines);
    let evaluation = evaluator.evaluate(&dataset, |number| done.set(number), Usage::default).await;
    assert_eq!(done.get(), dataset.items.len());
    evaluation
}

#[tokio::test]
async fn the_document_has_every_item_and_a_summary() {
    let document = serde_json::to_value(evaluate(&lines()).await).unwrap();
    let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["items", "summary"]);
    let items = document["items"].as_array().unwrap();
    assert_eq!(
        items[0],
        json!({
            "id": "s",
            "score": 10.0,
            "key_points": [
                {"id": "one-owner", "verdict": "hit", "quote": items[0]["key_points"][0]["quote"]},
                {"id": "dropped", "verdict": "hit", "quote": items[0]["key_points"][1]["quote"]},
            ],
            "misconceptions": [],
        })
    );
    assert_eq!(items[1]["key_points"][1], json!({"id": "dropped", "verdict": "missed", "quote": null}));
    assert_eq!(items[2]["misconceptions"][0]["id"], "collector");
    assert_eq!(items[3]["ungraded"], "there is no question `no-such-question` in the bank");
    assert_eq!(items[3]["score"], Value::Null);
}

#[tokio::test]
async fn the_summary_compares_judgements_with_labels_and_names_broken_lines() {
    let evaluation = evaluate(&lines()).await;
    let summary = &evaluation.summary;
    assert_eq!((summary.items, summary.ungraded, summary.broken_lines[0].line), (4, 1, 4));
    assert_eq!(summary.figures.order.full_order.unwrap().share, 1.0);
    assert_eq!(summary.misconceptions.recall.unwrap().share, 1.0);
    assert_eq!(summary.misconceptions.false_alarms.unwrap().share, 0.0);
    assert_eq!(summary.baseline.as_ref().unwrap().name, "similarity");
    let table = evaluation.table();
    for line in ["similarity", "strong over partial", "misconceptions found", "4, 1 ungraded", "line 4 left out"] {
        assert!(table.contains(line), "{line} is not in\n{table}");
    }
}

#[tokio::test]
async fn a_question_with_nothing_but_a_reference_is_scored_by_it() {
    let line = |id: &str, answer: &str, score: u32| {
        let question =
            json!({"prompt": "What is a stack?", "reference": "A last in first out list with push and pop."});
        json!({"id": id, "question": question, "answer": answer, "score": score}).to_string()
    };
    let lines = [
        line("a", "last in first out, you push and pop", 5),
        line("b", "a list where you push things", 3),
        line("c", "I like trains", 0),
    ];
    let evaluation = evaluate(&lines.join("\n")).await;
    assert!(evaluation.items.iter().all(|item| item.key_points.len() == 1 && item.score.is_some()));
    let agreement = evaluation.summary.figures.agreement.unwrap();
    assert_eq!((agreement.scale, agreement.spearman), (5.0, Some(1.0)));
}

#[tokio::test]
async fn an_empty_dataset_has_an_empty_summary() {
    let evaluation = evaluate("\n\n").await;
    assert!(evaluation.items.is_empty() && evaluation.summary.figures.agreement.is_none());
}
