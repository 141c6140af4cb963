//! Trying the connection says what is wrong, and what to expect.

use std::num::NonZeroU64;

use coach::LlmCoach;
use coach::llm::{Enforcement, LlmSettings, Preset, Thinking};
use serde_json::json;

use crate::support::scripted_model::{Reply, Script, says};
use crate::support::socket::{self, Behaviour};
use crate::support::{question, settings};

async fn tried(settings: LlmSettings) -> String {
    LlmCoach::new(&settings).unwrap().check_connection(&question(), &[]).await.unwrap_err().to_string()
}

async fn tried_with(reply: Reply) -> String {
    tried(settings(&Script::sound().on_all(reply).start().await.base_url())).await
}

fn answers(status: u16, body: &str) -> Reply {
    Reply::Answers(status, vec![], body.to_owned())
}

#[tokio::test]
async fn a_connection_that_works_says_what_an_answer_takes() {
    let model = Script::sound().start().await;
    let settings = LlmSettings { second_model: Some("another".to_owned()), ..settings(&model.base_url()) };
    let connection = LlmCoach::new(&settings).unwrap().check_connection(&question(), &[]).await.unwrap();
    assert_eq!(connection.models, ["a-model", "another"]);
    assert_eq!(connection.available, ["a-model", "another"]);
    assert!(model.base_url().contains(&connection.server), "{connection:?}");
    assert_eq!(connection.enforcement, Enforcement::Schema);
    assert!(connection.usage.total.replies >= 4 && connection.usage.total.input_tokens >= 400, "{connection:?}");
}

#[tokio::test]
async fn a_server_that_loads_its_model_is_waited_for_before_it_is_asked_what_it_has() {
    let properties = json!({"default_generation_settings": {"n_ctx": 32_768}});
    let model = Script::sound().loading(1).with_properties(properties).start().await;
    let connection = LlmCoach::new(&settings(&model.base_url())).unwrap().check_connection(&question(), &[]).await;
    let connection = connection.unwrap();
    assert_eq!((connection.available.len(), connection.context_tokens), (2, Some(32_768)));
    let stuck = Script::sound().loading(usize::MAX).start().await;
    let words = tried(LlmSettings { loading_seconds: NonZeroU64::MIN, ..settings(&stuck.base_url()) }).await;
    assert_eq!(words, "the coach took longer than 1 seconds to load its model");
}

#[tokio::test]
async fn the_way_in_which_forms_are_enforced_is_found_out() {
    for (refused, expected) in
        [(&["json_schema"][..], Enforcement::Json), (&["json_schema", "json_object"][..], Enforcement::Described)]
    {
        let model = Script::sound().refusing(refused).start().await;
        let coach = LlmCoach::new(&settings(&model.base_url())).unwrap();
        assert_eq!(coach.check_connection(&question(), &[]).await.unwrap().enforcement, expected);
    }
}

#[tokio::test]
async fn a_model_that_the_server_does_not_have_is_an_error_that_names_those_it_has() {
    let model = Script::sound().with_models(json!({"data": [{"id": "qwen"}, {"id": "llama"}]})).start().await;
    let words = tried(settings(&model.base_url())).await;
    assert!(words.contains("has no model `a-model`; it has `qwen`, `llama`"), "{words}");
    assert!(model.raw_requests().await.is_empty());
}

#[tokio::test]
async fn a_context_that_judging_does_not_fit_into_is_an_error_before_anything_is_judged() {
    let model = Script::sound().with_properties(json!({"default_generation_settings": {"n_ctx": 1024}})).start().await;
    let words = tried(LlmSettings { preset: Preset::LlamaCpp, ..settings(&model.base_url()) }).await;
    assert!(words.contains("is 1024 tokens and judging needs about"), "{words}");
    assert!(model.raw_requests().await.is_empty());
}

#[tokio::test]
async fn the_context_must_be_large_enough_for_the_longest_question_thoughts_included() {
    let bank = crate::bank::built_in();
    for (preset, script) in [
        (Preset::LlamaCpp, Script::sound().with_properties(json!({"default_generation_settings": {"n_ctx": 2000}}))),
        (
            Preset::Vllm,
            Script::sound().with_models(
                json!({"data": [{"id": "other", "max_model_len": 90_000}, {"id": "a-model", "max_model_len": 2000}]}),
            ),
        ),
        (
            Preset::LmStudio,
            Script::sound().with_models(
                json!({"data": [{"id": "a-model", "loaded_context_length": 2000, "max_context_length": 90_000}]}),
            ),
        ),
        (
            Preset::Ollama,
            Script::sound().with_properties(
                json!({"model_info": {"general.architecture": "qwen2", "qwen2.context_length": 2000}}),
            ),
        ),
    ] {
        let model = script.start().await;
        let base_url = Some(model.base_url().parse().unwrap());
        let settings = LlmSettings { base_url, retries: 0, ..LlmSettings::new(preset, "a-model") };
        let coach = LlmCoach::new(&settings).unwrap();
        let failed = coach.check_connection(&question(), bank.questions()).await.unwrap_err().to_string();
        assert!(failed.contains("is 2000 tokens and judging needs about"), "{preset:?}: {failed}");
    }
    let thinking =
        LlmSettings { thinking: Some(Thinking::High), preset: Preset::LlamaCpp, ..settings("http://unused/v1") };
    let model = Script::sound().with_properties(json!({"default_generation_settings": {"n_ctx": 8192}})).start().await;
    let words = tried(LlmSettings { base_url: settings(&model.base_url()).base_url, ..thinking }).await;
    assert!(words.contains("is 8192 tokens"), "{words}");
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
        (says(&json!({"sure": "yes"})), "it judges none of the key points"),
    ] {
        let words = tried_with(reply).await;
        assert!(words.contains(said), "{words}");
    }
    assert!(tried(settings(&socket::nobody().await)).await.contains("is the server running?"));
    let silent = LlmSettings {
        first_byte_seconds: NonZeroU64::MIN,
        preset: Preset::Custom,
        ..settings(&socket::start(Behaviour::SilentModel).await)
    };
    assert!(tried(silent).await.contains("longer than 1 seconds to begin its reply"));
}
