//! Judges every answer of a dataset.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use coach::llm::{LlmCoach, Usage, metered};
use coach::{Coach, CoachError, OfflineCoach, similarity};
use futures::StreamExt;
use futures::channel::oneshot;
use interview::bank::{Bank, Question};
use interview::claims::{Claims, ClarityClaim};
use interview::follow_up::Rubric;
use interview::judging::{self, Assignment};
use interview::marks::{ClarityCheck, ClarityVerdict, Counted, Doubt, JudgedBy, Verdict};
use interview::scoring::{Band, Correctness, MISCONCEPTION_PENALTY, Rating};
use interview::transcript::Transcript;
use serde::{Deserialize, Serialize};

use crate::dataset::{Dataset, Item, LabelledQuestion};
use crate::question::NamedQuestion;
use crate::results::Results;
use crate::summary::Summary;

/// Whose judgements are measured.
#[derive(Clone, Copy, Debug)]
pub enum Judge<'a> {
    /// A coach, who is asked for what is not among the earlier results.
    Coach(&'a Coach),
    /// Whoever made the earlier results: nobody is asked.
    Earlier,
}

/// Judges datasets.
#[derive(Debug)]
pub struct Evaluator<'a> {
    /// Who judges.
    pub judge: Judge<'a>,
    /// Where questions are looked up.
    pub bank: &'a Bank,
    /// How many answers are judged at once. The offline coach takes a thread for each.
    pub concurrency: NonZeroUsize,
    /// Whether a language model judges all that it does in a round, clarity too. The offline coach always does.
    pub whole: bool,
    /// Whether word similarity is measured beside the coach.
    pub similarity_baseline: bool,
    /// Judgements of an earlier run, which are used where they are by the same coach on the same answer; those of an
    /// [earlier](Judge::Earlier) judge by whoever made them.
    pub earlier: &'a Results,
}

/// What is reported while a dataset is judged.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'p> {
    /// How many answers are done.
    pub done: usize,
    /// The answer that was done last.
    pub item: &'p Item,
    /// Its judgement; none when it is of an earlier run.
    pub judged: Option<&'p JudgedItem>,
}

impl Evaluator<'_> {
    /// Judges the items, several at once, until `stop` is done. Each is reported as soon as it is judged.
    pub async fn judge<'d>(
        &self,
        dataset: &'d Dataset,
        stop: impl Future<Output = ()>,
        mut report: impl FnMut(Progress<'_>),
    ) -> Judgements<'d> {
        let began = Instant::now();
        let items = dataset.items.iter().enumerate();
        let judging = items.map(|(place, item)| async move { (place, self.judge_item(item).await) });
        let judging = futures::stream::iter(judging).buffer_unordered(self.concurrency.get()).take_until(stop);
        let mut judging = std::pin::pin!(judging);
        let mut list = Vec::with_capacity(dataset.items.len());
        while let Some((place, (judgement, is_new))) = judging.next().await {
            let judged = Some(&judgement.judged).filter(|_| is_new);
            report(Progress { done: list.len() + 1, item: judgement.item, judged });
            list.push((place, judgement));
        }
        list.sort_by_key(|(place, _)| *place);
        let list = list.into_iter().map(|(_, judgement)| judgement).collect();
        Judgements { dataset, list, took: began.elapsed() }
    }

    /// The judgement, and whether it is a new one.
    async fn judge_item<'i>(&self, item: &'i Item) -> (Judgement<'i>, bool) {
        let question = match item.named_question(self.bank) {
            Ok(question) => question,
            Err(reason) => {
                let judged = JudgedItem::ungraded(&item.id, reason);
                return (Judgement { item, judged, misconceptions: Vec::new(), similarity: None }, true);
            }
        };
        let (judged, is_new) = match self.judge {
            Judge::Coach(coach) => {
                let judged_by = coach.judged_by(&question.question);
                match self.earlier.by(&judged_by, item, self.whole) {
                    Some(earlier) => (earlier.clone(), false),
                    None => (self.ask(coach, item, &question, judged_by).await, true),
                }
            }
            Judge::Earlier => {
                let missing = || JudgedItem::ungraded(&item.id, "there is no result for this answer".to_owned());
                (self.earlier.of(item).cloned().unwrap_or_else(missing), false)
            }
        };
        let similarity =
            self.similarity_baseline.then(|| 10.0 * similarity(&question.question.model_answer, &item.answer));
        (Judgement { item, judged, misconceptions: question.misconceptions(), similarity }, is_new)
    }

    async fn ask(&self, coach: &Coach, item: &Item, named: &NamedQuestion, judged_by: JudgedBy) -> JudgedItem {
        let (reply, usage) = match coach {
            Coach::Offline(offline) => (ask_offline(Arc::clone(offline), named.question.clone(), item).await, None),
            Coach::Llm(llm) => {
                let (reply, usage) = metered(ask_llm(llm, &named.question, item, self.whole)).await;
                (reply, Some(usage))
            }
        };
        let judged = reply.map_err(|error| error.to_string()).and_then(|reply| {
            let (rubric, transcript) = (Rubric::of(&named.question, None), Transcript::typed(&item.answer));
            let correctness = judging::correctness(&rubric, &transcript, &reply.claims);
            let correctness = correctness.map_err(|invalid| invalid.to_string())?;
            Ok(JudgedItem::of(item, named, &correctness, &reply, &transcript))
        });
        let judged = judged.unwrap_or_else(|reason| JudgedItem::ungraded(&item.id, reason));
        JudgedItem { judged_by: Some(judged_by), usage, ..judged }
    }
}

/// What a coach says of an answer.
struct Reply {
    claims: Claims,
    clarity: Vec<ClarityClaim>,
    /// How far the answer agrees with the reference answer, 0 to 1, where there is nothing else to score it by.
    agreement: Option<f64>,
}

/// The offline coach computes, so it gets a thread of its own for each answer.
async fn ask_offline(coach: Arc<OfflineCoach>, question: Question, item: &Item) -> Result<Reply, CoachError> {
    let transcript = Transcript::typed(&item.answer);
    let reference = match &item.question {
        LabelledQuestion::Inline(inline) if inline.has_only_a_reference() => Some(inline.clone()),
        LabelledQuestion::Inline(_) | LabelledQuestion::Bank(_) => None,
    };
    let (send, receive) = oneshot::channel();
    std::thread::spawn(move || {
        let rubric = Rubric::of(&question, None);
        let report = coach.judge(&Assignment::to_question(&question, &rubric, &transcript));
        let agreement = reference.map(|inline| coach.agreement(&inline.prompt, &inline.reference, &transcript));
        let clarity = report.clarity.unwrap_or_default();
        // Whoever waited may have stopped.
        send.send(report.correctness.map(|claims| Reply { claims, clarity, agreement })).ok();
    });
    let panicked = |_canceled| CoachError::Refused { reason: "the offline coach panicked".to_owned() };
    receive.await.map_err(panicked)?
}

async fn ask_llm(coach: &LlmCoach, question: &Question, item: &Item, whole: bool) -> Result<Reply, CoachError> {
    let (rubric, transcript) = (Rubric::of(question, None), Transcript::typed(&item.answer));
    let assignment = Assignment::to_question(question, &rubric, &transcript);
    let (claims, clarity) = if whole {
        let report = coach.judge(&assignment, Duration::ZERO, None).await?;
        (report.correctness?, report.clarity.unwrap_or_default())
    } else {
        (coach.judge_correctness(&assignment).await?, Vec::new())
    };
    Ok(Reply { claims, clarity, agreement: None })
}

/// A dataset judged, as far as the run went.
#[derive(Debug)]
pub struct Judgements<'d> {
    pub(crate) dataset: &'d Dataset,
    pub(crate) list: Vec<Judgement<'d>>,
    pub(crate) took: Duration,
}

/// An item with its judgement and what it is compared with.
#[derive(Debug)]
pub(crate) struct Judgement<'i> {
    pub item: &'i Item,
    pub judged: JudgedItem,
    /// The ids of all misconceptions of the question.
    pub misconceptions: Vec<String>,
    /// The score by word similarity, 0 to 10.
    pub similarity: Option<f64>,
}

impl Judgement<'_> {
    pub fn is_graded(&self) -> bool {
        self.judged.ungraded.is_none()
    }
}

impl Judgements<'_> {
    /// The answers that were judged.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.list.iter().map(|judgement| judgement.item)
    }

    /// The judgements with a summary.
    pub fn evaluation(self) -> Evaluation {
        let summary = Summary::of(&self);
        Evaluation { items: self.list.into_iter().map(|judgement| judgement.judged).collect(), summary }
    }
}

/// A dataset judged and summed up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// Every item's judgement, in the dataset's order.
    pub items: Vec<JudgedItem>,
    /// How far the judgements agree with the labels.
    pub summary: Summary,
}

/// One item's judgement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct JudgedItem {
    /// The item's id.
    pub id: String,
    /// The score, 0 to 10; null when there is none.
    pub score: Option<f64>,
    /// The band's number, 1 to 4.
    pub band: Option<u8>,
    /// The verdict on every key point.
    pub key_points: Vec<JudgedPoint>,
    /// The misconceptions that were found.
    pub misconceptions: Vec<QuotedMisconception>,
    /// The clarity checks, where they were judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clarity: Vec<JudgedCheck>,
    /// Who judged, by what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_by: Option<JudgedBy>,
    /// What a language model used up for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Why there is no judgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ungraded: Option<String>,
}

/// The verdict on a key point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgedPoint {
    /// The key point's id.
    pub id: String,
    /// The verdict.
    pub verdict: Counted,
    /// How plausible the judge finds it that the point is made, 0 to 1, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausibility: Option<f64>,
    /// Whether the verdict is more than probable.
    #[serde(default = "is_sure")]
    pub sure: bool,
    /// Why it is unclear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// The words that it rests on.
    pub quote: Option<String>,
}

fn is_sure() -> bool {
    true
}

/// A misconception that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedMisconception {
    /// The misconception's id.
    pub id: String,
    /// Whether it is more than probable that it is stated.
    #[serde(default = "is_sure")]
    pub sure: bool,
    /// The words that state it.
    pub quote: String,
}

/// The outcome of a clarity check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedCheck {
    /// Which check.
    pub check: ClarityCheck,
    /// Its outcome.
    pub verdict: ClarityVerdict,
    /// The words that it rests on.
    pub quote: Option<String>,
}

impl JudgedItem {
    /// The judgement, in the question's own names.
    fn of(
        item: &Item,
        question: &NamedQuestion,
        correctness: &Correctness,
        reply: &Reply,
        transcript: &Transcript,
    ) -> Self {
        let marks = correctness.marks();
        let key_points = marks.key_points().iter().map(|mark| {
            let doubt = match mark.verdict {
                Verdict::Unclear { doubt, .. } => Some(doubt),
                _ => None,
            };
            let quote = mark.evidence().map(|evidence| evidence.quote().to_owned());
            JudgedPoint {
                id: question.name(mark.id.as_str()),
                verdict: mark.counted(),
                // Six decimals are read back as they were written.
                plausibility: mark.plausibility.map(|plausibility| (plausibility.get() * 1e6).round() / 1e6),
                sure: mark.is_sure(),
                doubt,
                quote,
            }
        });
        let misconceptions = marks.misconceptions().iter().map(|mark| QuotedMisconception {
            id: question.name(mark.id.as_str()),
            sure: mark.is_sure(),
            quote: mark.evidence.quote().to_owned(),
        });
        let clarity = judging::clarity(transcript, &reply.clarity);
        let clarity = clarity.marks().iter().filter(|_| !reply.clarity.is_empty()).map(|mark| JudgedCheck {
            check: mark.check,
            verdict: mark.verdict,
            quote: mark.evidence.as_ref().map(|evidence| evidence.quote().to_owned()),
        });
        let by_reference = reply.agreement.map(|agreement| {
            let score = 10.0 * agreement - MISCONCEPTION_PENALTY * marks.misconceptions().len() as f64;
            (score.clamp(0.0, 10.0) * 10.0).round() / 10.0
        });
        Self {
            id: item.id.clone(),
            // A judge that leaves much open is measured by the middle of its range.
            score: by_reference.or(correctness.rating().map(Rating::middle)),
            band: correctness.band().map(Band::number).filter(|_| by_reference.is_none()),
            key_points: key_points.collect(),
            misconceptions: misconceptions.collect(),
            clarity: clarity.collect(),
            ..Self::default()
        }
    }

    /// No judgement, and why.
    pub(crate) fn ungraded(id: &str, reason: String) -> Self {
        Self { id: id.to_owned(), ungraded: Some(reason), ..Self::default() }
    }
}
