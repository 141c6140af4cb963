use std::collections::HashSet;

use super::*;
use crate::testing::bank;

fn ids(bank: &Bank, wishes: &Wishes, seed: u64) -> Vec<String> {
    choose(bank, wishes, seed).unwrap().iter().map(|question| question.id.to_string()).collect()
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
    let unknown_topic = Wishes { topics: vec!["gardening".parse().unwrap()], ..Wishes::default() };
    assert!(matches!(choose(&bank, &unknown_topic, 0), Err(SelectionError::UnknownTopic(_))));
    let unknown_id = Wishes { question_ids: vec!["zz".parse().unwrap()], ..Wishes::default() };
    assert!(matches!(choose(&bank, &unknown_id, 0), Err(SelectionError::UnknownQuestion(_))));
    let nothing = Wishes { levels: vec![Level::Senior], ..Wishes::default() };
    assert_eq!(choose(&bank, &nothing, 0).unwrap_err(), SelectionError::NothingFits);
}

#[test]
fn a_round_is_shorter_when_fewer_questions_fit() {
    let wishes = Wishes { topics: vec!["borrowing".parse().unwrap()], count: Some(50), ..Wishes::default() };
    assert_eq!(ids(&six(), &wishes, 0).len(), 2);
}
