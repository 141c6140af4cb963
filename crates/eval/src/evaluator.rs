//! Judges every answer of a dataset.

use std::num::NonZeroUsize;
use std::time::Instant;

use coach::llm::Usage;
use coach::{Coach, CoachError, OfflineCoach, similarity};
use futures::StreamExt;
use interview::Transcript;
use interview::bank::Bank;
use interview::follow_up::Rubric;
use interview::judging::{self, Assignment};
use interview::marks::{Doubt, Verdict};
use interview::scoring::{Band, Correctness, MISCONCEPTION_PENALTY, Rating};
use serde::Serialize;

use crate::dataset::{Dataset, Item, LabelledQuestion};
use crate::question::{InlineQuestion, NamedQuestion};
use crate::summary::{Judgement, Summary};
use crate::table;

/// Judges datasets with a coach.
pub struct Evaluator<'a> {
    /// Who judges.
    pub coach: &'a Coach,
    /// Where questions are looked up.
    pub bank: &'a Bank,
    /// Who scores answers where there is nothing but a reference answer. Without it the reference's sentences are taken for key points.
    pub by_reference: Option<&'a OfflineCoach>,
    /// How many answers are judged at once.
    pub concurrency: NonZeroUsize,
    /// Whether word similarity is measured beside the coach.
    pub similarity_baseline: bool,
}

impl Evaluator<'_> {
    /// Judges every item. `progress` is told how many are done; `usage` is asked at the end what was used up.
    pub async fn evaluate(
        &self,
        dataset: &Dataset,
        progress: impl Fn(usize),
        usage: impl FnOnce() -> Usage,
    ) -> Evaluation {
        let began = Instant::now();
        let judging = dataset.items.iter().map(|item| self.judge(item));
        let mut stream = futures::stream::iter(judging).buffered(self.concurrency.get());
        let mut judgements = Vec::with_capacity(dataset.items.len());
        while let Some(judgement) = stream.next().await {
            judgements.push(judgement);
            progress(judgements.len());
        }
        let summary = Summary::of(&judgements, &dataset.broken_lines, usage(), began.elapsed());
        Evaluation { items: judgements.into_iter().map(|judgement| judgement.judged).collect(), summary }
    }

    async fn judge<'i>(&self, item: &'i Item) -> Judgement<'i> {
        let question = match self.question(item) {
            Ok(question) => question,
            Err(reason) => return Judgement::without_feedback(item, JudgedItem::ungraded(&item.id, reason)),
        };
        let model_answer = &question.question.model_answer;
        let similarity = self.similarity_baseline.then(|| 10.0 * similarity(model_answer, &item.answer));
        let mut judgement = self.judge_by_rubric(item, &question).await;
        if let (LabelledQuestion::Inline(inline), Some(coach)) = (&item.question, self.by_reference)
            && inline.has_only_a_reference()
            && judgement.judged.ungraded.is_none()
        {
            judgement.judged.score = Some(agreement(coach, inline, item, judgement.judged.misconceptions.len()));
            judgement.band = None;
        }
        Judgement { similarity, ..judgement }
    }

    async fn judge_by_rubric<'i>(&self, item: &'i Item, named: &NamedQuestion) -> Judgement<'i> {
        let question = &named.question;
        let rubric = Rubric::of(question, None);
        let transcript = Transcript::typed(&item.answer);
        let assignment = Assignment::to_question(question, &rubric, &transcript);
        let claims = match self.coach {
            Coach::Offline(offline) => offline.judge(&assignment).correctness,
            Coach::Llm(llm) | Coach::LlmOrOffline(llm, _) => llm.judge_correctness(&assignment).await,
        };
        let correctness = claims.map_err(|error: CoachError| error.to_string()).and_then(|claims| {
            judging::correctness(&rubric, &transcript, &claims).map_err(|invalid| invalid.to_string())
        });
        match correctness {
            Ok(correctness) => Judgement {
                item,
                judged: JudgedItem::of(&item.id, named, &correctness),
                band: correctness.band().map(Band::number),
                quotes: quotes(&correctness),
                similarity: None,
            },
            Err(error) => Judgement::without_feedback(item, JudgedItem::ungraded(&item.id, error)),
        }
    }

    fn question(&self, item: &Item) -> Result<NamedQuestion, String> {
        match &item.question {
            LabelledQuestion::Bank(id) => {
                let question = self.bank.question(id).cloned().map(NamedQuestion::of_bank);
                question.ok_or_else(|| format!("there is no question `{id}` in the bank"))
            }
            LabelledQuestion::Inline(inline) => inline.to_question().map_err(|unfit| unfit.to_string()),
        }
    }
}

/// The score, 0 to 10, where nobody wrote key points: how far the answer agrees with the reference, less what misconceptions cost.
fn agreement(coach: &OfflineCoach, question: &InlineQuestion, item: &Item, misconceptions: usize) -> f64 {
    let answer = Transcript::typed(&item.answer);
    let agreement = coach.agreement(&question.prompt, &question.reference, &answer);
    let score = 10.0 * agreement - MISCONCEPTION_PENALTY * misconceptions as f64;
    (score.clamp(0.0, 10.0) * 10.0).round() / 10.0
}

/// A dataset judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Every item's judgement, in the dataset's order.
    pub items: Vec<JudgedItem>,
    /// How far the judgements agree with the labels.
    pub summary: Summary,
}

impl Evaluation {
    /// The summary as a table for people.
    pub fn table(&self) -> String {
        table::render(&self.summary)
    }
}

/// One item's judgement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JudgedItem {
    /// The item's id.
    pub id: String,
    /// The score, 0 to 10; null when there is none.
    pub score: Option<f64>,
    /// The verdict on every key point.
    pub key_points: Vec<JudgedPoint>,
    /// The misconceptions that were found.
    pub misconceptions: Vec<QuotedMisconception>,
    /// Why there is no judgement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ungraded: Option<String>,
}

/// The verdict on a key point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct JudgedPoint {
    /// The key point's id.
    pub id: String,
    /// `hit`, `missed` or `unclear`.
    pub verdict: &'static str,
    /// The words that it rests on.
    pub quote: Option<String>,
}

/// A misconception that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuotedMisconception {
    /// The misconception's id.
    pub id: String,
    /// The words that state it.
    pub quote: String,
}

impl JudgedItem {
    /// The judgement, in the question's own names.
    pub(crate) fn of(id: &str, question: &NamedQuestion, correctness: &Correctness) -> Self {
        let marks = correctness.marks();
        let key_points = marks.key_points().iter().map(|mark| JudgedPoint {
            id: question.key_point(&mark.id),
            verdict: mark.verdict.name(),
            quote: mark.verdict.evidence().map(|evidence| evidence.quote().to_owned()),
        });
        let misconceptions = marks.misconceptions().iter().map(|mark| QuotedMisconception {
            id: question.misconception(&mark.id),
            quote: mark.evidence.quote().to_owned(),
        });
        Self {
            id: id.to_owned(),
            // A judge that leaves much open is measured by the middle of its range.
            score: correctness.rating().map(Rating::middle),
            key_points: key_points.collect(),
            misconceptions: misconceptions.collect(),
            ungraded: None,
        }
    }

    /// No judgement, and why.
    pub(crate) fn ungraded(id: &str, reason: String) -> Self {
        let (key_points, misconceptions) = (Vec::new(), Vec::new());
        Self { id: id.to_owned(), score: None, key_points, misconceptions, ungraded: Some(reason) }
    }
}

/// For each quote that the coach gave for a key point: whether it was in the transcript.
pub(crate) fn quotes(correctness: &Correctness) -> Vec<bool> {
    let found = |verdict: &Verdict| match verdict {
        Verdict::Hit { .. } => Some(true),
        Verdict::Unclear { doubt: Doubt::QuoteNotFound, .. } => Some(false),
        Verdict::Unclear { .. } | Verdict::Missed => None,
    };
    correctness.marks().key_points().iter().filter_map(|mark| found(&mark.verdict)).collect()
}
