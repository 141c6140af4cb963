use std::collections::{BTreeSet, HashSet};

use super::*;
use crate::bank::SourceFile;
use crate::tests::{asked, bank, day, question_file};

/// A round for somebody who was never asked anything.
fn ids(bank: &Bank, wishes: &Wishes, seed: u64) -> Vec<String> {
    ids_after(bank, wishes, seed, &Schedule::default())
}

/// A round on day 100.
fn ids_after(bank: &Bank, wishes: &Wishes, seed: u64, schedule: &Schedule) -> Vec<String> {
    let chosen = choose(bank, wishes, seed, schedule, day(100.0)).unwrap();
    chosen.iter().map(|question| question.id.to_string()).collect()
}

fn error(bank: &Bank, wishes: &Wishes) -> SelectionError {
    choose(bank, wishes, 0, &Schedule::default(), day(100.0)).unwrap_err()
}

fn six() -> Bank {
    bank(&[
        ("o1", "ownership"),
        ("o2", "ownership"),
        ("o3", "ownership"),
        ("o4", "ownership"),
        ("b1", "borrowing"),
        ("b2", "borrowing"),
    ])
}

#[test]
fn the_same_seed_gives_the_same_round_and_others_differ() {
    let bank = six();
    let wishes = Wishes { count: Some(6), ..Wishes::default() };
    assert_eq!(ids(&bank, &wishes, 7), ids(&bank, &wishes, 7));
    let rounds: HashSet<Vec<String>> = (0..20).map(|seed| ids(&bank, &wishes, seed)).collect();
    assert!(rounds.len() > 5, "only {} different rounds of 20 seeds", rounds.len());
}

#[test]
fn topics_take_turns_and_no_question_comes_twice() {
    let round = ids(&six(), &Wishes { count: Some(4), ..Wishes::default() }, 3);
    assert_eq!(round.iter().filter(|id| id.starts_with('b')).count(), 2, "{round:?}");
    assert_eq!(round.iter().collect::<HashSet<_>>().len(), 4);
}

#[test]
fn questions_asked_for_by_id_come_in_that_order() {
    let wishes = Wishes { question_ids: vec!["b2".parse().unwrap(), "o1".parse().unwrap()], ..Wishes::default() };
    assert_eq!(ids(&six(), &wishes, 1), ["b2", "o1"]);
}

#[test]
fn wishes_that_cannot_be_met_say_so() {
    let bank = six();
    let refused = |wishes| error(&bank, &wishes).to_string();
    let unknown_topic = Wishes { topics: vec!["gardening".parse().unwrap()], ..Wishes::default() };
    assert_eq!(refused(unknown_topic), "there is no topic `gardening`; the topics are borrowing, ownership");
    let unknown_subject = Wishes { subjects: vec!["c#".to_owned()], ..Wishes::default() };
    assert_eq!(refused(unknown_subject), "there is no subject `c#`; the subjects are rust");
    let unknown_id = Wishes { question_ids: vec!["zz".parse().unwrap()], ..Wishes::default() };
    assert!(matches!(error(&bank, &unknown_id), SelectionError::UnknownQuestion(_)));
    let nothing = Wishes { levels: vec![Level::Senior], ..Wishes::default() };
    assert_eq!(error(&bank, &nothing), SelectionError::NothingFits);
}

#[test]
fn a_subject_brings_the_questions_of_all_its_topics() {
    let topics =
        "[rust]\nownership = \"Ownership\"\nborrowing = \"Borrowing\"\n[go]\ngo-types = \"Types\"\n".to_owned();
    let files = [
        SourceFile { path: "questions/topics.toml".to_owned(), text: topics },
        question_file("o1", "ownership"),
        question_file("b1", "borrowing"),
        SourceFile { path: "questions/go/g1.toml".to_owned(), ..question_file("g1", "go-types") },
    ];
    let bank = Bank::load(&files).bank;
    let round_of = |subjects: &[&str]| {
        let subjects = subjects.iter().map(|subject| (*subject).to_owned()).collect();
        ids(&bank, &Wishes { subjects, ..Wishes::default() }, 0).into_iter().collect::<BTreeSet<_>>()
    };
    assert_eq!(Vec::from_iter(round_of(&["rust"])), ["b1", "o1"]);
    assert_eq!(Vec::from_iter(round_of(&["go"])), ["g1"]);
    assert_eq!(round_of(&["go", "rust"]), round_of(&[]));
}

#[test]
fn a_round_is_shorter_when_fewer_questions_fit() {
    let wishes = Wishes { topics: vec!["borrowing".parse().unwrap()], count: Some(50), ..Wishes::default() };
    assert_eq!(ids(&six(), &wishes, 0).len(), 2);
}

#[test]
fn due_questions_come_first_then_new_ones_then_those_not_due_yet() {
    let bank = six();
    // Every answer made every point and said something wrong: due after two days.
    let attempts = [asked("o1", 90.0, "hhhw"), asked("b1", 80.0, "hhhw"), asked("o2", 98.5, "hhhw")];
    let schedule = Schedule::of(&bank, &attempts);
    let wishes = Wishes { count: Some(6), ..Wishes::default() };
    for seed in 0..20 {
        let round = ids_after(&bank, &wishes, seed, &schedule);
        assert_eq!(round[..2], ["b1", "o1"], "the one that is due longest comes first");
        assert_eq!(round[5], "o2", "{round:?}");
    }
}

#[test]
fn a_question_rests_for_a_day_unless_it_is_asked_for() {
    let bank = six();
    // Asked, and answered so badly that they are due as soon as can be.
    let attempts = [asked("b1", 99.1, "mmm"), asked("b2", 99.2, "mmm"), asked("o1", 98.9, "mmm")];
    let schedule = Schedule::of(&bank, &attempts);
    let all = Wishes { count: Some(6), ..Wishes::default() };
    let round = ids_after(&bank, &all, 1, &schedule);
    assert_eq!((round[0].as_str(), &round[4..]), ("o1", &["b1".to_owned(), "b2".to_owned()][..]), "{round:?}");
    let round = ids_after(&bank, &Wishes { nothing_twice: true, ..all }, 1, &schedule);
    assert_eq!((round.len(), round[0].as_str()), (4, "o1"), "{round:?}");
    assert!(!round.iter().any(|id| id.starts_with('b')), "{round:?}");

    let borrowing = Wishes { topics: vec!["borrowing".parse().unwrap()], nothing_twice: true, ..Wishes::default() };
    assert_eq!(choose(&bank, &borrowing, 1, &schedule, day(100.0)), Err(SelectionError::AllRest));
    let again = Wishes { nothing_twice: false, ..borrowing };
    assert_eq!(ids_after(&bank, &again, 1, &schedule), ["b1", "b2"]);
    let by_id = Wishes { question_ids: vec!["b2".parse().unwrap()], ..Wishes::default() };
    assert_eq!(ids_after(&bank, &by_id, 1, &schedule), ["b2"]);
}

#[test]
fn a_question_whose_answer_could_not_be_rated_comes_with_the_new_ones() {
    let bank = bank(&[("o1", "ownership"), ("o2", "ownership")]);
    let schedule = Schedule::of(&bank, &[asked("o1", 50.0, "uuu"), asked("o2", 60.0, "hhh")]);
    assert_eq!(ids_after(&bank, &Wishes::default(), 0, &schedule), ["o2", "o1"]);
    let schedule = Schedule::of(&bank, &[asked("o1", 50.0, "uuu"), asked("o2", 99.0, "hhh")]);
    assert_eq!(ids_after(&bank, &Wishes::default(), 0, &schedule), ["o1", "o2"]);
}

/// A bank of three questions, changed by hand.
fn changed(change: impl Fn(&mut [Question])) -> Bank {
    let mut bank = bank(&[("o1", "ownership"), ("b1", "borrowing"), ("o2", "ownership")]);
    change(bank.questions_mut());
    bank
}

#[test]
fn questions_that_give_each_other_away_are_never_in_one_round() {
    let bank = changed(|questions| {
        let other = questions[1].id.clone();
        questions[0].conflicts_with.push(other);
    });
    for seed in 0..20 {
        let round = ids(&bank, &Wishes::default(), seed);
        assert_eq!(round.len(), 2, "{round:?}");
        assert!(round.contains(&"o2".to_owned()), "{round:?}");
    }
}

#[test]
fn a_prerequisite_comes_first_when_both_are_chosen() {
    let bank = changed(|questions| {
        let before = questions[0].id.clone();
        questions.iter_mut().skip(1).for_each(|question| question.prerequisites.push(before.clone()));
    });
    let first = bank.questions()[0].id.to_string();
    for seed in 0..20 {
        assert_eq!(ids(&bank, &Wishes::default(), seed)[0], first);
    }
}

#[test]
fn tags_pick_the_questions_that_have_one_of_them() {
    let bank = changed(|questions| questions[2].tags.push("strings".parse().unwrap()));
    let wishes = Wishes { tags: vec!["strings".parse().unwrap(), "other".parse().unwrap()], ..Wishes::default() };
    assert_eq!(ids(&bank, &wishes, 0), [bank.questions()[2].id.to_string()]);
}

#[test]
fn the_wording_is_a_fresh_one_or_else_the_one_heard_longest_ago() {
    let mut question = crate::tests::question();
    let prompts = ["one?", "two?", "three?"].map(str::to_owned);
    question.prompts = prompts.to_vec().try_into().unwrap();
    let asked = |earlier: &[&str], seed| {
        let earlier: Vec<String> = earlier.iter().map(|prompt| (*prompt).to_owned()).collect();
        wording(&question, &earlier, seed).to_owned()
    };
    assert_eq!(asked(&["one?", "three?"], 5), "two?");
    assert_eq!(asked(&["two?", "one?", "three?", "two?"], 5), "one?");
    assert_eq!(asked(&[], 5), asked(&[], 5));
    let picked: HashSet<String> = (0..20).map(|seed| asked(&[], seed)).collect();
    assert_eq!(picked.len(), 3, "{picked:?}");
}

#[test]
fn an_interview_has_as_many_questions_as_fit_and_goes_from_easy_to_hard() {
    let leveled = |id: &str, level: &str, seconds: u32| {
        let file = question_file(id, "ownership");
        let text = file.text.replace("level = \"junior\"", &format!("level = \"{level}\""));
        let text = text.replace("time_limit_seconds = 120", &format!("time_limit_seconds = {seconds}"));
        SourceFile { text, ..file }
    };
    let files = [
        crate::tests::topics_file(),
        leveled("q1", "senior", 120),
        leveled("q2", "junior", 180),
        leveled("q3", "mid", 120),
        leveled("q4", "junior", 60),
    ];
    let bank = Bank::load(&files).bank;
    let interview = |minutes: u64| Wishes { interview: Some(Duration::from_secs(60 * minutes)), ..Wishes::default() };
    for seed in 0..5 {
        assert_eq!(ids(&bank, &interview(60), seed), ["q4", "q2", "q3", "q1"]);
        let short = ids(&bank, &interview(5), seed);
        assert_eq!(short.len(), 2, "each takes more than half of five minutes: {short:?}");
    }
}
