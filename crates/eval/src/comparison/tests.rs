use std::time::Duration;

use super::*;
use crate::dataset::{BrokenLine, Dataset, Item, Label};
use crate::evaluator::{JudgedItem, JudgedPoint, QuotedMisconception};

/// So many questions, each with a strong and a wrong answer; the reader finds the point `a` made in the strong one and the
/// misconception `m` stated in the wrong one.
fn dataset(questions: usize) -> Dataset {
    let item = |question: usize, label: Label| {
        let is_strong = label == Label::Strong;
        let ids = |id: &str, wanted: bool| if wanted { vec![id.to_owned()] } else { Vec::new() };
        let marks = ReaderMarks { hit: ids("a", is_strong), half: Vec::new(), stated: ids("m", !is_strong) };
        let (id, question) = (format!("{question}-{}", label.as_str()), format!("question-{question}"));
        let json = serde_json::json!({"id": id, "question": question, "answer": "x"});
        Item { label: Some(label), marks: Some(marks), ..serde_json::from_value(json).unwrap() }
    };
    let items = (0..questions).flat_map(|question| [item(question, Label::Strong), item(question, Label::Wrong)]);
    Dataset { items: items.collect(), broken_lines: Vec::<BrokenLine>::new() }
}

/// A judge who says of each answer whether it makes the point, states the misconception, and what it scores.
fn judged(dataset: &Dataset, says: impl Fn(usize, &Item) -> (Counted, bool, Option<f64>)) -> Judgements<'_> {
    let mut list = Vec::new();
    for (number, item) in dataset.items.iter().enumerate() {
        let (verdict, is_stated, score) = says(number, item);
        let quote = Some("words".to_owned());
        let found = QuotedMisconception { id: "m".to_owned(), sure: true, quote: "other words".to_owned() };
        let judged = JudgedItem {
            id: item.id.clone(),
            score,
            key_points: vec![JudgedPoint {
                id: "a".to_owned(),
                verdict,
                plausibility: None,
                sure: true,
                doubt: None,
                quote,
            }],
            misconceptions: if is_stated { vec![found] } else { Vec::new() },
            ..JudgedItem::default()
        };
        list.push(Judgement { item, judged, misconceptions: vec!["m".to_owned()], similarity: None });
    }
    Judgements { dataset, list, took: Duration::ZERO }
}

/// A judge who is always right.
fn right(_: usize, item: &Item) -> (Counted, bool, Option<f64>) {
    match item.label {
        Some(Label::Strong) => (Counted::Hit, false, Some(8.0)),
        _ => (Counted::Missed, true, Some(2.0)),
    }
}

/// A judge who ticks everything, hears nothing false, and scores every fourth question the wrong way round.
fn generous(number: usize, item: &Item) -> (Counted, bool, Option<f64>) {
    let is_low = (item.label == Some(Label::Strong)) == (number / 2).is_multiple_of(4);
    (Counted::Hit, false, Some(if is_low { 3.0 } else { 9.0 }))
}

#[test]
fn the_difference_of_each_figure_has_an_interval() {
    let dataset = dataset(40);
    let comparison = Comparison::of(&judged(&dataset, right), &judged(&dataset, generous), 0);
    let figure = |name: &str| comparison.figures.iter().find(|figure| figure.name == name).unwrap();
    let precision = figure("key points, precision");
    assert_eq!((precision.first, precision.second, precision.difference), (1.0, 0.5, 0.5));
    assert_eq!((precision.low, precision.high), (0.5, 0.5), "every question shows the same difference");
    let order = figure("strong over wrong");
    assert_eq!((order.first, order.second), (1.0, 0.75));
    assert!(0.0 < order.low && order.low < 0.25 && 0.25 < order.high && order.high < 0.5, "{order:?}");
    assert_eq!(figure("false ticks a false answer").difference, -1.0);
    assert!(comparison.figures.iter().all(|figure| figure.name != "partial over wrong"), "no answer is partial");
    let again = Comparison::of(&judged(&dataset, right), &judged(&dataset, generous), 0);
    assert_eq!(comparison, again);
}

#[test]
fn claims_on_which_two_judges_differ_are_listed_with_their_quotes() {
    let dataset = dataset(2);
    let comparison = Comparison::of(&judged(&dataset, right), &judged(&dataset, generous), 2);
    assert_eq!((comparison.answers, comparison.questions, comparison.differing), (4, 2, 4));
    let table = comparison.table("right", "generous-of-late");
    assert!(table.lines().next().unwrap().contains("             right  generous-of-late  difference"), "{table}");
    let (_, listed) = table.split_once("\n\n").unwrap();
    assert_eq!(
        listed,
        "4 answers to 2 questions; verdicts differ on 4 claims\n\
         0-wrong: key point a (reader: not made)\n\
         \x20 right             missed   “words”\n\
         \x20 generous-of-late  hit      “words”\n\
         0-wrong: misconception m (reader: made)\n\
         \x20 right             hit      “other words”\n\
         \x20 generous-of-late  missed\n\
         … and 2 more"
    );
}

#[test]
fn answers_that_one_could_not_judge_are_compared_by_nobody() {
    let dataset = dataset(1);
    let mut other = judged(&dataset, right);
    other.list[0].judged.ungraded = Some("no connection".to_owned());
    let comparison = Comparison::of(&judged(&dataset, generous), &other, 20);
    assert_eq!(comparison.answers, 1);
    assert!(comparison.differences.iter().all(|difference| difference.id == "0-wrong"), "{comparison:?}");
    other.list.clear();
    assert_eq!(Comparison::of(&judged(&dataset, right), &other, 20).figures, []);
}
