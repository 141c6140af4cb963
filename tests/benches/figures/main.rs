//! What people wait for, measured on the real program and printed as a table. Nothing is asserted here.
//!
//! `make bench` runs this on the release build. `VIVA_BINARY` names the program, `VIVA_BENCH_MODEL` a whisper model to transcribe with
//! (the tests' own when missing), `VIVA_BENCH_AUDIO` a recording (one made of the tests' answers when missing).

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on says where it stopped")]

mod language_model;
mod process;
mod transcription;

use std::time::{Duration, Instant};

use api::client::{Client, Sending};
use api::session::NewSession;
use api::turn::{NewAnswer, TurnState};
use journeys::program::{Home, Server};
use uuid::Uuid;

const QUESTION: &str = "ownership-why";

const ANSWER: &str = "Every value has exactly one owner, and when the owner goes out of scope the value is dropped, so memory is freed \
                      without a garbage collector. Moving hands the ownership over and the old name can't be used any more. That is \
                      decided at compile time, so there is no cost when the program runs.";

/// How many times each short thing is measured.
const REPEATS: usize = 40;

/// How long reading is measured, and by how many connections at a time.
const READING: (Duration, usize) = (Duration::from_secs(5), 8);

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    row("figure", "measured", "goal");
    row("---", "---", "---");
    let home = Home::empty();
    transcription::measure(&home);
    let mut ready = [(); 20].map(|()| time_to_ready(&home));
    ready.sort();
    row("`viva serve` to ready, median of 20", &milliseconds(ready[ready.len() / 2]), "100 ms");
    let server = home.serve();
    let client = Client::new(server.url.parse().unwrap()).unwrap();
    let (session, judged) = runtime.block_on(typed_answers(&client));
    row("a typed answer to its offline marks, median", &milliseconds(judged[judged.len() / 2]), "50 ms");
    row("the same, slowest of 40", &milliseconds(*judged.last().unwrap()), "");
    runtime.block_on(language_model::measure(&Home::empty()));
    let (per_second, p99) = runtime.block_on(read(&server, session));
    row("reading a judged session, requests a second", &format!("{per_second:.0}"), "");
    row("the same, 99th percentile", &milliseconds(p99), "");
    row("the server's peak memory", &process::peak_memory(server.id()), "");
}

fn row(figure: &str, measured: &str, goal: &str) {
    println!("| {figure} | {measured} | {goal} |");
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn time_to_ready(home: &Home) -> Duration {
    let started = Instant::now();
    let server = home.serve();
    let listening = started.elapsed();
    drop(server);
    listening
}

/// The last session, and the times of all answers, the shortest first.
async fn typed_answers(client: &Client) -> (Uuid, Vec<Duration>) {
    let (mut session, mut times) = (Uuid::nil(), Vec::new());
    for _ in 0..REPEATS {
        let (judged, time) = typed_answer(client).await;
        times.push(time);
        session = judged;
    }
    times.sort();
    (session, times)
}

/// Has one answer judged, in a session of its own. Returns the session, and how long it took.
async fn typed_answer(client: &Client) -> (Uuid, Duration) {
    let wishes = NewSession { question_ids: vec![QUESTION.into()], ..NewSession::default() };
    let created = client.create_session(&wishes).await.unwrap();
    let answer = NewAnswer { text: Some(ANSWER.into()), ..NewAnswer::default() };
    let started = Instant::now();
    let sending = Sending { key: Uuid::now_v7(), wait: Duration::from_secs(20) };
    let turn = client.answer(created.turns[0].id, &answer, &sending).await.unwrap();
    let time = started.elapsed();
    assert_eq!(turn.state, TurnState::Judged);
    (created.head.id, time)
}

/// How many requests a second were answered, and the 99th percentile of their times.
async fn read(server: &Server, session: Uuid) -> (f64, Duration) {
    let (length, connections) = READING;
    let started = Instant::now();
    let readers: Vec<_> = (0..connections)
        .map(|_| {
            let client = Client::new(server.url.parse().unwrap()).unwrap();
            tokio::spawn(async move {
                let mut times = Vec::new();
                while started.elapsed() < length {
                    let begun = Instant::now();
                    client.session(session).await.unwrap();
                    times.push(begun.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for reader in readers {
        times.extend(reader.await.unwrap());
    }
    times.sort();
    (times.len() as f64 / started.elapsed().as_secs_f64(), times[times.len() * 99 / 100])
}
