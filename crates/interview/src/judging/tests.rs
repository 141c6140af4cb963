use super::*;
use crate::Probability;
use crate::bank::Misconception;
use crate::marks::{DecidedVerdict, Decision};
use crate::tests::{heard, judged_by, question};

fn rubric() -> Rubric {
    let question = question();
    let point = |id: &str| KeyPoint { id: id.parse().unwrap(), ..question.key_points[0].clone() };
    let misconception = Misconception { id: "copies-heap".parse().unwrap(), ..question.misconceptions[0].clone() };
    Rubric {
        key_points: vec![point("one-owner"), point("freed-at-end")],
        beyond: Vec::new(),
        misconceptions: vec![misconception],
    }
}

fn quote(text: &str) -> Quote {
    Quote::Timed { text: text.to_owned(), span: None }
}

fn claims(one_owner: ClaimedVerdict, misconception: Option<Quote>) -> Claims {
    let claim = |id: &str, verdict| KeyPointClaim { id: id.parse().unwrap(), verdict, plausibility: None };
    Claims {
        key_points: vec![claim("freed-at-end", ClaimedVerdict::Missed(None)), claim("one-owner", one_owner)],
        misconceptions: misconception
            .map(|quote| MisconceptionClaim { id: "copies-heap".parse().unwrap(), quote, plausibility: None })
            .into_iter()
            .collect(),
    }
}

fn marks(transcript: &Transcript, claims: &Claims) -> Marks {
    correctness(&rubric(), transcript, claims).unwrap().marks().clone()
}

fn first_verdict(transcript: &Transcript, verdict: ClaimedVerdict) -> Verdict {
    marks(transcript, &claims(verdict, None)).key_points.remove(0).verdict
}

fn doubt(verdict: Verdict) -> Option<Doubt> {
    match verdict {
        Verdict::Unclear { doubt, .. } => Some(doubt),
        Verdict::Hit { .. } | Verdict::Missed => None,
    }
}

#[test]
fn a_quote_that_was_said_is_evidence_with_its_time() {
    let transcript = heard([("well", 0.9), ("Exactly", 0.9), ("one", 0.9), ("owner.", 0.9)]);
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
    let transcript = heard([("exactly", 0.9), ("one", 0.2), ("owner", 0.3)]);
    let verdict = first_verdict(&transcript, ClaimedVerdict::Hit(quote("exactly one owner")));
    assert_eq!(doubt(verdict), Some(Doubt::WordsInDoubt));
}

#[test]
fn one_doubtful_word_among_many_does_not_spoil_a_hit() {
    let transcript = heard([
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
    let transcript = heard([("exactly", 0.9), ("one", 0.9), ("owl", 0.2)]);
    let verdict = first_verdict(&transcript, ClaimedVerdict::Missed(Some(quote("exactly one owl"))));
    assert_eq!(doubt(verdict), Some(Doubt::WordsInDoubt));
    let garbled = heard([("exact", 0.3), ("won", 0.2), ("owl", 0.2)]);
    assert_eq!(doubt(first_verdict(&garbled, ClaimedVerdict::Missed(None))), Some(Doubt::WordsInDoubt));
}

#[test]
fn a_misconception_needs_a_quote_that_is_there_and_certain() {
    let transcript = heard([("a", 0.9), ("move", 0.9), ("copies", 0.9), ("the", 0.9), ("heap", 0.4)]);
    let stated = |text: &str| {
        let claims = claims(ClaimedVerdict::Missed(None), Some(quote(text)));
        marks(&transcript, &claims).misconceptions.len()
    };
    assert_eq!(stated("a move copies"), 1);
    assert_eq!(stated("a move copies the heap"), 0);
    assert_eq!(stated("moving duplicates the heap"), 0);
}

#[test]
fn marks_follow_the_rubrics_order_and_are_complete() {
    let transcript = Transcript::typed("every value has exactly one owner");
    let marks = marks(&transcript, &claims(ClaimedVerdict::Hit(quote("one owner")), None));
    let ids: Vec<&str> = marks.key_points.iter().map(|mark| mark.id.as_str()).collect();
    assert_eq!(ids, ["one-owner", "freed-at-end"]);
}

#[test]
fn claims_that_do_not_fit_the_rubric_are_refused() {
    let transcript = Transcript::typed("every value has exactly one owner");
    let checked = |claims: Claims| correctness(&rubric(), &transcript, &claims).unwrap_err();
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
    let made_up = "made-up".parse().unwrap();
    unknown.misconceptions.push(MisconceptionClaim { id: made_up, quote: quote("one owner"), plausibility: None });
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
    let clarity = clarity(&transcript, &said);
    let marks = clarity.marks();
    let verdict = |check| marks.iter().find(|mark| mark.check == check).unwrap().verdict;
    assert_eq!(marks.len(), ClarityCheck::ALL.len());
    assert_eq!(verdict(ClarityCheck::SaysWhy), ClarityVerdict::Yes);
    assert_eq!(verdict(ClarityCheck::Ordered), ClarityVerdict::Unclear);
    assert_eq!(verdict(ClarityCheck::HeadlineFirst), ClarityVerdict::Unclear);
}

fn report(correctness: Result<Claims, String>, clarity: Result<Vec<ClarityClaim>, String>) -> Report<String> {
    Report {
        correctness,
        clarity,
        stronger_answer: StrongerAnswer::None,
        follow_up: None,
        remark: None,
        judged_by: judged_by("1"),
    }
}

/// Claims about the test question: a hit with each of these quotes in turn, then misses.
fn all_points(quotes: &[Quote]) -> Claims {
    let verdict = |number: usize| match quotes.get(number) {
        Some(quote) => ClaimedVerdict::Hit(quote.clone()),
        None => ClaimedVerdict::Missed(None),
    };
    let points = question().key_points.into_iter().enumerate();
    Claims {
        key_points: points
            .map(|(number, point)| KeyPointClaim { id: point.id, verdict: verdict(number), plausibility: None })
            .collect(),
        misconceptions: Vec::new(),
    }
}

fn judged(transcript: &Transcript, report: Report<String>) -> Result<Feedback, NothingJudged> {
    let question = question();
    let rubric = Rubric::of(&question, None);
    let assignment = Assignment::to_question(&question, &rubric, transcript);
    judge(&assignment, report).map(|judged| judged.feedback)
}

#[test]
fn an_answer_to_a_stretch_question_is_not_scored_and_the_feedback_says_so() {
    let (question, transcript) = (question(), Transcript::typed("heavy is said so"));
    let rubric = Rubric::of(&question, Some(&Target::Stretch));
    let assignment =
        Assignment { target: Some(&Target::Stretch), ..Assignment::to_question(&question, &rubric, &transcript) };
    let feedback = judge(&assignment, report(Ok(Claims::default()), Ok(Vec::new()))).unwrap().feedback;
    assert_eq!(feedback.correctness().and_then(Correctness::rating), None);
    assert_eq!(feedback.remark(), Some("This was a bonus question beyond the rubric: it is not scored."));
    assert!(!feedback.next_step().contains("point"), "{feedback:?}");
    assert_eq!(restore(feedback.record(), &transcript, &rubric, &Decisions::default()), Some(feedback));
}

#[test]
fn a_panel_that_could_not_be_judged_leaves_the_other_and_says_why() {
    let transcript = Transcript::typed("heavy is said so");
    let claims = all_points(&[quote("heavy")]);
    let feedback = judged(&transcript, report(Ok(claims.clone()), Err("the model declined".to_owned()))).unwrap();
    assert!(feedback.correctness().is_some() && feedback.clarity().is_none());
    assert!(feedback.remark().unwrap().contains("the model declined"), "{feedback:?}");

    let feedback = judged(&transcript, report(Err("the model declined".to_owned()), Ok(Vec::new()))).unwrap();
    assert!(feedback.correctness().is_none() && feedback.clarity().is_some());
    assert!(feedback.remark().unwrap().contains("the model declined"), "{feedback:?}");
    assert!(!feedback.next_step().contains("Every point is there"), "{feedback:?}");

    let nothing = judged(&transcript, report(Err("no correctness".to_owned()), Err("no clarity".to_owned())));
    assert_eq!(nothing.unwrap_err().to_string(), "no correctness");
}

#[test]
fn advice_rests_on_what_is_sure_and_says_so_where_nothing_is() {
    let transcript = Transcript::typed("heavy is said so, and it is all wrong");
    let advice = |misses: [f64; 3], wrong: Option<f64>| {
        let mut claims = all_points(&[]);
        for (claim, plausibility) in claims.key_points.iter_mut().zip(misses) {
            claim.plausibility = Some(Probability::clamped(plausibility));
        }
        claims.misconceptions.extend(wrong.map(|plausibility| MisconceptionClaim {
            id: "wrong".parse().unwrap(),
            quote: quote("all wrong"),
            plausibility: Some(Probability::clamped(plausibility)),
        }));
        let feedback = judged(&transcript, report(Ok(claims), Ok(Vec::new()))).unwrap();
        assert_eq!(restored(&feedback, &transcript), feedback);
        feedback.next_step().to_owned()
    };
    let surely = |claim: &str| format!("Say this point in one sentence of your own, aloud: the {claim} claim.");
    assert_eq!(advice([0.01, 0.01, 0.01], None), surely("heavy"));
    assert_eq!(advice([0.3, 0.3, 0.01], None), surely("light"), "the others may have been made");
    let probably =
        "This point was not found in your answer; if you left it out, say it in one sentence: the heavy claim.";
    assert_eq!(advice([0.3, 0.3, 0.3], None), probably);
    let all_said = |plausibility: f64| {
        let mut claims = all_points(&["heavy", "said", "wrong"].map(quote));
        let plausibility = Some(Probability::clamped(plausibility));
        claims.key_points.iter_mut().for_each(|claim| claim.plausibility = plausibility);
        judged(&transcript, report(Ok(claims), Ok(Vec::new()))).unwrap().next_step().to_owned()
    };
    assert!(all_said(0.95).starts_with("Every point is there: "));
    assert!(all_said(0.7).starts_with("Every point seems to be there: "));
    assert_eq!(advice([0.01, 0.01, 0.01], Some(0.9)), "It is not true that it is wrong: because");
    assert_eq!(advice([0.01, 0.01, 0.01], Some(0.5)), surely("heavy"), "the misconception may not have been meant");
    assert_eq!(advice([0.3, 0.3, 0.3], Some(0.5)), "If you meant that it is wrong, reconsider: because");
}

#[test]
fn of_missed_points_alike_in_all_else_the_first_is_advised() {
    let mut question = question();
    let weight = question.key_points[1].weight;
    question.key_points.iter_mut().for_each(|point| (point.core, point.weight) = (false, weight));
    let (rubric, transcript) = (Rubric::of(&question, None), Transcript::typed("nothing of it"));
    let assignment = Assignment::to_question(&question, &rubric, &transcript);
    let feedback = judge(&assignment, report(Ok(all_points(&[])), Ok(Vec::new()))).unwrap().feedback;
    assert_eq!(feedback.next_step(), missed_point("the heavy claim", true));
}

#[test]
fn an_answer_to_a_follow_up_makes_other_points_too_and_they_change_no_score() {
    let (question, transcript) =
        (question(), Transcript::typed("light is what I meant, and heavy is said so, and middle"));
    let aim = Target::KeyPoint("light".parse().unwrap());
    let rubric = Rubric::of(&question, Some(&aim));
    let assignment = Assignment { target: Some(&aim), ..Assignment::to_question(&question, &rubric, &transcript) };
    let claims = all_points(&["heavy is said so", "everything"].map(quote));
    let made = judge(&assignment, report(Ok(claims), Ok(Vec::new()))).unwrap().feedback;
    let ids = |marks: &[KeyPointMark]| marks.iter().map(|mark| mark.id.to_string()).collect::<Vec<_>>();
    let marks = made.marks().unwrap();
    assert_eq!((ids(marks.key_points()), ids(marks.beyond())), (vec!["light".to_owned()], vec!["heavy".to_owned()]));
    assert_eq!(made.correctness().unwrap().score().map(|score| score.get()), Some(0.0), "the follow-up's own point");

    let none = Decisions::default();
    assert_eq!(restore(made.record(), &transcript, &rubric, &none).as_ref(), Some(&made));
    assert_eq!(
        decide(&made, &question, Some(&aim), &decided("light", DecidedVerdict::Hit)).marks().unwrap().beyond(),
        marks.beyond()
    );
}

#[test]
fn claims_that_do_not_fit_the_rubric_cost_their_panel_only() {
    let transcript = Transcript::typed("heavy is said so");
    let incomplete = Claims::default();
    let feedback = judged(&transcript, report(Ok(incomplete), Ok(Vec::new()))).unwrap();
    assert!(feedback.correctness().is_none() && feedback.clarity().is_some());
    assert!(feedback.remark().unwrap().contains("is not judged"), "{feedback:?}");
}

fn restored(feedback: &Feedback, transcript: &Transcript) -> Feedback {
    restore(feedback.record(), transcript, &Rubric::of(&question(), None), &Decisions::default()).unwrap()
}

#[test]
fn restored_feedback_is_what_was_recorded_and_keeps_the_place_of_each_quote() {
    let transcript = heard([("so", 0.9), ("one", 0.9), ("owner", 0.9), ("yes", 0.9), ("one", 0.9), ("owner", 0.9)]);
    let claims = all_points(&[Quote::Words { first: 4, last: 5 }, quote("one owner")]);
    let clear = ClarityClaim {
        check: ClarityCheck::SaysWhy,
        verdict: ClarityVerdict::Yes,
        quote: Some(quote("so one")),
        note: Some("you say why".to_owned()),
    };
    let feedback = judged(&transcript, report(Ok(claims), Ok(vec![clear]))).unwrap();
    assert_eq!(feedback.correctness().unwrap().score().map(|score| score.get()), Some(8.3));
    assert_eq!(restored(&feedback, &transcript), feedback);
}

#[test]
fn restored_feedback_holds_no_evidence_that_nobody_said() {
    let feedback =
        judged(&Transcript::typed("one owner"), report(Ok(all_points(&[quote("one owner")])), Ok(Vec::new()))).unwrap();
    let tampered = restored(&feedback, &Transcript::typed("two owners"));
    let mark = &tampered.marks().unwrap().key_points()[0];
    assert_eq!(doubt(mark.verdict.clone()), Some(Doubt::QuoteNotFound));
    assert_ne!(tampered.correctness().unwrap().score(), feedback.correctness().unwrap().score());
}

/// What the candidate decided about one key point of the test question.
fn decided(id: &str, verdict: DecidedVerdict) -> Decisions {
    let mut decisions = Decisions::default();
    decisions.add(Decision::KeyPoint(id.parse().unwrap(), Some(verdict)));
    decisions
}

#[test]
fn a_decision_changes_what_follows_from_the_marks_and_no_evidence() {
    let transcript = Transcript::typed("one owner");
    let report = Report {
        stronger_answer: StrongerAnswer::ModelAnswer,
        ..report(Ok(all_points(&[quote("one owner")])), Ok(Vec::new()))
    };
    let feedback = judged(&transcript, report).unwrap();
    assert!(feedback.next_step().contains("the middle claim"), "{feedback:?}");

    let decisions = decided("middle", DecidedVerdict::Hit);
    let after = decide(&feedback, &question(), None, &decisions);
    let score = |feedback: &Feedback| feedback.correctness().unwrap().score().map(|score| score.get());
    assert_eq!((score(&feedback), score(&after)), (Some(5.0), Some(8.3)));
    assert!(after.next_step().contains("the light claim"), "{after:?}");
    let stronger = after.stronger_answer().unwrap();
    assert!(stronger.starts_with("Not found in your answer: the light claim."), "{stronger}");
    let mark = after.marks().unwrap().key_point(&"middle".parse().unwrap()).unwrap();
    assert_eq!((mark.counted(), mark.evidence()), (Counted::Hit, None));

    assert_eq!(decide(&after, &question(), None, &Decisions::default()), feedback, "taken back");
    let rubric = Rubric::of(&question(), None);
    assert_eq!(restore(after.record(), &transcript, &rubric, &decisions), Some(after));
}

#[test]
fn a_stronger_answer_that_a_model_wrote_is_kept_whatever_is_decided() {
    let written = StrongerAnswer::Written("One owner, always.".to_owned());
    let report = Report { stronger_answer: written, ..report(Ok(all_points(&[])), Ok(Vec::new())) };
    let feedback = judged(&Transcript::typed("heavy is said so"), report).unwrap();
    let after = decide(&feedback, &question(), None, &decided("heavy", DecidedVerdict::Hit));
    assert_eq!(after.stronger_answer(), feedback.stronger_answer());
}

#[test]
fn without_a_correctness_panel_there_is_nothing_to_decide() {
    let report = report(Err("the model declined".to_owned()), Ok(Vec::new()));
    let feedback = judged(&Transcript::typed("heavy is said so"), report).unwrap();
    assert_eq!(decide(&feedback, &question(), None, &decided("heavy", DecidedVerdict::Hit)), feedback);
}

#[test]
fn an_answer_that_is_judged_again_keeps_the_candidate_s_decisions() {
    use crate::session::{Answer, Turn, TurnState};
    use crate::tests::{judged, round, typed_answer};

    let transcript = Transcript::typed("one owner");
    let answer = Answer { transcript, decisions: decided("heavy", DecidedVerdict::Hit), ..typed_answer() };
    let session = round(&["q1"]);
    let state = TurnState::Judging { answer: answer.clone() };
    let turn = Turn { state, ..judged(&session, "q1", "mmm", &[]) };
    let (question, rubric) = (question(), Rubric::of(&question(), None));
    let turns = [turn.clone()];
    let round = Round { session: &session, turns: &turns, is_finished: false, turn: &turn };
    let assignment =
        Assignment { round: Some(round), ..Assignment::to_question(&question, &rubric, &answer.transcript) };
    let Judged { feedback, follow_up } = judge(&assignment, report(Ok(all_points(&[])), Ok(Vec::new()))).unwrap();
    assert_eq!(feedback.correctness().unwrap().score().map(|score| score.get()), Some(5.0));
    let target = follow_up.map(|follow_up| follow_up.target);
    assert_eq!(target, Some(Target::KeyPoint("middle".parse().unwrap())), "not the heavier one, which they made");
}

/// What two coaches come to, each with or without a hit on the first point and the misconception.
fn agreed(first: (ClaimedVerdict, Option<Quote>), second: (ClaimedVerdict, Option<Quote>)) -> Agreement {
    let transcript = Transcript::typed("a value has one owner");
    agreement(&rubric(), &transcript, claims(first.0, first.1), &claims(second.0, second.1)).unwrap()
}

#[test]
fn what_two_coaches_agree_on_stands_as_the_first_quoted_it() {
    let hit = |words| (ClaimedVerdict::Hit(quote(words)), Some(quote(words)));
    let agreement = agreed(hit("one owner"), hit("a value"));
    let first = claims(hit("one owner").0, hit("one owner").1);
    assert_eq!(agreement, Agreement { claims: first, disagreements: 0 });
}

#[test]
fn a_point_on_which_two_coaches_disagree_is_unclear_with_the_words_in_question() {
    let agreement = agreed((ClaimedVerdict::Missed(None), None), (ClaimedVerdict::Hit(quote("one owner")), None));
    assert_eq!(agreement.disagreements, 1);
    let verdict = &agreement.claims.key_points[1].verdict;
    assert_eq!(*verdict, ClaimedVerdict::Unclear(Doubt::CoachesDisagree, Some(quote("one owner"))));
}

#[test]
fn a_point_that_nobody_asked_for_counts_if_both_coaches_hear_it() {
    let (question, transcript) = (question(), Transcript::typed("heavy is said so"));
    let rubric = Rubric::of(&question, Some(&Target::KeyPoint("light".parse().unwrap())));
    let mut first = all_points(&[quote("heavy")]);
    let (second, none) = (first.clone(), all_points(&[]));
    first.key_points.retain(|claim| claim.id.as_str() != "middle");
    let agreed = |other| agreement(&rubric, &transcript, first.clone(), other).unwrap();
    assert_eq!(agreed(&second), Agreement { claims: first.clone(), disagreements: 0 });
    let Agreement { claims, disagreements } = agreed(&none);
    let ids: Vec<&str> = claims.key_points.iter().map(|claim| claim.id.as_str()).collect();
    assert_eq!((ids, disagreements), (vec!["light"], 0));
}

#[test]
fn a_misconception_that_only_one_coach_hears_is_not_held_against_the_candidate() {
    let (alone, silent) =
        ((ClaimedVerdict::Missed(None), Some(quote("one owner"))), (ClaimedVerdict::Missed(None), None));
    for agreement in [agreed(alone.clone(), silent.clone()), agreed(silent, alone)] {
        assert_eq!((agreement.claims.misconceptions, agreement.disagreements), (Vec::new(), 1));
    }
}
