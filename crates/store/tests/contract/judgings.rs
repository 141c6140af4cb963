//! What becomes of an answer: words, feedback, correction, regrading.

use std::sync::Arc;

use interview::marks::{CoachKind, Counted, DecidedVerdict, Decision};
use interview::session::{Answer, Turn, TurnState, UngradedAnswer, UngradedReason};
use interview::{SessionId, Transcript};
use store::{CoachWish, Judging, Missing, Settlement, Store, StoreError, Submission};

use super::fixtures::{self, WORDS, create_session, judgings_of, next_job};

pub async fn words_of_a_recording_are_judged_in_the_same_judging(store: Arc<dyn Store>) {
    let (_, turn) = asked(&store).await;
    let recording = fixtures::recording();
    store.accept_answer(turn.id, Submission::Sound(recording.clone()), None).await.unwrap();
    let judging = judging(&store).await;
    let answer = fixtures::heard(&recording);

    let heard = store.transcribed(&judging, answer.clone()).await.unwrap();
    assert_eq!(heard.state, TurnState::Judging { answer: answer.clone() });
    assert_eq!(store.turn(turn.id).await.unwrap(), heard, "times and probabilities come back to the last bit");

    let misheard = Answer { transcript: Transcript::typed("something else"), ..answer.clone() };
    assert_eq!(store.transcribed(&judging, misheard).await.unwrap(), heard, "words that come twice change nothing");
    let judged = store.settle(&judging, judged(&answer, None)).await.unwrap();
    assert_eq!(judged.state.name(), "judged");
}

pub async fn feedback_settles_a_turn_once(store: Arc<dyn Store>) {
    let (_, _, answer, judging) = answered(&store).await;
    let feedback = fixtures::feedback(&answer, CoachKind::Offline, "say why");
    let settlement = Settlement::Judged { feedback: feedback.clone(), follow_up: None };

    let turn = store.settle(&judging, settlement).await.unwrap();
    assert_eq!(turn.state, TurnState::Judged { answer: answer.clone(), feedback: feedback.clone() });
    assert_eq!(store.turn(turn.id).await.unwrap(), turn);

    let other = fixtures::feedback(&answer, CoachKind::Llm, "another result of the same job");
    let again = store.settle(&judging, Settlement::Judged { feedback: other, follow_up: None }).await.unwrap();
    assert_eq!(again, turn);
    let late = Settlement::Ungraded(UngradedReason::CoachFailed { detail: "too late".to_owned() });
    assert_eq!(store.settle(&judging, late).await.unwrap(), turn);

    let history = judgings_of(&store, turn.id).await;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].judging, judging);
    assert_eq!(history[0].ending, TurnState::Judged { answer, feedback });
}

pub async fn a_follow_up_is_asked_once(store: Arc<dyn Store>) {
    let (session, turn, answer, first) = answered(&store).await;
    let follow_up = fixtures::follow_up(&turn, "How many owners can there be?");
    store.settle(&first, judged(&answer, Some(follow_up.clone()))).await.unwrap();
    let turns = store.session(session).await.unwrap().turns;
    assert_eq!(turns[1..], [*follow_up.clone()]);

    store.settle(&first, judged(&answer, Some(fixtures::follow_up(&turn, "The same job again")))).await.unwrap();
    store.regrade(turn.id, CoachWish::default()).await.unwrap();
    let second = judging(&store).await;
    store.settle(&second, judged(&answer, Some(fixtures::follow_up(&turn, "Regraded")))).await.unwrap();
    let turns = store.session(session).await.unwrap().turns;
    assert_eq!(turns[1..], [*follow_up], "a place is taken once");
}

pub async fn a_session_that_was_finished_meanwhile_gets_no_follow_up(store: Arc<dyn Store>) {
    let (session, turn, answer, judging) = answered(&store).await;
    store.finish(session).await.unwrap();
    let follow_up = fixtures::follow_up(&turn, "How many owners can there be?");
    store.settle(&judging, judged(&answer, Some(follow_up))).await.unwrap();
    assert_eq!(store.turn(turn.id).await.unwrap().state.name(), "judged");
    let turns = store.session(session).await.unwrap().turns;
    assert!(turns.iter().all(|turn| turn.place.depth == 0), "{turns:?}");
}

pub async fn an_answer_that_could_not_be_judged_is_kept_with_the_reason(store: Arc<dyn Store>) {
    let (_, turn, answer, judging) = answered(&store).await;
    let reason = UngradedReason::CoachFailed { detail: "the model server is away".to_owned() };
    store.settle(&judging, Settlement::Ungraded(reason.clone())).await.unwrap();
    let expected = TurnState::Ungraded { answer: UngradedAnswer::Words(Box::new(answer)), reason };
    assert_eq!(store.turn(turn.id).await.unwrap().state, expected);
    let history = judgings_of(&store, turn.id).await;
    assert_eq!(history.iter().map(|past| &past.ending).collect::<Vec<_>>(), [&expected]);
}

pub async fn a_recording_without_words_takes_no_feedback(store: Arc<dyn Store>) {
    let (_, turn) = asked(&store).await;
    let recording = fixtures::recording();
    let accepted = store.accept_answer(turn.id, Submission::Sound(recording.clone()), None).await.unwrap();
    let judging = judging(&store).await;
    let refused = store.settle(&judging, judged(&fixtures::heard(&recording), None)).await;
    assert!(matches!(refused, Err(StoreError::Conflict { state: "transcribing", .. })));
    assert_eq!(store.turn(turn.id).await.unwrap(), accepted);
}

pub async fn regrading_keeps_the_earlier_feedback(store: Arc<dyn Store>) {
    let (_, turn, answer, first) = answered(&store).await;
    let offline = fixtures::feedback(&answer, CoachKind::Offline, "say why");
    store.settle(&first, Settlement::Judged { feedback: offline.clone(), follow_up: None }).await.unwrap();

    let again = store.regrade(turn.id, CoachWish::default()).await.unwrap();
    assert_eq!(store.turn(turn.id).await.unwrap().state, TurnState::Judging { answer: answer.clone() });
    let second = judging(&store).await;
    assert_eq!((second.answer, second.revision), (first.answer, again));
    assert!(again > first.revision);

    let model = fixtures::feedback(&answer, CoachKind::Llm, "name the trade-off");
    store.settle(&second, Settlement::Judged { feedback: model.clone(), follow_up: None }).await.unwrap();
    let history = judgings_of(&store, turn.id).await;
    let kept: Vec<_> = history.iter().filter_map(|past| past.ending.feedback()).collect();
    assert_eq!(kept, [&*offline, &*model]);
    assert!(history[0].settled_at <= history[1].settled_at);
    assert_eq!(store.turn(turn.id).await.unwrap().state.feedback(), Some(&*model));
}

pub async fn a_correction_overtakes_the_judging_under_way(store: Arc<dyn Store>) {
    let (_, turn, answer, overtaken) = answered(&store).await;
    let corrected = Answer { transcript: Transcript::typed("There is one owner."), corrected: true, ..answer.clone() };
    let again = store.correct_transcript(turn.id, corrected.clone()).await.unwrap();
    let turn = store.turn(turn.id).await.unwrap();
    assert_eq!(turn.state, TurnState::Judging { answer: corrected.clone() });

    let late = store.settle(&overtaken, judged(&answer, None)).await.unwrap();
    assert_eq!(late, turn, "a result for words that were corrected meanwhile is dropped");
    assert_eq!(judgings_of(&store, turn.id).await, []);

    let current = judging(&store).await;
    assert_eq!(current.revision, again);
    store.settle(&current, judged(&corrected, None)).await.unwrap();
    let past = judgings_of(&store, turn.id).await;
    assert_eq!(past.iter().filter_map(|past| past.ending.answer()).collect::<Vec<_>>(), [&corrected]);
}

pub async fn a_correction_leaves_the_words_that_were_judged_before(store: Arc<dyn Store>) {
    let (_, turn, answer, first) = answered(&store).await;
    store.settle(&first, judged(&answer, None)).await.unwrap();
    let corrected = Answer { transcript: Transcript::typed("There is one owner."), corrected: true, ..answer.clone() };
    store.correct_transcript(turn.id, corrected.clone()).await.unwrap();
    let second = judging(&store).await;
    store.settle(&second, judged(&corrected, None)).await.unwrap();
    let past = judgings_of(&store, turn.id).await;
    assert_eq!(past.iter().filter_map(|past| past.ending.answer()).collect::<Vec<_>>(), [&answer, &corrected]);
}

pub async fn the_judgings_of_a_session_come_by_place(store: Arc<dyn Store>) {
    let (session, turns) = create_session(&store, &["ownership", "borrowing"]).await;
    let (_, elsewhere, answer, first) = answered(&store).await;
    store.settle(&first, judged(&answer, None)).await.unwrap();
    let mut expected = Vec::new();
    for turn in turns.iter().rev() {
        let answer = fixtures::typed(WORDS);
        store.accept_answer(turn.id, Submission::Words(Box::new(answer.clone())), None).await.unwrap();
        store.settle(&judging(&store).await, judged(&answer, None)).await.unwrap();
        expected.insert(0, turn.id);
    }
    store.regrade(turns[0].id, CoachWish::default()).await.unwrap();
    let reason = UngradedReason::CoachFailed { detail: "the model server is away".to_owned() };
    store.settle(&judging(&store).await, Settlement::Ungraded(reason)).await.unwrap();
    expected.insert(0, turns[0].id);

    let past = store.session_judgings(session.id).await.unwrap();
    assert_eq!(past.iter().map(|past| past.judging.turn).collect::<Vec<_>>(), expected);
    let has_feedback: Vec<bool> = past.iter().map(|past| past.ending.feedback().is_some()).collect();
    assert_eq!(has_feedback, [true, false, true], "the judgings of one turn come in their order");
    assert!(past.iter().all(|past| past.judging.turn != elsewhere.id));
}

pub async fn a_correction_is_of_the_answer_that_was_given(store: Arc<dyn Store>) {
    let (_, turn, _, _) = answered(&store).await;
    let other = store.correct_transcript(turn.id, fixtures::typed("another answer")).await;
    assert!(matches!(other, Err(StoreError::Conflict { state: "judging", wanted: "corrected", .. })));

    let (_, unanswered) = asked(&store).await;
    let early = store.correct_transcript(unanswered.id, fixtures::typed("no answer yet")).await;
    assert!(matches!(early, Err(StoreError::Conflict { state: "asked", .. })));
}

pub async fn a_recording_that_could_not_be_transcribed_can_be_tried_again(store: Arc<dyn Store>) {
    let (_, turn) = asked(&store).await;
    let recording = fixtures::recording();
    store.accept_answer(turn.id, Submission::Sound(recording.clone()), None).await.unwrap();
    let first = judging(&store).await;
    let reason = UngradedReason::NotTranscribed { detail: "no model".to_owned() };
    let failed = store.settle(&first, Settlement::Ungraded(reason)).await.unwrap();
    assert_eq!(failed.state.audio(), Some(&recording.audio));

    store.regrade(turn.id, CoachWish::default()).await.unwrap();
    let again = store.turn(turn.id).await.unwrap();
    assert_eq!(again.state, TurnState::Transcribing { answer: recording.clone() });
    let second = judging(&store).await;
    assert_eq!(store.transcribed(&first, fixtures::heard(&recording)).await.unwrap(), again, "too late");
    let heard = store.transcribed(&second, fixtures::heard(&recording)).await.unwrap();
    assert_eq!(heard.state.name(), "judging");
}

pub async fn there_is_nothing_to_regrade_before_an_answer(store: Arc<dyn Store>) {
    let (_, turn) = asked(&store).await;
    let early = store.regrade(turn.id, CoachWish::default()).await;
    assert!(matches!(early, Err(StoreError::Conflict { state: "asked", wanted: "regraded", .. })));
    store.accept_answer(turn.id, Submission::Sound(fixtures::recording()), None).await.unwrap();
    let unheard = store.regrade(turn.id, CoachWish::default()).await;
    assert!(matches!(unheard, Err(StoreError::Conflict { state: "transcribing", .. })));
}

pub async fn a_decision_is_kept_in_the_turn_and_in_the_judging_that_it_shows(store: Arc<dyn Store>) {
    let (session, turn, answer, first) = answered(&store).await;
    let judged = store.settle(&first, judged(&answer, None)).await.unwrap();
    let version = store.session_version(session).await.unwrap();

    let decided = store.decide(turn.id, missed()).await.unwrap();
    assert_eq!(counted(&decided), Counted::Missed);
    assert_eq!(decided.state.feedback().unwrap().correctness().unwrap().score().unwrap().get(), 0.0);
    assert_ne!(decided.state.feedback().unwrap().next_step(), judged.state.feedback().unwrap().next_step());
    assert_eq!(store.turn(turn.id).await.unwrap(), decided);
    let past = judgings_of(&store, turn.id).await;
    assert!(past.len() == 1 && past[0].ending == decided.state, "{past:?}");
    let version_after = store.session_version(session).await.unwrap();
    assert!(version_after > version);

    assert_eq!(store.decide(turn.id, missed()).await.unwrap(), decided);
    assert_eq!(store.session_version(session).await.unwrap(), version_after, "nothing changed");
    let taken_back = store.decide(turn.id, Decision::KeyPoint("one-owner".parse().unwrap(), None)).await.unwrap();
    assert_eq!(counted(&taken_back), Counted::Hit, "the coach's verdict");
}

pub async fn decisions_outlive_the_judging_that_they_were_made_on(store: Arc<dyn Store>) {
    let (_, turn, answer, first) = answered(&store).await;
    store.settle(&first, judged(&answer, None)).await.unwrap();
    let decided = store.decide(turn.id, missed()).await.unwrap().state.answer().unwrap().clone();

    store.regrade(turn.id, CoachWish::default()).await.unwrap();
    assert_eq!(store.turn(turn.id).await.unwrap().state, TurnState::Judging { answer: decided.clone() });
    let turn = store.settle(&judging(&store).await, judged(&decided, None)).await.unwrap();
    assert_eq!(counted(&turn), Counted::Missed);

    let corrected = Answer { transcript: Transcript::typed("There is one owner."), corrected: true, ..decided };
    store.correct_transcript(turn.id, corrected.clone()).await.unwrap();
    store.settle(&judging(&store).await, judged(&corrected, None)).await.unwrap();
    assert_eq!(counted(&store.turn(turn.id).await.unwrap()), Counted::Missed);
}

pub async fn only_marks_that_there_are_can_be_decided_on(store: Arc<dyn Store>) {
    let (_, turn, answer, first) = answered(&store).await;
    let early = store.decide(turn.id, missed()).await;
    assert!(matches!(early, Err(StoreError::Conflict { state: "judging", .. })), "{early:?}");
    store.settle(&first, judged(&answer, None)).await.unwrap();
    let unknown = |decision| {
        let store = Arc::clone(&store);
        async move { matches!(store.decide(turn.id, decision).await, Err(StoreError::NotFound(Missing::Mark(_)))) }
    };
    assert!(unknown(Decision::KeyPoint("another-point".parse().unwrap(), Some(DecidedVerdict::Hit))).await);
    assert!(unknown(Decision::Misconception("not-stated-anyway".parse().unwrap(), false)).await);
}

fn missed() -> Decision {
    Decision::KeyPoint("one-owner".parse().unwrap(), Some(DecidedVerdict::Missed))
}

/// What the question's one key point counts as.
fn counted(turn: &Turn) -> Counted {
    turn.state.feedback().unwrap().marks().unwrap().key_points()[0].counted()
}

async fn asked(store: &Arc<dyn Store>) -> (SessionId, Turn) {
    let (session, turns) = create_session(store, &["ownership"]).await;
    (session.id, turns[0].clone())
}

async fn answered(store: &Arc<dyn Store>) -> (SessionId, Turn, Answer, Judging) {
    let (session, turn) = asked(store).await;
    let answer = fixtures::typed(WORDS);
    store.accept_answer(turn.id, Submission::Words(Box::new(answer.clone())), None).await.unwrap();
    (session, turn, answer, judging(store).await)
}

fn judged(answer: &Answer, follow_up: Option<Box<Turn>>) -> Settlement {
    Settlement::Judged { feedback: fixtures::feedback(answer, CoachKind::Offline, "say why"), follow_up }
}

/// The judging whose job is handed out next.
async fn judging(store: &Arc<dyn Store>) -> Judging {
    next_job(store).await.judging
}
