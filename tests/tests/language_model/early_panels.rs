//! A panel is there when its own call is done, while another call still hangs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use api::client::{Client, Sending};
use api::session::NewSession;
use api::turn::{NewAnswer, TurnState};
use journeys::language_model::{LanguageModel, Reply};
use journeys::program::Home;
use journeys::screen::press;
use rexpect::session::PtySession;
use uuid::Uuid;

use crate::{QUESTION, SHORT_ANSWER, of_short_answer};

const PATIENCE: Duration = Duration::from_secs(60);
/// How long a terminal may show nothing new, in milliseconds.
const LIMIT: u64 = 40_000;

#[test]
fn the_terminal_shows_a_panel_as_soon_as_it_is_ready_and_then_the_feedback_in_short() {
    let (model, seen) = model_that_waits_with_marks();
    let home = Home::empty();
    let mut terminal = answered(&home, &model);
    terminal.exp_string("Clarity").unwrap();
    seen.send(()).unwrap();
    read_to_the_end(terminal);
}

#[test]
fn nothing_of_the_judging_is_drawn_before_the_candidate_says_how_sure_they_are() {
    let (model, seen) = model_that_waits_with_marks();
    let home = Home::empty();
    let arguments = ["practice", "--question", QUESTION, "--follow-ups", "0", "--typed", "--mute"];
    let run = home.viva(arguments).judged_by_model_at(&model.base_url());
    let mut terminal = rexpect::session::spawn_command(run.at_terminal(), Some(LIMIT)).unwrap();
    press(&mut terminal, "Enter", &format!("{SHORT_ANSWER}\r\r"));
    // Clarity is ready long before, see above.
    let mut drawn = terminal.exp_string("judging  3 s").unwrap();
    seen.send(()).unwrap();
    drawn += &terminal.exp_string("How sure are you of your answer?").unwrap();
    assert!(!drawn.contains("Clarity") && !drawn.contains("of 10"), "{drawn}");
    press(&mut terminal, "", "3");
    read_to_the_end(terminal);
}

#[tokio::test]
async fn a_panel_is_shown_when_its_own_call_is_done_while_another_call_still_hangs() {
    let (model, seen) = model_that_waits_with_marks();
    let home = Home::empty();
    let server = home.server().judged_by_model_at(&model.base_url()).serve();
    let client = Client::new(server.url.parse().unwrap()).unwrap();
    let wishes = NewSession { question_ids: vec![QUESTION.into()], follow_ups: Some(0), ..NewSession::default() };
    let turn = client.create_session(&wishes).await.unwrap().turns[0].id;
    let answer = NewAnswer { text: Some(SHORT_ANSWER.into()), ..NewAnswer::default() };
    client.answer(turn, &answer, &Sending { key: Uuid::now_v7(), wait: Duration::ZERO }).await.unwrap();

    let told = events(&server.url, turn, "event: feedback.delta\n").await;
    assert!(told.contains("\"clarity\":{") && !told.contains("event: judged"), "{told}");
    let waiting = client.turn(turn).await.unwrap();
    let ready = waiting.feedback.unwrap();
    assert_eq!(waiting.state, TurnState::Judging);
    assert!(ready.clarity.is_some() && ready.correctness.is_none());
    let told = events(&server.url, turn, "event: feedback.delta\n").await;
    assert!(told.contains("\"clarity\":{"), "whoever comes late is told what is ready: {told}");

    seen.send(()).unwrap();
    let told = events(&server.url, turn, "event: judged\n").await;
    assert!(told.contains("\"correctness\":{"), "{told}");
}

/// A model that says nothing of an answer's correctness until it is told that something was seen.
fn model_that_waits_with_marks() -> (LanguageModel, mpsc::Sender<()>) {
    let (seen, wait_until_seen) = mpsc::channel();
    let wait_until_seen = Mutex::new(wait_until_seen);
    let model = LanguageModel::start(move |asked| {
        if asked.form == "marks" {
            wait_until_seen.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        }
        Reply::Says(of_short_answer(asked))
    });
    (model, seen)
}

/// What the turn's events say up to the given line, and the line after it.
async fn events(server: &str, turn: Uuid, line: &str) -> String {
    let mut events = reqwest::get(format!("{server}/api/v1/turns/{turn}/events")).await.unwrap();
    let mut told = String::new();
    while told.split_once(line).is_none_or(|(_, behind)| !behind.contains('\n')) {
        let chunk = tokio::time::timeout(PATIENCE, events.chunk()).await.unwrap().unwrap();
        told.push_str(std::str::from_utf8(&chunk.unwrap_or_else(|| panic!("no {line} in {told}"))).unwrap());
    }
    told
}

#[test]
fn the_terminal_says_that_the_model_is_being_loaded() {
    let is_loaded = Arc::new(AtomicBool::new(false));
    let loaded = Arc::clone(&is_loaded);
    let model = LanguageModel::start(move |asked| {
        if asked.model.is_empty() || loaded.load(Ordering::SeqCst) {
            return Reply::Says(of_short_answer(asked));
        }
        Reply::Answers(503, "application/json", r#"{"error": {"code": 503, "message": "Loading model"}}"#.to_owned())
    });
    let home = Home::empty();
    let mut terminal = answered(&home, &model);
    terminal.exp_string("the language model is being loaded").unwrap();
    is_loaded.store(true, Ordering::SeqCst);
    read_to_the_end(terminal);
}

/// A round at a terminal in which the only question is answered.
fn answered(home: &Home, model: &LanguageModel) -> PtySession {
    let arguments = ["practice", "--question", QUESTION, "--follow-ups", "0", "--typed", "--mute", "--no-sureness"];
    let run = home.viva(arguments).judged_by_model_at(&model.base_url());
    let mut terminal = rexpect::session::spawn_command(run.at_terminal(), Some(LIMIT)).unwrap();
    press(&mut terminal, "Enter", &format!("{SHORT_ANSWER}\r\r"));
    terminal
}

/// Reads the feedback and the debrief.
fn read_to_the_end(mut terminal: PtySession) {
    terminal.exp_string("Correctness").unwrap();
    press(&mut terminal, "continue", "q");
    press(&mut terminal, "Enter done", "\r");
    terminal.exp_eof().unwrap();
}
