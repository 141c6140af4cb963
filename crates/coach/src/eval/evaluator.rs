//! Having every answer of a dataset judged.

use std::num::NonZeroUsize;
use std::time::Instant;

use futures::StreamExt;
use interview::Transcript;
use interview::bank::{Bank, Question};
use interview::follow_up::Rubric;
use interview::scoring::{Band, Score};

use super::dataset::{Dataset, Item, LabelledQuestion};
use super::evaluation::{Evaluation, JudgedItem, quotes};
use super::summary::{Judgement, Summary};
use crate::coach::{Assignment, Coach};
use crate::llm::Usage;
use crate::offline::OfflineCoach;
use crate::similarity::similarity;

/// Judges datasets with a coach.
pub struct Evaluator<'a> {
    /// Who judges.
    pub coach: &'a dyn Coach,
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
        let similarity = self.similarity_baseline.then(|| 10.0 * similarity(&question.model_answer, &item.answer));
        let judgement = match (&item.question, self.by_reference) {
            (LabelledQuestion::Inline(inline), Some(coach)) if inline.has_only_a_reference() => {
                let answer = Transcript::typed(&item.answer);
                let score = Score::clamped(10.0 * coach.agreement(&inline.prompt, &inline.reference, &answer));
                Judgement::without_feedback(item, JudgedItem::scored(&item.id, score.get()))
            }
            _ => self.judge_by_rubric(item, &question).await,
        };
        Judgement { similarity, ..judgement }
    }

    async fn judge_by_rubric<'i>(&self, item: &'i Item, question: &Question) -> Judgement<'i> {
        let rubric = Rubric::of(question, None);
        let transcript = Transcript::typed(&item.answer);
        let prompt = &question.prompt;
        let assignment = Assignment { question, rubric: &rubric, prompt, target: None, transcript: &transcript };
        match self.coach.judge(assignment, None).await {
            Ok(feedback) => Judgement {
                item,
                judged: JudgedItem::of(&item.id, &feedback),
                band: feedback.correctness.band.map(Band::number),
                quotes: quotes(&feedback),
                similarity: None,
            },
            Err(error) => Judgement::without_feedback(item, JudgedItem::ungraded(&item.id, error.to_string())),
        }
    }

    fn question(&self, item: &Item) -> Result<Question, String> {
        match &item.question {
            LabelledQuestion::Bank(id) => {
                self.bank.question(id).cloned().ok_or_else(|| format!("there is no question `{id}` in the bank"))
            }
            LabelledQuestion::Inline(inline) => inline.to_question().map_err(|unfit| unfit.to_string()),
        }
    }
}
