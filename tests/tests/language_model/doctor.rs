//! What is wrong with a model is said before an answer depends on it.

use std::net::TcpListener;

use journeys::language_model::LanguageModel;
use journeys::program::{Home, Run};
use serde_json::{Value, json};

use crate::{answers, settings};

const KEY: &str = "sk-top-secret";

/// What the doctor says of the coach: its state, what it found and what to do.
fn doctors_finding(run: Run) -> [String; 3] {
    let report: Value = serde_json::from_str(&run.finish().output).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let faults = findings.iter().filter(|finding| finding["state"] == "bad").count();
    let coach = findings.iter().find(|finding| finding["name"] == "coach").unwrap();
    assert_eq!(faults, usize::from(coach["state"] == "bad"), "only the coach is at fault: {report}");
    ["state", "found", "advice"].map(|field| coach[field].as_str().unwrap_or_default().to_owned())
}

#[test]
fn the_doctor_says_what_is_wrong_with_the_model_and_what_to_do() {
    let home = Home::empty();
    let doctor = |base_url: &str| home.viva(["doctor", "--json"]).judged_by_model_at(base_url);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unknown = r#"{"error": {"message": "model \"a-model\" not found, try pulling it first"}}"#;
    for (model, found, advice) in [
        (answers(401, "application/json", "{}"), "wants a key", "key_file"),
        (
            answers(404, "application/json", unknown),
            "does not know the model: model \"a-model\" not found",
            "VIVA_LLM_MODEL",
        ),
        (answers(404, "text/plain", "404 page not found"), "no language model at this address", "VIVA_LLM_BASE_URL"),
        (answers(200, "text/html", "<html>Welcome</html>"), "answers with a web page", "VIVA_LLM_BASE_URL"),
        (answers(200, "application/json", "{\"status\": 1}"), "does not reply as a language model", "another model"),
    ] {
        let [state, is_found, is_advised] = doctors_finding(doctor(&model.base_url()));
        assert_eq!(state, "bad");
        assert!(is_found.contains(found), "{found}: {is_found}");
        assert!(is_advised.contains(advice) && !is_advised.contains("viva doctor"), "{advice}: {is_advised}");
    }
    let [state, found, advice] = doctors_finding(doctor(&format!("http://{nobody}/v1")));
    assert!(
        state == "bad" && found.contains("is the server running?") && advice.contains("start it"),
        "{found} {advice}"
    );
    let [state, found, advice] = doctors_finding(doctor(&LanguageModel::kind().base_url()));
    assert!(state == "good" && found.contains("a-model at 127.0.0.1:") && advice.is_empty(), "{found}");
}

#[test]
fn the_doctor_names_a_key_that_is_not_accepted_without_showing_it() {
    let home = Home::empty();
    let model = answers(401, "application/json", &json!({"error": {"message": format!("bad key {KEY}")}}).to_string());
    let run = home.viva(["doctor"]).env("VIVA_LLM_PRESET", "openai").env("VIVA_LLM_MODEL", "a-model");
    let run = run.env("VIVA_LLM_BASE_URL", model.base_url()).env("OPENAI_API_KEY", KEY).env("RUST_LOG", "trace");
    let told = run.finish().fails_with(1);
    assert!(told.output.contains("does not accept the key (401)"), "{}", told.output);
    assert!(!told.output.contains(KEY) && !told.errors.contains(KEY), "{told:?}");
}

#[test]
fn a_machine_without_root_certificates_reaches_a_local_model() {
    let home = Home::empty();
    let model = LanguageModel::kind();
    let run = home.viva(["doctor", "--json"]).judged_by_model_at(&model.base_url());
    let [state, found, _] = doctors_finding(run.env("SSL_CERT_FILE", "/nowhere").env("SSL_CERT_DIR", "/nowhere"));
    assert_eq!(state, "good", "{found}");
}

#[test]
fn a_broken_prompt_is_named_with_file_and_line_before_anything_starts() {
    let home = Home::empty();
    let prompts = home.path().join("prompts");
    std::fs::create_dir(&prompts).unwrap();
    let clarity = "{# version: mine #}\nJudge {{ prompt }}.\n{% if snippet %}{{ snippet.source }}{% endif %}\n===\n{{ answer }}\n";
    std::fs::write(prompts.join("clarity.jinja"), clarity).unwrap();
    let config = settings(&home, "http://127.0.0.1:9/v1", "prompts = \"prompts\"");
    let place = format!("{}:3: it names something that does not exist there", prompts.join("clarity.jinja").display());
    let serve = home.viva(["--config", &config, "serve", "--bind", "127.0.0.1:0"]).finish().fails_with(1);
    assert!(serve.errors.contains(&place) && serve.output.is_empty(), "{serve:?}");
    let doctor = home.viva(["--config", &config, "doctor", "--json"]);
    assert!(doctors_finding(doctor)[1].contains(&place));
}
