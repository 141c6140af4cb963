//! How two judgings of one answer differ.

use super::{Clarity, Correctness, Feedback};

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
            after: one.key.0.unless_given(),
        });
        let given = verdicts_after.iter().map(|one| Change {
            about: one.about.to_owned(),
            before: verdicts_before
                .iter()
                .find(|other| other.key == one.key)
                .map_or(one.key.0.unless_given(), |other| other.verdict),
            after: one.verdict,
        });
        given.chain(gone).filter(|change| change.before != change.after).collect()
    }
}

/// What is judged, and under which id.
type Key<'a> = (Sort, &'a str);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    KeyPoint,
    Misconception,
    Check,
}

impl Sort {
    /// What it means that a judging has no verdict of this sort. Only misconceptions that were stated are listed.
    fn unless_given(self) -> &'static str {
        match self {
            Self::Misconception => NOT_STATED,
            Self::KeyPoint | Self::Check => NOT_JUDGED,
        }
    }
}

struct Named<'a> {
    key: Key<'a>,
    about: &'a str,
    verdict: &'static str,
}

fn verdicts(feedback: &Feedback) -> Vec<Named<'_>> {
    let said = feedback.correctness.iter().flat_map(of_correctness);
    said.chain(feedback.clarity.iter().flat_map(of_clarity)).collect()
}

fn of_correctness(panel: &Correctness) -> impl Iterator<Item = Named<'_>> {
    let points = panel.key_points.iter().map(|point| Named {
        key: (Sort::KeyPoint, &point.id),
        about: &point.summary,
        verdict: point.verdict.as_str(),
    });
    let stated = panel.misconceptions.iter().map(|stated| Named {
        key: (Sort::Misconception, &stated.id),
        about: &stated.claim,
        verdict: STATED,
    });
    points.chain(stated)
}

fn of_clarity(panel: &Clarity) -> impl Iterator<Item = Named<'_>> {
    panel.checks.iter().map(|check| Named {
        key: (Sort::Check, &check.id),
        about: &check.summary,
        verdict: check.verdict.as_str(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::{
        ClarityMark, ClarityVerdict, Coach, Evidence, JudgedBy, KeyPointMark, MisconceptionMark, Verdict,
    };

    fn point(id: &str, verdict: Verdict) -> KeyPointMark {
        let evidence = Evidence::default();
        KeyPointMark {
            id: id.to_owned(),
            summary: format!("about {id}"),
            weight: 3,
            core: true,
            verdict,
            doubt: None,
            evidence,
        }
    }

    fn stated(id: &str) -> MisconceptionMark {
        let claim = format!("wrong about {id}");
        MisconceptionMark { id: id.to_owned(), claim, why_wrong: String::new(), evidence: Evidence::default() }
    }

    fn check(id: &str, verdict: ClarityVerdict) -> ClarityMark {
        let summary = format!("checks {id}");
        ClarityMark { id: id.to_owned(), summary, verdict, evidence: Evidence::default(), note: None }
    }

    fn feedback(points: Vec<KeyPointMark>, misconceptions: Vec<MisconceptionMark>, check: ClarityMark) -> Feedback {
        let correctness =
            Correctness { score: None, band: None, band_anchor: None, key_points: points, misconceptions };
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
        let by = |prompt_version: &str| Feedback {
            judged_by: Some(JudgedBy {
                coach: Coach::Offline,
                model: None,
                prompt_version: prompt_version.to_owned(),
                rubric_version: "1".to_owned(),
            }),
            ..Feedback::default()
        };
        assert!(by("1").is_comparable_with(&by("1")));
        assert!(!by("1").is_comparable_with(&by("2")));
        assert!(!Feedback::default().is_comparable_with(&Feedback::default()), "nobody judged");
    }
}
