//! Having every answer of a dataset judged.

use std::num::NonZeroUsize;
use std::time::Instant;

use futures::StreamExt;
use interview::Transcript;
use interview::bank::Bank;
use interview::follow_up::Rubric;
use interview::judging::{self, Assignment};
use interview::scoring::{Band, MISCONCEPTION_PENALTY};

use super::dataset::{Dataset, Item, LabelledQuestion};
use super::evaluation::{Evaluation, JudgedItem, quotes};
use super::question::{InlineQuestion, NamedQuestion};
use super::summary::{Judgement, Summary};
use crate::coach::Coach;
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
        let prompt = question.prompts.first();
        let assignment = Assignment { question, rubric: &rubric, prompt, target: None, transcript: &transcript };
        let claims = self.coach.judge_correctness(assignment).await.map_err(|error| error.to_string());
        let correctness = claims.and_then(|claims| {
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
