//! The correctness and clarity panels in words.

use api::feedback::{Clarity, Correctness, Evidence, Verdict};

use super::clock::stopwatch;

/// Words of the transcript, and where they can be heard.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Quote {
    /// The words.
    pub(crate) text: String,
    /// Where they can be heard, when there is a recording and their time is known.
    pub(crate) sound: Option<SoundLink>,
}

/// A place in a recording.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SoundLink {
    /// The recording at that place, by a media fragment.
    pub(crate) url: String,
    /// When it begins, in seconds.
    pub(crate) start: f64,
    /// When it begins, for people.
    pub(crate) label: String,
}

impl Quote {
    /// The quote of a piece of evidence, if it has one.
    pub(super) fn of(evidence: &Evidence, audio: Option<&str>) -> Option<Self> {
        let place = evidence.start.zip(evidence.end);
        evidence.quote.clone().map(|text| Self::placed(text, place, audio))
    }

    /// A text that stands for a place in the recording.
    pub(super) fn placed(text: String, place: Option<(f64, f64)>, audio: Option<&str>) -> Self {
        let sound = place.zip(audio).map(|((start, end), audio)| SoundLink {
            url: format!("{audio}#t={start:.2},{end:.2}"),
            start,
            label: stopwatch(start),
        });
        Self { text, sound }
    }
}

/// The correctness panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CorrectnessPanel {
    /// 0 to 10, or a dash.
    pub(crate) score: String,
    /// Why there is no score.
    pub(crate) no_score: Option<&'static str>,
    /// 1 to 4.
    pub(crate) band: Option<u8>,
    /// What an answer of this band sounds like.
    pub(crate) anchor: Option<String>,
    /// How many points are unclear, in words.
    pub(crate) unclear: Option<String>,
    /// The key points.
    pub(crate) points: Vec<Point>,
    /// The misconceptions stated.
    pub(crate) misconceptions: Vec<Stated>,
}

/// One key point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    /// `hit`, `missed` or `unclear`.
    pub(crate) verdict: &'static str,
    /// The claim.
    pub(crate) summary: String,
    /// Whether it is core.
    pub(crate) is_core: bool,
    /// Why it is unclear.
    pub(crate) doubt: Option<String>,
    /// What it rests on.
    pub(crate) quote: Option<Quote>,
}

/// One misconception stated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stated {
    /// The wrong claim.
    pub(crate) claim: String,
    /// Why it is wrong.
    pub(crate) why_wrong: String,
    /// What it rests on.
    pub(crate) quote: Option<Quote>,
}

pub(super) fn correctness(panel: &Correctness, audio: Option<&str>) -> CorrectnessPanel {
    let unclear = panel.key_points.iter().filter(|point| point.verdict == Verdict::Unclear).count();
    CorrectnessPanel {
        score: score(panel.score),
        no_score: panel.score.is_none().then_some("more than half of the weight is unclear"),
        band: panel.band,
        anchor: panel.band_anchor.clone(),
        unclear: (unclear > 0).then(|| format!("{unclear} of {} points unclear, left out", panel.key_points.len())),
        points: panel
            .key_points
            .iter()
            .map(|point| Point {
                verdict: point.verdict.as_str(),
                summary: point.summary.clone(),
                is_core: point.core,
                doubt: point.doubt.clone(),
                quote: Quote::of(&point.evidence, audio),
            })
            .collect(),
        misconceptions: panel
            .misconceptions
            .iter()
            .map(|stated| Stated {
                claim: stated.claim.clone(),
                why_wrong: stated.why_wrong.clone(),
                quote: Quote::of(&stated.evidence, audio),
            })
            .collect(),
    }
}

/// The clarity panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClarityPanel {
    /// 0 to 10, or a dash.
    pub(crate) score: String,
    /// Why there is no score.
    pub(crate) no_score: Option<&'static str>,
    /// The checks.
    pub(crate) checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Check {
    /// `yes`, `no` or `unclear`.
    pub(crate) verdict: &'static str,
    /// What is checked.
    pub(crate) summary: String,
    /// A remark.
    pub(crate) note: Option<String>,
    /// What it rests on.
    pub(crate) quote: Option<Quote>,
}

pub(super) fn clarity(panel: &Clarity, audio: Option<&str>) -> ClarityPanel {
    ClarityPanel {
        score: score(panel.score),
        no_score: panel.score.is_none().then_some("more than half of the checks are unclear"),
        checks: panel
            .checks
            .iter()
            .map(|check| Check {
                verdict: check.verdict.as_str(),
                summary: check.summary.clone(),
                note: check.note.clone(),
                quote: Quote::of(&check.evidence, audio),
            })
            .collect(),
    }
}

pub(super) fn score(score: Option<f64>) -> String {
    score.map_or_else(|| "–".to_owned(), |score| format!("{score:.1}"))
}
