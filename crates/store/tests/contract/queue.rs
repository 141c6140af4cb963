//! The durable queue: what is handed out, to whom, and when.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use interview::marks::CoachKind;
use jiff::{SignedDuration, Timestamp};
use store::{CoachWish, Lane, Store, Submission};

use super::fixtures::{self, LEASE, answered, create_session, judge, judgings_of, next_job};

pub async fn an_answer_is_a_job_until_its_result_is_stored(store: Arc<dyn Store>) {
    let turn = answered(&store).await;
    let job = next_job(&store).await;
    let answer = turn.state.answer().unwrap();
    assert_eq!((job.judging.turn, job.judging.answer, job.judging.revision), (turn.id, answer.id, 1));
    assert_eq!((job.lane, job.attempt, &job.wish), (Lane::Judging, 1, &CoachWish::default()));
    assert_eq!(take(&store, Timestamp::now()).await, None, "somebody has it");
    judge(&store, &job.judging).await;
    assert_eq!(take(&store, Timestamp::now() + 2 * LEASE).await, None, "it is done");
}

pub async fn an_answer_sent_twice_is_one_job(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership"]).await;
    let key = "sent-again-and-again".parse().unwrap();
    for _ in 0..3 {
        let words = Submission::Words(Box::new(fixtures::typed(fixtures::WORDS)));
        store.accept_answer(turns[0].id, words, Some(&key)).await.unwrap();
    }
    next_job(&store).await;
    assert_eq!(take(&store, Timestamp::now()).await, None);
}

pub async fn the_oldest_answer_comes_first(store: Arc<dyn Store>) {
    let mut turns = Vec::new();
    for _ in 0..3 {
        turns.push(answered(&store).await.id);
    }
    let taken = [next_job(&store).await, next_job(&store).await, next_job(&store).await];
    assert_eq!(taken.map(|job| job.judging.turn).to_vec(), turns);
}

pub async fn a_recording_goes_from_one_lane_to_the_other_and_starts_afresh_there(store: Arc<dyn Store>) {
    let (_, turns) = create_session(&store, &["ownership"]).await;
    let recording = fixtures::recording();
    store.accept_answer(turns[0].id, Submission::Sound(recording.clone()), None).await.unwrap();
    let typed = answered(&store).await;
    let job = take(&store, Timestamp::now()).await.unwrap();
    assert_eq!(job.judging.turn, typed.id, "judging does not wait for the recording");

    let transcription = next_job(&store).await;
    assert_eq!((transcription.judging.turn, transcription.lane), (turns[0].id, Lane::Transcription));
    store.transcribed(&transcription.judging, fixtures::heard(&recording)).await.unwrap();
    assert!(!store.extend_lease(&transcription, Timestamp::now() + LEASE).await.unwrap());
    let job = next_job(&store).await;
    assert_eq!((job.judging, job.lane, job.attempt), (transcription.judging, Lane::Judging, 1));
}

pub async fn a_wish_is_kept_until_the_next_judging(store: Arc<dyn Store>) {
    let turn = answered(&store).await;
    judge(&store, &next_job(&store).await.judging).await;
    let wish = CoachWish { coach: Some(CoachKind::Llm), model: Some("qwen3:8b".to_owned()) };
    store.regrade(turn.id, wish.clone()).await.unwrap();
    let job = next_job(&store).await;
    assert_eq!((&job.wish, job.judging.revision), (&wish, 2));
    store.retry_job(&job, Timestamp::now()).await.unwrap();
    let job = next_job(&store).await;
    assert_eq!((&job.wish, job.attempt), (&wish, 2), "a retry keeps the wish");

    let answer = turn.state.answer().unwrap().clone();
    store.correct_transcript(turn.id, answer).await.unwrap();
    let job = next_job(&store).await;
    assert_eq!((job.wish, job.attempt), (CoachWish::default(), 1), "a new judging starts afresh");
}

pub async fn what_is_settled_overtaken_or_deleted_is_not_handed_out(store: Arc<dyn Store>) {
    let settled = answered(&store).await;
    judge(&store, &next_job(&store).await.judging).await;
    let overtaken = answered(&store).await.id;
    store.regrade(overtaken, CoachWish::default()).await.unwrap();
    let deleted = answered(&store).await;
    store.delete(deleted.session).await.unwrap();

    let job = next_job(&store).await;
    assert_eq!((job.judging.turn, job.judging.revision), (overtaken, 2));
    assert_eq!(take(&store, Timestamp::now()).await, None, "neither {} nor {}", settled.id, deleted.id);
}

pub async fn a_retry_is_not_handed_out_before_its_time(store: Arc<dyn Store>) {
    answered(&store).await;
    let job = next_job(&store).await;
    let due = Timestamp::now() + Duration::from_secs(90);
    store.retry_job(&job, due).await.unwrap();
    assert_eq!(take(&store, due - SignedDuration::from_micros(1)).await, None);
    assert_eq!(take(&store, due).await.unwrap().attempt, 2);
}

pub async fn a_fresh_job_is_due_whatever_the_clock_says(store: Arc<dyn Store>) {
    let turn = answered(&store).await;
    let job = take(&store, Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(job.judging.turn, turn.id);
}

pub async fn a_lease_that_runs_out_hands_the_job_to_the_next(store: Arc<dyn Store>) {
    let turn = answered(&store).await;
    let now = Timestamp::now();
    let first = take(&store, now).await.unwrap();
    assert_eq!(take(&store, now + LEASE - SignedDuration::from_micros(1)).await, None);
    assert!(store.extend_lease(&first, now + 2 * LEASE).await.unwrap());
    assert_eq!(take(&store, now + LEASE).await, None, "the lease was renewed");

    let second = take(&store, now + 2 * LEASE).await.unwrap();
    assert_eq!((second.judging, second.attempt), (first.judging, 2));
    assert!(!store.extend_lease(&first, now + 9 * LEASE).await.unwrap());
    store.retry_job(&first, now).await.unwrap();
    store.release_job(&first).await.unwrap();
    assert_eq!(take(&store, now + 2 * LEASE).await, None, "whoever lost a job cannot put it back");

    judge(&store, &first.judging).await;
    judge(&store, &second.judging).await;
    assert_eq!(judgings_of(&store, turn.id).await.len(), 1, "both may finish; one result is stored");
}

pub async fn a_released_job_is_as_if_it_had_not_been_taken(store: Arc<dyn Store>) {
    answered(&store).await;
    let job = next_job(&store).await;
    store.release_job(&job).await.unwrap();
    assert_eq!(take(&store, Timestamp::now()).await, Some(job));
}

pub async fn workers_that_take_at_once_take_different_jobs(store: Arc<dyn Store>) {
    for _ in 0..4 {
        answered(&store).await;
    }
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { take(&store, Timestamp::now()).await })
        })
        .collect();
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.await.unwrap());
    }
    let different: HashSet<_> = taken.iter().map(|job| job.judging.turn).collect();
    assert_eq!((taken.len(), different.len()), (4, 4));
}

pub async fn a_queued_job_is_announced_in_its_lane(store: Arc<dyn Store>) {
    answered(&store).await;
    store.job_queued(Lane::Judging).await;
    let job = next_job(&store).await;
    store.release_job(&job).await.unwrap();
    store.job_queued(Lane::Judging).await;
}

/// The next job of the judging lane.
async fn take(store: &Arc<dyn Store>, now: Timestamp) -> Option<store::Job> {
    store.take_job(Lane::Judging, now, LEASE).await.unwrap()
}
