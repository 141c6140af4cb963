//! The three panels on their way out.

use api::feedback::{
    Clarity, ClarityMark, ClarityVerdict, Correctness, Delivery, Evidence, Feedback, KeyPointMark, MisconceptionMark,
    Verdict,
};
use interview::bank::{Anchors, Question};
use interview::marks;
use interview::scoring::{self, Band};
use interview::session::{Answer, Turn, TurnState};

use super::coach::judged_by;
use super::delivery::delivery;
use super::transcript::bounds;

/// What is known of a turn's feedback so far: delivery as soon as there are words, the rest once judged.
pub(crate) fn feedback(turn: &Turn, question: &Question) -> Option<Feedback> {
    match &turn.state {
        TurnState::Judged { answer, feedback } => Some(judged(turn, question, answer, feedback)),
        state => {
            let delivery = measured(state.answer()?)?;
            Some(Feedback { delivery: Some(delivery), ..Feedback::default() })
        }
    }
}

/// What a coach found in an answer to `turn`, now or at an earlier judging, beside what was measured of it.
pub(crate) fn judged(turn: &Turn, question: &Question, answer: &Answer, feedback: &marks::Feedback) -> Feedback {
    Feedback {
        correctness: feedback.correctness().map(|panel| correctness(turn, question, panel)),
        clarity: feedback.clarity().map(clarity),
        delivery: measured(answer),
        stronger_answer: feedback.stronger_answer().map(str::to_owned),
        next_step: Some(feedback.next_step().to_owned()),
        remark: feedback.remark().map(str::to_owned),
        judged_by: Some(judged_by(feedback.judged_by())),
    }
}

/// The correctness panel of `turn`. A band's anchor describes an answer to the whole question, so follow-ups have none.
pub(crate) fn correctness(turn: &Turn, question: &Question, correctness: &scoring::Correctness) -> Correctness {
    let marks = correctness.marks();
    let main_band = correctness.band().filter(|_| turn.target.is_none());
    Correctness {
        score: correctness.score().map(scoring::Score::get),
        band: correctness.band().map(Band::number),
        band_anchor: main_band.map(|band| anchor(&question.anchors, band).to_owned()),
        key_points: marks.key_points().iter().filter_map(|mark| key_point(question, mark)).collect(),
        misconceptions: marks.misconceptions().iter().filter_map(|mark| misconception(question, mark)).collect(),
    }
}

/// The clarity panel.
pub(crate) fn clarity(clarity: &scoring::Clarity) -> Clarity {
    Clarity {
        score: clarity.score().map(scoring::Score::get),
        checks: clarity.marks().iter().map(clarity_mark).collect(),
    }
}

fn measured(answer: &Answer) -> Option<Delivery> {
    answer.spoken.as_ref().map(|spoken| delivery(&spoken.delivery))
}

fn anchor(anchors: &Anchors, band: Band) -> &str {
    match band {
        Band::WrongModel => &anchors.wrong_model,
        Band::RuleWithoutReason => &anchors.rule_without_reason,
        Band::CorePoints => &anchors.core_points,
        Band::TradeOffs => &anchors.trade_offs,
    }
}

fn key_point(question: &Question, mark: &marks::KeyPointMark) -> Option<KeyPointMark> {
    let point = question.key_point(&mark.id)?;
    let (verdict, doubt) = match &mark.verdict {
        marks::Verdict::Hit { .. } => (Verdict::Hit, None),
        marks::Verdict::Missed => (Verdict::Missed, None),
        marks::Verdict::Unclear { doubt, .. } => (Verdict::Unclear, Some(doubt.explanation().to_owned())),
    };
    Some(KeyPointMark {
        id: point.id.to_string(),
        summary: point.summary.clone(),
        weight: point.weight.get(),
        core: point.core,
        verdict,
        doubt,
        evidence: evidence(mark.verdict.evidence()),
    })
}

fn misconception(question: &Question, mark: &marks::MisconceptionMark) -> Option<MisconceptionMark> {
    let misconception = question.misconception(&mark.id)?;
    Some(MisconceptionMark {
        id: misconception.id.to_string(),
        claim: misconception.claim.clone(),
        why_wrong: misconception.why_wrong.clone(),
        evidence: evidence(Some(&mark.evidence)),
    })
}

fn clarity_mark(mark: &marks::ClarityMark) -> ClarityMark {
    ClarityMark {
        id: mark.check.as_str().to_owned(),
        summary: mark.check.summary().to_owned(),
        verdict: match mark.verdict {
            marks::ClarityVerdict::Yes => ClarityVerdict::Yes,
            marks::ClarityVerdict::No => ClarityVerdict::No,
            marks::ClarityVerdict::Unclear => ClarityVerdict::Unclear,
        },
        evidence: evidence(mark.evidence.as_ref()),
        note: mark.note.clone(),
    }
}

fn evidence(evidence: Option<&marks::Evidence>) -> Evidence {
    let (start, end) = bounds(evidence.and_then(marks::Evidence::span));
    Evidence { quote: evidence.map(|evidence| evidence.quote().to_owned()), start, end }
}
