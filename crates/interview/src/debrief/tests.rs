use super::*;
use crate::bank::TimeLimit;
use crate::delivery::Delivery;
use crate::schedule::Attempt;
use crate::session::{Spoken, Sureness};
use crate::tests::{asked, bank, day, judged, round};
use crate::transcript::Transcript;

/// The answer as it was spoken.
fn spoken(mut turn: Turn, change: impl FnOnce(&mut Delivery)) -> Turn {
    let TurnState::Judged { answer, .. } = &mut turn.state else { unreachable!() };
    let limit = TimeLimit::try_from(60).ok();
    let mut delivery = crate::delivery::measure(&Transcript::typed("said so"), &[], Seconds::ZERO, limit);
    change(&mut delivery);
    answer.spoken = Some(Spoken { duration: Seconds::ZERO, speech: Vec::new(), delivery, model: None });
    turn
}

fn habit_of(session: &Session, turns: &[Turn]) -> Option<String> {
    habit(session, turns).map(|habit| habit.to_string())
}

#[test]
fn a_round_without_answers_has_no_debrief() {
    let session = round(&["q1"]);
    assert_eq!(Debrief::of(&session, &[], &Schedule::default()), Debrief::default());
}

#[test]
fn the_best_thing_said_is_the_most_important_point_made_in_words_that_are_known() {
    let session = round(&["q1", "q2"]);
    let turns = [judged(&session, "q1", "mhh", &[]), judged(&session, "q2", "hmm", &[])];
    let best = best(&session, &turns).unwrap();
    assert_eq!((best.question.as_str(), best.claim.as_str(), best.quote.as_str()), ("q2", "the heavy claim", "said"));
    let probably = [judged(&session, "q1", "pmh", &[])];
    assert_eq!(
        super::best(&session, &probably).unwrap().claim,
        "the light claim",
        "what is only probable is no praise"
    );
    let decided = [judged(&session, "q1", "Hmm", &[])];
    assert_eq!(super::best(&session, &decided), None, "what the candidate decided has no words");
}

#[test]
fn a_habit_is_what_happens_in_the_largest_share_of_the_answers_and_at_least_twice() {
    let session = round(&["q1", "q2", "q3", "q4"]);
    let (yes, no) = ((ClarityCheck::SaysWhy, ClarityVerdict::Yes), (ClarityCheck::SaysWhy, ClarityVerdict::No));
    let answers = |letters: [&str; 4], checks: [(ClarityCheck, ClarityVerdict); 4]| -> Vec<Turn> {
        let each = ["q1", "q2", "q3", "q4"].into_iter().zip(letters).zip(checks);
        each.map(|((question, letters), check)| judged(&session, question, letters, &[check])).collect()
    };
    let why = answers(["hmm", "mhh", "mhh", "hhh"], [no, no, no, yes]);
    assert_eq!(
        habit_of(&session, &why).as_deref(),
        Some("In 3 of 4 answers you did not say why. Add the reason to each claim.")
    );
    let core = answers(["mhh", "mhh", "mhh", "hhh"], [no, no, no, yes]);
    assert_eq!(
        habit_of(&session, &core).as_deref(),
        Some("In 3 of 4 answers you left out a core point. Say the core first, then the details."),
        "among equals what was said comes before how"
    );
    assert_eq!(habit_of(&session, &answers(["mhh", "hhh", "hhh", "hhh"], [no, yes, yes, yes])), None);
    let wrong = [judged(&session, "q1", "hhhw", &[]), judged(&session, "q2", "hhhw", &[])];
    assert_eq!(
        habit_of(&session, &wrong).as_deref(),
        Some("In both answers you stated something wrong. Where you are not sure, say so.")
    );
}

#[test]
fn what_is_unclear_is_no_habit() {
    let session = round(&["q1", "q2", "q3"]);
    let unclear = (ClarityCheck::Ordered, ClarityVerdict::Unclear);
    let turns = ["q1", "q2", "q3"].map(|question| judged(&session, question, "uhm", &[unclear]));
    assert_eq!(habit_of(&session, &turns), None);
    let probably = ["q1", "q2", "q3"].map(|question| judged(&session, question, "nhh", &[]));
    assert_eq!(habit_of(&session, &probably), None);
}

#[test]
fn delivery_is_the_habit_when_nothing_else_is_as_frequent() {
    let session = round(&["q1", "q2", "q3"]);
    let fast = |delivery: &mut Delivery| delivery.words_per_minute = Some(190.0);
    let turns = ["q1", "q2", "q3"].map(|question| spoken(judged(&session, question, "hhh", &[]), fast));
    let expected = "In all 3 spoken answers you spoke faster than 170 words a minute. Pause after each point.";
    assert_eq!(habit_of(&session, &turns).as_deref(), Some(expected));
    let slow = ["q1", "q2", "q3"].map(|question| {
        spoken(judged(&session, question, "hhh", &[]), |delivery| delivery.words_per_minute = Some(60.0))
    });
    assert_eq!(habit_of(&session, &slow), None, "thinking is allowed");
    let um = ["q1", "q2", "q3"].map(|question| {
        spoken(judged(&session, question, "mhh", &[]), |delivery| delivery.filled_pauses.per_minute = Some(12.0))
    });
    assert!(habit_of(&session, &um).unwrap().contains("core point"));
}

#[test]
fn feeling_and_result_are_compared_where_both_are_known() {
    let session = round(&["q1", "q2", "q3"]);
    let felt = |sureness: [u8; 3], letters: [&str; 3]| {
        let each = ["q1", "q2", "q3"].into_iter().zip(sureness).zip(letters);
        let turns: Vec<Turn> = each
            .map(|((question, sureness), letters)| Turn {
                sureness: Sureness::try_from(sureness).ok(),
                ..judged(&session, question, letters, &[])
            })
            .collect();
        feeling(&session, &turns).map(|feeling| feeling.to_string())
    };
    let says = |sentence: &str| Some(sentence.to_owned());
    assert_eq!(felt([0, 0, 0], ["hhh", "hhh", "hhh"]), None, "nobody said how sure they were");
    assert_eq!(felt([4, 4, 4], ["uhh", "uhh", "uhh"]), None, "whether a core point is there is unclear");
    assert_eq!(felt([4, 4, 4], ["nhh", "nhh", "nhh"]), None, "it was only probably left out");
    assert_eq!(felt([3, 2, 0], ["hhh", "mhh", "mhh"]), says("Your feeling fitted the result in 2 answers."));
    assert_eq!(
        felt([4, 3, 1], ["mhh", "hhhw", "hhh"]),
        says("In 2 answers that you were sure of, a core point was missing or something was wrong.")
    );
    assert_eq!(
        felt([2, 1, 4], ["hhm", "hhh", "mhh"]),
        says("In 2 answers that you were unsure of, every core point was there and nothing was wrong.")
    );
}

#[test]
fn the_weakest_point_is_something_wrong_then_the_heaviest_miss_then_a_question_that_was_skipped() {
    let session = round(&["q1", "q2", "q3"]);
    let skipped = Turn { state: TurnState::Skipped, ..judged(&session, "q1", "hhh", &[]) };
    let missed = judged(&session, "q2", "mhh", &[]);
    let wrong = judged(&session, "q3", "hhhw", &[]);
    let weakest = |turns: &[Turn]| {
        let weakest = weakest(&session, turns, &Schedule::default())?;
        Some((weakest.question.to_string(), weakest.advice))
    };
    let named = |question: &str, advice: String| Some((question.to_owned(), advice));
    assert_eq!(
        weakest(&[skipped.clone(), missed.clone(), wrong]),
        named("q3", reconsider("it is wrong", "because", true))
    );
    let perhaps_wrong = judged(&session, "q3", "hhhv", &[]);
    let surely_missed = named("q2", missed_point("the heavy claim", true));
    assert_eq!(weakest(&[missed.clone(), perhaps_wrong.clone()]), surely_missed);
    let perhaps_missed = judged(&session, "q2", "nhh", &[]);
    assert_eq!(weakest(&[perhaps_missed, perhaps_wrong]), named("q3", reconsider("it is wrong", "because", false)));
    assert_eq!(weakest(&[skipped.clone(), missed]), surely_missed);
    assert_eq!(weakest(&[skipped]).unwrap().0, "q1");
    let focus = |turn: Turn| super::weakest(&session, &[turn], &Schedule::default()).unwrap().focus;
    assert_eq!(focus(judged(&session, "q2", "mhh", &[])), Some(Target::KeyPoint("heavy".parse().unwrap())));
    assert_eq!(focus(judged(&session, "q3", "hhhw", &[])), Some(Target::Misconception("wrong".parse().unwrap())));
    assert_eq!(focus(Turn { state: TurnState::Skipped, ..judged(&session, "q1", "hhh", &[]) }), None);
    let complete = judged(&session, "q1", "hhh", &[]);
    assert_eq!(weakest(std::slice::from_ref(&complete)), None);
    let follow_up = Turn { target: Some(Target::Stretch), state: TurnState::Skipped, ..complete };
    assert_eq!(weakest(&[follow_up]), None, "a follow-up that was skipped is no question");
}

#[test]
fn a_point_that_was_made_since_is_not_the_weakest() {
    let session = round(&["q1", "q2"]);
    let turns = [judged(&session, "q1", "hhm", &[]), judged(&session, "q2", "mhh", &[])];
    let bank = bank(&[("q1", "ownership"), ("q2", "ownership")]);
    let before = [asked("q1", 0.0, "hhm"), asked("q2", 0.0, "mhh")];
    let weakest = |attempts: &[Attempt]| {
        weakest(&session, &turns, &Schedule::of(&bank, attempts)).map(|weakest| weakest.question.to_string())
    };
    assert_eq!(weakest(&before).as_deref(), Some("q2"));
    let since = [before.as_slice(), &[asked("q2", 0.1, "hhh")]].concat();
    assert_eq!(weakest(&since).as_deref(), Some("q1"));
    assert_eq!(weakest(&[since.as_slice(), &[asked("q1", 0.2, "hhh")]].concat()), None);
}

#[test]
fn what_comes_back_is_in_the_order_of_its_dates() {
    let session = round(&["q1", "q2", "q3"]);
    let bank = bank(&[("q1", "ownership"), ("q2", "ownership"), ("q3", "ownership")]);
    let schedule = Schedule::of(&bank, &[asked("q1", 0.0, "hhh"), asked("q2", 0.0, "mmm"), asked("q3", 0.0, "uuu")]);
    let dates: Vec<(String, SystemTime)> =
        comes_back(&session, &schedule).into_iter().map(|back| (back.question.to_string(), back.due)).collect();
    assert_eq!(dates, [("q2".to_owned(), day(1.0)), ("q1".to_owned(), day(8.0))], "q3 has no date");
}
