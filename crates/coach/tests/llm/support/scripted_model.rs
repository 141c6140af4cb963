//! A model server that replies by script: to each form that is asked for, its replies in order, the last one again and again.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::{clarity, marks};

/// A stronger answer that makes every key point.
pub const STRONGER: &str =
    "The string moves into b, so a can't be used after that. I would borrow it with a reference.";

/// One reply of the script.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The model says this.
    Says(String),
    /// The server answers with exactly this status, headers and body.
    Answers(u16, Vec<(&'static str, &'static str)>, String),
    /// As the inner reply, later.
    Late(Duration, Box<Reply>),
    /// The model writes this and is cut off.
    CutOff(String),
}

/// The replies to a form, from one model or from whichever is asked.
type Replies = HashMap<(&'static str, Option<&'static str>), Vec<Reply>>;

/// A script under construction: a model that judges the usual answer soundly, unless told otherwise.
pub struct Script {
    replies: Replies,
    weakness: Option<Weakness>,
    /// What the server says of itself: its models, and llama.cpp's properties.
    models: Value,
    properties: Option<Value>,
    /// The types of `response_format` that the server refuses.
    refused_formats: &'static [&'static str],
    /// Whether the server refuses to stream.
    refuses_streams: bool,
    /// How often the server is still loading its model.
    loading: usize,
}

/// What a model falls for, and what it replies to requests for a form then.
struct Weakness {
    is_fooled: fn(&Value) -> bool,
    form: &'static str,
    reply: Reply,
}

impl Script {
    pub fn sound() -> Self {
        let models = json!({"data": [{"id": "a-model"}, {"id": "another"}]});
        let script = Self {
            replies: HashMap::new(),
            weakness: None,
            models,
            properties: None,
            refused_formats: &[],
            refuses_streams: false,
            loading: 0,
        };
        script
            .on("marks", [says(&marks())])
            .on("clarity", [says(&clarity())])
            .on("stronger_answer", [says(&json!({"answer": STRONGER}))])
            .on("follow_up", [says(&json!({"question": "You said it moves: what holds for the first variable?"}))])
    }

    /// Replies to requests for `form`, whichever model is asked.
    pub fn on(mut self, form: &'static str, replies: impl IntoIterator<Item = Reply>) -> Self {
        self.replies.insert((form, None), replies.into_iter().collect());
        self
    }

    /// Replies to requests for `form` to one model.
    pub fn on_model(
        mut self,
        model: &'static str,
        form: &'static str,
        replies: impl IntoIterator<Item = Reply>,
    ) -> Self {
        self.replies.insert((form, Some(model)), replies.into_iter().collect());
        self
    }

    /// Replies to all requests for anything.
    pub fn on_all(self, reply: Reply) -> Self {
        let forms = ["marks", "clarity", "stronger_answer", "follow_up"];
        forms.into_iter().fold(self, |script, form| script.on(form, [reply.clone()]))
    }

    /// Has the model reply to requests for `form` with `reply` when it is fooled by one.
    pub fn when_fooled(mut self, is_fooled: fn(&Value) -> bool, form: &'static str, reply: Reply) -> Self {
        self.weakness = Some(Weakness { is_fooled, form, reply });
        self
    }

    /// Has the server list these models.
    pub fn with_models(mut self, models: Value) -> Self {
        self.models = models;
        self
    }

    /// Has the server say this of itself, as llama.cpp does.
    pub fn with_properties(mut self, properties: Value) -> Self {
        self.properties = Some(properties);
        self
    }

    /// Has the server refuse requests with these types of `response_format`.
    pub fn refusing(mut self, formats: &'static [&'static str]) -> Self {
        self.refused_formats = formats;
        self
    }

    /// Has the server refuse to stream.
    pub fn without_streams(mut self) -> Self {
        self.refuses_streams = true;
        self
    }

    /// Has the server load its model first, for this number of requests and questions about itself.
    pub fn loading(mut self, requests: usize) -> Self {
        self.loading = requests;
        self
    }

    /// Starts the server.
    pub async fn start(self) -> ScriptedModel {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(Player(Mutex::new(self))).mount(&server).await;
        ScriptedModel { server }
    }
}

/// The model says this value.
pub fn says(value: &Value) -> Reply {
    Reply::Says(value.to_string())
}

/// A running server.
pub struct ScriptedModel {
    server: MockServer,
}

impl ScriptedModel {
    /// The base address for settings.
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.server.uri())
    }

    /// The bodies of all requests for `form`, in order.
    pub async fn requests(&self, form: &str) -> Vec<Value> {
        let requests = self.raw_requests().await;
        let bodies = requests.iter().map(|request| serde_json::from_slice(&request.body).unwrap());
        bodies.filter(|body| form_of(body) == form).collect()
    }

    /// How often the server was asked for what it says at `path`.
    pub async fn questions(&self, path: &str) -> usize {
        let requests = self.server.received_requests().await.unwrap();
        requests.iter().filter(|request| request.method == "GET" && request.url.path() == path).count()
    }

    /// All requests to the model as they came.
    pub async fn raw_requests(&self) -> Vec<Request> {
        let requests = self.server.received_requests().await.unwrap();
        let is_call = |request: &Request| request.method == "POST" && request.url.path() != "/api/show";
        requests.into_iter().filter(is_call).collect()
    }
}

struct Player(Mutex<Script>);

impl Respond for Player {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut script = self.0.lock().unwrap();
        if script.loading > 0 {
            script.loading -= 1;
            let loading = json!({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}});
            return ResponseTemplate::new(503).set_body_json(loading);
        }
        if request.method == "GET" || request.url.path() == "/api/show" {
            let is_of_properties = ["/props", "/api/show"].contains(&request.url.path());
            let found = if is_of_properties { script.properties.as_ref() } else { Some(&script.models) };
            return match found {
                Some(found) => ResponseTemplate::new(200).set_body_json(found),
                None => ResponseTemplate::new(404),
            };
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let as_messages = request.url.path().ends_with("/messages");
        let format = body.pointer("/response_format/type").and_then(Value::as_str);
        if let Some(format) = format.filter(|format| script.refused_formats.contains(format)) {
            let refused = json!({"error": {"message": format!("'{format}' is not supported with this model")}});
            return ResponseTemplate::new(400).set_body_json(refused);
        }
        if script.refuses_streams && body["stream"] == true {
            return ResponseTemplate::new(400)
                .set_body_json(json!({"error": {"message": "streaming is not supported"}}));
        }
        if let Some(Weakness { is_fooled, form, reply }) = &script.weakness
            && *form == form_of(&body)
            && is_fooled(&body)
        {
            return respond(reply.clone(), as_messages, &body);
        }
        let script = &mut script.replies;
        let key = script
            .keys()
            .filter(|(form, model)| *form == form_of(&body) && model.is_none_or(|model| body["model"] == model))
            .max_by_key(|(_, model)| model.is_some())
            .copied();
        let Some(replies) = key.and_then(|key| script.get_mut(&key)) else {
            return ResponseTemplate::new(500).set_body_string(format!("not in the script: {}", form_of(&body)));
        };
        let reply = if replies.len() > 1 { replies.remove(0) } else { replies[0].clone() };
        respond(reply, as_messages, &body)
    }
}

fn respond(reply: Reply, as_messages: bool, body: &Value) -> ResponseTemplate {
    let is_streamed = body["stream"] == true;
    match reply {
        Reply::Says(text) if as_messages => ResponseTemplate::new(200).set_body_json(json!({
            "type": "message",
            "content": [{"type": "tool_use", "id": "t", "name": "f", "input": serde_json::from_str::<Value>(&text).unwrap()}],
            "stop_reason": "tool_use",
            "usage": {"input_tokens": 100, "output_tokens": 10},
        })),
        Reply::Says(text) if is_streamed => stream(&text, "stop"),
        Reply::CutOff(text) => stream(&text, "length"),
        Reply::Says(text) => ResponseTemplate::new(200).set_body_json(json!({
            "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10},
        })),
        Reply::Answers(status, headers, body) => headers
            .into_iter()
            .fold(ResponseTemplate::new(status).set_body_string(body), |response, (name, value)| {
                response.insert_header(name, value)
            }),
        Reply::Late(delay, reply) => respond(*reply, as_messages, body).set_delay(delay),
    }
}

/// The text in pieces, as servers send it while the model writes.
fn stream(text: &str, finish: &str) -> ResponseTemplate {
    let characters: Vec<char> = text.chars().collect();
    let pieces = characters.chunks(7).map(|piece| {
        let piece: String = piece.iter().collect();
        json!({"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": null}]})
    });
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]});
    let usage = json!({
        "choices": [],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "prompt_tokens_details": {"cached_tokens": 60}},
    });
    let events = pieces.chain([end, usage]).map(|event| format!("data: {event}\n\n"));
    let body = events.chain(["data: [DONE]\n\n".to_owned()]).collect::<String>();
    ResponseTemplate::new(200).set_body_raw(body, "text/event-stream")
}

/// The form that a request asks for: by name where a schema is sent, by the line that shows it where none is.
fn form_of(body: &Value) -> String {
    let name = body.pointer("/response_format/json_schema/name").or(body.pointer("/tools/0/name"));
    if let Some(name) = name.and_then(Value::as_str) {
        return name.to_owned();
    }
    let instructions = body.pointer("/messages/0/content").and_then(Value::as_str).unwrap_or_default();
    let forms = [("{\"key_points\"", "marks"), ("{\"checks\"", "clarity"), ("{\"answer\"", "stronger_answer")];
    let known = forms.into_iter().find(|(line, _)| instructions.contains(line));
    known.map_or("follow_up", |(_, form)| form).to_owned()
}
