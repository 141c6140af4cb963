//! Answers on their way in.

use std::sync::Arc;

use interview::session::{Sureness, TurnState, UngradedAnswer, UngradedReason};
use jiff::Timestamp;
use store::{IdempotencyKey, Store, StoreError, Submission};

use super::fixtures::{self, WORDS, create_session};

pub async fn words_go_to_the_coach_and_sound_is_transcribed_first(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership", "borrowing"]).await;

    let answer = fixtures::typed(WORDS);
    let turn = store.accept_answer(turns[0].id, words(&answer), None).await.unwrap();
    assert_eq!(turn.state, TurnState::Judging { answer });
    assert_eq!(store.turn(turn.id).await.unwrap(), turn);

    let recording = fixtures::recording();
    let turn = store.accept_answer(turns[1].id, Submission::Sound(recording.clone()), None).await.unwrap();
    assert_eq!(turn.state, TurnState::Transcribing { answer: recording });
    assert_eq!(store.turn(turn.id).await.unwrap(), turn);
}

pub async fn the_same_key_again_changes_nothing(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership", "borrowing"]).await;
    let (first, second) = (fixtures::typed("first"), fixtures::typed("second"));
    let sent = key("sent-once");

    let turn = store.accept_answer(turns[0].id, words(&first), Some(&sent)).await.unwrap();
    assert_eq!(store.accept_answer(turns[0].id, words(&second), Some(&sent)).await.unwrap(), turn);
    assert_eq!(turn.state, TurnState::Judging { answer: first });

    let other = store.accept_answer(turns[1].id, words(&second), Some(&sent)).await.unwrap();
    assert_eq!(other.state, TurnState::Judging { answer: second }, "a key belongs to its turn");
}

pub async fn the_same_key_with_another_body_is_refused(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership"]).await;
    let (first, second) = (fixtures::typed("first"), fixtures::typed("second"));
    let sent = |digest| key("sent-once").with_digest(digest);

    let turn = store.accept_answer(turns[0].id, words(&first), Some(&sent("one"))).await.unwrap();
    assert_eq!(store.accept_answer(turns[0].id, words(&first), Some(&sent("one"))).await.unwrap(), turn);
    let refused = store.accept_answer(turns[0].id, words(&second), Some(&sent("two"))).await;
    assert!(matches!(refused, Err(StoreError::KeyReused(id)) if id == turn.id));
    assert_eq!(store.turn(turn.id).await.unwrap(), turn);
}

pub async fn a_second_answer_is_refused_and_the_first_kept(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership"]).await;
    let turn = store.accept_answer(turns[0].id, words(&fixtures::typed("first")), Some(&key("one"))).await.unwrap();

    for other in [Some(key("two")), None] {
        let second = words(&fixtures::typed("second"));
        let refused = store.accept_answer(turn.id, second, other.as_ref()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Conflict { turn: id, state: "judging", .. } if id == turn.id));
        assert_eq!(refused.to_string(), format!("turn {} is judging, so it cannot be answered", turn.id));
    }
    assert_eq!(store.turn(turn.id).await.unwrap(), turn);
}

pub async fn one_of_two_answers_at_once_wins(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership"]).await;
    let attempts = (0..8).map(|number| {
        let (store, turn) = (Arc::clone(&store), turns[0].id);
        let answer = fixtures::typed(&format!("answer {number}"));
        tokio::spawn(async move { store.accept_answer(turn, words(&answer), None).await })
    });
    let mut accepted = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(turn) => accepted.push(turn),
            Err(error) => assert!(matches!(error, StoreError::Conflict { .. }), "{error}"),
        }
    }
    assert_eq!(accepted, [store.turn(turns[0].id).await.unwrap()]);
}

pub async fn silence_is_kept_and_not_judged(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership"]).await;
    let turn = store.accept_answer(turns[0].id, silence(), None).await.unwrap();
    assert!(matches!(turn.state, TurnState::Ungraded { reason: UngradedReason::NothingSaid, .. }));
    assert_eq!(store.turn(turn.id).await.unwrap(), turn);

    for lane in fixtures::LANES {
        assert_eq!(store.take_job(lane, Timestamp::now(), fixtures::LEASE).await.unwrap(), None);
    }
}

pub async fn skipping_is_recorded_and_excludes_answering(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership", "borrowing"]).await;
    let skipped = store.skip(turns[0].id).await.unwrap();
    assert_eq!(skipped.state, TurnState::Skipped);
    assert_eq!(store.skip(turns[0].id).await.unwrap(), skipped);
    let late = store.accept_answer(turns[0].id, words(&fixtures::typed("late")), None).await;
    assert!(matches!(late, Err(StoreError::Conflict { state: "skipped", .. })));

    store.accept_answer(turns[1].id, words(&fixtures::typed("given")), None).await.unwrap();
    assert!(matches!(store.skip(turns[1].id).await, Err(StoreError::Conflict { state: "judging", .. })));
}

pub async fn a_finished_session_takes_no_answers_and_knows_those_it_has(store: Arc<dyn Store>) {
    let (session, turns) = create_session(&store, &["ownership", "borrowing"]).await;
    let given = words(&fixtures::typed("given in time"));
    let answered = store.accept_answer(turns[0].id, given.clone(), Some(&key("first"))).await.unwrap();
    store.finish(session.id).await.unwrap();

    let late = store.accept_answer(turns[1].id, words(&fixtures::typed("late")), None).await;
    assert!(matches!(late, Err(StoreError::Finished(id)) if id == session.id));
    assert!(matches!(store.skip(turns[1].id).await, Err(StoreError::Finished(_))));
    assert_eq!(store.turn(turns[1].id).await.unwrap().state, TurnState::Asked);
    assert_eq!(store.accept_answer(turns[0].id, given, Some(&key("first"))).await.unwrap(), answered);
}

fn silence() -> Submission {
    let answer = UngradedAnswer::Words(Box::new(fixtures::typed("")));
    Submission::Ungraded { answer, reason: UngradedReason::NothingSaid }
}

fn words(answer: &interview::session::Answer) -> Submission {
    Submission::Words(Box::new(answer.clone()))
}

fn key(text: &str) -> IdempotencyKey {
    text.parse().unwrap()
}

pub async fn hints_are_counted_until_the_answer(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership"]).await;
    let id = turns[0].id;
    for used in [1, 2, 2] {
        assert_eq!(store.take_hint(id, 2).await.unwrap().hints_used, used);
    }
    let answer = Submission::Words(Box::new(fixtures::typed(WORDS)));
    assert_eq!(store.accept_answer(id, answer, None).await.unwrap().hints_used, 2);
    assert!(matches!(store.take_hint(id, 3).await, Err(StoreError::Conflict { state: "judging", .. })));
}

pub async fn how_sure_the_candidate_is_stays_with_a_settled_answer(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership"]).await;
    let id = turns[0].id;
    let sure = Sureness::try_from(3).ok();
    assert!(matches!(store.set_sureness(id, sure).await, Err(StoreError::Conflict { state: "asked", .. })));
    store.accept_answer(id, silence(), None).await.unwrap();
    let told = store.set_sureness(id, sure).await.unwrap();
    assert_eq!((told.sureness, store.turn(id).await.unwrap()), (sure, told));
    assert_eq!(store.set_sureness(id, None).await.unwrap().sureness, None);
}

pub async fn the_wordings_of_a_question_come_in_the_order_in_which_they_were_asked(store: Arc<dyn Store>) {
    for prompt in ["first?", "second?"] {
        let (session, mut turns) = fixtures::session(&["ownership"]);
        turns[0].prompt = prompt.to_owned();
        store.create_session(&session, &turns).await.unwrap();
    }
    let (_, turns) = fixtures::session(&["ownership"]);
    assert_eq!(store.prompts_asked(&turns[0].question).await.unwrap(), ["first?", "second?"]);
}
