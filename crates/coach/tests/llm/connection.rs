//! Trying the connection says what is wrong.

use std::num::NonZeroU64;

use coach::LlmCoach;
use coach::llm::LlmSettings;
use serde_json::json;

use crate::support::scripted_model::{Reply, Script, says};
use crate::support::settings;
use crate::support::socket::{self, Behaviour};

async fn tried(url: &str) -> String {
    let settings = LlmSettings { first_byte_seconds: NonZeroU64::MIN, ..settings(url) };
    LlmCoach::new(&settings).unwrap().check_connection().await.unwrap_err().to_string()
}

async fn tried_with(reply: Reply) -> String {
    tried(&Script::sound().on("ready", [reply]).start().await.base_url()).await
}

fn answers(status: u16, body: &str) -> Reply {
    Reply::Answers(status, vec![], body.to_owned())
}

#[tokio::test]
async fn a_connection_that_works_names_server_and_models() {
    let model = Script::sound().start().await;
    let settings = LlmSettings { second_model: Some("another".to_owned()), ..settings(&model.base_url()) };
    let connection = LlmCoach::new(&settings).unwrap().check_connection().await.unwrap();
    assert_eq!(connection.models, ["a-model", "another"]);
    assert!(model.base_url().contains(&connection.server), "{connection:?}");
}

#[tokio::test]
async fn what_is_wrong_is_said_in_words() {
    for (reply, said) in [
        (answers(401, "{}"), "wants a key: set key_variable or key_file"),
        (
            answers(404, r#"{"error": {"message": "model \"a-model\" not found"}}"#),
            "does not know the model: model \"a-model\" not found",
        ),
        (answers(404, "404 page not found"), "no language model at this address: check the base_url"),
        (answers(200, ""), "sends an empty reply: check the base_url"),
        (answers(200, "<html></html>"), "web page"),
        (answers(308, ""), "has moved"),
        (answers(500, ""), "busy or out of order (500)"),
        (says(&json!({"sure": "yes"})), "not in the form"),
    ] {
        let words = tried_with(reply).await;
        assert!(words.contains(said), "{words}");
    }
    assert!(tried(&socket::nobody().await).await.contains("is the server running?"));
    assert!(tried(&socket::start(Behaviour::Silence).await).await.contains("longer than 1 seconds"));
}
