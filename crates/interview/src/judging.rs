//! Judging: the one place where a coach's claims become marks, scores, feedback and the follow-up.
//!
//! Nothing that a coach claims is believed. A quote must be in the transcript, words in doubt decide nothing, every key point that was
//! asked for gets exactly one mark, and ids that the rubric does not have are refused. Only this module makes a [`Feedback`]: [`judge`]
//! from a coach's report, [`decide`] from one with the candidate's decisions, [`restore`] from what a store kept of an earlier one.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt::Display;

use crate::bank::{KeyPoint, Question};
use crate::claims::{
    ClaimedVerdict, Claims, ClarityClaim, KeyPointClaim, MisconceptionClaim, Quote, Report, StrongerAnswer,
};
use crate::follow_up::{self, FollowUp, Round, Rubric, Target};
use crate::id::{KeyPointId, MisconceptionId};
use crate::marks::{
    ClarityCheck, ClarityMark, ClarityVerdict, Counted, Decisions, Doubt, Evidence, Feedback, JudgedBy, KeyPointMark,
    Marks, MisconceptionMark, Verdict,
};
use crate::scoring::{Clarity, Correctness};
use crate::transcript::{Transcript, Word};
use crate::wording::{every_point, joined, missed_point, reconsider, unclear_point};

/// The share of a quote's telling words that may be in doubt before the quote counts as one that may have been misheard.
const DOUBTFUL_SHARE: f64 = 1.0 / 3.0;

/// One answer and all that it is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'a> {
    /// The question that the turn belongs to.
    pub question: &'a Question,
    /// What this turn is judged against.
    pub rubric: &'a Rubric,
    /// What was asked in this turn: the question's prompt, or a follow-up's.
    pub prompt: &'a str,
    /// What the follow-up aims at; `None` for a main turn.
    pub target: Option<&'a Target>,
    /// What the candidate said.
    pub transcript: &'a Transcript,
    /// The turns around it. Without them, as when a judge is measured, there are no decisions of the candidate and no follow-up.
    pub round: Option<Round<'a>>,
}

impl<'a> Assignment<'a> {
    /// An answer to the question itself, outside a round. `rubric` is `Rubric::of(question, None)`.
    pub fn to_question(question: &'a Question, rubric: &'a Rubric, transcript: &'a Transcript) -> Self {
        Self { question, rubric, prompt: question.prompts.first(), target: None, transcript, round: None }
    }
}

/// What judging an answer comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The feedback.
    pub feedback: Feedback,
    /// What to ask next about it.
    pub follow_up: Option<FollowUp>,
}

/// Neither panel could be judged, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NothingJudged(String);

/// Turns a coach's report into feedback and picks the follow-up.
///
/// # Errors
/// When neither panel could be judged. When one could not, the feedback has the other and its remark says why.
pub fn judge<E: Display>(assignment: &Assignment<'_>, report: Report<E>) -> Result<Judged, NothingJudged> {
    let Assignment { question, rubric, target, transcript, .. } = *assignment;
    let correctness = report.correctness.map_err(|failure| failure.to_string());
    let correctness =
        correctness.and_then(|claims| decided(assignment, &claims).map_err(|invalid| invalid.to_string()));
    let clarity = report.clarity.map(|claims| clarity(transcript, &claims)).map_err(|failure| failure.to_string());
    let missing = match (&correctness, &clarity) {
        (Ok(_), Ok(_)) => None,
        (Err(reason), Ok(_)) => Some(format!("The key points of this answer could not be judged: {reason}.")),
        (Ok(_), Err(reason)) => Some(format!("How clear this answer is could not be judged: {reason}.")),
        (Err(reason), Err(_)) => return Err(NothingJudged(reason.clone())),
    };
    let (correctness, clarity) = (correctness.ok(), clarity.ok());
    let marks = correctness.as_ref().map(Correctness::marks);
    let stronger_answer = match report.stronger_answer {
        StrongerAnswer::None => None,
        StrongerAnswer::Written(answer) => Some(answer),
        StrongerAnswer::ModelAnswer => marks.and_then(|marks| model_answer(question, rubric, target, marks)),
    };
    let bonus = rubric.is_empty().then(|| "This was a bonus question beyond the rubric: it is not scored.".to_owned());
    let aimed = assignment.round.zip(marks).and_then(|(round, marks)| follow_up::decide(&round, marks));
    let follow_up = aimed.map(|aimed| {
        // A wording for anything else is not used.
        report.follow_up.filter(|worded| worded.target == aimed.target).unwrap_or(aimed)
    });
    let feedback = Feedback {
        next_step: next_step(question, rubric, marks, clarity.as_ref()),
        stronger_answer,
        remark: joined([bonus, missing, report.remark]),
        judged_by: report.judged_by,
        correctness,
        clarity,
    };
    Ok(Judged { feedback, follow_up })
}

/// The follow-up that these claims lead to, in the bank's words: for a coach that words it before the whole report is there.
pub fn follow_up(assignment: &Assignment<'_>, claims: &Claims) -> Option<FollowUp> {
    follow_up::decide(&assignment.round?, decided(assignment, claims).ok()?.marks())
}

/// The claims as marks, and what the candidate decided about them.
fn decided(assignment: &Assignment<'_>, claims: &Claims) -> Result<Correctness, InvalidClaims> {
    let correctness = correctness(assignment.rubric, assignment.transcript, claims)?;
    Ok(match assignment.round.and_then(|round| round.turn.state.answer()) {
        Some(answer) => correctness.decided(assignment.rubric, &answer.decisions),
        None => correctness,
    })
}

/// What two coaches claim together about one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// The claims that count: disagreement on a key point makes it unclear, and a misconception, or a point that was not asked for, needs both.
    pub claims: Claims,
    /// On how many key points and misconceptions they disagree.
    pub disagreements: usize,
}

/// Compares what the claims of one coach and of another come to.
pub fn agreement(
    rubric: &Rubric,
    transcript: &Transcript,
    mut claims: Claims,
    others: &Claims,
) -> Result<Agreement, InvalidClaims> {
    let marks = |claims: &Claims| Ok(correctness(rubric, transcript, claims)?.marks().clone());
    let (first, second) = (marks(&claims)?, marks(others)?);
    let mut disagreements = 0;
    for claim in &mut claims.key_points {
        let Some((one, other)) = first.key_point(&claim.id).zip(second.key_point(&claim.id)) else { continue };
        if one.counted() != other.counted() {
            disagreements += 1;
            let evidence = one.evidence().or(other.evidence()).map(Evidence::claim);
            claim.verdict = ClaimedVerdict::Unclear(Doubt::CoachesDisagree, evidence);
        }
    }
    let is_beyond = |id: &KeyPointId| rubric.beyond.iter().any(|point| &point.id == id);
    claims.key_points.retain(|claim| !is_beyond(&claim.id) || second.beyond.iter().any(|mark| mark.id == claim.id));
    let states = |marks: &Marks, id: &MisconceptionId| marks.misconceptions.iter().any(|mark| &mark.id == id);
    claims.misconceptions.retain(|claim| states(&second, &claim.id));
    let both = first.misconceptions.iter().filter(|mark| states(&second, &mark.id)).count();
    disagreements += first.misconceptions.len() + second.misconceptions.len() - 2 * both;
    Ok(Agreement { claims, disagreements })
}

/// The correctness panel that these claims come to: one mark for every key point that the rubric asks for, in the rubric's order, one for
/// each point beyond them that was made, and each misconception that was really stated, once.
///
/// # Errors
/// When a claim names something that the rubric does not have, a key point twice, or not all that are asked for. Quotes that are not there
/// are no error: they turn a verdict into [`Doubt::QuoteNotFound`] and drop a misconception.
pub fn correctness(rubric: &Rubric, transcript: &Transcript, claims: &Claims) -> Result<Correctness, InvalidClaims> {
    check_ids(rubric, claims)?;
    let said = Said::of(transcript);
    let marks = marks(rubric, claims, |claimed| said.verdict(claimed), |quote| said.certain_evidence(quote));
    Ok(Correctness::of(rubric, marks))
}

/// The feedback on a turn with the candidate's decisions in place of any that it had: score, band, next step and the points that the
/// stronger answer names follow from the marks as they count now. No follow-up is asked or taken back.
pub fn decide(feedback: &Feedback, question: &Question, target: Option<&Target>, decisions: &Decisions) -> Feedback {
    let rubric = Rubric::of(question, target);
    let before = feedback.marks();
    let correctness = feedback.correctness.clone().map(|correctness| correctness.decided(&rubric, decisions));
    let marks = correctness.as_ref().map(Correctness::marks);
    let model_answer = |marks: Option<&Marks>| marks.and_then(|marks| model_answer(question, &rubric, target, marks));
    let shows_model_answer = feedback.stronger_answer == model_answer(before);
    Feedback {
        next_step: next_step(question, &rubric, marks, feedback.clarity.as_ref()),
        stronger_answer: if shows_model_answer { model_answer(marks) } else { feedback.stronger_answer.clone() },
        correctness,
        ..feedback.clone()
    }
}

/// The clarity panel that these claims come to: every check once. A check without a claim, or one that rests on a quote that is not
/// there, is unclear.
pub fn clarity(transcript: &Transcript, claims: &[ClarityClaim]) -> Clarity {
    let said = Said::of(transcript);
    let marks = ClarityCheck::ALL.into_iter().map(|check| match claims.iter().find(|claim| claim.check == check) {
        Some(claim) => said.clarity(claim),
        None => ClarityMark { check, verdict: ClarityVerdict::Unclear, evidence: None, note: None },
    });
    Clarity::of(marks.collect())
}

/// Claims that do not fit the rubric. Reason enough to ask a model again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClaims {
    /// No such key point is judged in this turn.
    #[error("there is no key point `{0}` in this rubric")]
    UnknownKeyPoint(KeyPointId),
    /// No such misconception is known.
    #[error("there is no misconception `{0}` in this rubric")]
    UnknownMisconception(MisconceptionId),
    /// The key point has more than one verdict.
    #[error("the key point `{0}` is judged twice")]
    JudgedTwice(KeyPointId),
    /// The key point has no verdict.
    #[error("the key point `{0}` is not judged")]
    NotJudged(KeyPointId),
}

fn check_ids(rubric: &Rubric, claims: &Claims) -> Result<(), InvalidClaims> {
    let mut judged = HashSet::new();
    for claim in &claims.key_points {
        if !rubric.points().any(|point| point.id == claim.id) {
            return Err(InvalidClaims::UnknownKeyPoint(claim.id.clone()));
        }
        if !judged.insert(&claim.id) {
            return Err(InvalidClaims::JudgedTwice(claim.id.clone()));
        }
    }
    let is_unknown = |claim: &&MisconceptionClaim| rubric.misconceptions.iter().all(|wrong| wrong.id != claim.id);
    if let Some(unknown) = claims.misconceptions.iter().find(is_unknown) {
        return Err(InvalidClaims::UnknownMisconception(unknown.id.clone()));
    }
    match rubric.key_points.iter().find(|point| !judged.contains(&point.id)) {
        Some(point) => Err(InvalidClaims::NotJudged(point.id.clone())),
        None => Ok(()),
    }
}

/// The rubric's key points that have a claim, and its misconceptions that have a claim whose quote is good evidence.
fn marks(
    rubric: &Rubric,
    claims: &Claims,
    verdict: impl Fn(&ClaimedVerdict) -> Verdict,
    evidence: impl Fn(&Quote) -> Option<Evidence>,
) -> Marks {
    let mark = |point: &KeyPoint| {
        let claim = claims.key_points.iter().find(|claim| claim.id == point.id)?;
        let verdict = verdict(&claim.verdict);
        Some(KeyPointMark { id: point.id.clone(), verdict, plausibility: claim.plausibility, decision: None })
    };
    let misconceptions = rubric.misconceptions.iter().filter_map(|wrong| {
        let mut stated = claims.misconceptions.iter().filter(|claim| claim.id == wrong.id);
        let (evidence, plausibility) = stated.find_map(|claim| Some((evidence(&claim.quote)?, claim.plausibility)))?;
        Some(MisconceptionMark { id: wrong.id.clone(), evidence, plausibility })
    });
    Marks {
        key_points: rubric.key_points.iter().filter_map(mark).collect(),
        beyond: rubric.beyond.iter().filter_map(mark).filter(|mark| mark.verdict.is_hit()).collect(),
        misconceptions: misconceptions.collect(),
        disputed: Vec::new(),
    }
}

/// A transcript in which quotes are looked up.
struct Said<'a> {
    transcript: &'a Transcript,
    words: Vec<&'a Word>,
}

impl<'a> Said<'a> {
    fn of(transcript: &'a Transcript) -> Self {
        Self { transcript, words: transcript.words().collect() }
    }

    fn verdict(&self, claimed: &ClaimedVerdict) -> Verdict {
        let in_doubt = |evidence| Verdict::Unclear { doubt: Doubt::WordsInDoubt, evidence };
        match (self.found(claimed), claimed) {
            (Verdict::Hit { evidence }, ClaimedVerdict::Hit(quote)) if self.doubt(quote) > DOUBTFUL_SHARE => {
                in_doubt(Some(evidence))
            }
            (_, ClaimedVerdict::Missed(Some(quote))) if self.doubt(quote) > 0.0 => in_doubt(self.evidence(quote)),
            // So much is in doubt that what is not there may simply not have been heard.
            (_, ClaimedVerdict::Missed(_)) if doubtful_share(&self.words) > 0.5 => in_doubt(None),
            (verdict, _) => verdict,
        }
    }

    /// The verdict as claimed, if its quote is there.
    fn found(&self, claimed: &ClaimedVerdict) -> Verdict {
        match claimed {
            ClaimedVerdict::Hit(quote) => match self.evidence(quote) {
                Some(evidence) => Verdict::Hit { evidence },
                None => Verdict::Unclear { doubt: Doubt::QuoteNotFound, evidence: None },
            },
            ClaimedVerdict::Missed(_) => Verdict::Missed,
            ClaimedVerdict::Unclear(doubt, quote) => {
                Verdict::Unclear { doubt: *doubt, evidence: quote.as_ref().and_then(|quote| self.evidence(quote)) }
            }
        }
    }

    fn clarity(&self, claim: &ClarityClaim) -> ClarityMark {
        let ClarityClaim { check, verdict, quote, note } = claim.clone();
        match quote.map(|quote| self.evidence(&quote)) {
            Some(None) => ClarityMark { check, verdict: ClarityVerdict::Unclear, evidence: None, note: None },
            evidence => ClarityMark { check, verdict, evidence: evidence.flatten(), note },
        }
    }

    fn evidence(&self, quote: &Quote) -> Option<Evidence> {
        let (first, last) = self.place(quote)?;
        self.transcript.evidence_at(first, last)
    }

    /// Evidence without any telling word in doubt: what a misconception needs.
    fn certain_evidence(&self, quote: &Quote) -> Option<Evidence> {
        self.evidence(quote).filter(|_| self.doubt(quote) == 0.0)
    }

    /// The share of the quote's telling words that the recogniser was not sure of.
    fn doubt(&self, quote: &Quote) -> f64 {
        let words = self.place(quote).and_then(|(first, last)| self.words.get(first..=last));
        doubtful_share(words.unwrap_or_default())
    }

    fn place(&self, quote: &Quote) -> Option<(usize, usize)> {
        match quote {
            Quote::Words { first, last } => Some((*first, *last)),
            Quote::Timed { text, span } => self.transcript.find_words_at(text, *span),
        }
    }
}

fn doubtful_share(words: &[&Word]) -> f64 {
    let telling = words.iter().filter(|word| word.is_telling());
    let all = telling.clone().count();
    let doubtful = telling.filter(|word| word.is_in_doubt()).count();
    if all == 0 { 0.0 } else { doubtful as f64 / all as f64 }
}

/// The one thing to do next: a misconception to reconsider, then the point most surely missed, of equals the one that would have earned most, then how to say it better. A point that
/// was surely missed comes before a misconception that was only probably stated.
fn next_step(question: &Question, rubric: &Rubric, marks: Option<&Marks>, clarity: Option<&Clarity>) -> String {
    let unclear_said = clarity.and_then(|clarity| {
        let no = clarity.marks().iter().find(|mark| mark.verdict == ClarityVerdict::No)?;
        Some(no.check.summary())
    });
    let Some(marks) = marks else {
        return match unclear_said {
            Some(check) => format!("Say it again so that it {check}."),
            None => "Have this answer judged again: its key points could not be judged.".to_owned(),
        };
    };
    let is_sure = |point: &KeyPoint| marks.is_sure(&rubric.key_points, point);
    let stated = marks.misconceptions.iter().min_by_key(|mark| !mark.is_sure());
    let missed = counted(rubric, marks, Counted::Missed);
    let missed = missed
        .min_by_key(|point| (marks.doubt_of_miss(&rubric.key_points, point), Reverse((point.core, point.weight))));
    let stated = stated.filter(|mark| mark.is_sure() || !missed.is_some_and(is_sure));
    if let Some((mark, wrong)) = stated.and_then(|mark| Some((mark, question.misconception(&mark.id)?))) {
        return reconsider(&wrong.claim, &wrong.why_wrong, mark.is_sure());
    }
    if let Some(point) = missed {
        return missed_point(&point.summary, is_sure(point));
    }
    if let Some(point) = counted(rubric, marks, Counted::Unclear).next() {
        return unclear_point(&point.summary);
    }
    let every_point = every_point(rubric.key_points.iter().all(is_sure));
    match unclear_said {
        Some(check) if rubric.is_empty() => format!("Say it again so that it {check}."),
        None if rubric.is_empty() => "Look up what you were unsure of, then say it again in your own words.".to_owned(),
        Some(check) => format!("{every_point}. Say it again so that it {check}."),
        None => format!("{every_point}: say it again another day, and shorter."),
    }
}

/// The question's model answer, named as that, with the points that this answer did not make. None when nothing was missed, or in a
/// follow-up, where it would give the rest of the question away.
fn model_answer(question: &Question, rubric: &Rubric, target: Option<&Target>, marks: &Marks) -> Option<String> {
    let missed = counted(rubric, marks, Counted::Missed);
    let missed: Vec<&str> = missed.map(|point| point.summary.as_str()).collect();
    if missed.is_empty() || target.is_some() {
        return None;
    }
    let points = missed.join("; ");
    let answer = question.model_answer.trim();
    Some(format!(
        "Not found in your answer: {points}.\n\nThe question's model answer, to compare yours with:\n\n{answer}"
    ))
}

/// The key points that came out like that; the first of several alternatives stands for them all.
fn counted<'a>(rubric: &'a Rubric, marks: &Marks, wanted: Counted) -> impl Iterator<Item = &'a KeyPoint> {
    let points = marks.counted(&rubric.key_points).into_iter();
    points.filter(move |(_, counted)| *counted == wanted).map(|(point, _)| point)
}

/// A feedback as plain data, for a store to keep in whatever form it likes. [`Feedback::record`] makes it, [`restore`] reads it.
///
/// Quotes are kept as [`Quote::Timed`]. Scores and bands are left out: they are computed again. So are the candidate's decisions: they
/// belong to the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The marks for what was said; `None` when it could not be judged.
    pub correctness: Option<Claims>,
    /// The marks for how clearly it was said; `None` when it could not be judged.
    pub clarity: Option<Vec<ClarityClaim>>,
    /// A stronger answer.
    pub stronger_answer: Option<String>,
    /// The one thing to do next.
    pub next_step: String,
    /// Something the candidate should know about this judging.
    pub remark: Option<String>,
    /// Who judged, by what.
    pub judged_by: JudgedBy,
}

impl Feedback {
    /// The feedback as plain data.
    pub fn record(&self) -> Record {
        let correctness = self.marks().map(|marks| Claims {
            key_points: marks.key_points.iter().chain(&marks.beyond).map(KeyPointMark::claim).collect(),
            misconceptions: marks.misconceptions.iter().chain(&marks.disputed).map(MisconceptionMark::claim).collect(),
        });
        Record {
            correctness,
            clarity: self.clarity.as_ref().map(|clarity| clarity.marks().iter().map(ClarityMark::claim).collect()),
            stronger_answer: self.stronger_answer.clone(),
            next_step: self.next_step.clone(),
            remark: self.remark.clone(),
            judged_by: self.judged_by.clone(),
        }
    }
}

/// The feedback of a record, for the transcript and the rubric (`Rubric::of(question, turn.target.as_ref())`) that it was judged by, with
/// the candidate's decisions.
///
/// Every quote is looked up again and scores and bands are computed again from the marks, so that restored feedback cannot hold evidence
/// that was not said. A key point or misconception that the rubric does not have is left out, a hit whose quote is not there is
/// unclear, and a misconception whose quote is not there is dropped. What was in doubt is not weighed again: the verdicts are final.
///
/// `None` for a record without any panel, which no feedback gives.
pub fn restore(record: Record, transcript: &Transcript, rubric: &Rubric, decisions: &Decisions) -> Option<Feedback> {
    let Record { correctness, clarity, stronger_answer, next_step, remark, judged_by } = record;
    if correctness.is_none() && clarity.is_none() {
        return None;
    }
    let said = Said::of(transcript);
    let correctness = correctness.map(|claims| {
        let marks = marks(rubric, &claims, |claimed| said.found(claimed), |quote| said.evidence(quote));
        Correctness::of(rubric, marks).decided(rubric, decisions)
    });
    let clarity = clarity.map(|claims| Clarity::of(claims.iter().map(|claim| said.clarity(claim)).collect()));
    Some(Feedback { correctness, clarity, stronger_answer, next_step, remark, judged_by })
}

impl Evidence {
    fn claim(&self) -> Quote {
        Quote::Timed { text: self.quote().to_owned(), span: self.span() }
    }
}

impl KeyPointMark {
    fn claim(&self) -> KeyPointClaim {
        let verdict = match &self.verdict {
            Verdict::Hit { evidence } => ClaimedVerdict::Hit(evidence.claim()),
            Verdict::Missed => ClaimedVerdict::Missed(None),
            Verdict::Unclear { doubt, evidence } => {
                ClaimedVerdict::Unclear(*doubt, evidence.as_ref().map(Evidence::claim))
            }
        };
        KeyPointClaim { id: self.id.clone(), verdict, plausibility: self.plausibility }
    }
}

impl MisconceptionMark {
    fn claim(&self) -> MisconceptionClaim {
        MisconceptionClaim { id: self.id.clone(), quote: self.evidence.claim(), plausibility: self.plausibility }
    }
}

impl ClarityMark {
    fn claim(&self) -> ClarityClaim {
        let quote = self.evidence.as_ref().map(Evidence::claim);
        ClarityClaim { check: self.check, verdict: self.verdict, quote, note: self.note.clone() }
    }
}

#[cfg(test)]
mod tests;
