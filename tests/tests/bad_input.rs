//! What people send by mistake or on purpose: each gets a clear error or a defined result, and no stored answer is lost.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::time::Duration;

use api::client::{Client, Sending};
use api::session::NewSession;
use api::turn::{NewAnswer, Turn, TurnState};
use capture::audio::Decoder;
use journeys::program::{Home, Server, test_model};
use journeys::workspace::fixture;
use uuid::Uuid;

/// A running server that can transcribe.
fn server(home: &Home) -> Server {
    home.server().env("VIVA_MODEL", test_model()).serve()
}

fn client(server: &Server) -> Client {
    Client::new(server.url.parse().unwrap()).unwrap()
}

async fn asked(client: &Client) -> Uuid {
    let question_ids = vec!["borrowing-aliasing-rules".into()];
    let wishes = NewSession { question_ids, follow_ups: Some(0), ..NewSession::default() };
    client.create_session(&wishes).await.unwrap().turns[0].id
}

/// Answers a turn with these bytes as a recording, waits for what comes of it, and returns the status and the reply.
async fn send(server: &Server, turn: Uuid, audio: Vec<u8>) -> (u16, String) {
    let request = reqwest::Client::new().post(format!("{}/api/v1/turns/{turn}/answer", server.url));
    let reply =
        request.header("content-type", "audio/wav").header("prefer", "wait=60").body(audio).send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

/// A WAV file of 16-bit samples.
fn wav(rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
    let bytes = samples.len() as u32 * 2;
    let mut file = Vec::with_capacity(44 + bytes as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0");
    file.extend_from_slice(&channels.to_le_bytes());
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&(rate * u32::from(channels) * 2).to_le_bytes());
    file.extend_from_slice(&(channels * 2).to_le_bytes());
    file.extend_from_slice(b"\x10\0data");
    file.extend_from_slice(&bytes.to_le_bytes());
    samples.iter().for_each(|sample| file.extend_from_slice(&sample.to_le_bytes()));
    file
}

/// The partial answer about borrowing at 16 kHz.
fn speech() -> Vec<i16> {
    let mut decoder = Decoder::open(&fixture("speech/answers/borrowing-partial.opus"), None).unwrap();
    let mut samples = Vec::new();
    while let Some(block) = decoder.next_block().unwrap() {
        samples.extend(block.iter().map(|sample| (sample * f32::from(i16::MAX)) as i16));
    }
    samples
}

#[tokio::test]
async fn what_is_no_sound_is_refused_and_the_turn_still_waits_for_an_answer() {
    let home = Home::empty();
    let server = server(&home);
    let client = client(&server);
    let turn = asked(&client).await;
    for (what, bytes) in
        [("an empty file", Vec::new()), ("text that is called a recording", b"this is not a sound".repeat(100))]
    {
        let (status, reply) = send(&server, turn, bytes).await;
        assert!((400..500).contains(&status), "{what}: {status} {reply}");
        let problem: serde_json::Value = serde_json::from_str(&reply).unwrap();
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{what}: {reply}");
        assert_eq!(client.turn(turn).await.unwrap().state, TurnState::Asked, "{what}");
    }
    let (status, _) = send(&server, turn, wav(16_000, 1, &speech())).await;
    assert_eq!(status, 200, "after all that a real answer is taken");
}

#[tokio::test]
async fn sound_without_speech_is_kept_and_ungraded() {
    let home = Home::empty();
    let server = server(&home);
    let client = client(&server);
    let hour_of_silence = wav(8_000, 1, &vec![0; 3600 * 8_000]);
    for (what, bytes) in
        [("0.05 s of sound", wav(16_000, 1, &speech()[20_000..20_800])), ("an hour of silence", hour_of_silence)]
    {
        let turn = asked(&client).await;
        let (status, reply) = send(&server, turn, bytes).await;
        assert_eq!(status, 200, "{what}: {reply}");
        let settled: Turn = serde_json::from_str(&reply).unwrap();
        assert_eq!(settled.state, TurnState::Ungraded, "{what}: {reply}");
        assert!(settled.ungraded_reason.is_some_and(|reason| reason.contains("no speech")), "{what}: {reply}");
        assert!(settled.answer.unwrap().audio_url.is_some(), "{what}: the recording is kept");
    }
}

#[tokio::test]
async fn odd_and_damaged_recordings_of_speech_are_heard_as_far_as_they_go() {
    let home = Home::empty();
    let server = server(&home);
    let client = client(&server);
    let spread: Vec<i16> = speech().iter().flat_map(|sample| [*sample; 6 * 8]).collect();
    let mut cut_off = wav(16_000, 1, &speech());
    cut_off.truncate(44 + 6 * 16_000 * 2);
    for (what, bytes) in
        [("eight channels at 96 kHz", wav(96_000, 8, &spread)), ("a file that ends too early", cut_off)]
    {
        let turn = asked(&client).await;
        let (status, reply) = send(&server, turn, bytes).await;
        assert_eq!(status, 200, "{what}: {reply}");
        let judged: Turn = serde_json::from_str(&reply).unwrap();
        assert_eq!(judged.state, TurnState::Judged, "{what}: {reply}");
        let text = judged.answer.unwrap().transcript.unwrap().text;
        assert!(text.contains("shared references"), "{what}: {text}");
    }
}

#[tokio::test]
async fn a_judged_turn_takes_no_second_answer_and_keeps_its_first() {
    let home = Home::empty();
    let server = server(&home);
    let client = client(&server);
    let turn = asked(&client).await;
    let sending = || Sending { key: Uuid::now_v7(), wait: Duration::from_secs(30) };
    let first = NewAnswer { text: Some("Many readers or one writer, never both.".into()), ..NewAnswer::default() };
    let judged = client.answer(turn, &first, &sending()).await.unwrap();
    let second = NewAnswer { text: Some("Something else.".into()), ..NewAnswer::default() };
    assert!(client.answer(turn, &second, &sending()).await.unwrap_err().is_conflict());
    let (status, _) = send(&server, turn, wav(16_000, 1, &speech())).await;
    assert_eq!(status, 409);
    assert_eq!(client.turn(turn).await.unwrap(), judged);
}

#[tokio::test]
async fn an_upload_over_the_limit_is_refused_before_it_is_read() {
    let home = Home::empty();
    let server = server(&home);
    let client = client(&server);
    let turn = asked(&client).await;
    let promised = reqwest::Body::wrap_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = reqwest::Client::new()
        .post(format!("{}/api/v1/turns/{turn}/answer", server.url))
        .header("content-type", "audio/wav")
        .header("content-length", 200 * 1024 * 1024)
        .body(promised);
    let reply =
        tokio::time::timeout(Duration::from_secs(30), request.send()).await.expect("the body never comes").unwrap();
    assert_eq!(reply.status(), 413);
    assert_eq!(client.turn(turn).await.unwrap().state, TurnState::Asked);
}

#[test]
fn transcribing_what_is_no_sound_ends_with_a_message_that_names_the_file() {
    let home = Home::empty();
    std::fs::write(home.path().join("notes.wav"), "this is text").unwrap();
    std::fs::write(home.path().join("empty.wav"), "").unwrap();
    for name in ["notes.wav", "empty.wav", "not-there.wav"] {
        let model = test_model().display().to_string();
        let run = home.viva(["transcribe", "--model", &model, name]).finish().fails_with(1);
        assert!(run.errors.contains(name), "{}", run.errors);
    }
}

#[test]
fn a_truncated_or_wrong_model_is_a_clear_error() {
    let home = Home::empty();
    let whole = std::fs::read(test_model()).unwrap();
    std::fs::write(home.path().join("half.bin"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(home.path().join("text.bin"), "no model at all").unwrap();
    let recording = fixture("speech/answers/borrowing-partial.opus").display().to_string();
    for name in ["half.bin", "text.bin"] {
        let run = home.viva(["transcribe", "--model", name, &recording]).finish().fails_with(1);
        assert!(run.errors.contains(name), "{}", run.errors);
    }
}
