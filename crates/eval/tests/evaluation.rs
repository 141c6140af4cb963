//! Datasets judged by real coaches.

use std::future::pending;
use std::num::NonZeroUsize;
use std::sync::Arc;

use coach::{Coach, OfflineCoach};
use eval::{Dataset, Evaluation, Evaluator, Judge, Progress, Results};
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

/// The offline coach measured on these lines, which may have results of an earlier run, until `stop` is done.
async fn evaluate_until(
    stop: impl Future<Output = ()>,
    lines: &str,
    earlier: &str,
    report: impl FnMut(Progress<'_>),
) -> Evaluation {
    let bank = Bank::default();
    let coach = Coach::Offline(Arc::new(OfflineCoach::new(&[])));
    let evaluator = Evaluator {
        judge: Judge::Coach(&coach),
        bank: &bank,
        concurrency: NonZeroUsize::MIN,
        whole: false,
        similarity_baseline: true,
        earlier: &Results::parse(earlier),
    };
    let dataset = Dataset::parse(lines, &bank);
    evaluator.judge(&dataset, stop, report).await.evaluation()
}

async fn evaluate(lines: &str) -> Evaluation {
    evaluate_until(pending(), lines, "", |_| {}).await
}

#[tokio::test]
async fn the_document_has_every_item_and_a_summary() {
    let document = serde_json::to_value(evaluate(&lines()).await).unwrap();
    let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["items", "summary"]);
    let items = document["items"].as_array().unwrap();
    let hit = |number: usize, id: &str| {
        let point = &items[0]["key_points"][number];
        let (plausibility, quote) = (&point["plausibility"], &point["quote"]);
        assert!(plausibility.as_f64().unwrap() >= 0.9 && quote.is_string(), "{point}");
        json!({"id": id, "verdict": "hit", "plausibility": plausibility, "sure": true, "quote": quote})
    };
    assert_eq!(
        items[0],
        json!({
            "id": "s",
            "score": 10.0,
            "band": 4,
            "key_points": [hit(0, "one-owner"), hit(1, "dropped")],
            "misconceptions": [],
            "clarity": items[0]["clarity"],
            "judged_by": items[0]["judged_by"],
        })
    );
    assert_eq!(items[0]["judged_by"]["coach"], "offline");
    assert_eq!(items[0]["clarity"].as_array().unwrap().len(), 6);
    let missed = &items[1]["key_points"][1];
    assert_eq!(
        (&missed["id"], &missed["verdict"], &missed["quote"]),
        (&json!("dropped"), &json!("missed"), &Value::Null)
    );
    assert_eq!(items[2]["misconceptions"][0]["id"], "collector");
    assert_eq!(items[3]["ungraded"], "there is no question `no-such-question` in the bank");
    assert_eq!(items[3]["score"], Value::Null);
}

#[tokio::test]
async fn the_summary_compares_judgements_with_labels_and_names_broken_lines() {
    let evaluation = evaluate(&lines()).await;
    let summary = &evaluation.summary;
    assert_eq!((summary.items, summary.ungraded, summary.broken_lines[0].line), (4, 1, 4));
    assert_eq!(summary.figures.order["full_order"].share, 1.0);
    assert_eq!(summary.misconceptions.recall.unwrap().share, 1.0);
    assert_eq!(summary.misconceptions.false_alarms.unwrap().share, 0.0);
    assert_eq!(summary.baseline.as_ref().unwrap().name, "similarity");
    let table = evaluation.table();
    for line in ["similarity", "strong over partial", "misconceptions found", "4, 1 ungraded", "line 4 skipped"] {
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

#[tokio::test]
async fn a_run_goes_on_from_its_results() {
    let (lines, mut results, mut done) = (lines(), String::new(), Vec::new());
    let first = evaluate_until(pending(), &lines, "", |progress| {
        results.push_str(&Results::line(progress.item, progress.judged.unwrap()).unwrap());
        done.push(progress.done);
    });
    let first = first.await;
    assert_eq!(done, [1, 2, 3, 4]);
    let written: Value = serde_json::from_str(results.lines().next().unwrap()).unwrap();
    assert_eq!(written["answer"], "Every value has one owner. Its memory is freed when the scope ends.");
    assert_eq!((&written["question"], &written["id"]), (&json!("What does ownership mean in Rust?"), &json!("s")));

    // The last line was cut off, one answer is another now, and one could not be judged.
    let (results, _) = results.split_at(results.len() - 20);
    let lines = lines.replace("Each value has exactly one owner", "It has exactly one owner");
    let mut judged_again = Vec::new();
    let report = |progress: Progress<'_>| judged_again.extend(progress.judged.map(|one| one.id.clone()));
    let again = evaluate_until(pending(), &lines, results, report).await;
    assert_eq!(judged_again, ["p", "u"]);
    assert_eq!((&again.items[0], &again.items[2]), (&first.items[0], &first.items[2]));
    assert_eq!(again.summary.items, 4);
}

#[tokio::test]
async fn a_stopped_run_sums_up_what_it_reached() {
    let (stop, stopped) = futures::channel::oneshot::channel::<()>();
    let mut stop = Some(stop);
    let evaluation = evaluate_until(async { _ = stopped.await }, &lines(), "", |_| drop(stop.take())).await;
    assert_eq!((evaluation.items.len(), evaluation.summary.items, evaluation.summary.not_reached), (1, 1, 3));
    assert!(evaluation.table().contains("1 of 4, 0 ungraded"), "{}", evaluation.table());
}
