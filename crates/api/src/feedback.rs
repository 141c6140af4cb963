//! Feedback on the wire: three panels, who judged, and every judging of an answer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::question::Versions;
use crate::transcript::TimeSpan;

/// The three panels. They are never blended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Feedback {
    /// What was said; none for a bonus question (the target `stretch`), which is not scored.
    pub correctness: Option<Correctness>,
    /// How clearly it was said.
    pub clarity: Option<Clarity>,
    /// How it was said, measured on the audio; typed answers have none.
    pub delivery: Option<Delivery>,
    /// A stronger answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stronger_answer: Option<String>,
    /// The one thing to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
    /// Something to know about this judging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Who judged, by what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged_by: Option<JudgedBy>,
}

/// What was said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Correctness {
    /// 0 to 10; none when there is only a range, or nothing is decided.
    pub score: Option<f64>,
    /// In place of a score, when more than a third of the weight is unclear, or something is unclear and nothing was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_range: Option<ScoreRange>,
    /// 1 to 4; none without a score.
    pub band: Option<u8>,
    /// The key points: a design question's by stage, all others in the question's order.
    pub key_points: Vec<KeyPointMark>,
    /// Other key points that the answer to a follow-up makes, without having been asked for them. The score leaves them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beyond: Vec<KeyPointMark>,
    /// The misconceptions stated.
    pub misconceptions: Vec<MisconceptionMark>,
    /// Misconceptions that the coach found and the candidate says they did not state. They count for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disputed_misconceptions: Vec<MisconceptionMark>,
}

/// The whole numbers between which a score lies, however the unclear points turn out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoreRange {
    /// When every unclear point was missed.
    pub low: u8,
    /// When every unclear point was made.
    pub high: u8,
}

/// The mark for one key point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyPointMark {
    /// The key point's id.
    pub id: String,
    /// The claim it makes.
    pub summary: String,
    /// 1 to 5.
    pub weight: u8,
    /// Whether it is core.
    pub core: bool,
    /// The group of alternatives it belongs to, of which one is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_of: Option<String>,
    /// The stage of a design interview that it belongs to: `clarify`, `estimate`, `sketch` or `deepen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The versions for which the claim holds.
    #[serde(flatten)]
    pub versions: Versions,
    /// `hit`, `missed` or `unclear`.
    pub verdict: Verdict,
    /// Whether the verdict is more than probable. The offline coach says so of a part of its verdicts.
    #[serde(default = "is_sure")]
    pub sure: bool,
    /// How plausible the coach finds it that the answer makes the point, 0 to 1. Language models do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausibility: Option<f64>,
    /// Whose verdict it is.
    #[serde(default)]
    pub decided_by: DecidedBy,
    /// Why it is unclear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
    /// The word in doubt that would decide it, if it hangs on one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub word_in_doubt: Option<WordInDoubt>,
    /// The words that back the verdict, as they stand in the transcript.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// What a reply of an earlier version means, which has no `sure`.
pub(crate) fn is_sure() -> bool {
    true
}

/// A word that the recogniser was not sure of, and what it may have been instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WordInDoubt {
    /// The number of the word in the transcript, counted from 0 over all segments.
    pub word: usize,
    /// The word as the transcript has it.
    pub heard: String,
    /// What it may have been.
    pub perhaps: String,
}

/// Whose verdict it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DecidedBy {
    /// The coach's.
    #[default]
    Coach,
    /// The candidate's own. It has a quote only if the coach had found one.
    Candidate,
}

/// A misconception that was stated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MisconceptionMark {
    /// The misconception's id.
    pub id: String,
    /// The wrong claim.
    pub claim: String,
    /// Why it is wrong.
    pub why_wrong: String,
    /// The versions for which it is wrong.
    #[serde(flatten)]
    pub versions: Versions,
    /// Whether it is more than probable that it was stated.
    #[serde(default = "is_sure")]
    pub sure: bool,
    /// The words that state it.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// Words of the transcript and when they were said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// The words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// When they begin, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<f64>,
    /// When they end, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<f64>,
}

/// The verdict on a key point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Made.
    Hit,
    /// Not made.
    Missed,
    /// Cannot be told; counts neither way.
    Unclear,
}

interview::word_enum!(Verdict, "verdict" { Hit => "hit", Missed => "missed", Unclear => "unclear" });

/// How clearly it was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Clarity {
    /// 0 to 10; none when more than half of the checks are unclear.
    pub score: Option<f64>,
    /// The checks.
    pub checks: Vec<ClarityMark>,
}

/// The mark for one clarity check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClarityMark {
    /// The check, such as `headline_first`.
    pub id: String,
    /// What is checked.
    pub summary: String,
    /// `yes`, `no` or `unclear`.
    pub verdict: ClarityVerdict,
    /// The words it rests on.
    #[serde(flatten)]
    pub evidence: Evidence,
    /// A remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The outcome of a clarity check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClarityVerdict {
    /// Met.
    Yes,
    /// Not met.
    No,
    /// Cannot be told; counts neither way.
    Unclear,
}

interview::word_enum!(ClarityVerdict, "verdict" { Yes => "yes", No => "no", Unclear => "unclear" });

/// How it was said: arithmetic on the audio's timeline, never a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// The speech model whose words were measured, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard_by: Option<String>,
    /// Length of the recording in seconds.
    pub duration: f64,
    /// How many words were heard.
    pub words: usize,
    /// Words a minute from first to last word, pauses included.
    pub words_per_minute: Option<f64>,
    /// Words a minute of the time in which there was speech.
    pub articulation_rate: Option<f64>,
    /// Silences over 1 s.
    pub pauses_over_1s: usize,
    /// Silences over 2.5 s.
    pub pauses_over_2_5s: usize,
    /// The median silence in seconds.
    pub median_pause: Option<f64>,
    /// The longest silence.
    pub longest_pause: Option<TimeSpan>,
    /// Silent time as a share of the time from first to last word, 0 to 1.
    pub pause_ratio: Option<f64>,
    /// Seconds until the first word; shown, never scored.
    pub time_to_first_word: Option<f64>,
    /// Filled pauses that were transcribed: a lower bound, because recognisers drop most of them.
    pub filled_pauses: usize,
    /// Filled pauses transcribed, a minute.
    pub filled_pauses_per_minute: Option<f64>,
    /// "like", "you know" and the like, the most frequent first.
    pub discourse_markers: Vec<CountedPhrase>,
    /// "I guess", "sort of" and the like, where they were said.
    pub hedges: Vec<Evidence>,
    /// Phrases that were said more than once.
    pub repeated_phrases: Vec<CountedPhrase>,
    /// Words said twice in a row.
    pub immediate_repeats: usize,
    /// Seconds from first to last word.
    pub spoken: f64,
    /// The question's time limit in seconds.
    pub limit: Option<u32>,
    /// Seconds over the limit.
    pub over_limit: f64,
}

/// A phrase and how often it was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CountedPhrase {
    /// The phrase.
    pub phrase: String,
    /// How often.
    pub count: usize,
}

/// Who judged, by what. Results are compared only within one such tuple.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JudgedBy {
    /// The coach.
    pub coach: Coach,
    /// The language model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The version of the prompts, or of the offline coach's rules.
    pub prompt_version: String,
    /// The version of the key points.
    pub rubric_version: String,
}

/// The sort of a coach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Coach {
    /// A trained verifier and rules on the server's machine.
    Offline,
    /// A language model over HTTP.
    Llm,
}

/// Every judging of a turn's answer that has ended, the oldest first. Unless the answer is being judged right now, the last one is
/// what the turn shows.
///
/// Scores of two judgings are comparable only where `judged_by` is the same in both: the coach, its model, and the versions of its
/// prompts or rules and of the key points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JudgingList {
    /// The judgings.
    pub judgings: Vec<Judging>,
}

/// One judging of an answer: with feedback, or with the reason why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Judging {
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    pub judged_at: Timestamp,
    /// The words that were judged; none of a recording that could not be turned into words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether the candidate had corrected these words.
    pub corrected: bool,
    /// What the coach found, and who it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
    /// Why there is no feedback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ungraded_reason: Option<String>,
}

/// A verdict that one judging gave and another one did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What the verdict is about: a key point's claim, a misconception, a clarity check.
    pub about: String,
    /// The verdict before, in words.
    pub before: &'static str,
    /// The verdict after, in words.
    pub after: &'static str,
}

/// What stands for a verdict that one of two judgings did not give, because it judged by other key points or checks.
const NOT_JUDGED: &str = "not judged";

const STATED: &str = "stated";
const NOT_STATED: &str = "not stated";

impl Feedback {
    /// Whether the scores of both can be compared: the same coach, model, prompts and key points.
    pub fn is_comparable_with(&self, other: &Self) -> bool {
        self.judged_by.is_some() && self.judged_by == other.judged_by
    }

    /// The verdicts that differ from those of an earlier judging: key points, misconceptions, clarity.
    pub fn changes_since(&self, before: &Self) -> Vec<Change> {
        let verdicts_before = verdicts(before);
        let verdicts_after = verdicts(self);
        let missing = |one: &Named, others: &[Named]| others.iter().all(|other| other.key != one.key);
        let gone = verdicts_before.iter().filter(|one| missing(one, &verdicts_after)).map(|one| Change {
            about: one.about.to_owned(),
            before: one.verdict,
            after: one.otherwise,
        });
        let given = verdicts_after.iter().map(|one| Change {
            about: one.about.to_owned(),
            before: verdicts_before
                .iter()
                .find(|other| other.key == one.key)
                .map_or(one.otherwise, |other| other.verdict),
            after: one.verdict,
        });
        given.chain(gone).filter(|change| change.before != change.after).collect()
    }
}

struct Named<'a> {
    /// The sort of what is judged, and its id.
    key: (u8, &'a str),
    about: &'a str,
    verdict: &'static str,
    /// What it means that the other judging has no such verdict. Only misconceptions that were stated are listed.
    otherwise: &'static str,
}

fn verdicts(feedback: &Feedback) -> Vec<Named<'_>> {
    let said = feedback.correctness.iter();
    let points = said.clone().flat_map(|panel| &panel.key_points).map(|point| Named {
        key: (0, &point.id),
        about: &point.summary,
        verdict: point.verdict.as_str(),
        otherwise: NOT_JUDGED,
    });
    let stated = said.flat_map(|panel| &panel.misconceptions).map(|stated| Named {
        key: (1, &stated.id),
        about: &stated.claim,
        verdict: STATED,
        otherwise: NOT_STATED,
    });
    let checks = feedback.clarity.iter().flat_map(|panel| &panel.checks).map(|check| Named {
        key: (2, &check.id),
        about: &check.summary,
        verdict: check.verdict.as_str(),
        otherwise: NOT_JUDGED,
    });
    points.chain(stated).chain(checks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::judged;

    fn panel() -> Correctness {
        judged().feedback.unwrap().correctness.unwrap()
    }

    fn point(id: &str, verdict: Verdict) -> KeyPointMark {
        KeyPointMark { id: id.to_owned(), summary: format!("about {id}"), verdict, ..panel().key_points.remove(0) }
    }

    fn stated(id: &str) -> MisconceptionMark {
        let claim = format!("wrong about {id}");
        MisconceptionMark { id: id.to_owned(), claim, ..panel().misconceptions.remove(0) }
    }

    fn check(id: &str, verdict: ClarityVerdict) -> ClarityMark {
        let summary = format!("checks {id}");
        ClarityMark { id: id.to_owned(), summary, verdict, evidence: Evidence::default(), note: None }
    }

    fn feedback(points: Vec<KeyPointMark>, misconceptions: Vec<MisconceptionMark>, check: ClarityMark) -> Feedback {
        let correctness = Correctness { key_points: points, misconceptions, ..Correctness::default() };
        let clarity = Clarity { score: None, checks: vec![check] };
        Feedback { correctness: Some(correctness), clarity: Some(clarity), ..Feedback::default() }
    }

    fn told(changes: &[Change]) -> Vec<String> {
        changes.iter().map(|change| format!("{}: {} -> {}", change.about, change.before, change.after)).collect()
    }

    #[test]
    fn only_verdicts_that_differ_are_changes() {
        let before = feedback(
            vec![point("owner", Verdict::Missed), point("drop", Verdict::Hit), point("old", Verdict::Hit)],
            vec![stated("collector")],
            check("why", ClarityVerdict::No),
        );
        let after = feedback(
            vec![point("owner", Verdict::Hit), point("drop", Verdict::Hit), point("new", Verdict::Unclear)],
            vec![stated("copies")],
            check("why", ClarityVerdict::Yes),
        );
        let expected = [
            "about owner: missed -> hit",
            "about new: not judged -> unclear",
            "wrong about copies: not stated -> stated",
            "checks why: no -> yes",
            "about old: hit -> not judged",
            "wrong about collector: stated -> not stated",
        ];
        assert_eq!(told(&after.changes_since(&before)), expected);
        assert_eq!(after.changes_since(&after), []);
    }

    #[test]
    fn a_key_point_and_a_misconception_of_one_name_are_two_things() {
        let before = feedback(vec![point("moves", Verdict::Hit)], vec![], check("why", ClarityVerdict::No));
        let after =
            feedback(vec![point("moves", Verdict::Hit)], vec![stated("moves")], check("why", ClarityVerdict::No));
        assert_eq!(told(&after.changes_since(&before)), ["wrong about moves: not stated -> stated"]);
    }

    #[test]
    fn scores_are_comparable_within_one_judge_and_version() {
        let by = |prompt_version: &str| {
            let mut feedback = judged().feedback.unwrap();
            feedback.judged_by.as_mut().unwrap().prompt_version = prompt_version.to_owned();
            feedback
        };
        assert!(by("1").is_comparable_with(&by("1")));
        assert!(!by("1").is_comparable_with(&by("2")));
        assert!(!Feedback::default().is_comparable_with(&Feedback::default()), "nobody judged");
    }
}
