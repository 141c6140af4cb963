//! A language model server on loopback that says what a test wants: OpenAI's chat completions, or Ollama's own chat, over real HTTP.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
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
    /// Key points that a follow-up does not ask for.
    pub other_points: Vec<String>,
    /// The misconceptions to look for.
    pub misconceptions: Vec<String>,
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
    /// The server writes this and dies: it ends every connection, and nobody listens at its address until it returns.
    Dies(&'static str),
}

/// When a request was with the server: from its last byte to the last of its reply.
type Stay = (Instant, Instant);

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

/// A running server. It takes connections until the program ends, or until it dies by its script.
pub struct LanguageModel {
    server: Arc<Running>,
}

struct Running {
    address: SocketAddr,
    script: Box<Script>,
    /// What an Ollama lists.
    models: Option<Value>,
    stays: Mutex<Vec<Stay>>,
    connections: Mutex<Vec<TcpStream>>,
    is_dead: AtomicBool,
}

impl LanguageModel {
    /// Starts a server that replies by script. A script may take its time: every connection has a thread of its own.
    pub fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::with_models(None, script)
    }

    /// The same as an Ollama that lists these models.
    pub fn ollama(models: Value, script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::with_models(Some(json!({"models": models})), script)
    }

    fn with_models(models: Option<Value>, script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap_or_else(|error| panic!("no port: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let (stays, connections, is_dead) = (Mutex::default(), Mutex::default(), AtomicBool::new(false));
        let server = Arc::new(Running { address, script: Box::new(script), models, stays, connections, is_dead });
        Arc::clone(&server).listen(listener);
        Self { server }
    }

    /// Starts the server again, at the same address, after it has died.
    pub fn returns(&self) {
        assert!(self.server.is_dead.load(Ordering::SeqCst), "the server has not died");
        self.listen_again();
    }

    /// The same, once it has died.
    pub fn returns_once_dead(&self) {
        let began = Instant::now();
        while !self.server.is_dead.load(Ordering::SeqCst) {
            assert!(began.elapsed() < PATIENCE, "the server does not die");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.listen_again();
    }

    fn listen_again(&self) {
        let began = Instant::now();
        let listener = loop {
            match TcpListener::bind(self.server.address) {
                Ok(listener) => break listener,
                Err(error) => assert!(began.elapsed() < PATIENCE, "the address stays taken: {error}"),
            }
        };
        self.server.is_dead.store(false, Ordering::SeqCst);
        Arc::clone(&self.server).listen(listener);
    }

    /// A server whose model makes every key point of every answer.
    pub fn kind() -> Self {
        Self::start(|asked| Reply::Says(kind_words(asked)))
    }

    /// The base address for settings.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.server.address)
    }

    /// Its host and port.
    pub fn host(&self) -> String {
        self.server.address.to_string()
    }

    /// For how long at least one request was with the server since this was last asked.
    pub fn time_taken(&self) -> Duration {
        let mut stays = std::mem::take(&mut *lock(&self.server.stays));
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
            let points: Map<_, _> = asked.key_points.iter().map(hit).collect();
            let not_stated = |id: &String| (id.clone(), json!({"quote": null, "verdict": "not_stated"}));
            let wrong: Map<_, _> = asked.misconceptions.iter().map(not_stated).collect();
            let missed = |id: &String| (id.clone(), json!({"quote": null, "verdict": "missed"}));
            let others: Map<_, _> = asked.other_points.iter().map(missed).collect();
            let groups = [("key_points", points), ("other_points", others), ("misconceptions", wrong)];
            groups
                .into_iter()
                .filter(|(_, entries)| !entries.is_empty())
                .map(|(name, entries)| (name.to_owned(), Value::Object(entries)))
                .collect()
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

impl Running {
    fn listen(self: Arc<Self>, listener: TcpListener) {
        std::thread::spawn(move || {
            for stream in listener.incoming().filter_map(Result::ok) {
                if self.is_dead.load(Ordering::SeqCst) {
                    return;
                }
                lock(&self.connections).extend(stream.try_clone());
                let server = Arc::clone(&self);
                std::thread::spawn(move || server.serve(stream));
            }
        });
    }

    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let mut writer = stream.try_clone()?;
        let mut reader = BufReader::new(stream);
        while let Some(body) = read_request(&mut reader)? {
            let came = Instant::now();
            let json = |status, body: &Value| (status, "application/json", body.to_string());
            let (status, kind, text) = match (&self.models, body.is_null()) {
                (Some(models), true) => json(200, models),
                (_, is_question) => match (self.script)(&asked(&body)) {
                    // What the server is, it says only where it does what the test wants of a model.
                    Reply::Says(_) | Reply::Dies(_) if is_question => json(404, &json!({})),
                    Reply::Answers(status, kind, text) => (status, kind, text),
                    Reply::Says(value) if self.models.is_some() => json(200, &chat(&value)),
                    Reply::Says(value) => json(200, &completion(&value)),
                    Reply::Dies(last) => {
                        writer.write_all(last.as_bytes())?;
                        self.die();
                        return Ok(());
                    }
                },
            };
            let length = text.len();
            let head =
                format!("HTTP/1.1 {status} Scripted\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n");
            writer.write_all(format!("{head}{text}").as_bytes())?;
            lock(&self.stays).push((came, Instant::now()));
        }
        Ok(())
    }

    fn die(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
        for connection in lock(&self.connections).drain(..) {
            connection.shutdown(Shutdown::Both).ok(); // It may have ended by itself.
        }
        // Whoever listens notices it with the next connection.
        TcpStream::connect(self.address).ok();
    }
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
    let name = body.pointer("/response_format/json_schema/name").and_then(Value::as_str);
    let (instructions, material) =
        (text(body.pointer("/messages/0/content")), text(body.pointer("/messages/1/content")));
    // The form is shown, whether a schema is sent or not; the one of a request to correct in that.
    let is_repair = body.pointer("/messages/2").is_some();
    let request = body.get("messages").and_then(Value::as_array).and_then(|messages| messages.last());
    let correction = text(request.and_then(|request| request.get("content")));
    let showing = if is_repair { &correction } else { &instructions };
    let forms = [("{\"key_points\"", "marks"), ("{\"checks\"", "clarity"), ("{\"answer\"", "stronger_answer")];
    let shown = || forms.iter().find(|(line, _)| instructions.contains(line)).map_or("follow_up", |(_, form)| form);
    let (_, good) = instructions.split_once("What a good answer says:\n").unwrap_or_default();
    let good = good.lines().map_while(|line| line.strip_prefix("- ")).collect::<Vec<_>>().join(". ");
    Asked {
        form: name.unwrap_or_else(shown).to_owned(),
        model: text(body.get("model")),
        answer: material.lines().nth(1).unwrap_or_default().to_owned(),
        key_points: shown_ids(showing, "key_points"),
        other_points: shown_ids(showing, "other_points"),
        misconceptions: shown_ids(showing, "misconceptions"),
        good_answer: good,
        is_repair,
    }
}

/// The ids of a group in the line that shows the form: `"group": {"id": {"quote": …}, …}`.
fn shown_ids(instructions: &str, group: &str) -> Vec<String> {
    let (_, entries) = instructions.split_once(&format!("\"{group}\": {{")).unwrap_or_default();
    let ids = entries.split('}').map_while(|entry| entry.trim_start_matches(", ").split_once("\": {\"quote\""));
    ids.map(|(id, _)| id.trim_start_matches('"').to_owned()).collect()
}

fn completion(said: &Value) -> Value {
    json!({
        "choices": [{"message": {"role": "assistant", "content": said.to_string()}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10},
    })
}

fn chat(said: &Value) -> Value {
    json!({
        "message": {"role": "assistant", "content": said.to_string()}, "done": true, "done_reason": "stop",
        "prompt_eval_count": 100, "eval_count": 10,
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
