//! Results files: one judged answer a line, written as a run goes on, so that a later run can go on from there.

use std::collections::HashMap;

use interview::marks::JudgedBy;
use serde::{Deserialize, Serialize};

use crate::dataset::Item;
use crate::evaluator::JudgedItem;

/// The judgements of a results file, by the ids of the answers.
#[derive(Clone, Debug, Default)]
pub struct Results {
    by_id: HashMap<String, Vec<ResultLine>>,
    /// The lines that cannot be read, as the last one of a run that was killed.
    pub unreadable: usize,
}

#[derive(Clone, Debug, Deserialize)]
struct ResultLine {
    answer: String,
    #[serde(flatten)]
    judged: JudgedItem,
}

#[derive(Serialize)]
struct NewLine<'a> {
    question: &'a str,
    #[serde(flatten)]
    judged: &'a JudgedItem,
    answer: &'a str,
}

impl Results {
    /// Reads the lines of a results file.
    pub fn parse(text: &str) -> Self {
        let mut results = Self::default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str::<ResultLine>(line) {
                Ok(line) => results.by_id.entry(line.judged.id.clone()).or_default().push(line),
                Err(_unreadable) => results.unreadable += 1,
            }
        }
        results
    }

    /// The line of one judged answer, with its end.
    ///
    /// # Errors
    /// Never for what this crate judged.
    pub fn line(item: &Item, judged: &JudgedItem) -> serde_json::Result<String> {
        let line = NewLine { question: item.question_name(), judged, answer: &item.answer };
        serde_json::to_string(&line).map(|line| line + "\n")
    }

    /// The last judgement of the same answer.
    pub(crate) fn of(&self, item: &Item) -> Option<&JudgedItem> {
        self.of_answer(item).next()
    }

    /// The last judgement of the same answer by this coach. What could not be judged is judged again, and so is what was judged in part and
    /// is asked for as a whole.
    pub(crate) fn by(&self, judged_by: &JudgedBy, item: &Item, whole: bool) -> Option<&JudgedItem> {
        self.of_answer(item).find(|judged| {
            let is_complete = judged.ungraded.is_none() && !(whole && judged.clarity.is_empty());
            is_complete && judged.judged_by.as_ref() == Some(judged_by)
        })
    }

    /// The judgements of the same answer, the last one first.
    fn of_answer(&self, item: &Item) -> impl Iterator<Item = &JudgedItem> {
        let lines = self.by_id.get(&item.id).into_iter().flatten().rev();
        lines.filter(|line| line.answer == item.answer).map(|line| &line.judged)
    }
}
