//! A language model server on loopback that says what a test wants: OpenAI's chat completions over real HTTP.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

/// The longest that a connection may stay silent.
const PATIENCE: Duration = Duration::from_secs(120);

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The form that the reply is to have: `marks`, `clarity`, `stronger_answer` or `follow_up`.
    pub form: String,
    /// The model that is asked.
    pub model: String,
    /// The candidate's answer, as the model gets it.
    pub answer: String,
    /// The key points to judge.
    pub key_points: Vec<String>,
    /// What a good answer says, where a stronger one is asked for.
    pub good_answer: String,
    /// Whether this is a request to correct a reply.
    pub is_repair: bool,
}

/// One reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// The model says this.
    Says(Value),
    /// The server answers with exactly this status, type and body.
    Answers(u16, &'static str, String),
}

/// When a request was with the server: from its last byte to the last of its reply.
type Stay = (Instant, Instant);

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A running server. It takes connections until the program ends.
pub struct LanguageModel {
    address: SocketAddr,
    stays: Arc<Mutex<Vec<Stay>>>,
}

impl LanguageModel {
    /// Starts a server that replies by script. A script may take its time: every connection has a thread of its own.
    pub fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap_or_else(|error| panic!("no port: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let stays = Arc::<Mutex<Vec<Stay>>>::default();
        let (script, noted): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&stays));
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                let (script, stays) = (Arc::clone(&script), Arc::clone(&noted));
                std::thread::spawn(move || serve(stream, &*script, &stays));
            }
        });
        Self { address, stays }
    }

    /// A server whose model makes every key point of every answer.
    pub fn kind() -> Self {
        Self::start(|asked| Reply::Says(kind_words(asked)))
    }

    /// The base address for settings.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// For how long at least one request was with the server since this was last asked.
    pub fn time_taken(&self) -> Duration {
        let mut stays = std::mem::take(&mut *lock(&self.stays));
        stays.sort();
        let mut taken = Duration::ZERO;
        let mut until: Option<Instant> = None;
        for (came, left) in stays {
            let from = until.map_or(came, |until| came.max(until));
            taken += left.saturating_duration_since(from);
            until = Some(until.map_or(left, |until| left.max(until)));
        }
        taken
    }
}

/// What a model says that finds every key point in the answer.
pub fn kind_words(asked: &Asked) -> Value {
    let words: Vec<&str> = asked.answer.split_whitespace().collect();
    let quote = |first: usize, most: usize| words.iter().skip(first).take(most).copied().collect::<Vec<_>>().join(" ");
    match asked.form.as_str() {
        "marks" => {
            let hit = |id: &String| (id.clone(), json!({"quote": asked.answer, "verdict": "hit"}));
            json!({"key_points": asked.key_points.iter().map(hit).collect::<Map<_, _>>()})
        }
        "clarity" => {
            let checks = interview::marks::ClarityCheck::ALL.iter().enumerate();
            let yes = |(number, check): (usize, &interview::marks::ClarityCheck)| {
                let quote = quote(number.min(words.len().saturating_sub(3)), 3);
                (check.as_str().to_owned(), json!({"quote": quote, "verdict": "yes", "note": null}))
            };
            json!({"checks": checks.map(yes).collect::<Map<_, _>>()})
        }
        "stronger_answer" => json!({"answer": asked.good_answer}),
        _ => json!({"question": "You said that: what follows from it?"}),
    }
}

fn serve(stream: TcpStream, script: &Script, stays: &Mutex<Vec<Stay>>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(body) = read_request(&mut reader)? {
        let came = Instant::now();
        let (status, kind, text) = match script(&asked(&body)) {
            // What the server is, it says only where it does what the test wants of a model.
            Reply::Says(_) if body.is_null() => (404, "application/json", "{}".to_owned()),
            Reply::Answers(status, kind, text) => (status, kind, text),
            Reply::Says(value) => (200, "application/json", completion(&value).to_string()),
        };
        let length = text.len();
        let head = format!("HTTP/1.1 {status} Scripted\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
        writer.write_all(format!("{head}{text}").as_bytes())?;
        lock(stays).push((came, Instant::now()));
    }
    Ok(())
}

/// The body of the next request, null for a question about the server; none when the client has no further one.
fn read_request(reader: &mut impl BufRead) -> std::io::Result<Option<Value>> {
    let mut length = 0;
    let mut line = String::new();
    let mut is_question = false;
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        is_question |= line.starts_with("GET ");
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().map_err(std::io::Error::other)?;
            }
            None if line.trim_end().is_empty() => break,
            _ => {}
        }
    }
    if is_question {
        return Ok(Some(Value::Null));
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    serde_json::from_slice(&body).map(Some).map_err(std::io::Error::other)
}

fn asked(body: &Value) -> Asked {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let form = body.pointer("/response_format/json_schema");
    let ids = form.and_then(|form| form.pointer("/schema/properties/key_points/properties"));
    let (instructions, material) =
        (text(body.pointer("/messages/0/content")), text(body.pointer("/messages/1/content")));
    // Where no schema is sent, the form is shown.
    let forms = [("{\"key_points\"", "marks"), ("{\"checks\"", "clarity"), ("{\"answer\"", "stronger_answer")];
    let shown = || forms.iter().find(|(line, _)| instructions.contains(line)).map_or("follow_up", |(_, form)| form);
    let name = form.and_then(|form| form.get("name")).and_then(Value::as_str);
    let (_, good) = instructions.split_once("What a good answer says:\n").unwrap_or_default();
    let good = good.lines().map_while(|line| line.strip_prefix("- ")).collect::<Vec<_>>().join(". ");
    Asked {
        form: name.unwrap_or_else(shown).to_owned(),
        model: text(body.get("model")),
        answer: material.lines().nth(1).unwrap_or_default().to_owned(),
        key_points: ids.and_then(Value::as_object).into_iter().flatten().map(|(id, _)| id.clone()).collect(),
        good_answer: good,
        is_repair: body.pointer("/messages/2").is_some(),
    }
}

fn completion(said: &Value) -> Value {
    json!({
        "choices": [{"message": {"role": "assistant", "content": said.to_string()}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10},
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
