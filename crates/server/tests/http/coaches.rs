//! Coaches that fail, are slow, or break down. No answer is ever lost by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use api::feedback::Coach as CoachName;
use api::turn::{Regrade, TurnState};
use async_trait::async_trait;
use coach::{Coach, CoachError, OfflineCoach, Panel, Panels};
use interview::Question;
use interview::claims::Report;
use interview::judging::Assignment;
use interview::marks::JudgedBy;
use server::CoachChoice;
use tokio::sync::Semaphore;

use crate::running::{PATIENCE, Running, typed, without_waiting};

const QUESTION: &str = "ownership-why";
const ANSWER: &str = "every value has exactly one owner";

/// A coach that does as the test says, call by call, and judges like the offline coach once the test has nothing more to say.
struct Scripted {
    judge: OfflineCoach,
    script: fn(usize) -> Option<CoachError>,
    calls: AtomicUsize,
    gate: Arc<Semaphore>,
}

impl Scripted {
    fn new(script: fn(usize) -> Option<CoachError>) -> Self {
        Self { judge: OfflineCoach::new(&[]), script, calls: AtomicUsize::new(0), gate: Arc::new(Semaphore::new(1000)) }
    }
}

#[async_trait]
impl Coach for Scripted {
    async fn judge(
        &self,
        assignment: Assignment<'_>,
        panels: Option<&Panels>,
    ) -> Result<Report<CoachError>, CoachError> {
        let _pass = self.gate.acquire().await.unwrap();
        match (self.script)(self.calls.fetch_add(1, Ordering::SeqCst)) {
            Some(error) => Err(error),
            None => self.judge.judge(assignment, panels).await,
        }
    }

    fn judged_by(&self, question: &Question) -> JudgedBy {
        self.judge.judged_by(question)
    }
}

async fn judged_by(coach: Scripted) -> Running {
    Running::start_with(|settings| settings.coach = CoachChoice::LanguageModel(Arc::new(coach))).await
}

#[tokio::test]
async fn a_coach_that_cannot_judge_leaves_the_answer_ungraded_and_it_can_be_judged_later() {
    let broken = |call| (call == 0).then(|| CoachError::Malformed { reason: "it is a poem".to_owned() });
    let viva = judged_by(Scripted::new(broken)).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(turn.state, TurnState::Ungraded);
    assert!(turn.ungraded_reason.unwrap().contains("it is a poem"));
    assert_eq!(turn.answer.unwrap().transcript.unwrap().text, ANSWER);
    assert!(turn.feedback.is_none());

    let again = viva.client.regrade(turn.id, &Regrade::default(), PATIENCE).await.unwrap();
    assert_eq!(again.state, TurnState::Judged);
}

#[tokio::test]
async fn a_coach_that_is_busy_is_asked_again() {
    let busy = |call| {
        let retry_after = Some(Duration::ZERO);
        (call < 2).then(|| CoachError::Unavailable { reason: "it is busy".to_owned(), retry_after })
    };
    let viva = judged_by(Scripted::new(busy)).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(turn.state, TurnState::Judged);
}

#[tokio::test]
async fn a_coach_that_stays_busy_is_given_up() {
    let busy = |_| {
        let retry_after = Some(Duration::ZERO);
        Some(CoachError::Unavailable { reason: "it is busy".to_owned(), retry_after })
    };
    let viva = judged_by(Scripted::new(busy)).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(turn.state, TurnState::Ungraded);
    assert!(turn.ungraded_reason.unwrap().contains("it is busy"));
    let offline = Regrade { coach: Some(CoachName::Offline), model: None };
    let judged = viva.client.regrade(turn.id, &offline, PATIENCE).await.unwrap();
    assert_eq!(judged.state, TurnState::Judged);
}

#[tokio::test]
async fn a_coach_that_breaks_down_takes_nothing_with_it() {
    let breaks = |call| if call == 0 { panic!("the coach breaks down, as this test wants") } else { None };
    let viva = judged_by(Scripted::new(breaks)).await;
    let first = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(first.state, TurnState::Ungraded);
    let second = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(second.state, TurnState::Judged);
}

#[tokio::test]
async fn without_waiting_the_answer_is_stored_at_once_and_judged_in_its_own_time() {
    let coach = Scripted::new(|_| None);
    let gate = Arc::clone(&coach.gate);
    let closed = Arc::clone(&gate).acquire_many_owned(1000).await.unwrap();
    let viva = judged_by(coach).await;
    let turn = viva.turn(QUESTION).await;

    let stored = viva.client.answer(turn, &typed(ANSWER), &without_waiting()).await.unwrap();
    assert_eq!(stored.state, TurnState::Judging);
    assert!(stored.next_turn.is_none(), "there is no way on before the turn is settled");
    let url = viva.url(&format!("/api/v1/turns/{turn}"));
    let impatient = viva.plain().get(url).header("prefer", "wait=0").send().await.unwrap();
    assert_eq!(impatient.status(), 200);

    drop(closed);
    let judged = viva.client.settled_turn(turn, PATIENCE).await.unwrap();
    assert_eq!(judged.state, TurnState::Judged);
}

#[tokio::test]
async fn an_answer_that_was_not_judged_when_the_server_stopped_is_judged_by_the_next_one() {
    let coach = Scripted::new(|_| None);
    let closed = Arc::clone(&coach.gate).acquire_many_owned(1000).await.unwrap();
    let viva = judged_by(coach).await;
    let turn = viva.turn(QUESTION).await;
    let stored = viva.client.answer(turn, &typed(ANSWER), &without_waiting()).await.unwrap();
    assert_eq!(stored.state, TurnState::Judging);

    let folder = viva.stop().await;
    drop(closed);
    let viva = Running::resume(folder).await;
    let judged = viva.client.settled_turn(turn, PATIENCE).await.unwrap();
    assert_eq!(judged.state, TurnState::Judged);
}

/// A coach that has a panel ready before the rest, and the rest when the test says so.
struct PanelFirst {
    judge: OfflineCoach,
    gate: Arc<Semaphore>,
}

#[async_trait]
impl Coach for PanelFirst {
    async fn judge(
        &self,
        assignment: Assignment<'_>,
        panels: Option<&Panels>,
    ) -> Result<Report<CoachError>, CoachError> {
        let report = self.judge.judge(assignment, None).await?;
        Panel::Clarity(report.clarity.as_ref().unwrap().clone()).send(panels);
        let _pass = self.gate.acquire().await.unwrap();
        Ok(report)
    }

    fn judged_by(&self, question: &Question) -> JudgedBy {
        self.judge.judged_by(question)
    }
}

#[tokio::test]
async fn a_panel_that_is_ready_is_told_before_the_rest_is() {
    let gate = Arc::new(Semaphore::new(0));
    let coach = Arc::new(PanelFirst { judge: OfflineCoach::new(&[]), gate: Arc::clone(&gate) });
    let viva = Running::start_with(|settings| settings.coach = CoachChoice::LanguageModel(coach)).await;
    let turn = viva.turn(QUESTION).await;
    let url = viva.url(&format!("/api/v1/turns/{turn}/events"));
    let mut events = viva.plain().get(url).send().await.unwrap();
    viva.client.answer(turn, &typed(ANSWER), &without_waiting()).await.unwrap();

    let mut told = String::new();
    while !told.contains("event: feedback.delta\n") {
        told.push_str(std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(told.contains("\"clarity\":{") && !told.contains("event: judged"), "{told}");
    gate.add_permits(1);
    while let Some(chunk) = events.chunk().await.unwrap() {
        told.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(told.contains("event: judged\n"), "{told}");
}

#[tokio::test]
async fn a_coach_that_is_not_set_up_cannot_be_asked_for() {
    let viva = Running::start().await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    let some_model = Some("some-model".to_owned());
    for wish in [Regrade { coach: Some(CoachName::Llm), model: None }, Regrade { coach: None, model: some_model }] {
        let error = viva.client.regrade(turn.id, &wish, PATIENCE).await.unwrap_err();
        assert!(error.to_string().contains("not set up"), "{error}");
    }
    assert_eq!(viva.client.turn(turn.id).await.unwrap().state, TurnState::Judged);
}
