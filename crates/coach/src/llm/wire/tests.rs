use serde_json::json;

use super::*;
use crate::llm::form::Shape;

fn form() -> Form {
    let fields = vec![("quote".to_owned(), Shape::Text("words", 9)), ("after".to_owned(), Shape::OneOf(&["x"]))];
    Form { name: "ready", shape: Shape::Object(fields) }
}

fn call(form: &Form) -> Call<'_> {
    let messages =
        vec![Message::Ours("material".into()), Message::Models("{".into()), Message::Ours("correct it".into())];
    Call { instructions: "do it", messages, form, is_repair: false }
}

fn options(preset: Preset, extra: &Map<String, Value>) -> Options<'_> {
    let (temperature, thinking) = (preset.temperature(), preset.thinking());
    let enforcement = Enforcement::Schema;
    Options {
        preset,
        model: "a-model",
        temperature,
        thinking,
        enforcement,
        most_tokens: 500,
        is_streamed: true,
        says_completion_tokens: preset == Preset::OpenAi,
        context: 8192,
        extra,
    }
}

/// What goes over the wire to the preset's server.
fn sent(preset: Preset, change: impl Fn(&mut Options<'_>)) -> Value {
    let (form, extra) = (form(), Map::new());
    let mut options = options(preset, &extra);
    change(&mut options);
    serde_json::from_slice(&preset.wire().body(&call(&form), &options).unwrap()).unwrap()
}

fn schema(bounded: bool) -> Value {
    let quote = if bounded { json!({"type": "string", "maxLength": 9}) } else { json!({"type": "string"}) };
    json!({
        "type": "object", "properties": {"quote": quote, "after": {"type": "string", "enum": ["x"]}},
        "required": ["quote", "after"], "additionalProperties": false,
    })
}

fn messages() -> Vec<Value> {
    vec![
        json!({"role": "user", "content": "material"}),
        json!({"role": "assistant", "content": "{"}),
        json!({"role": "user", "content": "correct it"}),
    ]
}

fn with_system() -> Vec<Value> {
    [vec![json!({"role": "system", "content": "do it"})], messages()].concat()
}

fn read(wire: Wire, events: &[Value]) -> Said {
    let mut said = Said::default();
    events.iter().for_each(|event| wire.read(event.to_string().as_bytes(), &mut said).unwrap());
    said
}

#[test]
fn chat_completions_carry_the_schema_as_response_format() {
    let format = |bounded| json!({"type": "json_schema", "json_schema": {"name": "ready", "strict": true, "schema": schema(bounded)}});
    assert_eq!(
        sent(Preset::LlamaCpp, |_| {}),
        json!({
            "model": "a-model", "messages": with_system(), "response_format": format(true), "max_tokens": 500, "temperature": 0.0,
            "chat_template_kwargs": {"enable_thinking": false, "reasoning_effort": "low"}, "stream": true, "stream_options": {"include_usage": true},
        })
    );
}

/// From the references of the services and servers: OpenAI refuses lengths in strict schemas, and `max_tokens` for models that reason.
#[test]
fn documented_chat_completions_of_others_differ_in_the_schema_the_token_limit_and_the_thinking() {
    let body = |bounded, more: Value| {
        let mut body = json!({
            "model": "a-model", "messages": with_system(), "stream": true, "stream_options": {"include_usage": true},
            "response_format": {"type": "json_schema", "json_schema": {"name": "ready", "strict": true, "schema": schema(bounded)}},
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (preset, expected) in [
        (Preset::OpenAi, body(false, json!({"max_completion_tokens": 500, "reasoning_effort": "low"}))),
        (Preset::Gemini, body(false, json!({"max_tokens": 500, "reasoning_effort": "low"}))),
        (Preset::OpenRouter, body(false, json!({"max_tokens": 500, "reasoning": {"effort": "low"}}))),
        (
            Preset::Vllm,
            body(
                true,
                json!({"max_tokens": 500, "temperature": 0.0,
                    "chat_template_kwargs": {"enable_thinking": false, "reasoning_effort": "low"}}),
            ),
        ),
        (Preset::LmStudio, body(true, json!({"max_tokens": 500, "temperature": 0.0}))),
    ] {
        assert_eq!(sent(preset, |_| {}), expected, "{preset:?}");
    }
}

/// What llama.cpp's server sent for this request with Qwen2.5-Coder-0.5B-Instruct in November 2026: its first and its last chunks, and some tokens.
#[test]
fn recorded_chunks_of_llama_cpp_add_up_to_the_reply() {
    let chunk = |delta: Value, end: Value| {
        json!({"choices": [{"finish_reason": end, "index": 0, "delta": delta}], "created": 1795945502, "id": "chatcmpl-OqRj",
            "model": "model.gguf", "system_fingerprint": "b0-unknown", "object": "chat.completion.chunk"})
    };
    let token = |text: &str| chunk(json!({"content": text}), Value::Null);
    let mut events = vec![chunk(json!({"role": "assistant", "content": null}), Value::Null)];
    events.extend(["{\n", " ", " \"", "quote", "\":", " \"", "The", "\"\n", "}"].map(token));
    events.push(chunk(json!({}), json!("stop")));
    events.push(json!({"choices": [], "created": 1795945507, "id": "chatcmpl-OqRj", "model": "model.gguf",
        "system_fingerprint": "b0-unknown", "object": "chat.completion.chunk",
        "usage": {"completion_tokens": 27, "prompt_tokens": 16, "total_tokens": 43, "prompt_tokens_details": {"cached_tokens": 0}},
        "timings": {"cache_n": 0, "prompt_n": 16, "prompt_ms": 1254.589, "predicted_n": 27, "predicted_ms": 7034.433}}));
    let said = read(Wire::ChatCompletions, &events);
    assert_eq!(
        (said.text.as_str(), said.has_thought, said.end),
        ("{\n  \"quote\": \"The\"\n}", false, Some(End::Complete))
    );
    assert_eq!(said.tokens, Tokens { input: 16, cached: 0, output: 27 });
}

/// Chunks from the references of the services and servers, with fewer tokens.
#[test]
fn documented_chunks_of_others_are_read_alike() {
    let gemini = [
        json!({"choices": [{"delta": {"content": "{\"a\"", "role": "assistant"}, "index": 0}], "created": 1, "id": "x",
            "model": "gemini-2.5-flash", "object": "chat.completion.chunk",
            "usage": {"completion_tokens": 2, "prompt_tokens": 12, "total_tokens": 14}}),
        json!({"choices": [{"delta": {"content": ": 1}", "role": "assistant"}, "finish_reason": "stop", "index": 0}], "created": 1, "id": "x",
            "model": "gemini-2.5-flash", "object": "chat.completion.chunk",
            "usage": {"completion_tokens": 3, "prompt_tokens": 12, "total_tokens": 15}}),
    ];
    let open_router = [
        json!({"id": "gen-1", "provider": "Some", "model": "a/model", "object": "chat.completion.chunk", "created": 1, "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": "", "reasoning": "hm"}, "finish_reason": null, "native_finish_reason": null}]}),
        json!({"id": "gen-1", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "{\"a\": 1}"}, "finish_reason": "stop",
            "native_finish_reason": "STOP"}]}),
        json!({"id": "gen-1", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}],
            "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15, "cost": 0.001,
                "prompt_tokens_details": {"cached_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 1}}}),
    ];
    let vllm = [
        json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "qwen", "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": ""}, "logprobs": null, "finish_reason": null}]}),
        json!({"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {"reasoning_content": "hm"}, "logprobs": null, "finish_reason": null}]}),
        json!({"id": "chatcmpl-1", "choices": [
            {"index": 0, "delta": {"content": "{\"a\": 1}"}, "logprobs": null, "finish_reason": "stop", "stop_reason": null}]}),
        json!({"id": "chatcmpl-1", "choices": [], "usage": {"prompt_tokens": 12, "total_tokens": 15, "completion_tokens": 3}}),
    ];
    let lm_studio = [
        json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "qwen", "system_fingerprint": "qwen", "choices": [
            {"index": 0, "delta": {"role": "assistant", "content": "{\"a\": 1}"}, "logprobs": null, "finish_reason": null}]}),
        json!({"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {}, "logprobs": null, "finish_reason": "stop"}]}),
        json!({"id": "chatcmpl-1", "choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}}),
    ];
    for (events, has_thought) in [(&gemini[..], false), (&open_router, true), (&vllm, true), (&lm_studio, false)] {
        let said = read(Wire::ChatCompletions, events);
        assert_eq!((said.text.as_str(), said.has_thought, said.end), ("{\"a\": 1}", has_thought, Some(End::Complete)));
        assert_eq!(said.tokens, Tokens { input: 12, cached: 0, output: 3 });
    }
}

#[test]
fn the_schema_keeps_its_order_on_the_wire() {
    for preset in Preset::LOCAL.into_iter().chain(Preset::SERVICES).chain([Preset::Custom]) {
        let (form, extra) = (form(), Map::new());
        let body = preset.wire().body(&call(&form), &options(preset, &extra)).unwrap();
        let body = String::from_utf8(body).unwrap();
        let places = ["\"properties\":{\"quote\"", "\"after\":{\"type\""].map(|part| body.find(part));
        assert!(places[0].is_some() && places[0] < places[1], "{preset:?}: {body}");
    }
}

#[test]
fn thinking_goes_by_the_name_that_each_server_has_for_it() {
    let low = |preset: Preset| sent(preset, |options| options.thinking = Some(Thinking::Low));
    assert_eq!(low(Preset::OpenAi)["reasoning_effort"], "low");
    assert_eq!(low(Preset::OpenAiResponses)["reasoning"], json!({"effort": "low"}));
    assert_eq!(low(Preset::OpenRouter)["reasoning"], json!({"effort": "low"}));
    assert_eq!(low(Preset::Gemini)["reasoning_effort"], "low");
    let in_template = json!({"enable_thinking": true, "reasoning_effort": "low"});
    assert_eq!(low(Preset::Vllm)["chat_template_kwargs"], in_template);
    assert_eq!(low(Preset::Ollama)["think"], "low");
    let anthropic = low(Preset::Anthropic);
    assert_eq!(anthropic["thinking"], json!({"type": "enabled", "budget_tokens": 2048}));
    assert_eq!(anthropic["tool_choice"], json!({"type": "auto"}), "a model that thinks cannot be made to use a tool");
    assert_eq!(sent(Preset::Ollama, |_| {})["think"], false);
    assert_eq!(sent(Preset::LmStudio, |_| {}).get("reasoning_effort"), None);
}

#[test]
fn servers_without_forms_get_json_mode_or_the_plainest_request() {
    let with = |preset, enforcement| sent(preset, move |options| options.enforcement = enforcement);
    assert_eq!(with(Preset::Custom, Enforcement::Json)["response_format"], json!({"type": "json_object"}));
    assert_eq!(
        with(Preset::Custom, Enforcement::Described),
        json!({
            "model": "a-model", "messages": with_system(), "max_tokens": 500, "stream": true,
            "stream_options": {"include_usage": true},
        })
    );
    let plainest = sent(Preset::Custom, |options| {
        options.enforcement = Enforcement::Described;
        options.is_streamed = false;
    });
    assert_eq!(plainest, json!({"model": "a-model", "messages": with_system(), "max_tokens": 500, "stream": false}));
    let loose = with(Preset::Anthropic, Enforcement::Json);
    assert_eq!((&loose["tools"][0]["name"], loose["tools"][0].get("strict")), (&json!("ready"), None));
    assert_eq!(with(Preset::Ollama, Enforcement::Json)["format"], "json");
    assert_eq!(with(Preset::OpenAiResponses, Enforcement::Json)["text"], json!({"format": {"type": "json_object"}}));
    assert_eq!(with(Preset::Anthropic, Enforcement::Described).get("tools"), None);
}

#[test]
fn fields_of_the_settings_are_added_or_replace_ours() {
    let extra = json!({"max_tokens": 9, "top_k": 1}).as_object().unwrap().clone();
    let form = form();
    let body = Wire::ChatCompletions.body(&call(&form), &options(Preset::Custom, &extra)).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&body["max_tokens"], &body["top_k"]), (&json!(9), &json!(1)));
}

/// Documented in Anthropic's reference of the Messages API.
#[test]
fn documented_messages_carry_the_schema_as_a_strict_tool_that_must_be_used_and_the_instructions_as_what_may_be_cached()
{
    assert_eq!(
        sent(Preset::Anthropic, |_| {}),
        json!({
            "model": "a-model",
            "max_tokens": 500,
            "system": [{"type": "text", "text": "do it", "cache_control": {"type": "ephemeral"}}],
            "messages": messages(),
            "tools": [{"name": "ready", "description": "Hands in the reply.", "strict": true, "input_schema": schema(false)}],
            "tool_choice": {"type": "tool", "name": "ready"},
            "stream": true,
        })
    );
}

/// Documented in OpenAI's reference of the Responses API.
#[test]
fn documented_responses_carry_the_schema_as_the_format_of_the_text() {
    assert_eq!(
        sent(Preset::OpenAiResponses, |_| {}),
        json!({
            "model": "a-model", "instructions": "do it", "input": messages(),
            "text": {"format": {"type": "json_schema", "name": "ready", "strict": true, "schema": schema(false)}},
            "max_output_tokens": 500, "reasoning": {"effort": "low"}, "store": false, "stream": true,
        })
    );
}

/// Documented in Ollama's reference of its API.
#[test]
fn documented_ollama_is_told_the_size_of_the_context() {
    assert_eq!(
        sent(Preset::Ollama, |_| {}),
        json!({
            "model": "a-model", "messages": with_system(), "format": schema(true), "think": false,
            "options": {"num_ctx": 8192, "num_predict": 500, "temperature": 0.0}, "stream": true,
        })
    );
}

#[test]
fn keys_go_into_the_header_that_the_format_wants() {
    for wire in [Wire::ChatCompletions, Wire::Responses, Wire::Ollama] {
        assert_eq!(wire.headers(Some("k")), [("authorization", "Bearer k".to_owned())]);
        assert_eq!(wire.headers(None), []);
    }
    assert_eq!(
        Wire::Messages.headers(Some("k")),
        [("anthropic-version", "2023-06-01".to_owned()), ("x-api-key", "k".to_owned())]
    );
}

/// Documented in OpenAI's reference of streamed chat completions.
#[test]
fn documented_chunks_of_openai_add_up_to_the_reply() {
    let chunk = |choices: Value, usage: Value| {
        json!({
            "id": "chatcmpl-123", "object": "chat.completion.chunk", "created": 1694268190, "model": "gpt-5-mini",
            "service_tier": "default", "system_fingerprint": "fp_44709d6fcb", "choices": choices, "usage": usage,
        })
    };
    let choice = |delta: Value, finish: Value| {
        let choice = json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}]);
        chunk(choice, Value::Null)
    };
    let said = read(
        Wire::ChatCompletions,
        &[
            choice(json!({"role": "assistant", "content": "", "refusal": null}), Value::Null),
            choice(json!({"content": "{\"a\""}), Value::Null),
            choice(json!({"content": ": 1}"}), Value::Null),
            choice(json!({}), json!("stop")),
            chunk(
                json!([]),
                json!({"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15,
                    "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
                    "completion_tokens_details": {"reasoning_tokens": 0, "accepted_prediction_tokens": 0}}),
            ),
        ],
    );
    let expected = Said {
        text: "{\"a\": 1}".into(),
        has_thought: false,
        end: Some(End::Complete),
        tokens: Tokens { input: 12, cached: 8, output: 3 },
        model: Some("gpt-5-mini".into()),
    };
    assert_eq!(said, expected);
}

#[test]
fn thoughts_before_the_reply_are_left_out_whatever_ends_them() {
    let draft = "maybe {\"a\": 0}";
    for thoughts in [
        format!("<think>{draft}</think>"),
        format!("{draft}</think>\n"),
        format!("<THINK>{draft}</THINK>"),
        format!("<thinking>{draft}</thinking>"),
        format!("<Thought>{draft}</Thought>"),
        format!("<analysis>{draft}</analysis>"),
        format!("<reasoning>{draft}</reasoning>"),
        format!("<seed:think>{draft}</seed:think>"),
        format!("[THINK]{draft}[/THINK]"),
        format!("\u{25C1}think\u{25B7}{draft}\u{25C1}/think\u{25B7}"),
        format!("<|START_THINKING|>{draft}<|END_THINKING|>"),
        format!("<|START_THINKING|>{draft}<|END_THINKING|><|START_RESPONSE|>"),
        format!("<|begin_of_thought|>{draft}<|end_of_thought|>"),
        format!("<|channel|>analysis<|message|>{draft}<|end|><|start|>assistant<|channel|>final<|message|>"),
        format!("<|channel|>analysis<|message|>{draft}<|end|><|channel|>final <|constrain|>json<|message|>"),
        format!("analysis{draft}assistantfinal"),
    ] {
        let said = Said { text: format!("{thoughts}{{\"a\": 1}}"), ..Said::default() };
        assert_eq!(said.reply().trim(), "{\"a\": 1}", "{thoughts}");
    }
    for whole in ["{\"quote\": \"a </think> tag\"}", "  {\"quote\": \"assistantfinal\"}", "no thoughts"] {
        assert_eq!(Said { text: whole.to_owned(), ..Said::default() }.reply(), whole);
    }
}

#[test]
fn a_completion_in_parts_is_read_without_its_thoughts() {
    let parts = json!([
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "{\"a\""},
    ]);
    let said = read(
        Wire::ChatCompletions,
        &[
            json!({"choices": [{"delta": {"content": parts}}]}),
            json!({"choices": [{"delta": {"content": ": 1}"}, "finish_reason": "stop"}]}),
        ],
    );
    assert_eq!((said.text.as_str(), said.has_thought, said.end), ("{\"a\": 1}", true, Some(End::Complete)));
}

#[test]
fn a_whole_chat_completion_is_read_alike_and_thoughts_are_left_out() {
    let body = json!({
        "id": "x", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "{}", "reasoning_content": "hm"}}],
        "usage": {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15},
    });
    let said = read(Wire::ChatCompletions, &[body]);
    assert_eq!((said.text.as_str(), said.has_thought, said.end), ("{}", true, Some(End::Complete)));
}

#[test]
fn declined_cut_off_and_empty_completions_are_told_apart() {
    let end = |choice: Value| read(Wire::ChatCompletions, &[json!({"choices": [choice]})]).end;
    assert_eq!(
        end(json!({"message": {"content": null, "refusal": "I cannot"}, "finish_reason": "stop"})),
        Some(End::Declined)
    );
    assert_eq!(end(json!({"message": {"content": "{"}, "finish_reason": "length"})), Some(End::CutOff));
    assert_eq!(end(json!({"message": {}, "finish_reason": "content_filter"})), Some(End::Declined));
    assert_eq!(end(json!({"message": {"content": null}})), None);
}

#[test]
fn documented_events_of_anthropic_add_up_to_the_input_of_the_tool() {
    let said = read(
        Wire::Messages,
        &[
            json!({"type": "message_start", "message": {"type": "message", "model": "claude", "content": [], "stop_reason": null,
                "usage": {"input_tokens": 5, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 2000, "output_tokens": 1}}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}}),
            json!({"type": "ping"}),
            json!({"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t", "name": "ready", "input": {}}}),
            json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": "{\"a\":"}}),
            json!({"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": " 1}"}}),
            json!({"type": "content_block_stop", "index": 1}),
            json!({"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": null}, "usage": {"output_tokens": 40}}),
            json!({"type": "message_stop"}),
        ],
    );
    assert_eq!((said.text.as_str(), said.has_thought, said.end), ("{\"a\": 1}", true, Some(End::Complete)));
    assert_eq!(said.tokens, Tokens { input: 2005, cached: 2000, output: 40 });
}

#[test]
fn documented_input_of_the_tool_is_the_reply_and_text_stands_in_for_it() {
    let used = json!({
        "type": "message",
        "content": [{"type": "text", "text": "Let me see."}, {"type": "tool_use", "id": "t", "name": "ready", "input": {"a": 1}}],
        "stop_reason": "tool_use", "usage": {"input_tokens": 7, "output_tokens": 2},
    });
    let said = read(Wire::Messages, &[used]);
    assert_eq!((said.text.as_str(), said.tokens), ("{\"a\":1}", Tokens { input: 7, cached: 0, output: 2 }));
    let written =
        json!({"type": "message", "content": [{"type": "text", "text": "{\"a\":2}"}], "stop_reason": "end_turn"});
    assert_eq!(read(Wire::Messages, &[written]).text, "{\"a\":2}");
    let stopped =
        |reason: &str| read(Wire::Messages, &[json!({"type": "message", "content": [], "stop_reason": reason})]).end;
    assert_eq!((stopped("refusal"), stopped("max_tokens")), (Some(End::Declined), Some(End::CutOff)));
}

#[test]
fn documented_events_of_a_response_add_up_to_its_text() {
    let whole = json!({
        "object": "response", "model": "gpt", "status": "completed", "error": null, "incomplete_details": null,
        "output": [{"type": "reasoning", "summary": []},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "{\"a\": 1}", "annotations": []}]}],
        "usage": {"input_tokens": 36, "input_tokens_details": {"cached_tokens": 30}, "output_tokens": 87, "output_tokens_details": {"reasoning_tokens": 0}},
    });
    let events = [
        json!({"type": "response.created", "response": {"object": "response", "status": "in_progress", "output": []}}),
        json!({"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": "{\"a\""}),
        json!({"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": ": 1}"}),
        json!({"type": "response.completed", "response": whole}),
    ];
    for events in [&events[..], &[whole]] {
        let said = read(Wire::Responses, events);
        assert_eq!((said.text.as_str(), said.end), ("{\"a\": 1}", Some(End::Complete)));
        assert_eq!(said.tokens, Tokens { input: 36, cached: 30, output: 87 });
    }
    let cut = json!({"type": "response.incomplete", "response": {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": []}});
    assert_eq!(read(Wire::Responses, &[cut]).end, Some(End::CutOff));
}

#[test]
fn documented_lines_of_ollama_add_up_to_its_reply() {
    let said = read(
        Wire::Ollama,
        &[
            json!({"model": "qwen3", "created_at": "x", "message": {"role": "assistant", "content": "", "thinking": "hm"}, "done": false}),
            json!({"model": "qwen3", "created_at": "x", "message": {"role": "assistant", "content": "{}"}, "done": false}),
            json!({"model": "qwen3", "created_at": "x", "message": {"role": "assistant", "content": ""}, "done": true,
                "done_reason": "stop", "prompt_eval_count": 26, "eval_count": 298}),
        ],
    );
    assert_eq!((said.text.as_str(), said.has_thought, said.end), ("{}", true, Some(End::Complete)));
    assert_eq!(said.tokens, Tokens { input: 26, cached: 0, output: 298 });
}

#[test]
fn lists_of_models_are_read_in_both_forms() {
    let names = |wire: Wire, list| wire.models(&list).into_iter().map(|model| model.name).collect::<Vec<_>>();
    assert_eq!(names(Wire::ChatCompletions, json!({"object": "list", "data": [{"id": "a"}, {"id": "b"}]})), ["a", "b"]);
    assert_eq!(names(Wire::Ollama, json!({"models": [{"name": "qwen3:8b", "model": "qwen3:8b"}]})), ["qwen3:8b"]);
}

/// As Ollama's reference of its API lists models, and as llama.cpp does.
#[test]
fn documented_lists_say_how_large_a_model_is_where_it_runs_and_what_for() {
    let listed = |list| Wire::Ollama.models(&list).pop().unwrap();
    let local =
        listed(json!({"models": [{"name": "qwen3:8b", "size": 5_225_388_164_u64, "details": {"family": "qwen3"}}]}));
    assert_eq!((local.bytes, local.can_judge_here()), (Some(5_225_388_164), true));
    let passed_on = listed(json!({"models": [
        {"name": "mine", "size": 384, "remote_model": "gpt-oss:120b", "remote_host": "https://ollama.com:443"}
    ]}));
    assert_eq!((passed_on.remote_host.as_deref(), passed_on.can_judge_here()), (Some("ollama.com"), false));
    for embedding in [
        json!({"name": "nomic-embed-text:latest"}),
        json!({"name": "vectors", "details": {"family": "nomic-bert"}}),
        json!({"id": "text-embedding-bge-m3"}),
    ] {
        assert!(!listed(json!({"models": [embedding]})).can_judge_here(), "{embedding}");
    }
    let llama_cpp = json!({"data": [{"id": "model.gguf", "meta": {"n_params": 494_032_768, "size": 524_288_000}}]});
    assert_eq!(Wire::ChatCompletions.models(&llama_cpp).pop().unwrap().bytes, Some(524_288_000));
}

#[test]
fn what_is_in_another_format_is_an_error() {
    for wire in [Wire::ChatCompletions, Wire::Messages, Wire::Responses, Wire::Ollama] {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            "{\"status\": \"ok\"}",
            "{\"choices\": 1, \"content\": 2, \"output\": 3, \"message\": 4}",
        ] {
            assert!(wire.read(body.as_bytes(), &mut Said::default()).is_err(), "{wire:?} {body}");
        }
    }
}
