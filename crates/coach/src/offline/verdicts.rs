//! From what an answer says of each claim to what the coach claims about it.

use interview::Question;
use interview::follow_up::Rubric;
use interview::marks::Doubt;

use super::matching::{Finding, Said};
use super::reading::{Reading, Sense};
use super::thresholds::{
    DOUBTFUL, HIT_AT_MOST, HIT_BESIDE_MISCONCEPTION, HIT_BY_A_KNOWER, OPPOSED, PLAIN, STATED, STATED_AT_LEAST,
    STATED_BESIDE_OTHERS, STATED_BY_A_KNOWER, STATED_WEIGHT,
};
use crate::evidence::{ClaimedVerdict, Claims, KeyPointClaim, MisconceptionClaim, Quote};

/// The coach's claims about the points of `rubric`, from the findings on all claims of `question`. From a share of `hit` a key point
/// counts as made.
///
/// What is plain of the answer as a whole decides how plain its parts must be: who makes most of the points seldom holds the wrong
/// idea too, and who holds wrong ideas uses the right words in other ways.
pub(super) fn claims(
    question: &Question,
    rubric: &Rubric,
    reading: &Reading,
    findings: &[Finding],
    hit: f32,
) -> Claims {
    let (right, wrong) = findings.split_at(question.key_points.len().min(findings.len()));
    let stated = plainness_of_misconceptions(right, wrong);
    let held = wrong.iter().filter(|finding| states(finding, stated).is_some()).count();
    let hit = (hit + HIT_BESIDE_MISCONCEPTION * held as f32 - HIT_BY_A_KNOWER * plainly_made(right)).min(HIT_AT_MOST);
    let key_points = rubric.key_points.iter().map(|point| {
        let number = question.key_points.iter().position(|other| other.id == point.id);
        let verdict = match reading.sense {
            Sense::OtherLanguage => ClaimedVerdict::Unclear(Doubt::CoachUndecided, None),
            Sense::Silence | Sense::Disorder => ClaimedVerdict::Missed(None),
            Sense::Speech => number
                .and_then(|number| right.get(number))
                .map_or(ClaimedVerdict::Missed(None), |finding| verdict(finding, reading, hit)),
        };
        KeyPointClaim { id: point.id.clone(), verdict }
    });
    let misconceptions = rubric.misconceptions.iter().filter_map(|misconception| {
        let number = question.misconceptions.iter().position(|other| other.id == misconception.id)?;
        let said = states(wrong.get(number)?, stated)?;
        let quote = quote(said, reading).filter(|_| reading.sense == Sense::Speech)?;
        Some(MisconceptionClaim { id: misconception.id.clone(), quote })
    });
    Claims { key_points: key_points.collect(), misconceptions: misconceptions.collect() }
}

/// The share from which this answer's misconceptions count as stated.
fn plainness_of_misconceptions(right: &[Finding], wrong: &[Finding]) -> f32 {
    let possible = wrong.iter().filter(|finding| states(finding, STATED).is_some()).count();
    let beside = possible.saturating_sub(1) as f32;
    (STATED + STATED_BY_A_KNOWER * plainly_made(right) - STATED_BESIDE_OTHERS * beside).max(STATED_AT_LEAST)
}

/// The share of the key points that the answer makes so plainly that nobody could doubt it.
fn plainly_made(right: &[Finding]) -> f32 {
    right.iter().filter(|finding| share(finding) >= PLAIN).count() as f32 / right.len().max(1) as f32
}

/// Where the answer states the misconception.
fn states(finding: &Finding, stated: f32) -> Option<&Said> {
    finding.said.as_ref().filter(|said| said.share >= stated && said.weight >= STATED_WEIGHT)
}

fn share(finding: &Finding) -> f32 {
    finding.said.as_ref().map_or(0.0, |said| said.share)
}

fn verdict(finding: &Finding, reading: &Reading, hit: f32) -> ClaimedVerdict {
    let quoted = |said: &Option<Said>| said.as_ref().and_then(|said| quote(said, reading));
    if let Some(said) = finding.said.as_ref().filter(|said| said.share >= hit) {
        let opposed = finding.opposed.as_ref().filter(|opposed| opposed.share >= OPPOSED && !overlap(opposed, said));
        return match quote(said, reading) {
            _ if opposed.is_some() => ClaimedVerdict::Unclear(Doubt::Contradicted, quoted(&finding.opposed)),
            quote if said.certain < hit => ClaimedVerdict::Unclear(Doubt::WordsInDoubt, quote),
            Some(quote) => ClaimedVerdict::Hit(quote),
            None => ClaimedVerdict::Missed(None),
        };
    }
    let doubtful = finding.doubtful.as_ref().filter(|said| said.share >= hit && said.certain >= DOUBTFUL);
    ClaimedVerdict::Missed(doubtful.and_then(|said| quote(said, reading)))
}

fn overlap(one: &Said, other: &Said) -> bool {
    one.words.start < other.words.end && other.words.start < one.words.end
}

fn quote(said: &Said, reading: &Reading) -> Option<Quote> {
    let (first, last) = reading.transcript_words(&said.words)?;
    Some(Quote::Words { first, last })
}
