//! Marks: claims whose quotes were found in the transcript, and the feedback made of them.
//!
//! Only [`judging`](crate::judging) makes marks and feedback.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::bank::{KeyPoint, alternatives};
use crate::id::{KeyPointId, MisconceptionId};
use crate::scoring::{Clarity, Correctness};
use crate::time::Span;
use crate::transcript::Probability;
use crate::word_enum;

/// Words of the transcript that back a mark. Made only of the transcript's own words
/// ([`Transcript::evidence_at`](crate::Transcript::evidence_at)), so that evidence always was said.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    quote: String,
    span: Option<Span>,
}

impl Evidence {
    pub(crate) fn of_words(quote: String, span: Option<Span>) -> Self {
        Self { quote, span }
    }

    /// The words, as in the transcript.
    pub fn quote(&self) -> &str {
        &self.quote
    }

    /// When they were said; typed answers have no times.
    pub fn span(&self) -> Option<Span> {
        self.span
    }
}

/// A coach's verdict on one key point.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The answer makes the point, in these words.
    Hit {
        /// Where it does.
        evidence: Evidence,
    },
    /// The answer does not make the point.
    Missed,
    /// It is unclear whether it does; the point counts neither way.
    Unclear {
        /// Why.
        doubt: Doubt,
        /// The words in question, if there are any.
        evidence: Option<Evidence>,
    },
}

impl Verdict {
    /// Whether the answer makes the point.
    pub fn is_hit(&self) -> bool {
        matches!(self, Self::Hit { .. })
    }

    /// The words it rests on, if there are any.
    pub fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::Hit { evidence } => Some(evidence),
            Self::Unclear { evidence, .. } => evidence.as_ref(),
            Self::Missed => None,
        }
    }
}

/// Why a verdict is unclear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The coach quoted words that the transcript does not have.
    QuoteNotFound,
    /// The words that decide are words the recogniser was not sure of.
    WordsInDoubt,
    /// The answer says it and says the opposite too.
    Contradicted,
    /// Two models disagree.
    CoachesDisagree,
    /// The coach could not tell.
    CoachUndecided,
}

impl Doubt {
    /// The doubt in a few words, for people.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::QuoteNotFound => "the coach's quote is not in the transcript",
            Self::WordsInDoubt => "the recogniser was not sure of the deciding words",
            Self::Contradicted => "another sentence of yours may say the opposite",
            Self::CoachesDisagree => "two models disagree",
            Self::CoachUndecided => "the coach could not tell",
        }
    }
}

/// From this plausibility on a hit is sure. Of the offline coach's hits in the answers that its weights are fitted to 60 % are; readers find
/// 99 % of those made, and 89 % of the others.
const SURE_HIT: Probability = Probability::of(0.95);

/// Below this plausibility a miss is sure: 78 % of the misses in the same answers. Readers find 2 % of those made, and 18 % of the others.
const SURE_MISSED: Probability = Probability::of(0.08);

/// From this plausibility on it is sure that a misconception was stated: 72 % of those found in the same answers. Readers find 98 % of those
/// stated, and 82 % of the others.
const SURE_STATED: Probability = Probability::of(0.9);

/// The mark for one key point.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct KeyPointMark {
    /// Which key point.
    pub id: KeyPointId,
    /// The coach's verdict.
    pub verdict: Verdict,
    /// How plausible the coach found it that the answer makes the point; `None` when it did not say.
    pub plausibility: Option<Probability>,
    /// What the candidate decided, if they did. It counts instead of the verdict and brings no evidence of its own.
    pub decision: Option<DecidedVerdict>,
}

impl KeyPointMark {
    /// What the point counts as: the candidate's decision, or else the coach's verdict.
    pub fn counted(&self) -> Counted {
        match (self.decision, &self.verdict) {
            (Some(DecidedVerdict::Hit), _) | (None, Verdict::Hit { .. }) => Counted::Hit,
            (Some(DecidedVerdict::Missed), _) | (None, Verdict::Missed) => Counted::Missed,
            (None, Verdict::Unclear { .. }) => Counted::Unclear,
        }
    }

    /// Whether what the point counts as is more than probable: what the candidate decided is, and so is the verdict of a coach that does
    /// not say how plausible it is. Sentences that claim something of an answer rest on such marks where there are any.
    pub fn is_sure(&self) -> bool {
        match (self.decision, &self.verdict, self.plausibility) {
            (None, Verdict::Unclear { .. }, _) => false,
            (None, Verdict::Hit { .. }, Some(plausibility)) => plausibility >= SURE_HIT,
            (None, Verdict::Missed, Some(plausibility)) => plausibility < SURE_MISSED,
            _ => true,
        }
    }

    /// The words that the coach found for what the point counts as. A miss has none.
    pub fn evidence(&self) -> Option<&Evidence> {
        self.verdict.evidence().filter(|_| self.counted() != Counted::Missed)
    }
}

/// A verdict that the candidate can give on a key point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecidedVerdict {
    /// "I said that."
    Hit,
    /// "I did not say that."
    Missed,
}

/// One decision of the candidate about a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// What a key point counts as; `None` takes an earlier decision back.
    KeyPoint(KeyPointId, Option<DecidedVerdict>),
    /// Whether a misconception that the coach found was stated; `true` takes an earlier decision back.
    Misconception(MisconceptionId, bool),
}

/// What the candidate decided about an answer. Decisions belong to the answer, not to a judging: another judge does not undo them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    key_points: BTreeMap<KeyPointId, DecidedVerdict>,
    not_stated: BTreeSet<MisconceptionId>,
}

impl Decisions {
    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.key_points.is_empty() && self.not_stated.is_empty()
    }

    /// Adds a decision, or takes an earlier one back.
    pub fn add(&mut self, decision: Decision) {
        match decision {
            Decision::KeyPoint(id, Some(verdict)) => _ = self.key_points.insert(id, verdict),
            Decision::KeyPoint(id, None) => _ = self.key_points.remove(&id),
            Decision::Misconception(id, false) => _ = self.not_stated.insert(id),
            Decision::Misconception(id, true) => _ = self.not_stated.remove(&id),
        }
    }

    /// The key points that the candidate decided.
    pub fn key_points(&self) -> impl Iterator<Item = (&KeyPointId, DecidedVerdict)> {
        self.key_points.iter().map(|(id, verdict)| (id, *verdict))
    }

    /// The misconceptions that the candidate did not state.
    pub fn not_stated(&self) -> impl Iterator<Item = &MisconceptionId> {
        self.not_stated.iter()
    }

    /// What was decided about a key point.
    pub(crate) fn key_point(&self, id: &KeyPointId) -> Option<DecidedVerdict> {
        self.key_points.get(id).copied()
    }

    /// Whether the candidate says that they did not state this misconception.
    pub(crate) fn disputes(&self, id: &MisconceptionId) -> bool {
        self.not_stated.contains(id)
    }
}

/// A misconception that the answer states.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MisconceptionMark {
    /// Which misconception.
    pub id: MisconceptionId,
    /// Where the answer states it.
    pub evidence: Evidence,
    /// How plausible the coach found it that the answer states it; `None` when it did not say.
    pub plausibility: Option<Probability>,
}

impl MisconceptionMark {
    /// Whether it is more than probable that the answer states it: for a coach that does not say how plausible it is, always.
    pub fn is_sure(&self) -> bool {
        self.plausibility.is_none_or(|plausibility| plausibility >= SURE_STATED)
    }
}

/// A mark for every key point that was asked for, what was made beyond them, and the misconceptions stated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    pub(crate) key_points: Vec<KeyPointMark>,
    pub(crate) beyond: Vec<KeyPointMark>,
    pub(crate) misconceptions: Vec<MisconceptionMark>,
    pub(crate) disputed: Vec<MisconceptionMark>,
}

impl Marks {
    /// One mark for each key point that was asked for, in the question's order.
    pub fn key_points(&self) -> &[KeyPointMark] {
        &self.key_points
    }

    /// A hit for each other key point that the answer to a follow-up makes too. The score leaves them out, and they are not decided about.
    pub fn beyond(&self) -> &[KeyPointMark] {
        &self.beyond
    }

    /// The mark of one key point, if it was asked for.
    pub fn key_point(&self, id: &KeyPointId) -> Option<&KeyPointMark> {
        self.key_points.iter().find(|mark| &mark.id == id)
    }

    /// The verdict on each of these points, with alternatives of which one suffices counted as one: a hit when one of them is, missed
    /// when all of them are, otherwise unclear. The first of the alternatives stands for them all.
    pub fn counted<'p>(&self, points: &'p [KeyPoint]) -> Vec<(&'p KeyPoint, Counted)> {
        counted(points, |point| self.key_point(&point.id).map(KeyPointMark::counted))
    }

    /// Whether what a point of these counts as, with its alternatives, is more than probable.
    pub fn is_sure(&self, points: &[KeyPoint], point: &KeyPoint) -> bool {
        let group = points.iter().filter(|other| other.counts_with(point));
        let mut marks = group.filter_map(|point| self.key_point(&point.id));
        let is_hit = |mark: &KeyPointMark| mark.counted() == Counted::Hit;
        if marks.clone().any(is_hit) {
            marks.any(|mark| is_hit(mark) && mark.is_sure())
        } else {
            marks.all(KeyPointMark::is_sure)
        }
    }

    /// By how much a point of these, with its alternatives, may not have been missed after all: 0 when it surely was, and then the more, the more
    /// plausible it is that it was made. Points in about the same doubt are alike.
    pub fn doubt_of_miss(&self, points: &[KeyPoint], point: &KeyPoint) -> u8 {
        let group = points.iter().filter(|other| other.counts_with(point));
        let marks = group.filter_map(|point| self.key_point(&point.id));
        marks.map(|mark| if mark.is_sure() { 0 } else { in_tenths(mark.plausibility) }).max().unwrap_or_default()
    }

    /// The misconceptions that the answer states, each once.
    pub fn misconceptions(&self) -> &[MisconceptionMark] {
        &self.misconceptions
    }

    /// The misconceptions that the coach found and the candidate says they did not state. They count for nothing.
    pub fn disputed(&self) -> &[MisconceptionMark] {
        &self.disputed
    }

    /// Whether there is a mark that this decision is about.
    pub fn has(&self, decision: &Decision) -> bool {
        match decision {
            Decision::KeyPoint(id, _) => self.key_point(id).is_some(),
            Decision::Misconception(id, _) => {
                self.misconceptions.iter().chain(&self.disputed).any(|mark| &mark.id == id)
            }
        }
    }
}

/// 1 to 11.
fn in_tenths(plausibility: Option<Probability>) -> u8 {
    1 + plausibility.map_or(0, |plausibility| (10.0 * plausibility.get()) as u8)
}

/// [`Marks::counted`] of single verdicts; a point without one is unclear.
pub(crate) fn counted(
    points: &[KeyPoint],
    verdict: impl Fn(&KeyPoint) -> Option<Counted>,
) -> Vec<(&KeyPoint, Counted)> {
    let count = |group: &[&KeyPoint]| {
        if group.iter().any(|point| verdict(point) == Some(Counted::Hit)) {
            Counted::Hit
        } else if group.iter().all(|point| verdict(point) == Some(Counted::Missed)) {
            Counted::Missed
        } else {
            Counted::Unclear
        }
    };
    alternatives(points).into_iter().map(|group| (group[0], count(&group))).collect()
}

/// What a key point, or a group of alternatives, counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counted {
    /// The answer makes it.
    Hit,
    /// The answer does not make it.
    Missed,
    /// It is unclear whether the answer makes it; it counts neither way.
    Unclear,
}

word_enum!(Counted, "verdict" { Hit => "hit", Missed => "missed", Unclear => "unclear" });

/// One yes-or-no check of how clearly an answer was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClarityCheck {
    /// It answers the question that was asked.
    AnswersTheQuestion,
    /// The main claim comes within the first sentences.
    HeadlineFirst,
    /// It says why, not only what.
    SaysWhy,
    /// It defines its terms or uses an example.
    DefinesOrExemplifies,
    /// Its parts are ordered and signposted.
    Ordered,
    /// It stops when it is done.
    StopsWhenDone,
}

word_enum!(ClarityCheck, "check" {
    AnswersTheQuestion => "answers_the_question", HeadlineFirst => "headline_first", SaysWhy => "says_why",
    DefinesOrExemplifies => "defines_or_exemplifies", Ordered => "ordered", StopsWhenDone => "stops_when_done"
});

impl ClarityCheck {
    /// What is checked, in words for people.
    pub fn summary(self) -> &'static str {
        match self {
            Self::AnswersTheQuestion => "answers the question that was asked",
            Self::HeadlineFirst => "headline within the first sentences",
            Self::SaysWhy => "says why, not only what",
            Self::DefinesOrExemplifies => "defines its terms or gives an example",
            Self::Ordered => "ordered and signposted",
            Self::StopsWhenDone => "stops when it is done",
        }
    }
}

/// The outcome of one clarity check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClarityVerdict {
    /// The check is met.
    Yes,
    /// It is not.
    No,
    /// It is unclear; the check counts neither way.
    Unclear,
}

/// The mark for one clarity check.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ClarityMark {
    /// Which check.
    pub check: ClarityCheck,
    /// Its outcome.
    pub verdict: ClarityVerdict,
    /// The words it rests on; a "no" that found nothing has none.
    pub evidence: Option<Evidence>,
    /// A remark for the candidate, one sentence.
    pub note: Option<String>,
}

/// Which coach judged, and by which version of what. Results are compared only within one such tuple.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JudgedBy {
    /// The coach.
    pub coach: CoachKind,
    /// The language model, for a coach that has one.
    pub model: Option<String>,
    /// The version of the prompts, or of the offline coach's rules.
    pub prompt_version: String,
    /// The version of the key points and misconceptions ([`Question::rubric_version`](crate::Question::rubric_version)).
    pub rubric_version: String,
}

impl JudgedBy {
    /// Who judged, by what, without the key points, which differ from question to question.
    pub fn judge(&self) -> (CoachKind, Option<&str>, &str) {
        (self.coach, self.model.as_deref(), &self.prompt_version)
    }
}

/// The sort of a coach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CoachKind {
    /// A trained verifier and rules on this machine.
    Offline,
    /// A language model over HTTP.
    Llm,
}

word_enum!(CoachKind, "coach" { Offline => "offline", Llm => "llm" });

/// What one judging of an answer gives: two panels, at least one of them there, and what to do next. Delivery, the third panel, is
/// measured when the answer arrives and needs no coach.
#[derive(Clone, Debug, PartialEq)]
pub struct Feedback {
    pub(crate) correctness: Option<Correctness>,
    pub(crate) clarity: Option<Clarity>,
    pub(crate) stronger_answer: Option<String>,
    pub(crate) next_step: String,
    pub(crate) remark: Option<String>,
    pub(crate) judged_by: JudgedBy,
}

impl Feedback {
    /// What was said. `None` when the coach could not judge it; the remark says why.
    pub fn correctness(&self) -> Option<&Correctness> {
        self.correctness.as_ref()
    }

    /// How clearly it was said. `None` when the coach could not judge it; the remark says why.
    pub fn clarity(&self) -> Option<&Clarity> {
        self.clarity.as_ref()
    }

    /// The marks for what was said, if that could be judged.
    pub fn marks(&self) -> Option<&Marks> {
        self.correctness.as_ref().map(Correctness::marks)
    }

    /// A stronger answer, when there is one to show.
    pub fn stronger_answer(&self) -> Option<&str> {
        self.stronger_answer.as_deref()
    }

    /// The one thing to do next.
    pub fn next_step(&self) -> &str {
        &self.next_step
    }

    /// Something the candidate should know about this judging, such as that a fallback coach stepped in.
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    /// Who judged, by what.
    pub fn judged_by(&self) -> &JudgedBy {
        &self.judged_by
    }
}
