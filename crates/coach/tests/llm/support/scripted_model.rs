//! A model server that replies by script: to each form that is asked for, its replies in order, the last one again and again.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::{clarity, marks};

/// One reply of the script.
#[derive(Clone, Debug)]
pub enum Reply {
    /// The model says this.
    Says(String),
    /// The server answers with exactly this status, headers and body.
    Answers(u16, Vec<(&'static str, &'static str)>, String),
    /// As the inner reply, later.
    Late(Duration, Box<Reply>),
}

/// The replies to a form, from one model or from whichever is asked.
type Replies = HashMap<(&'static str, Option<&'static str>), Vec<Reply>>;

/// A script under construction: a model that judges the usual answer soundly, unless told otherwise.
pub struct Script {
    replies: Replies,
    weakness: Option<Weakness>,
}

/// What a model falls for, and what it replies to requests for a form then.
struct Weakness {
    is_fooled: fn(&Value) -> bool,
    form: &'static str,
    reply: Reply,
}

impl Script {
    pub fn sound() -> Self {
        Self { replies: HashMap::new(), weakness: None }
            .on("marks", [says(&marks())])
            .on("clarity", [says(&clarity())])
            .on("stronger_answer", [says(&json!({"answer": "The string moves into b. I would borrow it."}))])
            .on("follow_up", [says(&json!({"question": "You said it moves: what holds for the first variable?"}))])
            .on("ready", [says(&json!({"ready": true}))])
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
        let forms = ["marks", "clarity", "stronger_answer", "follow_up", "ready"];
        forms.into_iter().fold(self, |script, form| script.on(form, [reply.clone()]))
    }

    /// Has the model reply to requests for `form` with `reply` when it is fooled by one.
    pub fn when_fooled(mut self, is_fooled: fn(&Value) -> bool, form: &'static str, reply: Reply) -> Self {
        self.weakness = Some(Weakness { is_fooled, form, reply });
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
        let requests = self.server.received_requests().await.unwrap();
        let bodies = requests.iter().map(|request| serde_json::from_slice(&request.body).unwrap());
        bodies.filter(|body| form_of(body) == form).collect()
    }

    /// All requests as they came.
    pub async fn raw_requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }
}

struct Player(Mutex<Script>);

impl Respond for Player {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let as_messages = request.url.path().ends_with("/messages");
        let mut script = self.0.lock().unwrap();
        if let Some(Weakness { is_fooled, form, reply }) = &script.weakness
            && *form == form_of(&body)
            && is_fooled(&body)
        {
            return respond(reply.clone(), as_messages);
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
        respond(reply, as_messages)
    }
}

fn respond(reply: Reply, as_messages: bool) -> ResponseTemplate {
    match reply {
        Reply::Says(text) if as_messages => ResponseTemplate::new(200).set_body_json(json!({
            "content": [{"type": "tool_use", "id": "t", "name": "f", "input": serde_json::from_str::<Value>(&text).unwrap()}],
            "stop_reason": "tool_use",
            "usage": {"input_tokens": 100, "output_tokens": 10},
        })),
        Reply::Says(text) => ResponseTemplate::new(200).set_body_json(json!({
            "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10},
        })),
        Reply::Answers(status, headers, body) => headers
            .into_iter()
            .fold(ResponseTemplate::new(status).set_body_string(body), |response, (name, value)| {
                response.insert_header(name, value)
            }),
        Reply::Late(delay, reply) => respond(*reply, as_messages).set_delay(delay),
    }
}

fn form_of(body: &Value) -> String {
    let name = body.pointer("/response_format/json_schema/name").or(body.pointer("/tool_choice/name"));
    name.and_then(Value::as_str).unwrap_or_default().to_owned()
}
