//! How plausible it is that an answer makes a claim: what its words say of the claim, weighed with what the answer as a whole shows of
//! its speaker. Who makes most of the points seldom holds the wrong idea too, and who holds wrong ideas uses the right words in other
//! ways.

use interview::Question;

use super::matching::{Finding, Said};
use super::thresholds::{
    HIT, HIT_IN_FOLLOW_UP, HIT_LEAD, RELEVANT, SAID_AT_LEAST, STATED, STATED_IN_FOLLOW_UP, STATED_LEAD, STATED_WEIGHT,
    Weights,
};

/// An answer's findings on all claims of a question, to weigh each of them against the others.
pub(super) struct Plausibility<'a> {
    right: Claims<'a>,
    wrong: Claims<'a>,
    scope: Scope,
}

/// What an answer is an answer to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope {
    /// The whole question.
    Question {
        /// How like the model answer's words the answer's are, 0 to 1: whether it speaks of the subject at all.
        relevance: f32,
    },
    /// A follow-up, which asks for one thing: the other claims tell nothing of it.
    FollowUp,
}

/// The findings on the claims of one kind.
struct Claims<'a> {
    findings: &'a [Finding],
    /// For each claim the number of ways of saying it that its author wrote down.
    phrasings: Vec<usize>,
    /// The sum of their shares.
    total: f32,
}

impl<'a> Plausibility<'a> {
    /// The findings on all claims of the question.
    pub(super) fn of(question: &Question, findings: &'a [Finding], scope: Scope) -> Self {
        let (right, wrong) = findings.split_at(question.key_points.len().min(findings.len()));
        let ways = |says: &Vec<String>| says.len();
        Self {
            right: Claims::of(right, question.key_points.iter().map(|point| ways(&point.says)).collect()),
            wrong: Claims::of(wrong, question.misconceptions.iter().map(|wrong| ways(&wrong.says)).collect()),
            scope,
        }
    }

    /// What is said of key point `number`.
    pub(super) fn of_key_point(&self, number: usize) -> Option<&'a Finding> {
        self.right.findings.get(number)
    }

    /// What is said of misconception `number`.
    pub(super) fn of_misconception(&self, number: usize) -> Option<&'a Finding> {
        self.wrong.findings.get(number)
    }

    /// Whether the words make key point `number`.
    pub(super) fn makes(&self, number: usize, said: &Said) -> bool {
        said.share >= SAID_AT_LEAST
            && match self.scope {
                Scope::FollowUp => said.share >= HIT_IN_FOLLOW_UP && said.lead >= HIT_LEAD,
                Scope::Question { relevance } => {
                    let answer = Answer { right: self.right.mean_without(number), wrong: self.wrong.mean(), relevance };
                    weigh(&HIT, said, &answer, self.right.phrasings[number]) >= 0.0
                }
            }
    }

    /// Whether the words make key point `number` even without those that may have been misheard.
    pub(super) fn makes_certainly(&self, number: usize, said: &Said) -> bool {
        let in_doubt = said.share - said.certain;
        self.makes(number, &Said { share: said.certain, lead: said.lead - in_doubt, ..said.clone() })
    }

    /// Whether the words state misconception `number`.
    pub(super) fn states(&self, number: usize, said: &Said) -> bool {
        said.share >= SAID_AT_LEAST
            && said.weight >= STATED_WEIGHT
            && match self.scope {
                Scope::FollowUp => said.share >= STATED_IN_FOLLOW_UP && said.lead >= STATED_LEAD,
                Scope::Question { relevance } => {
                    let answer = Answer { right: self.right.mean(), wrong: self.wrong.mean_without(number), relevance };
                    weigh(&STATED, said, &answer, self.wrong.phrasings[number]) >= 0.0
                }
            }
    }
}

impl<'a> Claims<'a> {
    fn of(findings: &'a [Finding], phrasings: Vec<usize>) -> Self {
        Self { findings, phrasings, total: findings.iter().map(share).sum() }
    }

    /// The mean share of all claims.
    fn mean(&self) -> f32 {
        self.total / self.findings.len().max(1) as f32
    }

    /// The mean share of all claims, where claim `number` counts as not said at all: among few claims, the others tell less of it.
    fn mean_without(&self, number: usize) -> f32 {
        self.mean() - self.findings.get(number).map_or(0.0, share) / self.findings.len().max(1) as f32
    }
}

fn share(finding: &Finding) -> f32 {
    finding.said.as_ref().map_or(0.0, |said| said.share)
}

/// What the answer as a whole tells of one of its claims: the mean shares of the other claims, and the relevance.
struct Answer {
    right: f32,
    wrong: f32,
    relevance: f32,
}

/// The logit of a logistic regression. Who says a claim almost whole speaks of the subject, however unlike the model answer the rest is.
fn weigh(weights: &Weights, said: &Said, answer: &Answer, phrasings: usize) -> f32 {
    let relevance = answer.relevance.max(RELEVANT * said.share * said.share).min(RELEVANT);
    weights.base
        + weights.support * said.support()
        + weights.right * answer.right
        + weights.right_squared * answer.right * answer.right
        + weights.wrong * answer.wrong
        + weights.relevance * relevance
        + weights.phrasings * (phrasings.max(1) as f32).ln()
}
