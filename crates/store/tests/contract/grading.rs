//! The durable queue, from a promise to its end.

use std::sync::Arc;
use std::time::Duration;

use interview::TurnId;
use interview::marks::CoachKind;
use interview::session::{TurnState, UngradedReason};
use jiff::Timestamp;
use store::{CoachWish, Store, StoreError, Submission};

use super::fixtures;
use super::worker::{Worker, answered};

pub async fn an_answer_is_handed_out_with_its_judging(store: Arc<dyn Store>) {
    let mut worker = Worker::start(&store, 1);
    let turn = answered(&store).await.id;
    let handed = worker.next().await;
    let answer = store.turn(turn).await.unwrap().state.answer().unwrap().clone();
    assert_eq!((handed.job.judging.turn, handed.job.judging.answer), (turn, answer.id));
    assert_eq!((handed.job.judging.revision.get(), handed.job.attempt), (1, 1));
    handed.settle(&store).await;
    worker.stop().await.unwrap();
    assert_eq!(store.turn(turn).await.unwrap().state.name(), "judged");
}

pub async fn answers_given_before_the_worker_started_are_handed_out_in_order(store: Arc<dyn Store>) {
    let mut turns = Vec::new();
    for _ in 0..3 {
        turns.push(answered(&store).await.id);
        // The queue's order is that of milliseconds.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut worker = Worker::start(&store, 1);
    for turn in turns {
        let handed = worker.next().await;
        assert_eq!(handed.job.judging.turn, turn);
        handed.settle(&store).await;
    }
    worker.stop().await.unwrap();
}

pub async fn no_more_jobs_than_wanted_run_at_once(store: Arc<dyn Store>) {
    let mut worker = Worker::start(&store, 2);
    for _ in 0..4 {
        answered(&store).await;
    }
    let (first, second) = (worker.next().await, worker.next().await);
    assert!(!worker.has_more());
    first.settle(&store).await;
    let third = worker.next().await;
    assert!(!worker.has_more());
    second.settle(&store).await;
    third.settle(&store).await;
    let fourth = worker.next().await;
    fourth.settle(&store).await;
    worker.stop().await.unwrap();
}

pub async fn wishes_reach_the_grader(store: Arc<dyn Store>) {
    let mut worker = Worker::start(&store, 1);
    let turn = answered(&store).await.id;
    let handed = worker.next().await;
    assert_eq!(handed.job.wish, CoachWish::default());
    handed.settle(&store).await;

    let wish = CoachWish { coach: Some(CoachKind::Llm), model: Some("qwen3:8b".to_owned()) };
    store.regrade(turn, wish.clone()).await.unwrap();
    let handed = worker.next().await;
    assert_eq!((&handed.job.wish, handed.job.judging.revision.get()), (&wish, 2));
    handed.retry(Duration::ZERO);
    let handed = worker.next().await;
    assert_eq!((&handed.job.wish, handed.job.attempt), (&wish, 2), "a retry keeps the wish");
    handed.settle(&store).await;
    worker.stop().await.unwrap();
}

pub async fn what_is_settled_overtaken_or_deleted_is_not_handed_out(store: Arc<dyn Store>) {
    let overtaken = answered(&store).await.id;
    store.regrade(overtaken, CoachWish::default()).await.unwrap();
    let deleted = answered(&store).await.id;
    let session = store.turn(deleted).await.unwrap().session;
    store.delete(session).await.unwrap();
    let last = answered(&store).await.id;

    let mut worker = Worker::start(&store, 1);
    let mut handed_out = Vec::new();
    for _ in 0..2 {
        let handed = worker.next().await;
        handed_out.push((handed.job.judging.turn, handed.job.judging.revision.get()));
        handed.settle(&store).await;
    }
    handed_out.sort();
    assert_eq!(handed_out, [(overtaken, 2), (last, 1)]);
    assert!(!worker.has_more());
    worker.stop().await.unwrap();
}

pub async fn a_retry_comes_back_and_not_before_its_time(store: Arc<dyn Store>) {
    let mut worker = Worker::start(&store, 1);
    let turn = answered(&store).await.id;
    let wait = Duration::from_millis(1500);
    let asked_at = Timestamp::now();
    worker.next().await.retry(wait);

    let other = answered(&store).await.id;
    let handed = worker.next().await;
    assert_eq!(handed.job.judging.turn, other, "a job that waits is in nobody's way");
    handed.settle(&store).await;

    let handed = worker.next().await;
    assert_eq!((handed.job.judging.turn, handed.job.attempt), (turn, 2));
    assert!(asked_at.duration_until(Timestamp::now()) >= wait.try_into().unwrap());
    handed.settle(&store).await;
    worker.stop().await.unwrap();
}

pub async fn giving_up_says_why(store: Arc<dyn Store>) {
    let mut worker = Worker::start(&store, 1);
    let turn = answered(&store).await.id;
    worker.next().await.give_up("the model refused");
    worker.stop().await.unwrap();
    let reason = UngradedReason::CoachFailed { detail: "the model refused".to_owned() };
    assert_eq!(ungraded(&store, turn).await, reason);

    let (session, turns) = fixtures::session(&["ownership"]);
    store.create_session(&session, &turns).await.unwrap();
    store.accept_answer(turns[0].id, Submission::Sound(fixtures::recording()), None).await.unwrap();
    let mut worker = Worker::start(&store, 1);
    worker.next().await.give_up("no model");
    worker.stop().await.unwrap();
    let reason = UngradedReason::NotTranscribed { detail: "no model".to_owned() };
    assert_eq!(ungraded(&store, turns[0].id).await, reason);
}

pub async fn a_grader_that_panics_or_returns_nothing_is_tried_again(store: Arc<dyn Store>) {
    let mut worker = Worker::start(&store, 1);
    let turn = answered(&store).await.id;
    let handed = worker.next().await;
    assert_eq!(handed.job.attempt, 1);
    handed.done();
    let handed = worker.next().await;
    assert_eq!((handed.job.judging.turn, handed.job.attempt), (turn, 2), "done without a result is not done");
    drop(handed);
    let handed = worker.next().await;
    assert_eq!((handed.job.judging.turn, handed.job.attempt), (turn, 3), "a panic ends the attempt and not the worker");
    handed.settle(&store).await;
    worker.stop().await.unwrap();
}

pub async fn a_job_that_never_succeeds_is_given_up(store: Arc<dyn Store>) {
    let mut worker = Worker::start(&store, 1);
    let turn = answered(&store).await.id;
    for attempt in 1..=store::queue::MAX_ATTEMPTS {
        let handed = worker.next().await;
        assert_eq!(handed.job.attempt, attempt);
        handed.retry(Duration::ZERO);
    }
    worker.stop().await.unwrap();
    assert_eq!(ungraded(&store, turn).await, UngradedReason::CoachFailed { detail: "busy".to_owned() });

    store.regrade(turn, CoachWish::default()).await.unwrap();
    let mut worker = Worker::start(&store, 1);
    let handed = worker.next().await;
    assert_eq!(handed.job.attempt, 1, "regrading starts afresh");
    handed.settle(&store).await;
    worker.stop().await.unwrap();
}

pub async fn a_stopped_worker_leaves_its_jobs_to_the_next(store: Arc<dyn Store>) {
    let turn = answered(&store).await.id;
    let mut worker = Worker::start(&store, 1);
    let unfinished = worker.next().await;
    worker.stop().await.unwrap();
    drop(unfinished);

    let mut worker = Worker::start(&store, 1);
    let handed = worker.next().await;
    assert_eq!((handed.job.judging.turn, handed.job.attempt), (turn, 2));
    handed.settle(&store).await;
    worker.stop().await.unwrap();
    assert_eq!(store.judgings(turn).await.unwrap().len(), 1);
}

pub async fn one_worker_serves_at_a_time(store: Arc<dyn Store>) {
    let mut worker = Worker::start(&store, 1);
    answered(&store).await;
    let handed = worker.next().await;
    assert!(matches!(Worker::start(&store, 1).stop().await, Err(StoreError::InUse { .. })));
    handed.settle(&store).await;
    worker.stop().await.unwrap();
}

async fn ungraded(store: &Arc<dyn Store>, turn: TurnId) -> UngradedReason {
    match store.turn(turn).await.unwrap().state {
        TurnState::Ungraded { reason, .. } => reason,
        state => panic!("the turn is {}", state.name()),
    }
}
