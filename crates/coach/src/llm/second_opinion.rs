//! Two models on the same answer: what they disagree on is unclear.

use interview::MisconceptionId;
use interview::claims::{ClaimedVerdict, Claims, Quote};
use interview::marks::{Doubt, Evidence, Marks};

/// What two models claim together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Agreement {
    /// The claims that count: disagreement on a key point makes it unclear, and a misconception needs both.
    pub claims: Claims,
    /// On how many key points and misconceptions they disagree.
    pub disagreements: usize,
}

/// Compares the claims of one model with another's, both with the marks that they come to on the same rubric.
pub(super) fn compare(mut claims: Claims, first: &Marks, second: &Marks) -> Agreement {
    let mut disagreements = 0;
    for claim in &mut claims.key_points {
        let verdicts = first.key_point(&claim.id).zip(second.key_point(&claim.id));
        let Some((one, other)) = verdicts.map(|(one, other)| (&one.verdict, &other.verdict)) else { continue };
        if one.name() != other.name() {
            disagreements += 1;
            let quote = |evidence: &Evidence| Quote::Text(evidence.quote().to_owned());
            let evidence = one.evidence().or(other.evidence()).map(quote);
            claim.verdict = ClaimedVerdict::Unclear(Doubt::CoachesDisagree, evidence);
        }
    }
    let states = |marks: &Marks, id: &MisconceptionId| marks.misconceptions().iter().any(|mark| &mark.id == id);
    claims.misconceptions.retain(|claim| states(second, &claim.id));
    let both = first.misconceptions().iter().filter(|mark| states(second, &mark.id)).count();
    disagreements += first.misconceptions().len() + second.misconceptions().len() - 2 * both;
    Agreement { claims, disagreements }
}

#[cfg(test)]
mod tests {
    use interview::Transcript;
    use interview::bank::Question;
    use interview::claims::{KeyPointClaim, MisconceptionClaim};
    use interview::follow_up::Rubric;
    use interview::judging;

    use super::*;

    const ANSWER: &str = "a value has one owner";

    /// Claims about two points: a hit with these words, or a miss; and the misconceptions stated.
    fn claims(points: [Option<&str>; 2], misconceptions: &[&str]) -> Claims {
        let verdict = |quote: Option<&str>| match quote {
            Some(quote) => ClaimedVerdict::Hit(Quote::Text(quote.to_owned())),
            None => ClaimedVerdict::Missed(None),
        };
        let points = ["p1", "p2"].into_iter().zip(points);
        let point = |(id, quote): (&str, _)| KeyPointClaim { id: id.parse().unwrap(), verdict: verdict(quote) };
        let stated = |id: &&str| MisconceptionClaim { id: id.parse().unwrap(), quote: Quote::Text("owner".to_owned()) };
        Claims { key_points: points.map(point).collect(), misconceptions: misconceptions.iter().map(stated).collect() }
    }

    fn marks(claims: &Claims) -> Marks {
        let question: Question = serde_json::from_str(include_str!("../../tests/fixtures/moved-string.json")).unwrap();
        let (point, wrong) = (&question.key_points[0], &question.misconceptions[0]);
        let rubric = Rubric {
            key_points: ["p1", "p2"]
                .map(|id| interview::bank::KeyPoint { id: id.parse().unwrap(), ..point.clone() })
                .into(),
            misconceptions: ["m1", "m2", "m3"]
                .map(|id| interview::bank::Misconception { id: id.parse().unwrap(), ..wrong.clone() })
                .into(),
        };
        judging::correctness(&rubric, &Transcript::typed(ANSWER), claims).unwrap().marks().clone()
    }

    fn compared(first: &Claims, second: &Claims) -> Agreement {
        compare(first.clone(), &marks(first), &marks(second))
    }

    #[test]
    fn agreement_stands_as_the_first_model_quoted_it() {
        let first = claims([Some("one owner"), None], &["m1"]);
        let second = claims([Some("a value"), None], &["m1"]);
        assert_eq!(compared(&first, &second), Agreement { claims: first, disagreements: 0 });
    }

    #[test]
    fn a_point_on_which_they_disagree_is_unclear_with_the_words_in_question() {
        let agreement = compared(&claims([None, None], &[]), &claims([Some("one owner"), None], &[]));
        assert_eq!(agreement.disagreements, 1);
        let words = Some(Quote::Text("one owner".to_owned()));
        assert_eq!(agreement.claims.key_points[0].verdict, ClaimedVerdict::Unclear(Doubt::CoachesDisagree, words));
    }

    #[test]
    fn a_misconception_that_only_one_hears_is_not_held_against_the_candidate() {
        let agreement = compared(&claims([None, None], &["m1", "m2"]), &claims([None, None], &["m2", "m3"]));
        let ids: Vec<&str> = agreement.claims.misconceptions.iter().map(|claim| claim.id.as_str()).collect();
        assert_eq!((ids, agreement.disagreements), (vec!["m2"], 2));
    }
}
