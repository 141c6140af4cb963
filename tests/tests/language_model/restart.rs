//! The model's server dies and returns, or Viva ends while the model judges: the state says what is true, nothing is lost, and it can be
//! judged again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use api::client::{Client, Sending};
use api::session::{NewSession, Session};
use api::turn::{NewAnswer, Regrade, Turn, TurnState};
use journeys::language_model::{LanguageModel, Reply};
use journeys::program::{Home, Server};
use journeys::screen::in_one_line;
use serde_json::json;
use uuid::Uuid;

use crate::{QUESTION, SHORT_ANSWER, of_short_answer};

const PATIENCE: Duration = Duration::from_secs(90);

/// The head of a stream and a part of its reply.
const BEGINNING: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n\
    data: {\"choices\": [{\"delta\": {\"content\": \"{\\\"key_points\\\": {\"}}]}\n\n";

/// When the server dies.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Loading,
    BeforeTheFirstByte,
    MidStream,
    BetweenCalls,
    InARepair,
    WordingTheFollowUp,
}

const PHASES: [Phase; 6] = [
    Phase::Loading,
    Phase::BeforeTheFirstByte,
    Phase::MidStream,
    Phase::BetweenCalls,
    Phase::InARepair,
    Phase::WordingTheFollowUp,
];

/// A server that dies in this phase, once; when it has returned, its model judges.
fn dying(phase: Phase) -> LanguageModel {
    let (asked_before, has_died) = (AtomicUsize::new(0), AtomicBool::new(false));
    let dies = |has_died: &AtomicBool, last| {
        has_died.store(true, Ordering::SeqCst);
        Reply::Dies(last)
    };
    LanguageModel::start(move |asked| {
        if asked.model.is_empty() || has_died.load(Ordering::SeqCst) {
            return Reply::Says(of_short_answer(asked));
        }
        let number = asked_before.fetch_add(1, Ordering::SeqCst);
        match (phase, asked.form.as_str()) {
            (Phase::Loading, _) if number == 0 => {
                let loading = json!({"error": {"code": 503, "message": "Loading model"}});
                Reply::Answers(503, "application/json", loading.to_string())
            }
            (Phase::Loading, _) | (Phase::BeforeTheFirstByte, "marks") | (Phase::BetweenCalls, "clarity") => {
                dies(&has_died, "")
            }
            (Phase::MidStream, "marks") => dies(&has_died, BEGINNING),
            (Phase::InARepair, "marks") if asked.is_repair => dies(&has_died, ""),
            (Phase::InARepair, "marks") => Reply::Says(json!("I would rather not.")),
            // A follow-up is worded only while other calls run.
            (Phase::WordingTheFollowUp, "stronger_answer") => {
                while !has_died.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(5));
                }
                dies(&has_died, "")
            }
            (Phase::WordingTheFollowUp, "follow_up") => dies(&has_died, ""),
            _ => Reply::Says(of_short_answer(asked)),
        }
    })
}

fn serve(home: &Home, model: &LanguageModel, calls: &str) -> (Server, Client) {
    let run = home.server().judged_by_model_at(&model.base_url());
    let server = run.env("VIVA_LLM_CONCURRENCY", calls).env("VIVA_LLM_RETRIES", "0").serve();
    let client = Client::new(server.url.parse().unwrap()).unwrap();
    (server, client)
}

/// A session with one answer that is not judged yet.
async fn answered(client: &Client) -> (Session, Turn) {
    let wishes = NewSession { question_ids: vec![QUESTION.into()], follow_ups: Some(1), ..NewSession::default() };
    let session = client.create_session(&wishes).await.unwrap();
    let answer = NewAnswer { text: Some(SHORT_ANSWER.into()), ..NewAnswer::default() };
    let sending = Sending { key: Uuid::now_v7(), wait: Duration::ZERO };
    let turn = client.answer(session.turns[0].id, &answer, &sending).await.unwrap();
    (session, turn)
}

async fn settled(client: &Client, turn: Uuid) -> Turn {
    let turn = client.settled_turn(turn, PATIENCE).await.unwrap();
    assert!(turn.state.is_settled(), "{turn:?}");
    assert_eq!(turn.answer.as_ref().unwrap().transcript.as_ref().unwrap().text, SHORT_ANSWER, "nothing is lost");
    turn
}

fn panels(turn: &Turn) -> [bool; 2] {
    let feedback = turn.feedback.as_ref();
    [
        feedback.is_some_and(|feedback| feedback.correctness.is_some()),
        feedback.is_some_and(|feedback| feedback.clarity.is_some()),
    ]
}

/// What is true while the server is away, and after it has returned and the answer was judged again.
async fn dies_and_returns(phase: Phase) {
    let (home, model) = (Home::empty(), dying(phase));
    let (_server, client) = serve(&home, &model, if phase == Phase::WordingTheFollowUp { "2" } else { "1" });
    let (session, turn) = answered(&client).await;
    let away = settled(&client, turn.id).await;
    let said = match phase {
        Phase::BetweenCalls | Phase::InARepair => {
            let kept = if phase == Phase::InARepair { [false, true] } else { [true, false] };
            assert_eq!((away.state, panels(&away)), (TurnState::Judged, kept), "{phase:?}");
            away.feedback.as_ref().unwrap().remark.clone().unwrap()
        }
        Phase::WordingTheFollowUp => {
            assert_eq!((away.state, panels(&away)), (TurnState::Judged, [true, true]), "{phase:?}");
            let session = client.session(session.head.id).await.unwrap();
            assert!(session.turns[1].prompt.ends_with('?'), "the bank's wording stands in: {session:?}");
            away.feedback.as_ref().unwrap().remark.clone().unwrap()
        }
        _ => {
            assert_eq!((away.state, panels(&away)), (TurnState::Ungraded, [false, false]), "{phase:?}");
            away.ungraded_reason.clone().unwrap()
        }
    };
    let names_the_cause = said.contains("is the server running?") || said.contains("broke off");
    assert!(names_the_cause, "{phase:?}: {said}");

    model.returns();
    client.regrade(turn.id, &Regrade::default(), Duration::ZERO).await.unwrap();
    let judged = settled(&client, turn.id).await;
    assert_eq!((judged.state, panels(&judged)), (TurnState::Judged, [true, true]), "{phase:?}: {judged:?}");
    let remark = judged.feedback.unwrap().remark;
    assert!(remark.as_ref().is_none_or(|remark| !remark.contains("server")), "{phase:?}: {remark:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_leaves_what_is_true_and_when_it_has_returned_the_answer_can_be_judged_again() {
    let phases = PHASES.map(|phase| tokio::spawn(dies_and_returns(phase)));
    for phase in phases {
        phase.await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_returns_soon_judges_without_being_asked_again() {
    let (home, model) = (Home::empty(), Arc::new(dying(Phase::MidStream)));
    let (_server, client) = serve(&home, &model, "1");
    let (_session, turn) = answered(&client).await;
    let returning = Arc::clone(&model);
    tokio::task::spawn_blocking(move || returning.returns_once_dead()).await.unwrap();
    let judged = settled(&client, turn.id).await;
    assert_eq!((judged.state, panels(&judged)), (TurnState::Judged, [true, true]));
}

/// A model that never replies, and what tells that it was asked.
fn silent() -> (LanguageModel, Receiver<()>) {
    let (asked, is_asked) = mpsc::sync_channel(8);
    let model = LanguageModel::start(move |_| {
        asked.try_send(()).ok();
        loop {
            std::thread::park();
        }
    });
    (model, is_asked)
}

fn assert_no_panic(errors: &str) {
    assert!(!errors.contains("panicked") && !errors.contains("RUST_BACKTRACE"), "{errors}");
}

#[test]
fn a_round_that_is_ended_while_the_model_judges_keeps_the_answer_and_a_review_asks_the_model_nothing() {
    for signal in ["INT", "TERM"] {
        let (home, (model, is_asked)) = (Home::empty(), silent());
        let practice = home.viva(["practice", "--question", QUESTION, "--follow-ups", "0", "--plain"]);
        let round = practice.input(format!("{SHORT_ANSWER}\n")).judged_by_model_at(&model.base_url()).spawn();
        is_asked.recv_timeout(PATIENCE).unwrap();
        round.signal(signal);
        let ended = round.finish();
        assert_no_panic(&ended.errors);
        let told = in_one_line(&[ended.output, ended.errors].concat());
        if signal == "INT" {
            let promise = "Your answer is kept. It is not judged yet: that goes on while Viva runs, and starts again the next time you practise.";
            assert!(told.contains(promise), "{told}");
        }

        while is_asked.try_recv().is_ok() {}
        let review = home.viva(["review", "last", "--json"]).judged_by_model_at(&model.base_url());
        let review = review.finish().success();
        assert_no_panic(&review.errors);
        let turn = &review.json()["turns"][0];
        assert_eq!((&turn["state"], &turn["answer"]["transcript"]["text"]), (&json!("judging"), &json!(SHORT_ANSWER)));
        assert!(is_asked.try_recv().is_err(), "a review asks the model nothing");
    }
}

#[tokio::test]
async fn a_server_of_viva_that_is_stopped_while_the_model_judges_ends_without_a_panic() {
    for signal in ["INT", "TERM"] {
        let (home, (model, is_asked)) = (Home::empty(), silent());
        let (server, client) = serve(&home, &model, "1");
        answered(&client).await;
        let errors = tokio::task::spawn_blocking(move || {
            is_asked.recv_timeout(PATIENCE).unwrap();
            server.stop_by(signal)
        });
        assert_no_panic(&errors.await.unwrap());
    }
}

#[tokio::test]
async fn no_follow_up_is_worded_in_a_session_that_is_over() {
    let asked_for = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked_for);
    let model = LanguageModel::start(move |asked| {
        counted.fetch_add(usize::from(asked.form == "follow_up" && !asked.model.is_empty()), Ordering::SeqCst);
        Reply::Says(of_short_answer(asked))
    });
    let home = Home::empty();
    let (_server, client) = serve(&home, &model, "1");
    let (session, turn) = answered(&client).await;
    settled(&client, turn.id).await;
    assert_eq!(asked_for.load(Ordering::SeqCst), 1, "the session goes on");
    client.finish_session(session.head.id).await.unwrap();
    client.regrade(turn.id, &Regrade::default(), Duration::ZERO).await.unwrap();
    settled(&client, turn.id).await;
    assert_eq!(asked_for.load(Ordering::SeqCst), 1);
}
