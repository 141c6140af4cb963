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
    let ready = times(20, || time_to_ready(&home));
    row("`viva serve` to ready, median of 20", &milliseconds(ready[ready.len() / 2]), "100 ms");
    let server = home.serve();
    let client = Client::new(server.url.parse().unwrap()).unwrap();
    let judged = runtime.block_on(typed_answers(&client));
    row("a typed answer to its offline marks, median", &milliseconds(judged.times[judged.times.len() / 2]), "50 ms");
    row("the same, slowest of 40", &milliseconds(*judged.times.last().unwrap()), "");
    runtime.block_on(language_model::measure(&Home::empty()));
    let reading = runtime.block_on(read(&server, judged.session));
    row("reading a judged session, requests a second", &format!("{:.0}", reading.per_second), "");
    row("the same, 99th percentile", &milliseconds(reading.p99), "");
    row("the server's peak memory", &process::peak_memory(server.id()), "");
}

fn row(figure: &str, measured: &str, goal: &str) {
    println!("| {figure} | {measured} | {goal} |");
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// The times of `repeats` measurements, the shortest first.
fn times(repeats: usize, measure: impl FnMut() -> Duration) -> Vec<Duration> {
    let mut times: Vec<Duration> = std::iter::repeat_with(measure).take(repeats).collect();
    times.sort();
    times
}

fn time_to_ready(home: &Home) -> Duration {
    let started = Instant::now();
    let server = home.serve();
    let listening = started.elapsed();
    drop(server);
    listening
}

struct Judged {
    session: Uuid,
    times: Vec<Duration>,
}

async fn typed_answers(client: &Client) -> Judged {
    let mut times = Vec::new();
    let mut session = Uuid::nil();
    for _ in 0..REPEATS {
        let judged = typed_answer(client).await;
        times.push(judged.time);
        session = judged.session;
    }
    times.sort();
    Judged { session, times }
}

struct JudgedAnswer {
    session: Uuid,
    time: Duration,
}

/// Has one answer judged, in a session of its own.
async fn typed_answer(client: &Client) -> JudgedAnswer {
    let wishes = NewSession { question_ids: vec![QUESTION.into()], ..NewSession::default() };
    let created = client.create_session(&wishes).await.unwrap();
    let answer = NewAnswer { text: Some(ANSWER.into()), ..NewAnswer::default() };
    let started = Instant::now();
    let sending = Sending { key: Uuid::now_v7(), wait: Duration::from_secs(20) };
    let turn = client.answer(created.turns[0].id, &answer, &sending).await.unwrap();
    let time = started.elapsed();
    assert_eq!(turn.state, TurnState::Judged);
    JudgedAnswer { session: created.head.id, time }
}

struct Reading {
    per_second: f64,
    p99: Duration,
}

async fn read(server: &Server, session: Uuid) -> Reading {
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
    Reading { per_second: times.len() as f64 / started.elapsed().as_secs_f64(), p99: times[times.len() * 99 / 100] }
}
