//! A language model judges, or fails to: the real program against a model server that says what the test wants.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Duration;

use api::client::{Client, Sending};
use api::session::NewSession;
use api::turn::{NewAnswer, TurnState};
use journeys::language_model::{LanguageModel, Reply, kind_words};
use journeys::program::{Finished, Home, Run};
use serde_json::{Value, json};
use uuid::Uuid;

const QUESTION: &str = "ownership-why";
const ANSWER: &str = "Every value has exactly one owner, and it is dropped when the owner goes out of scope.";
const KEY: &str = "sk-top-secret";
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a terminal may show nothing new, in milliseconds.
const LIMIT: u64 = 40_000;
/// What every panel of a page begins with.
const PANEL: &str = "<p class=\"score\">";

/// The variables that set a model up whose server is at `base_url`.
fn set_up(run: Run, base_url: &str) -> Run {
    run.env("VIVA_LLM_PRESET", "custom").env("VIVA_LLM_MODEL", "a-model").env("VIVA_LLM_BASE_URL", base_url)
}

/// A settings file that sets the model up, with these lines besides.
fn settings(home: &Home, base_url: &str, lines: &str) -> String {
    let file = home.path().join("config.toml");
    let text =
        format!("[llm]\npreset = \"custom\"\nmodel = \"a-model\"\nbase_url = \"{base_url}\"\nretries = 0\n{lines}\n");
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

/// A round of one question that is answered by keyboard, as people read it, and its page.
fn round(home: &Home, config: &str) -> (String, String) {
    let practice = ["--config", config, "practice", "--question", QUESTION, "--follow-ups", "0", "--plain"];
    let round = home.viva(practice).input(format!("{ANSWER}\n")).finish().success();
    let sessions = home.viva(["review"]).finish().success().output;
    let session = sessions.split_whitespace().next().unwrap();
    let page = home.viva(["review", session, "--export", "html"]).finish().success();
    (in_one_line(&round.output), in_one_line(&page.output))
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn answers(status: u16, kind: &'static str, body: &str) -> LanguageModel {
    let reply = Reply::Answers(status, kind, body.to_owned());
    LanguageModel::start(move |_| reply.clone())
}

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
    let doctor = |base_url: &str| set_up(home.viva(["doctor", "--json"]), base_url);
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
    assert!(state == "good" && found.contains("a-model answers at 127.0.0.1:") && advice.is_empty(), "{found}");
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
    let run = set_up(home.viva(["doctor", "--json"]), &model.base_url());
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

fn evaluated(home: &Home, model: &LanguageModel, more: &[&str]) -> Finished {
    let lines = ["sound", "odd", "invented"].map(|answer| {
        json!({"id": answer, "question": QUESTION, "answer": format!("{answer} {ANSWER}"), "label": "strong"})
            .to_string()
    });
    let run = home.viva([&["eval", "--coach", "llm"], more].concat());
    set_up(run, &model.base_url()).input(lines.join("\n")).finish().success()
}

#[test]
fn an_evaluation_of_a_model_counts_tokens_invalid_replies_and_quotes_that_nobody_said() {
    let home = Home::empty();
    let model = LanguageModel::start(|asked| {
        let mut words = kind_words(asked);
        if asked.form == "marks" && asked.answer.starts_with("odd") && !asked.is_repair {
            return Reply::Says(json!({"verdict": "fine"}));
        }
        if asked.form == "marks" && asked.answer.starts_with("invented") {
            words["key_points"][0]["quote"] = json!("words that nobody ever said");
        }
        Reply::Says(words)
    });
    let evaluation = evaluated(&home, &model, &["--json"]).json();
    let (items, summary) = (&evaluation["items"], &evaluation["summary"]);
    let points = items[0]["key_points"].as_array().unwrap().len();
    // Three answers, three calls each, and two requests to mend.
    assert_eq!(
        summary["usage"],
        json!({"replies": 11, "invalid_replies": 2, "input_tokens": 1100, "output_tokens": 110})
    );
    assert_eq!((&summary["invalid_replies"]["of"], &summary["ungraded"]), (&json!(11), &json!(0)));
    assert_eq!(summary["quote_failures"]["of"], json!(3 * points));
    assert!(
        (summary["quote_failures"]["share"].as_f64().unwrap() - 1.0 / (3 * points) as f64).abs() < 1e-3,
        "{summary}"
    );
    assert_eq!(
        (&items[2]["key_points"][0]["verdict"], &items[2]["key_points"][0]["quote"]),
        (&json!("unclear"), &Value::Null)
    );
    let table = evaluated(&home, &model, &[]).output;
    for row in ["invalid replies", "quotes not found", "tokens", "1100 in, 110 out"] {
        assert!(table.contains(row), "{row} is not in\n{table}");
    }
}

#[test]
fn an_evaluation_says_why_nothing_was_judged() {
    let home = Home::empty();
    let told = evaluated(&home, &answers(401, "application/json", "{}"), &[]);
    assert!(told.output.contains("3, 3 ungraded"), "{}", told.output);
    assert!(
        told.errors.contains("3 answers were not judged") && told.errors.contains("wants a key"),
        "{}",
        told.errors
    );
}

#[test]
fn what_two_models_disagree_on_is_unclear_on_the_terminal_and_on_the_page() {
    let home = Home::empty();
    let model = LanguageModel::start(|asked| {
        let mut words = kind_words(asked);
        if asked.form == "marks" && asked.model == "another" {
            let point =
                words["key_points"].as_array_mut().unwrap().iter_mut().min_by_key(|point| point["id"].to_string());
            let point = point.unwrap();
            (point["verdict"], point["quote"]) = (json!("missed"), Value::Null);
        }
        Reply::Says(words)
    });
    let (round, page) = round(&home, &settings(&home, &model.base_url(), "second_model = \"another\""));
    assert!(round.contains("unclear: ") && page.contains("<span class=\"verdict\">unclear</span>"), "{round}");
    for shown in [round, page] {
        assert!(
            shown.contains("Two models judged this answer (a-model, another) and disagree on 1 of its points"),
            "{shown}"
        );
        assert!(shown.contains("two models disagree") || shown.contains("coaches disagree"), "{shown}");
    }
}

#[test]
fn the_setting_decides_whether_an_answer_stays_ungraded_or_the_offline_coach_steps_in() {
    let model = answers(404, "text/html", "<html></html>");
    let home = Home::empty();
    let (round, page) = self::round(&home, &settings(&home, &model.base_url(), "on_failure = \"stay_ungraded\""));
    assert!(round.contains("Not graded: ") && !round.contains("of 10"), "{round}");
    assert!(page.contains("No feedback: ") && !page.contains(PANEL), "{page}");
    for shown in [round, page] {
        assert!(shown.contains("answers with a web page"), "{shown}");
    }
    let home = Home::empty();
    let (round, page) = self::round(&home, &settings(&home, &model.base_url(), "on_failure = \"offline\""));
    assert!(round.contains("of 10") && page.contains(PANEL), "{round}");
    for shown in [round, page] {
        assert!(shown.contains("The language model could not judge this answer"), "{shown}");
        assert!(shown.contains("so the offline coach did."), "{shown}");
    }
}

#[test]
fn the_terminal_shows_each_panel_once_and_as_soon_as_it_is_ready() {
    let (model, seen) = model_that_waits_with_marks();
    let home = Home::empty();
    let arguments = ["practice", "--question", QUESTION, "--follow-ups", "0", "--typed", "--mute"];
    let run = set_up(home.viva(arguments), &model.base_url());
    let mut terminal = rexpect::session::spawn_command(run.at_terminal(), Some(LIMIT)).unwrap();
    terminal.exp_string("Enter").unwrap();
    terminal.send(&format!("{ANSWER}\r\r")).unwrap();
    terminal.flush().unwrap();
    terminal.exp_string("Clarity").unwrap();
    seen.send(()).unwrap();
    terminal.exp_string("Correctness").unwrap();
    let rest = terminal.exp_string("Next step").unwrap();
    assert!(!rest.contains("Clarity"), "{rest}");
    terminal.send("q").unwrap();
    terminal.flush().unwrap();
    terminal.exp_eof().unwrap();
}

/// A model that says nothing of an answer's correctness until it is told that something was seen.
fn model_that_waits_with_marks() -> (LanguageModel, mpsc::Sender<()>) {
    let (seen, wait_until_seen) = mpsc::channel();
    let wait_until_seen = Mutex::new(wait_until_seen);
    let model = LanguageModel::start(move |asked| {
        if asked.form == "marks" {
            wait_until_seen.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        }
        Reply::Says(kind_words(asked))
    });
    (model, seen)
}

#[tokio::test]
async fn a_panel_is_shown_when_its_own_call_is_done_while_another_call_still_hangs() {
    let (model, seen) = model_that_waits_with_marks();
    let home = Home::empty();
    let variables =
        [("VIVA_LLM_PRESET", "custom"), ("VIVA_LLM_MODEL", "a-model"), ("VIVA_LLM_BASE_URL", &model.base_url())];
    let server = home.serve(&variables.map(|(name, value)| (name, value.as_ref())));
    let client = Client::new(server.url.parse().unwrap()).unwrap();
    let wishes = NewSession { question_ids: vec![QUESTION.into()], follow_ups: Some(0), ..NewSession::default() };
    let turn = client.create_session(&wishes).await.unwrap().turns[0].id;
    let answer = NewAnswer { text: Some(ANSWER.into()), ..NewAnswer::default() };
    client.answer(turn, &answer, &Sending { key: Uuid::now_v7(), wait: Duration::ZERO }).await.unwrap();

    let told = events(&server.url, turn, "event: feedback.delta\n").await;
    assert!(told.contains("\"clarity\":{") && !told.contains("event: judged"), "{told}");
    let waiting = client.turn(turn).await.unwrap();
    let ready = waiting.feedback.unwrap();
    assert_eq!(waiting.state, TurnState::Judging);
    assert!(ready.clarity.is_some() && ready.correctness.is_none());
    let told = events(&server.url, turn, "event: feedback.delta\n").await;
    assert!(told.contains("\"clarity\":{"), "whoever comes late is told what is ready: {told}");

    seen.send(()).unwrap();
    let told = events(&server.url, turn, "event: judged\n").await;
    assert!(told.contains("\"correctness\":{"), "{told}");
}

/// What the turn's events say up to the given line, and the line after it.
async fn events(server: &str, turn: Uuid, line: &str) -> String {
    let mut events = reqwest::get(format!("{server}/api/v1/turns/{turn}/events")).await.unwrap();
    let mut told = String::new();
    while told.split_once(line).is_none_or(|(_, behind)| !behind.contains('\n')) {
        let chunk = tokio::time::timeout(PATIENCE, events.chunk()).await.unwrap().unwrap();
        told.push_str(std::str::from_utf8(&chunk.unwrap_or_else(|| panic!("no {line} in {told}"))).unwrap());
    }
    told
}
