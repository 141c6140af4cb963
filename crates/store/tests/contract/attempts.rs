//! Attempts: what the schedule of questions is made of.

use std::sync::Arc;

use interview::claims::ClaimedVerdict;
use interview::follow_up::Target;
use interview::marks::{CoachKind, DecidedVerdict, Decision, Decisions};
use interview::schedule::{Attempt, Outcome};
use interview::session::{Mode, Session, UngradedReason};
use store::{CoachWish, Settlement, Store, Submission};

use super::fixtures::{self, answered, create_session, feedback, follow_up, judge, next_job, typed};

/// The verdict on the one key point of the fixtures' question, and what was decided about it.
fn verdict(outcome: &Outcome) -> (&ClaimedVerdict, &Decisions) {
    let Outcome::Marked { claims, decisions, .. } = outcome else { panic!("{outcome:?} has no marks") };
    assert_eq!(claims.key_points[0].id.as_str(), "one-owner");
    (&claims.key_points[0].verdict, decisions)
}

async fn only_attempt(store: &Arc<dyn Store>) -> Attempt {
    let mut attempts = store.attempts().await.unwrap();
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    attempts.remove(0)
}

pub async fn a_question_that_still_waits_is_no_attempt(store: Arc<dyn Store>) {
    let (session, turns) = create_session(&store, &["ownership", "borrowing"]).await;
    assert_eq!(store.attempts().await.unwrap(), []);
    store.skip(turns[1].id).await.unwrap();
    let attempt = only_attempt(&store).await;
    assert_eq!(
        (attempt.question, attempt.main, attempt.follow_ups),
        (turns[1].question.clone(), Outcome::Skipped, vec![])
    );
    let created_at = store.session(session.id).await.unwrap().created_at;
    assert_eq!((attempt.session, attempt.asked_at), (session.id, created_at.into()));
}

pub async fn what_became_of_each_turn_is_told(store: Arc<dyn Store>) {
    answered(&store).await;
    assert_eq!(only_attempt(&store).await.main, Outcome::Unmarked, "it is being judged");
    let judging = next_job(&store).await.judging;
    store.settle(&judging, Settlement::Ungraded(UngradedReason::NothingSaid)).await.unwrap();
    assert_eq!(only_attempt(&store).await.main, Outcome::Unmarked, "it was not judged");
    store.regrade(judging.turn, CoachWish::default()).await.unwrap();
    judge(&store, &next_job(&store).await.judging).await;
    let Outcome::Marked { claims, judged_by, .. } = only_attempt(&store).await.main else { panic!("it was judged") };
    assert!(matches!(claims.key_points[0].verdict, ClaimedVerdict::Hit(_)), "{claims:?}");
    assert_eq!(judged_by.coach, CoachKind::Offline);
    assert_eq!(judged_by.rubric_version, fixtures::question("question-0", "ownership").rubric_version());
}

pub async fn follow_ups_belong_to_their_question_and_sessions_come_in_order(store: Arc<dyn Store>) {
    let mut asked = Vec::new();
    for _ in 0..2 {
        let (_, turns) = create_session(&store, &["ownership", "borrowing"]).await;
        store.skip(turns[1].id).await.unwrap();
        store.accept_answer(turns[0].id, Submission::Words(Box::new(typed("no idea"))), None).await.unwrap();
        let judging = next_job(&store).await.judging;
        let turn = store.turn(judging.turn).await.unwrap();
        let feedback = feedback(turn.state.answer().unwrap(), CoachKind::Offline, "say why");
        let follow_up = follow_up(&turn, "How many owners?");
        let next = follow_up.id;
        store.settle(&judging, Settlement::Judged { feedback, follow_up: Some(follow_up) }).await.unwrap();
        assert!(
            !store.attempts().await.unwrap().iter().all(|attempt| attempt.is_over),
            "the follow-up is to be answered"
        );
        store.skip(next).await.unwrap();
        asked.extend(turns.into_iter().map(|turn| turn.question));
    }
    let attempts = store.attempts().await.unwrap();
    assert_eq!(attempts.iter().map(|attempt| attempt.question.clone()).collect::<Vec<_>>(), asked);
    assert!(attempts.is_sorted_by_key(|attempt| attempt.asked_at) && attempts.iter().all(|attempt| attempt.is_over));
    for pair in attempts.chunks(2) {
        assert_eq!(*verdict(&pair[0].main).0, ClaimedVerdict::Missed(None));
        assert_eq!(pair[0].follow_ups, [Outcome::Skipped]);
        assert_eq!((&pair[1].main, pair[1].follow_ups.len()), (&Outcome::Skipped, 0));
    }
}

pub async fn an_attempt_has_the_newest_verdicts_and_the_decisions_about_them(store: Arc<dyn Store>) {
    let turn = answered(&store).await;
    judge(&store, &next_job(&store).await.judging).await;
    let decision = Decision::KeyPoint("one-owner".parse().unwrap(), Some(DecidedVerdict::Missed));
    store.decide(turn.id, decision.clone()).await.unwrap();
    let attempt = only_attempt(&store).await;
    let mut decided = Decisions::default();
    decided.add(decision);
    assert!(matches!(verdict(&attempt.main), (ClaimedVerdict::Hit(_), decisions) if *decisions == decided));

    let mut corrected = turn.state.answer().unwrap().clone();
    corrected.transcript = interview::Transcript::typed("no idea");
    store.correct_transcript(turn.id, corrected).await.unwrap();
    judge(&store, &next_job(&store).await.judging).await;
    assert_eq!(*verdict(&only_attempt(&store).await.main).0, ClaimedVerdict::Missed(None));
}

pub async fn a_question_about_one_point_is_a_follow_up_without_an_answer_before_it(store: Arc<dyn Store>) {
    let (session, mut turns) = fixtures::session(&["ownership"]);
    turns[0].target = Some(Target::KeyPoint("one-owner".parse().unwrap()));
    store.create_session(&session, &turns).await.unwrap();
    store.accept_answer(turns[0].id, Submission::Words(Box::new(typed("no idea"))), None).await.unwrap();
    judge(&store, &next_job(&store).await.judging).await;
    let attempt = only_attempt(&store).await;
    assert_eq!(attempt.main, Outcome::Unmarked);
    let [outcome] = attempt.follow_ups.as_slice() else { panic!("{attempt:?}") };
    assert_eq!(*verdict(outcome).0, ClaimedVerdict::Missed(None));
    assert_eq!(store.prompts_asked(&turns[0].question).await.unwrap(), [""; 0], "it is no wording of the question");
}

pub async fn a_finished_session_has_no_attempt_that_goes_on(store: Arc<dyn Store>) {
    let turn = answered(&store).await;
    assert!(!only_attempt(&store).await.is_over, "a follow-up may come");
    store.finish(turn.session).await.unwrap();
    assert!(only_attempt(&store).await.is_over);
}

pub async fn a_real_interview_goes_on_until_it_is_finished(store: Arc<dyn Store>) {
    let (session, turns) = fixtures::session(&["ownership"]);
    let session = Session { mode: Mode::Real, ..session };
    assert_eq!(store.create_session(&session, &turns).await.unwrap().session, session);
    store.skip(turns[0].id).await.unwrap();
    assert!(!only_attempt(&store).await.is_over);
    store.finish(session.id).await.unwrap();
    assert!(only_attempt(&store).await.is_over);
}
