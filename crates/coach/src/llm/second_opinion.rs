//! Two models on the same answer: what they disagree on cannot be told.

use interview::marks::{Doubt, KeyPointMark, Marks, MisconceptionMark, Verdict};

/// What two models' marks come to together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Agreement {
    /// The marks that count: disagreement on a key point makes it unclear, and a misconception needs both.
    pub marks: Marks,
    /// On how many key points and misconceptions they disagree.
    pub disagreements: usize,
}

/// Holds the marks of one model against those of another on the same rubric.
pub(super) fn weigh(first: Marks, second: &Marks) -> Agreement {
    let mut disagreements = 0;
    let mut weighed = |mark: KeyPointMark| {
        let other = second.key_points.iter().find(|other| other.id == mark.id);
        match other.map(|other| &other.verdict) {
            Some(other) if other.name() != mark.verdict.name() => {
                disagreements += 1;
                let evidence = mark.verdict.evidence().or(other.evidence()).cloned();
                KeyPointMark { id: mark.id, verdict: Verdict::Unclear { doubt: Doubt::CoachesDisagree, evidence } }
            }
            _ => mark,
        }
    };
    let key_points = first.key_points.into_iter().map(&mut weighed).collect();
    let stated_by_first = first.misconceptions.len();
    let is_stated_by_both = |mark: &MisconceptionMark| second.misconceptions.iter().any(|other| other.id == mark.id);
    let misconceptions: Vec<_> = first.misconceptions.into_iter().filter(is_stated_by_both).collect();
    disagreements += stated_by_first + second.misconceptions.len() - 2 * misconceptions.len();
    Agreement { marks: Marks { key_points, misconceptions }, disagreements }
}

#[cfg(test)]
mod tests {
    use interview::Transcript;

    use super::*;

    fn marks(verdicts: &[(&str, Option<&str>)], misconceptions: &[&str]) -> Marks {
        let transcript = Transcript::typed("a value has one owner");
        let verdict = |quote: Option<&str>| match quote {
            Some(quote) => Verdict::Hit { evidence: transcript.find_quote(quote).unwrap() },
            None => Verdict::Missed,
        };
        let point =
            |(id, quote): &(&str, Option<&str>)| KeyPointMark { id: id.parse().unwrap(), verdict: verdict(*quote) };
        let stated = |id: &&str| MisconceptionMark {
            id: id.parse().unwrap(),
            evidence: transcript.find_quote("owner").unwrap(),
        };
        Marks {
            key_points: verdicts.iter().map(point).collect(),
            misconceptions: misconceptions.iter().map(stated).collect(),
        }
    }

    #[test]
    fn agreement_stands_as_the_first_model_quoted_it() {
        let first = marks(&[("p1", Some("one owner")), ("p2", None)], &["m1"]);
        let second = marks(&[("p2", None), ("p1", Some("a value"))], &["m1"]);
        assert_eq!(weigh(first.clone(), &second), Agreement { marks: first, disagreements: 0 });
    }

    #[test]
    fn a_point_on_which_they_disagree_is_unclear_with_the_words_in_question() {
        let first = marks(&[("p1", None)], &[]);
        let second = marks(&[("p1", Some("one owner"))], &[]);
        let agreement = weigh(first, &second);
        assert_eq!(agreement.disagreements, 1);
        let Verdict::Unclear { doubt, evidence } = &agreement.marks.key_points[0].verdict else { panic!() };
        assert_eq!((*doubt, evidence.as_ref().unwrap().quote()), (Doubt::CoachesDisagree, "one owner"));
    }

    #[test]
    fn a_misconception_that_only_one_hears_is_not_held_against_the_candidate() {
        let agreement = weigh(marks(&[], &["m1", "m2"]), &marks(&[], &["m2", "m3"]));
        let ids: Vec<&str> = agreement.marks.misconceptions.iter().map(|mark| mark.id.as_str()).collect();
        assert_eq!((ids, agreement.disagreements), (vec!["m2"], 2));
    }
}
