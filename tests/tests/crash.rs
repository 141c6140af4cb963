//! A crash costs no answer: what was accepted is judged after a restart, and its feedback stored once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use api::client::{Client, Sending};
use api::session::NewSession;
use api::turn::TurnState;
use journeys::language_model::LanguageModel;
use journeys::program::{Home, Server, test_model};
use journeys::screen::press;
use journeys::workspace::fixture;
use uuid::Uuid;

fn client(server: &Server) -> Client {
    Client::new(server.url.parse().unwrap()).unwrap()
}

/// Sent without waiting for the feedback.
fn at_once(key: Uuid) -> Sending {
    Sending { key, wait: Duration::ZERO }
}

#[tokio::test]
async fn an_answer_that_was_being_judged_at_a_kill_is_judged_after_the_restart_and_its_feedback_stored_once() {
    let home = Home::empty();
    let run = || home.server().env("VIVA_MODEL", test_model());
    // This model never replies: whatever happens, the judging is under way when the server is killed.
    let (asked, is_asked) = mpsc::sync_channel(8);
    let silent = LanguageModel::start(move |_| {
        asked.send(()).ok();
        loop {
            std::thread::park();
        }
    });
    let with_model = run().env("VIVA_LLM_PRESET", "custom").env("VIVA_LLM_MODEL", "silent");
    let server = with_model.env("VIVA_LLM_BASE_URL", silent.base_url()).serve();
    let wishes = NewSession {
        question_ids: vec!["borrowing-aliasing-rules".into()],
        follow_ups: Some(1),
        ..NewSession::default()
    };
    let session = client(&server).create_session(&wishes).await.unwrap();
    let turn = session.turns[0].id;
    let audio = fixture("speech/answers/borrowing-partial.opus");
    client(&server).answer_aloud(turn, &audio, None, &at_once(Uuid::now_v7())).await.unwrap();
    tokio::task::spawn_blocking(move || is_asked.recv_timeout(Duration::from_secs(60)).unwrap()).await.unwrap();
    server.kill();

    let server = run().serve();
    let judged = client(&server).settled_turn(turn, Duration::from_secs(60)).await.unwrap();
    assert_eq!(judged.state, TurnState::Judged);
    let transcript = judged.answer.unwrap().transcript.unwrap().text;
    let spoken = std::fs::read_to_string(fixture("speech/answers/borrowing-partial.txt")).unwrap();
    assert_eq!(transcript, spoken.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_eq!(client(&server).judgings(turn).await.unwrap().judgings.len(), 1);
    let session = client(&server).session(session.head.id).await.unwrap();
    let follow_ups = session.turns.iter().filter(|turn| turn.depth > 0).count();
    assert_eq!((session.turns.len(), follow_ups), (2, 1));
}

/// Leaves a recording of 72 s in the outbox as a kill during it does: the length in its header is behind.
fn leave_unfinished(home: &Home, session: Uuid, turn: Uuid) -> PathBuf {
    let key = Uuid::now_v7();
    let folder = home.data().join("outbox").join(key.to_string());
    std::fs::create_dir_all(&folder).unwrap();
    let letter = serde_json::json!({"key": key, "server": null, "session": session, "turn": turn, "answer": null, "recording": null});
    std::fs::write(folder.join("letter.json"), letter.to_string()).unwrap();
    let (rate, seconds_in_header, seconds) = (16_000_u32, 71, 72);
    let data = rate * 2 * seconds_in_header;
    let mut wav = Vec::new();
    for field in [&b"RIFF"[..], &(data + 36).to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes(), &[1, 0, 1, 0]] {
        wav.extend_from_slice(field);
    }
    for field in [&rate.to_le_bytes()[..], &(rate * 2).to_le_bytes(), &[2, 0, 16, 0], b"data", &data.to_le_bytes()] {
        wav.extend_from_slice(field);
    }
    wav.resize(44 + (rate * 2 * seconds) as usize, 0);
    std::fs::write(folder.join("answer.wav"), wav).unwrap();
    folder
}

#[tokio::test]
async fn the_next_start_after_a_kill_offers_to_send_hear_or_discard_what_was_recorded() {
    let home = Home::empty();
    let server = home.serve();
    let wishes = NewSession { question_ids: vec!["ownership-why".into()], ..NewSession::default() };
    let session = client(&server).create_session(&wishes).await.unwrap();
    server.stop();
    let turn = &session.turns[0];
    let folders = [(); 3].map(|()| leave_unfinished(&home, session.head.id, turn.id));
    let asked = turn.prompt.split(' ').take(3).collect::<Vec<_>>().join(" ");
    tokio::task::spawn_blocking(move || {
        let run = home.viva(["practice", "--typed", "--mute", "--question", "ownership-why"]);
        let mut terminal = rexpect::session::spawn_command(run.at_terminal(), Some(30_000)).unwrap();
        let mut press = |key: &str| {
            terminal.exp_string("You have an unfinished answer of 1:12 to ").unwrap();
            terminal.exp_string(&asked).unwrap();
            press(&mut terminal, "hear", key);
        };
        press("x");
        press("l");
        press("\r");
        terminal.exp_string("Sent an answer left over").unwrap();
        terminal.send_control('c').unwrap();
        terminal.exp_eof().unwrap();
        let left = folders.map(|folder| folder.exists());
        assert_eq!(left, [false, true, false], "discarded, left for later, sent");
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_interview_that_was_cut_off_shows_its_feedback_once_it_is_finished() {
    let home = Home::empty();
    let server = home.serve();
    let wishes = NewSession { real_minutes: Some(20), ..NewSession::default() };
    let session = client(&server).create_session(&wishes).await.unwrap();
    let shown = home.viva(["review", "last"]).finish().success();
    assert!(shown.output.is_empty() && shown.errors.contains("This interview is not finished"), "{}", shown.errors);
    client(&server).finish_session(session.head.id).await.unwrap();
    let shown = home.viva(["review", "last"]).finish().success();
    assert!(shown.output.contains(&session.turns[0].question.title), "{}", shown.output);
    server.stop();
}

#[tokio::test]
async fn the_same_answer_sent_twice_is_one_answer() {
    let home = Home::empty();
    let server = home.serve();
    let client = client(&server);
    let wishes = NewSession { question_ids: vec!["ownership-why".into()], ..NewSession::default() };
    let turn = client.create_session(&wishes).await.unwrap().turns[0].id;
    let answer = api::turn::NewAnswer { text: Some("each value has one owner".into()), ..Default::default() };
    let sending = Sending { key: Uuid::now_v7(), wait: Duration::from_secs(20) };
    let once = client.answer(turn, &answer, &sending).await.unwrap();
    let again = client.answer(turn, &answer, &sending).await.unwrap();
    assert_eq!(once.answer.unwrap().id, again.answer.unwrap().id);
    let another = api::turn::NewAnswer { text: Some("something else".into()), ..Default::default() };
    let refused = client.answer(turn, &another, &at_once(Uuid::now_v7())).await.unwrap_err();
    assert!(refused.is_conflict(), "{refused}");
}
