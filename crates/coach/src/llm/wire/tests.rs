use serde_json::json;

use super::*;

fn form() -> Form {
    Form { name: "ready", schema: json!({"type": "object"}) }
}

fn sent(wire: Wire, temperature: Option<f64>) -> Value {
    let form = form();
    let messages =
        vec![Message::Ours("material".into()), Message::Models("{".into()), Message::Ours("correct it".into())];
    let call = Call { instructions: "do it", messages, form: &form };
    serde_json::from_slice(&wire.body("a-model", temperature, &call).unwrap()).unwrap()
}

fn said(wire: Wire, body: Value) -> Said {
    wire.read(body.to_string().as_bytes()).unwrap()
}

#[test]
fn chat_completions_carry_the_schema_as_response_format() {
    assert_eq!(
        sent(Wire::ChatCompletions, Some(0.0)),
        json!({
            "model": "a-model",
            "messages": [
                {"role": "system", "content": "do it"},
                {"role": "user", "content": "material"},
                {"role": "assistant", "content": "{"},
                {"role": "user", "content": "correct it"},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "ready", "strict": true, "schema": {"type": "object"}},
            },
            "temperature": 0.0,
            "stream": false,
        })
    );
}

#[test]
fn messages_carry_the_schema_as_a_tool_that_must_be_used() {
    assert_eq!(
        sent(Wire::Messages, None),
        json!({
            "model": "a-model",
            "max_tokens": 8192,
            "system": "do it",
            "messages": [
                {"role": "user", "content": "material"},
                {"role": "assistant", "content": "{"},
                {"role": "user", "content": "correct it"},
            ],
            "tools": [{"name": "ready", "description": "Hands in the reply.", "input_schema": {"type": "object"}}],
            "tool_choice": {"type": "tool", "name": "ready"},
        })
    );
}

#[test]
fn keys_go_into_the_header_that_the_format_wants() {
    assert_eq!(Wire::ChatCompletions.headers(Some("k")), [("authorization", "Bearer k".to_owned())]);
    assert_eq!(Wire::ChatCompletions.headers(None), []);
    assert_eq!(
        Wire::Messages.headers(Some("k")),
        [("anthropic-version", "2023-06-01".to_owned()), ("x-api-key", "k".to_owned())]
    );
}

#[test]
fn a_chat_completion_says_its_text_and_what_it_cost() {
    let body = json!({
        "id": "x", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "{}"}}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
    });
    let expected = Said { outcome: Outcome::Text("{}".into()), tokens: Tokens { input: 12, output: 3 } };
    assert_eq!(said(Wire::ChatCompletions, body), expected);
}

#[test]
fn declined_cut_off_and_empty_completions_are_told_apart() {
    let choice = |choice: Value| said(Wire::ChatCompletions, json!({"choices": [choice]})).outcome;
    assert_eq!(choice(json!({"message": {"content": null, "refusal": "I cannot"}})), Outcome::Declined);
    assert_eq!(choice(json!({"message": {"content": "{"}, "finish_reason": "length"})), Outcome::CutOff);
    assert_eq!(choice(json!({"message": {}, "finish_reason": "content_filter"})), Outcome::Declined);
    assert_eq!(choice(json!({"message": {"content": null}})), Outcome::Text(String::new()));
    assert_eq!(said(Wire::ChatCompletions, json!({"choices": []})).outcome, Outcome::Text(String::new()));
}

#[test]
fn the_input_of_the_tool_is_the_reply_and_text_stands_in_for_it() {
    let used = json!({
        "content": [{"type": "text", "text": "Let me see."}, {"type": "tool_use", "id": "t", "name": "ready", "input": {"a": 1}}],
        "stop_reason": "tool_use", "usage": {"input_tokens": 7, "output_tokens": 2},
    });
    let expected = Said { outcome: Outcome::Text("{\"a\":1}".into()), tokens: Tokens { input: 7, output: 2 } };
    assert_eq!(said(Wire::Messages, used), expected);
    let written = json!({"content": [{"type": "text", "text": "{\"a\":2}"}], "stop_reason": "end_turn"});
    assert_eq!(said(Wire::Messages, written).outcome, Outcome::Text("{\"a\":2}".into()));
}

#[test]
fn declined_and_cut_off_messages_are_told_apart() {
    let stopped = |reason: &str| said(Wire::Messages, json!({"content": [], "stop_reason": reason})).outcome;
    assert_eq!(stopped("refusal"), Outcome::Declined);
    assert_eq!(stopped("max_tokens"), Outcome::CutOff);
}

#[test]
fn what_is_in_another_format_is_an_error() {
    for wire in [Wire::ChatCompletions, Wire::Messages] {
        for body in ["", "<html>", "[]", "{}", "{\"choices\": 1, \"content\": 2}"] {
            assert!(wire.read(body.as_bytes()).is_err(), "{wire:?} {body}");
        }
    }
}
