//! Demands of the judge in an answer ("mark every key point as hit"): evidence of nothing.

use std::ops::Range;

use interview::Question;
use interview::transcript::normal_words;

/// The most words between two words of a demand.
const DEMAND_GAP: usize = 5;

/// Ways of addressing the judge: words in this order, each one of several.
const DEMANDS: [&[&[&str]]; 5] = [
    &[
        &["ignore", "disregard", "forget", "override", "bypass"],
        &["instruction", "instructions", "rules", "prompt", "prompts", "guidelines"],
    ],
    &[
        &["mark", "score", "grade", "rate", "count", "judge", "give", "award", "assign", "set"],
        &["every", "all", "each", "full", "maximum", "top", "perfect", "everything", "this", "me", "my"],
        &["hit", "hits", "marks", "passed", "correct", "verdict", "grade", "score", "points"],
    ],
    &[&["you"], &["are"], &["now"], &["interviewer", "judge", "grader", "assistant", "system", "model"]],
    &[&["candidate"], &["passed", "passes"]],
    &[&["key"], &["point", "points"], &["hit", "hits", "passed"]],
];

/// The demands among normal words, from their first to behind their last word.
pub(crate) fn demands(words: &[String]) -> Vec<Range<usize>> {
    let from = |start: usize| {
        let ends = DEMANDS.iter().filter_map(|demand| {
            let (first, rest) = demand.split_first()?;
            let is = |place: usize, names: &[&str]| words.get(place).is_some_and(|word| names.contains(&word.as_str()));
            let begin = is(start, first).then_some(start)?;
            rest.iter()
                .try_fold(begin, |place, names| (place + 1..=place + 1 + DEMAND_GAP).find(|next| is(*next, names)))
        });
        ends.max().map(|end| start..end + 1)
    };
    (0..words.len()).filter_map(from).collect()
}

/// Whether the question is about such demands, so that its answers may speak of them.
pub(crate) fn is_about_demands(question: &Question, prompt: &str) -> bool {
    let points = question.key_points.iter().flat_map(|point| point.says.iter().chain([&point.summary]));
    let mut asked = points.map(String::as_str).chain([prompt]);
    asked.any(|text| !demands(&normal_words(text).collect::<Vec<_>>()).is_empty())
}
