//! Coaches that fail, or are slow. No answer is ever lost by it.

use api::feedback::Coach as CoachName;
use api::turn::{Regrade, TurnState};
use coach::llm::OnFailure;
use uuid::Uuid;

use crate::running::{PATIENCE, Running, typed, without_waiting};
use crate::some_model::{self, Gate, Reply, busy, misses, refuses};

const QUESTION: &str = "ownership-why";
const ANSWER: &str = "every value has exactly one owner";

#[tokio::test]
async fn a_coach_that_cannot_judge_leaves_the_answer_ungraded_and_it_can_be_judged_later() {
    let viva = Running::with_model(|_, judging| (judging == 0).then(|| refuses("it is a poem"))).await;
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
    let viva = Running::with_model(|_, judging| (judging < 2).then(busy)).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(turn.state, TurnState::Judged);
}

#[tokio::test]
async fn a_coach_that_stays_busy_is_given_up() {
    let viva = Running::with_model(|_, _| Some(busy())).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(turn.state, TurnState::Ungraded);
    assert!(turn.ungraded_reason.unwrap().contains("it is busy"));
    let offline = Regrade { coach: Some(CoachName::Offline), model: None };
    let judged = viva.client.regrade(turn.id, &offline, PATIENCE).await.unwrap();
    assert_eq!(judged.state, TurnState::Judged);
}

#[tokio::test]
async fn the_offline_coach_judges_what_the_model_cannot() {
    let llm = some_model::coach_with(
        |settings| settings.on_failure = OnFailure::Offline,
        |_, _| Some(refuses("it is a poem")),
    );
    let viva = Running::start_with(|settings| settings.language_model = Some(llm)).await;
    let feedback = viva.answer(viva.turn(QUESTION).await, ANSWER).await.feedback.unwrap();
    assert_eq!(feedback.judged_by.unwrap().coach, CoachName::Offline);
    let remark = feedback.remark.unwrap();
    assert!(remark.starts_with("The language model could not judge this answer (") && remark.contains("it is a poem"));
    assert!(remark.ends_with("so the offline coach did."), "{remark}");
}

#[tokio::test]
async fn an_answer_keeps_the_panel_that_could_be_judged() {
    let refusing = |asked: &some_model::Asked, _| (asked.form == "clarity").then(|| refuses("it is a poem"));
    let viva = Running::with_model(refusing).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(turn.state, TurnState::Judged);
    let feedback = turn.feedback.unwrap();
    assert!(feedback.correctness.is_some() && feedback.clarity.is_none());
    assert!(feedback.remark.unwrap().contains("it is a poem"));
}

#[tokio::test]
async fn a_panel_that_may_still_come_is_asked_for_again() {
    let viva = Running::with_model(|asked, judging| (asked.form == "marks" && judging == 0).then(busy)).await;
    let feedback = viva.answer(viva.turn(QUESTION).await, ANSWER).await.feedback.unwrap();
    assert!(feedback.correctness.is_some() && feedback.clarity.is_some());
}

#[tokio::test]
async fn without_waiting_the_answer_is_stored_at_once_and_judged_in_its_own_time() {
    let gate = Gate::default();
    let viva = held_back_by(&gate).await;
    let turn = viva.turn(QUESTION).await;

    let stored = viva.client.answer(turn, &typed(ANSWER), &without_waiting()).await.unwrap();
    assert_eq!(stored.state, TurnState::Judging);
    assert!(stored.next_turn.is_none(), "there is no way on before the turn is settled");
    let url = viva.url(&format!("/api/v1/turns/{turn}"));
    let impatient = viva.plain().get(url).header("prefer", "wait=0").send().await.unwrap();
    assert_eq!(impatient.status(), 200);

    gate.open();
    let judged = viva.client.settled_turn(turn, PATIENCE).await.unwrap();
    assert_eq!(judged.state, TurnState::Judged);
}

#[tokio::test]
async fn an_answer_that_was_not_judged_when_the_server_stopped_is_judged_by_the_next_one() {
    let gate = Gate::default();
    let viva = held_back_by(&gate).await;
    let turn = viva.turn(QUESTION).await;
    let stored = viva.client.answer(turn, &typed(ANSWER), &without_waiting()).await.unwrap();
    assert_eq!(stored.state, TurnState::Judging);

    let folder = viva.stop().await;
    gate.open();
    let viva = Running::resume(folder).await;
    let judged = viva.client.settled_turn(turn, PATIENCE).await.unwrap();
    assert_eq!(judged.state, TurnState::Judged);
}

/// A server whose model says nothing until the gate is open.
async fn held_back_by(gate: &Gate) -> Running {
    let gate = gate.clone();
    Running::with_model(move |_, _| {
        gate.pass();
        None
    })
    .await
}

/// The events of a turn, read piece by piece.
struct Events {
    response: reqwest::Response,
    told: String,
}

impl Events {
    async fn of(viva: &Running, turn: Uuid) -> Self {
        let url = viva.url(&format!("/api/v1/turns/{turn}/events"));
        Self { response: viva.plain().get(url).send().await.unwrap(), told: String::new() }
    }

    /// What is told from now until `end` was told, or the stream ends.
    async fn until(&mut self, end: &str) -> String {
        loop {
            if let Some(place) = self.told.find(end) {
                let rest = self.told.split_off(place + end.len());
                return std::mem::replace(&mut self.told, rest);
            }
            match self.response.chunk().await.unwrap() {
                Some(chunk) => self.told.push_str(std::str::from_utf8(&chunk).unwrap()),
                None => panic!("the events ended without {end}: {}", self.told),
            }
        }
    }
}

#[tokio::test]
async fn a_panel_that_is_ready_is_told_before_the_rest_is() {
    let gate = Gate::default();
    let held = gate.clone();
    let viva = Running::with_model(move |asked, _| {
        if asked.form == "marks" {
            held.pass();
        }
        None
    })
    .await;
    let turn = viva.turn(QUESTION).await;
    let mut events = Events::of(&viva, turn).await;
    viva.client.answer(turn, &typed(ANSWER), &without_waiting()).await.unwrap();

    let told = events.until("\"clarity\":{").await;
    assert!(told.contains("event: feedback.delta\n") && !told.contains("event: judged"), "{told}");
    gate.open();
    events.until("event: judged\n").await;
}

#[tokio::test]
async fn panels_of_an_older_judging_are_not_shown_once_another_one_is_asked_for() {
    let (older, newer) = (Gate::default(), Gate::default());
    let gates = [older.clone(), newer.clone()];
    let viva = Running::with_model(move |asked, judging| {
        match (asked.form.as_str(), judging) {
            ("marks", 0) => gates[0].pass(),
            ("marks", _) => {
                gates[1].pass();
                return Some(Reply::Says(misses(asked)));
            }
            // The newer judging has no clarity before its key points.
            ("clarity", 1) => gates[1].pass(),
            _ => {}
        }
        None
    })
    .await;
    let turn = viva.turn(QUESTION).await;
    let mut events = Events::of(&viva, turn).await;
    viva.client.answer(turn, &typed(ANSWER), &without_waiting()).await.unwrap();
    events.until("\"clarity\":{").await;
    assert!(viva.client.turn(turn).await.unwrap().feedback.unwrap().clarity.is_some());

    let regraded = viva.client.regrade(turn, &Regrade::default(), std::time::Duration::ZERO).await.unwrap();
    assert_eq!(regraded.state, TurnState::Judging);
    assert!(regraded.feedback.is_none_or(|feedback| feedback.clarity.is_none()), "the older panel is gone");
    events.until("event: state\ndata: {\"state\":\"judging\"}").await;
    older.open();
    newer.open();
    let told = events.until("event: judged\n").await;
    assert!(!told.contains("\"verdict\":\"hit\""), "only the newer judging is told: {told}");
}

#[tokio::test]
async fn what_is_judged_anew_or_deleted_holds_up_no_other_answer() {
    let gate = Gate::default();
    let held = gate.clone();
    let llm = some_model::coach(move |asked, _| {
        if !asked.model.is_empty() {
            held.pass();
        }
        None
    });
    let viva = Running::start_with(|settings| {
        settings.language_model = Some(llm);
        settings.grading_concurrency = std::num::NonZeroUsize::MIN;
    })
    .await;
    // Far less than after which a job is looked at unasked.
    let soon = std::time::Duration::from_secs(15);
    let offline = Regrade { coach: Some(CoachName::Offline), model: None };
    let first = viva.session(&[QUESTION]).await;
    viva.client.answer(first.turns[0].id, &typed(ANSWER), &without_waiting()).await.unwrap();
    let judged = viva.client.regrade(first.turns[0].id, &offline, soon).await.unwrap();
    assert_eq!(judged.state, TurnState::Judged);

    let deleted = viva.session(&[QUESTION]).await;
    viva.client.answer(deleted.turns[0].id, &typed(ANSWER), &without_waiting()).await.unwrap();
    viva.client.delete_session(deleted.head.id).await.unwrap();
    let judged = viva.client.regrade(first.turns[0].id, &offline, soon).await.unwrap();
    assert_eq!(judged.state, TurnState::Judged);
    gate.open();
}

#[tokio::test]
async fn retries_end_with_the_time_that_an_answer_may_take() {
    // One that names no time is asked again after a second.
    let down = |_: &some_model::Asked, _| Some(Reply::Answers(503, "application/json", "{}".to_owned()));
    let llm = some_model::coach_with(|settings| settings.judging_seconds = std::num::NonZeroU64::MIN, down);
    let viva = Running::start_with(|settings| settings.language_model = Some(llm)).await;
    let turn = viva.answer(viva.turn(QUESTION).await, ANSWER).await;
    assert_eq!(turn.state, TurnState::Ungraded);
    let reason = turn.ungraded_reason.unwrap();
    assert!(reason.contains("longer than 1 seconds to judge the whole answer"), "{reason}");
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
