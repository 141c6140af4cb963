//! The queue's traps: what apalis does by itself, and what must not come of it.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use store::{CoachWish, StoreError, Submission};

use crate::contract::fixtures;
use crate::contract::worker::{Worker, answered};
use crate::{is_judged, look_into, open, open_in};

#[tokio::test]
async fn a_worker_starts_again_within_the_heartbeat_of_the_one_before() {
    let (store, _folder) = open().await;
    for _ in 0..3 {
        let turn = answered(&store).await;
        let mut worker = Worker::start(&store, 1);
        let abandoned = worker.next().await;
        assert_eq!(abandoned.job.judging.turn, turn.id);
        worker.abandon().await;

        let mut worker = Worker::start(&store, 1);
        let handed = worker.next().await;
        assert_eq!((handed.job.judging.turn, handed.job.attempt), (turn.id, 2));
        handed.settle(&store).await;
        worker.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_failed_attempt_is_not_repeated_at_once() {
    let (store, _folder) = open().await;
    let mut worker = Worker::start(&store, 1);
    answered(&store).await;
    for _ in 0..2 {
        let failed_at = Timestamp::now();
        drop(worker.next().await);
        let handed = worker.next().await;
        assert!(failed_at.duration_until(Timestamp::now()).as_millis() >= 1000);
        handed.settle(&store).await;
        answered(&store).await;
    }
    worker.next().await.give_up("enough");
    worker.stop().await.unwrap();
}

#[tokio::test]
async fn one_answer_is_one_job_however_often_it_is_sent() {
    let (store, folder) = open().await;
    let (session, turns) = fixtures::session(&["ownership"]);
    store.create_session(&session, &turns).await.unwrap();
    let key = "sent-again-and-again".parse().unwrap();
    let answer = fixtures::typed(fixtures::WORDS);
    for _ in 0..3 {
        let words = Submission::Words(Box::new(answer.clone()));
        store.accept_answer(turns[0].id, words, Some(&key)).await.unwrap();
    }
    assert_eq!(jobs(folder.path()).await, ["Pending"]);
}

#[tokio::test]
async fn an_answer_and_its_job_are_stored_together_or_not_at_all() {
    let (store, folder) = open().await;
    let (session, turns) = fixtures::session(&["ownership"]);
    store.create_session(&session, &turns).await.unwrap();
    execute(folder.path(), "alter table Jobs rename to Elsewhere").await;

    let words = || Submission::Words(Box::new(fixtures::typed(fixtures::WORDS)));
    let refused = store.accept_answer(turns[0].id, words(), None).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    assert_eq!(store.turn(turns[0].id).await.unwrap(), turns[0]);

    execute(folder.path(), "alter table Elsewhere rename to Jobs").await;
    store.accept_answer(turns[0].id, words(), None).await.unwrap();
    assert_eq!(jobs(folder.path()).await, ["Pending"]);
}

#[tokio::test]
async fn a_worker_takes_no_more_than_it_works_on() {
    let (store, folder) = open().await;
    for _ in 0..4 {
        answered(&store).await;
    }
    let mut worker = Worker::start(&store, 2);
    let (first, second) = (worker.next().await, worker.next().await);
    assert_eq!(jobs(folder.path()).await, ["Pending", "Pending", "Queued", "Queued"]);
    first.give_up("enough");
    second.give_up("enough");
    for _ in 0..2 {
        worker.next().await.give_up("enough");
    }
    worker.stop().await.unwrap();
}

#[tokio::test]
async fn jobs_that_ended_do_not_pile_up() {
    let (store, folder) = open().await;
    let mut worker = Worker::start(&store, 1);
    for _ in 0..5 {
        answered(&store).await;
        let handed = worker.next().await;
        handed.settle(&store).await;
    }
    worker.stop().await.unwrap();
    assert!(jobs(folder.path()).await.len() <= 2, "the last one, and the one before if it was not marked done in time");

    Worker::start(&store, 1).stop().await.unwrap();
    assert_eq!(jobs(folder.path()).await, [""; 0]);
    let workers = scalar(folder.path(), "select count(*) from Workers").await;
    assert_eq!(workers, 1, "workers of the past are cleared away too");
}

#[tokio::test]
async fn a_job_that_cannot_be_read_stops_neither_the_queue_nor_its_turn() {
    let (store, folder) = open().await;
    let turn = answered(&store).await;
    execute(folder.path(), "update Jobs set job = x'7b7d'").await;
    let other = answered(&store).await;

    let mut worker = Worker::start(&store, 1);
    for _ in 0..2 {
        let handed = worker.next().await;
        handed.settle(&store).await;
    }
    worker.stop().await.unwrap();
    assert!(is_judged(&store, turn.id).await && is_judged(&store, other.id).await);
}

#[tokio::test]
async fn a_turn_whose_job_was_lost_gets_a_new_one() {
    let (store, folder) = open().await;
    let turn = answered(&store).await;
    store.regrade(turn.id, CoachWish::default()).await.unwrap();
    execute(folder.path(), "delete from Jobs").await;

    let mut worker = Worker::start(&store, 1);
    let handed = worker.next().await;
    assert_eq!((handed.job.judging.turn, handed.job.judging.revision.get()), (turn.id, 2));
    handed.settle(&store).await;
    worker.stop().await.unwrap();
    assert_eq!(store.judgings(turn.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_job_that_takes_its_process_down_is_not_tried_for_ever() {
    let (store, folder) = open().await;
    let turn = answered(&store).await;
    execute(folder.path(), "update Jobs set attempts = 8").await;
    Worker::start(&store, 1).stop_with_nothing_left(&store).await;
    assert_eq!(store.turn(turn.id).await.unwrap().state.name(), "ungraded");
}

#[tokio::test]
async fn a_worker_outlives_a_failure_of_the_database() {
    let (store, folder) = open().await;
    let mut worker = Worker::start(&store, 1);
    let turn = answered(&store).await;
    let handed = worker.next().await;
    execute(folder.path(), "alter table Jobs rename to Elsewhere").await;
    handed.settle(&store).await;
    // Long enough for the worker to miss its table a few times.
    tokio::time::sleep(Duration::from_millis(500)).await;
    execute(folder.path(), "alter table Elsewhere rename to Jobs").await;

    let next = answered(&store).await;
    let handed = worker.next().await;
    assert_eq!(handed.job.judging.turn, next.id, "turn {} was judged before and is not handed out again", turn.id);
    handed.settle(&store).await;
    worker.stop().await.unwrap();
}

#[tokio::test]
async fn a_job_is_due_whatever_the_clock_says() {
    let (store, folder) = open().await;
    let turn = answered(&store).await;
    let mut worker = Worker::start(&store, 1);
    let abandoned = worker.next().await;
    assert_eq!(abandoned.job.judging.turn, turn.id);
    worker.abandon().await;
    drop(store);
    // As if the clock had been set back by a day since the worker was last seen.
    execute(folder.path(), "update Workers set last_seen = last_seen + 86400").await;
    execute(folder.path(), "update Jobs set lock_at = lock_at + 86400").await;

    let store = open_in(folder.path()).await.unwrap();
    let mut worker = Worker::start(&store, 1);
    let handed = worker.next().await;
    assert_eq!(handed.job.judging.turn, turn.id);
    handed.settle(&store).await;
    worker.stop().await.unwrap();
}

/// The states of the queue's rows, in order of their names.
async fn jobs(folder: &Path) -> Vec<String> {
    let mut connection = look_into(folder).await;
    sqlx::query_scalar("select status from Jobs order by status").fetch_all(&mut connection).await.unwrap()
}

async fn scalar(folder: &Path, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(&mut look_into(folder).await).await.unwrap()
}

async fn execute(folder: &Path, statement: &'static str) {
    sqlx::query(statement).execute(&mut look_into(folder).await).await.unwrap();
}
