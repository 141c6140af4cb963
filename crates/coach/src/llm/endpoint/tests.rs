use reqwest::StatusCode;
use reqwest::header::{LOCATION, RETRY_AFTER};

use super::*;
use crate::llm::settings::Preset;

fn failure(status: u16, headers: &[(HeaderName, &'static str)], body: &str) -> CoachError {
    let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
    let key = SecretString::from("sk-secret");
    let status = StatusCode::from_u16(status).unwrap();
    Answered { server: "host:1".to_owned(), status, headers: &headers, body: body.as_bytes(), key: Some(&key) }
        .failure()
}

/// Where a model's replies are asked for.
fn address(settings: &LlmSettings) -> Result<String, CoachError> {
    let wire = settings.preset.wire();
    base_address(settings, wire).map(|base| appended(&base, wire.path()).to_string())
}

#[test]
fn the_path_of_the_format_is_appended_to_the_base_address() {
    for (preset, base, reached) in [
        (Preset::Custom, "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/chat/completions"),
        (Preset::Custom, "http://127.0.0.1:9/v1/", "http://127.0.0.1:9/v1/chat/completions"),
        (Preset::Ollama, "http://127.0.0.1:9/v1", "http://127.0.0.1:9/api/chat"),
        (Preset::Ollama, "http://127.0.0.1:9", "http://127.0.0.1:9/api/chat"),
    ] {
        let settings = LlmSettings { base_url: Some(base.parse().unwrap()), ..LlmSettings::new(preset, "m") };
        assert_eq!(address(&settings).unwrap(), reached);
    }
}

#[test]
fn an_address_that_cannot_work_is_refused_with_what_to_do() {
    let mut settings = LlmSettings::new(Preset::Custom, "m");
    assert!(address(&settings).unwrap_err().to_string().contains("needs a base_url"));
    for (base, said) in
        [("ftp://host/v1", "http:// or https://"), ("http://me:secret@host/v1", "key_variable or key_file")]
    {
        settings.base_url = Some(base.parse().unwrap());
        let error = address(&settings).unwrap_err().to_string();
        assert!(error.contains(said) && !error.contains("secret@"), "{error}");
    }
}

#[test]
fn every_preset_but_the_custom_one_has_an_address() {
    for (preset, expected) in [
        (Preset::OpenAi, "https://api.openai.com/v1/chat/completions"),
        (Preset::OpenAiResponses, "https://api.openai.com/v1/responses"),
        (Preset::Anthropic, "https://api.anthropic.com/v1/messages"),
        (Preset::Gemini, "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions"),
        (Preset::OpenRouter, "https://openrouter.ai/api/v1/chat/completions"),
        (Preset::Ollama, "http://127.0.0.1:11434/api/chat"),
        (Preset::LlamaCpp, "http://127.0.0.1:8080/v1/chat/completions"),
        (Preset::Vllm, "http://127.0.0.1:8000/v1/chat/completions"),
        (Preset::LmStudio, "http://127.0.0.1:1234/v1/chat/completions"),
    ] {
        assert_eq!(address(&LlmSettings::new(preset, "m")).unwrap(), expected);
    }
}

#[test]
fn only_a_text_that_goes_round_in_circles_repeats_itself() {
    for endless in [
        "hit, ".repeat(60),
        " ".repeat(200),
        format!("{{\"a\": {}", "{\"quote\": \"x y z\", \"verdict\": \"hit\"}, ".repeat(5)),
    ] {
        assert!(repeats_itself(&endless), "{endless}");
    }
    let entries: String =
        (0..30).map(|id| format!("\"point-{id}\": {{\"quote\": null, \"verdict\": \"missed\"}}, ")).collect();
    for sound in [entries.as_str(), "", "very very very very good", "the string moves into b"] {
        assert!(!repeats_itself(sound), "{sound}");
    }
}

#[test]
fn a_key_shows_in_no_form_of_the_endpoint() {
    let settings = LlmSettings::new(Preset::OpenAi, "m");
    let endpoint = Endpoint::new(&settings, Wire::ChatCompletions, Some(SecretString::from("sk-secret"))).unwrap();
    assert!(!format!("{endpoint:?}").contains("sk-secret"));
}

#[test]
fn busy_servers_may_be_asked_again_after_the_time_they_name() {
    let seconds = failure(429, &[(RETRY_AFTER, "7")], r#"{"error": {"message": "slow down"}}"#);
    let CoachError::Unavailable { reason, retry_after } = seconds else { panic!("{seconds}") };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
    assert_eq!(reason, "host:1 is busy or out of order (429): slow down");
    let tomorrow = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(86_400));
    let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(&tomorrow).unwrap())]);
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let later = Answered { server: "host:1".to_owned(), status, headers: &headers, body: b"", key: None }.failure();
    let CoachError::Unavailable { retry_after: Some(asked_for), .. } = later else { panic!("{later}") };
    assert!((86_000..=86_400).contains(&asked_for.as_secs()), "{asked_for:?}");
    let past = failure(503, &[(RETRY_AFTER, "Wed, 21 Oct 2015 07:28:00 GMT")], "");
    assert!(matches!(past, CoachError::Unavailable { retry_after: Some(Duration::ZERO), .. }), "{past:?}");
    let nonsense = failure(529, &[(RETRY_AFTER, "soon")], "{");
    assert!(matches!(nonsense, CoachError::Unavailable { retry_after: None, .. }), "{nonsense:?}");
}

#[test]
fn what_would_be_refused_again_says_what_is_wrong() {
    for (status, body, said) in [
        (401, r#"{"error": {"message": "Incorrect API key provided: sk-secret"}}"#, "does not accept the key"),
        (404, r#"{"error": {"message": "model 'm' not found"}}"#, "does not know the model"),
        (400, r#"{"error": "bad sk-secret thing"}"#, "bad [key] thing"),
        (
            400,
            r#"[{"error": {"code": 400, "message": "not so", "status": "INVALID_ARGUMENT"}}]"#,
            "refuses the request (400): not so",
        ),
        (429, r#"{"error": {"code": "insufficient_quota", "message": "x"}}"#, "credit is used up"),
    ] {
        let error = failure(status, &[], body);
        assert!(matches!(error, CoachError::Refused { .. }), "{error:?}");
        let words = error.to_string();
        assert!(words.contains(said) && !words.contains("sk-secret"), "{words}");
    }
}

#[test]
fn a_refused_form_is_told_from_a_refused_model_and_a_prompt_that_is_too_long() {
    for (words, may_be_the_form) in [
        ("'response_format' of type 'json_schema' is not supported with this model", true),
        ("invalid schema in this context: 'enum' is too large", true),
        ("The model `m` does not exist", false),
        ("m is not a valid model id", false),
        ("This model's maximum context length is 4096 tokens", false),
        ("the request exceeds the available context size, try increasing it", false),
        ("prompt is too long: 9000 tokens", false),
    ] {
        let (headers, body) = (HeaderMap::new(), format!(r#"{{"error": {{"message": "{words}"}}}}"#));
        let status = StatusCode::BAD_REQUEST;
        let failed =
            Answered { server: "host".to_owned(), status, headers: &headers, body: body.as_bytes(), key: None }
                .failed();
        assert_eq!(matches!(failed, Failed::Body(_)), may_be_the_form, "{words}");
    }
}

#[test]
fn a_page_or_a_redirect_is_a_wrong_address() {
    for (status, headers, body) in [
        (200, vec![], "<!doctype html><title>Log in</title>"),
        (404, vec![(CONTENT_TYPE, "text/html; charset=utf-8")], "not found"),
        (404, vec![(CONTENT_TYPE, "text/plain")], "404 page not found"),
        (405, vec![], r#"{"detail": "Method Not Allowed"}"#),
        (301, vec![(LOCATION, "https://elsewhere/v1")], ""),
    ] {
        let error = failure(status, &headers, body);
        assert!(matches!(error, CoachError::Misconfigured { .. }), "{error:?}");
        assert!(error.to_string().contains("base_url"), "{error}");
    }
}

/// As OpenRouter's reference describes its streams: comments while a provider is waited for, and failures in the middle.
#[test]
fn documented_comments_of_openrouter_are_no_reply_and_its_failures_are_told() {
    let endpoint = Endpoint::new(&LlmSettings::new(Preset::OpenRouter, "m"), Wire::ChatCompletions, None).unwrap();
    let mut said = Said::default();
    endpoint.hear(b": OPENROUTER PROCESSING\n", &mut said).unwrap();
    assert_eq!(said, Said::default());
    let failed =
        br#"data: {"id": "gen-1", "object": "chat.completion.chunk", "model": "openai/gpt", "provider": "openai",
        "error": {"code": "server_error", "message": "Provider disconnected unexpectedly"},
        "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}]}"#;
    let failure = endpoint.hear(failed, &mut said).unwrap_err().to_string();
    assert!(failure.contains("Provider disconnected unexpectedly"), "{failure}");
}

#[test]
fn a_long_message_of_a_server_is_cut() {
    let long = format!(r#"{{"message": "{}"}}"#, "word\\n".repeat(1000));
    assert!(failure(400, &[], &long).to_string().len() < 300);
}
