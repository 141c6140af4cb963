//! Feedback as the API shows it: the three panels, who judged, and earlier judgings.

use api::feedback::{
    Clarity, ClarityMark, ClarityVerdict, Coach, Correctness, CountedPhrase, DecidedBy, Delivery, Evidence, Feedback,
    JudgedBy, Judging, KeyPointMark, MisconceptionMark, ScoreRange, Verdict,
};
use interview::Transcript;
use interview::bank::Question;
use interview::delivery::{self, PlacedPhrase};
use interview::doubt::{WordInDoubt, deciding_word};
use interview::marks::{self, CoachKind, Counted};
use interview::scoring::{self, Band, Rating};
use interview::session::{Answer, Turn, TurnState};
use store::PastJudging;

use super::session::{bounds, seconds, span, ungraded_reason, versions};

/// What is known of a turn's feedback so far: delivery as soon as there are words, the rest once judged.
pub(crate) fn feedback(turn: &Turn, question: &Question) -> Option<Feedback> {
    match &turn.state {
        TurnState::Judged { answer, feedback } => Some(judged(question, answer, feedback)),
        state => {
            let delivery = measured(state.answer()?)?;
            Some(Feedback { delivery: Some(delivery), ..Feedback::default() })
        }
    }
}

/// What a coach found in an answer, now or at an earlier judging, beside what was measured of it.
fn judged(question: &Question, answer: &Answer, feedback: &marks::Feedback) -> Feedback {
    Feedback {
        correctness: feedback.correctness().and_then(|panel| correctness(question, &answer.transcript, panel)),
        clarity: feedback.clarity().map(clarity),
        delivery: measured(answer),
        stronger_answer: feedback.stronger_answer().map(str::to_owned),
        next_step: Some(feedback.next_step().to_owned()),
        remark: feedback.remark().map(str::to_owned),
        judged_by: Some(judged_by(feedback.judged_by())),
    }
}

/// The correctness panel; none without key points, as in a stretch question.
pub(crate) fn correctness(
    question: &Question,
    transcript: &Transcript,
    correctness: &scoring::Correctness,
) -> Option<Correctness> {
    let marks = correctness.marks();
    let mut points: Vec<&marks::KeyPointMark> = marks.key_points().iter().collect();
    points.sort_by_key(|mark| question.key_point(&mark.id).and_then(|point| point.stage));
    let key_point = |mark| key_point(question, transcript, mark);
    let misconceptions =
        |marks: &[marks::MisconceptionMark]| marks.iter().filter_map(|mark| misconception(question, mark)).collect();
    let panel = Correctness {
        score: correctness.score().map(scoring::Score::get),
        score_range: match correctness.rating() {
            Some(Rating::Range { low, high }) => Some(ScoreRange { low, high }),
            Some(Rating::Exact(_)) | None => None,
        },
        band: correctness.band().map(Band::number),
        key_points: points.into_iter().filter_map(key_point).collect(),
        beyond: marks.beyond().iter().filter_map(key_point).collect(),
        misconceptions: misconceptions(marks.misconceptions()),
        disputed_misconceptions: misconceptions(marks.disputed()),
    };
    (!marks.key_points().is_empty()).then_some(panel)
}

/// The clarity panel.
pub(crate) fn clarity(clarity: &scoring::Clarity) -> Clarity {
    Clarity {
        score: clarity.score().map(scoring::Score::get),
        checks: clarity.marks().iter().map(clarity_mark).collect(),
    }
}

fn measured(answer: &Answer) -> Option<Delivery> {
    let spoken = answer.spoken.as_ref()?;
    Some(Delivery { heard_by: spoken.model.clone(), ..delivery(&spoken.delivery) })
}

fn key_point(question: &Question, transcript: &Transcript, mark: &marks::KeyPointMark) -> Option<KeyPointMark> {
    let point = question.key_point(&mark.id)?;
    let doubt = match &mark.verdict {
        marks::Verdict::Unclear { doubt, .. } if mark.decision.is_none() => Some(doubt.explanation().to_owned()),
        _ => None,
    };
    Some(KeyPointMark {
        id: point.id.to_string(),
        summary: point.summary.clone(),
        weight: point.weight.get(),
        core: point.core,
        any_of: point.any_of.as_ref().map(ToString::to_string),
        stage: point.stage.map(|stage| stage.to_string()),
        versions: versions(&point.since, &point.until),
        verdict: match mark.counted() {
            Counted::Hit => Verdict::Hit,
            Counted::Missed => Verdict::Missed,
            Counted::Unclear => Verdict::Unclear,
        },
        sure: mark.is_sure(),
        plausibility: mark.plausibility.map(|plausibility| (plausibility.get() * 100.0).round() / 100.0),
        decided_by: if mark.decision.is_some() { DecidedBy::Candidate } else { DecidedBy::Coach },
        word_in_doubt: doubt
            .as_ref()
            .and_then(|_| deciding_word(question, point, &mark.verdict, transcript))
            .map(|WordInDoubt { word, heard, perhaps }| api::feedback::WordInDoubt { word, heard, perhaps }),
        doubt,
        evidence: evidence(mark.evidence()),
    })
}

fn misconception(question: &Question, mark: &marks::MisconceptionMark) -> Option<MisconceptionMark> {
    let misconception = question.misconception(&mark.id)?;
    Some(MisconceptionMark {
        id: misconception.id.to_string(),
        claim: misconception.claim.clone(),
        why_wrong: misconception.why_wrong.clone(),
        versions: versions(&misconception.since, &misconception.until),
        sure: mark.is_sure(),
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

/// One judging of an answer to `question`.
pub(crate) fn judging(question: &Question, past: &PastJudging) -> Judging {
    let answer = past.ending.answer();
    let feedback = answer.zip(past.ending.feedback()).map(|(answer, feedback)| judged(question, answer, feedback));
    Judging {
        judged_at: past.settled_at,
        text: answer.map(|answer| answer.transcript.text()),
        corrected: answer.is_some_and(|answer| answer.corrected),
        feedback,
        ungraded_reason: ungraded_reason(&past.ending),
    }
}

fn judged_by(judged_by: &marks::JudgedBy) -> JudgedBy {
    JudgedBy {
        coach: match judged_by.coach {
            CoachKind::Offline => Coach::Offline,
            CoachKind::Llm => Coach::Llm,
        },
        model: judged_by.model.clone(),
        prompt_version: judged_by.prompt_version.clone(),
        rubric_version: judged_by.rubric_version.clone(),
    }
}

fn delivery(delivery: &delivery::Delivery) -> Delivery {
    Delivery {
        heard_by: None,
        duration: seconds(delivery.duration),
        words: delivery.words,
        words_per_minute: delivery.words_per_minute.map(rounded),
        articulation_rate: delivery.articulation_rate.map(rounded),
        pauses_over_1s: delivery.pauses.over_1s,
        pauses_over_2_5s: delivery.pauses.over_2_5s,
        median_pause: delivery.pauses.median.map(seconds),
        longest_pause: delivery.pauses.longest.map(span),
        pause_ratio: delivery.pauses.ratio.map(|ratio| (ratio * 1000.0).round() / 1000.0),
        time_to_first_word: delivery.time_to_first_word.map(seconds),
        filled_pauses: delivery.filled_pauses.heard,
        filled_pauses_per_minute: delivery.filled_pauses.per_minute.map(rounded),
        discourse_markers: delivery.discourse_markers.iter().map(counted).collect(),
        hedges: delivery.hedges.iter().map(placed).collect(),
        repeated_phrases: delivery.repeated_phrases.iter().map(counted).collect(),
        immediate_repeats: delivery.immediate_repeats,
        spoken: seconds(delivery.length.spoken),
        limit: delivery.length.limit,
        over_limit: seconds(delivery.length.over()),
    }
}

fn rounded(rate: f64) -> f64 {
    (rate * 10.0).round() / 10.0
}

fn counted(phrase: &delivery::CountedPhrase) -> CountedPhrase {
    CountedPhrase { phrase: phrase.phrase.clone(), count: phrase.count }
}

fn placed(phrase: &PlacedPhrase) -> Evidence {
    let (start, end) = bounds(phrase.span);
    Evidence { quote: Some(phrase.quote.clone()), start, end }
}
