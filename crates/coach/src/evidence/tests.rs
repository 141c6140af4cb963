use interview::bank::{KeyPoint, Misconception};
use interview::{Probability, Seconds, Segment, Span};

use super::*;

fn rubric() -> Rubric {
    let point = |id: &str| KeyPoint {
        id: id.parse().unwrap(),
        summary: id.to_owned(),
        weight: 2.try_into().unwrap(),
        core: true,
        says: Vec::new(),
        probe: String::new(),
    };
    let misconception = Misconception {
        id: "copies-heap".parse().unwrap(),
        claim: "a move copies the heap".to_owned(),
        why_wrong: String::new(),
        says: Vec::new(),
        probe: String::new(),
    };
    Rubric { key_points: vec![point("one-owner"), point("freed-at-end")], misconceptions: vec![misconception] }
}

fn heard(words: &[(&str, f64)]) -> Transcript {
    let at = |second: usize| Seconds::new(second as f64).unwrap();
    let words = words.iter().enumerate().map(|(index, (text, probability))| {
        Word::heard(*text, Span::between(at(index), at(index + 1)), Probability::clamped(*probability))
    });
    Transcript::heard(Segment::new(words).into_iter().collect())
}

fn quote(text: &str) -> Quote {
    Quote::Text(text.to_owned())
}

fn claims(one_owner: ClaimedVerdict, misconception: Option<Quote>) -> Claims {
    let claim = |id: &str, verdict| KeyPointClaim { id: id.parse().unwrap(), verdict };
    Claims {
        key_points: vec![claim("freed-at-end", ClaimedVerdict::Missed(None)), claim("one-owner", one_owner)],
        misconceptions: misconception
            .map(|quote| MisconceptionClaim { id: "copies-heap".parse().unwrap(), quote })
            .into_iter()
            .collect(),
    }
}

fn first_verdict(transcript: &Transcript, verdict: ClaimedVerdict) -> Verdict {
    check(&rubric(), transcript, claims(verdict, None)).unwrap().key_points.remove(0).verdict
}

fn doubt(verdict: Verdict) -> Option<Doubt> {
    match verdict {
        Verdict::Unclear { doubt, .. } => Some(doubt),
        Verdict::Hit { .. } | Verdict::Missed => None,
    }
}

#[test]
fn a_quote_that_was_said_is_evidence_with_its_time() {
    let transcript = heard(&[("well", 0.9), ("Exactly", 0.9), ("one", 0.9), ("owner.", 0.9)]);
    let Verdict::Hit { evidence } = first_verdict(&transcript, ClaimedVerdict::Hit(quote("exactly one owner"))) else {
        panic!("the quote is there");
    };
    assert_eq!(evidence.quote(), "Exactly one owner.");
    assert_eq!(evidence.span().unwrap().start().get(), 1.0);
}

#[test]
fn a_quote_that_was_not_said_is_not_evidence() {
    let transcript = Transcript::typed("every value has exactly one owner");
    for invented in [quote("every value has two owners"), quote(""), Quote::Words { first: 4, last: 9 }] {
        assert_eq!(doubt(first_verdict(&transcript, ClaimedVerdict::Hit(invented))), Some(Doubt::QuoteNotFound));
    }
}

#[test]
fn a_hit_that_rests_on_words_in_doubt_is_unclear() {
    let transcript = heard(&[("exactly", 0.9), ("one", 0.2), ("owner", 0.3)]);
    let verdict = first_verdict(&transcript, ClaimedVerdict::Hit(quote("exactly one owner")));
    assert_eq!(doubt(verdict), Some(Doubt::WordsInDoubt));
}

#[test]
fn one_doubtful_word_among_many_does_not_spoil_a_hit() {
    let transcript = heard(&[
        ("every", 0.9),
        ("value", 0.9),
        ("belongs", 0.9),
        ("exactly", 0.3),
        ("to", 0.9),
        ("one", 0.9),
        ("owner", 0.9),
    ]);
    let verdict = first_verdict(&transcript, ClaimedVerdict::Hit(quote("every value belongs exactly to one owner")));
    assert!(matches!(verdict, Verdict::Hit { .. }));
}

#[test]
fn what_may_have_been_misheard_is_never_missed() {
    let transcript = heard(&[("exactly", 0.9), ("one", 0.9), ("owl", 0.2)]);
    let verdict = first_verdict(&transcript, ClaimedVerdict::Missed(Some(quote("exactly one owl"))));
    assert_eq!(doubt(verdict), Some(Doubt::WordsInDoubt));
    let garbled = heard(&[("exact", 0.3), ("won", 0.2), ("owl", 0.2)]);
    assert_eq!(doubt(first_verdict(&garbled, ClaimedVerdict::Missed(None))), Some(Doubt::WordsInDoubt));
}

#[test]
fn a_misconception_needs_a_quote_that_is_there_and_certain() {
    let transcript = heard(&[("a", 0.9), ("move", 0.9), ("copies", 0.9), ("the", 0.9), ("heap", 0.4)]);
    let stated = |text: &str| {
        let claims = claims(ClaimedVerdict::Missed(None), Some(quote(text)));
        check(&rubric(), &transcript, claims).unwrap().misconceptions.len()
    };
    assert_eq!(stated("a move copies"), 1);
    assert_eq!(stated("a move copies the heap"), 0);
    assert_eq!(stated("moving duplicates the heap"), 0);
}

#[test]
fn marks_follow_the_rubrics_order_and_are_complete() {
    let transcript = Transcript::typed("every value has exactly one owner");
    let marks = check(&rubric(), &transcript, claims(ClaimedVerdict::Hit(quote("one owner")), None)).unwrap();
    let ids: Vec<&str> = marks.key_points.iter().map(|mark| mark.id.as_str()).collect();
    assert_eq!(ids, ["one-owner", "freed-at-end"]);
}

#[test]
fn claims_that_do_not_fit_the_rubric_are_refused() {
    let transcript = Transcript::typed("every value has exactly one owner");
    let checked = |claims: Claims| check(&rubric(), &transcript, claims).unwrap_err();
    let all = claims(ClaimedVerdict::Missed(None), None);

    let mut unknown = all.clone();
    unknown.key_points[0].id = "made-up".parse().unwrap();
    assert!(matches!(checked(unknown), InvalidClaims::UnknownKeyPoint(id) if id.as_str() == "made-up"));

    let mut twice = all.clone();
    twice.key_points[0].id = "one-owner".parse().unwrap();
    assert!(matches!(checked(twice), InvalidClaims::JudgedTwice(_)));

    let mut incomplete = all.clone();
    incomplete.key_points.pop();
    assert!(matches!(checked(incomplete), InvalidClaims::NotJudged(id) if id.as_str() == "one-owner"));

    let mut unknown = all;
    unknown.misconceptions.push(MisconceptionClaim { id: "made-up".parse().unwrap(), quote: quote("one owner") });
    assert!(matches!(checked(unknown), InvalidClaims::UnknownMisconception(_)));
}

#[test]
fn a_clarity_check_whose_quote_is_not_there_or_that_has_no_claim_is_unclear() {
    let transcript = Transcript::typed("because the owner frees it");
    let claim = |check, text: &str| ClarityClaim {
        check,
        verdict: ClarityVerdict::Yes,
        quote: Some(quote(text)),
        note: Some("you say why".to_owned()),
    };
    let said = [claim(ClarityCheck::SaysWhy, "because the owner"), claim(ClarityCheck::Ordered, "first of all")];
    let marks = check_clarity(&transcript, &said);
    let verdict = |check| marks.iter().find(|mark| mark.check == check).unwrap().verdict;
    assert_eq!(marks.len(), ClarityCheck::ALL.len());
    assert_eq!(verdict(ClarityCheck::SaysWhy), ClarityVerdict::Yes);
    assert_eq!(verdict(ClarityCheck::Ordered), ClarityVerdict::Unclear);
    assert_eq!(verdict(ClarityCheck::HeadlineFirst), ClarityVerdict::Unclear);
}
