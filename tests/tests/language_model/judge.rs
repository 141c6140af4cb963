//! `viva judge` and the first round find a model, recommend one, and set it up; nothing leaves the machine without a yes.

use std::fs;

use journeys::language_model::{LanguageModel, Reply, kind_words};
use journeys::program::{Home, Run};
use journeys::screen::Screen;
use serde_json::{Value, json};

const TYPING: &str = "Ctrl-C end the round";
const OFFER: &str = "l let it judge";

/// An Ollama with two models that could judge, of which the larger one does not reply, and two that could not.
fn ollama() -> LanguageModel {
    let models = json!([
        {"name": "vectors-embed:latest", "size": 2_100_000_000_u64},
        {"name": "gpt-oss:120b-cloud", "size": 384, "remote_host": "https://ollama.com:443"},
        {"name": "mine:latest", "size": 384, "remote_host": "https://ollama.com:443"},
        {"name": "small:1b", "size": 1_000_000_000},
        {"name": "large:2b", "size": 2_000_000_000},
        {"name": "far-too-large:900b", "size": 900_000_000_000_000_u64},
    ]);
    LanguageModel::ollama(models, |asked| match asked.model.as_str() {
        "large:2b" => Reply::Answers(503, "application/json", "{}".to_owned()),
        _ => Reply::Says(kind_words(asked)),
    })
}

fn settings_file(home: &Home) -> Option<String> {
    fs::read_to_string(home.path().join(".config/viva/config.toml")).ok()
}

fn with(model: &LanguageModel, run: Run) -> Run {
    run.env("OLLAMA_HOST", model.host())
}

fn first_round(home: &Home, model: &LanguageModel) -> Run {
    with(model, home.viva(["practice", "--question", crate::QUESTION, "--typed", "--mute"]))
}

#[test]
fn the_judge_command_lists_what_it_finds_and_recommends_by_memory_and_a_trial() {
    let (home, model) = (Home::empty(), ollama());
    let found = with(&model, home.viva(["judge"])).finish().success().output;
    assert!(found.contains("answers are judged by the offline coach"), "{found}");
    assert!(found.contains("gpt-oss:120b-cloud (runs at ollama.com), mine:latest (runs at ollama.com), small:1b (1.0 GB), large:2b (2.0 GB)"), "{found}");
    assert!(found.contains("recommended: small:1b, 1.0 GB of ") && found.contains("said a few words after"), "{found}");
    assert!(found.contains("judge --use ollama --llm small:1b"), "{found}");
    let document = with(&model, home.viva(["judge", "--json"])).finish().success().json();
    assert_eq!(document["recommended"]["model"], "small:1b", "{document}");
    let doctor: Value = with(&model, home.viva(["doctor", "--json"])).finish().json();
    let coach = doctor["findings"].as_array().unwrap().iter().find(|finding| finding["name"] == "coach").unwrap();
    assert_eq!(coach["state"], "missing");
    assert!(coach["found"].as_str().unwrap().contains("found small:1b"), "{coach}");
    assert!(coach["advice"].as_str().unwrap().contains("judge --use ollama --llm small:1b"), "{coach}");
}

#[test]
fn a_model_is_tried_written_to_the_settings_and_taken_out_again() {
    let (home, model) = (Home::empty(), ollama());
    let set = with(&model, home.viva(["judge", "--use", "ollama"])).finish().success().output;
    assert!(set.contains("small:1b at") && set.contains("judged a sample answer"), "{set}");
    let written = settings_file(&home).unwrap();
    let address = format!("base_url = \"http://{}/\"", model.host());
    assert!(written.contains("model = \"small:1b\"") && written.contains(&address), "{written}");

    let tried = with(&model, home.viva(["judge", "--test"])).finish().success().output;
    assert!(tried.contains("answers are judged by small:1b at 127.0.0.1"), "{tried}");
    assert!(tried.contains("judged a sample answer in"), "{tried}");

    home.viva(["judge", "--offline"]).finish().success();
    assert_eq!(settings_file(&home).as_deref(), Some(""));
    let nothing = with(&model, home.viva(["judge", "--test"])).finish().fails_with(1);
    assert!(nothing.errors.contains("no language model is configured"), "{nothing:?}");
}

#[test]
fn a_second_model_is_named_and_it_is_said_when_it_no_longer_judges() {
    let (home, model) = (Home::empty(), ollama());
    let file = home.path().join(".config/viva/config.toml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "[llm]\npreset = \"ollama\"\nmodel = \"large:2b\"\nsecond_model = \"small:1b\"\n").unwrap();
    let shown = with(&model, home.viva(["judge"])).finish().success().output;
    assert!(shown.contains("judged by large:2b at 127.0.0.1 (second_model = small:1b)"), "{shown}");
    let set = with(&model, home.viva(["judge", "--use", "ollama", "--llm", "small:1b"])).finish().success().output;
    assert!(set.contains("; the second model, small:1b, was taken out"), "{set}");
    assert!(!settings_file(&home).unwrap().contains("second_model"));
}

#[test]
fn a_model_that_fails_its_trial_is_not_written() {
    let (home, model) = (Home::empty(), ollama());
    let failed = with(&model, home.viva(["judge", "--use", "ollama", "--llm", "large:2b"])).finish().fails_with(1);
    assert!(failed.errors.contains("busy or out of order"), "{failed:?}");
    assert_eq!(settings_file(&home), None);
}

#[test]
fn nothing_is_sent_to_another_place_without_a_yes_that_names_it() {
    let (home, model) = (Home::empty(), ollama());
    let (native, base_url) = (format!("http://{}", model.host()), model.base_url());
    for (arguments, place) in [
        (&["--use", "ollama", "--llm", "gpt-oss:120b-cloud"][..], "ollama.com"),
        (&["--use", "ollama", "--llm", "mine", "--base-url", &native], "ollama.com"),
        (&["--use", "custom", "--llm", "gpt-oss:120b-cloud", "--base-url", &base_url], "ollama.com"),
        (&["--use", "custom", "--llm", "mine", "--base-url", &base_url], "ollama.com"),
        (&["--use", "llama_cpp", "--llm", "gpt-oss:120b-cloud", "--base-url", &base_url], "ollama.com"),
        (&["--use", "openai", "--llm", "gpt"], "api.openai.com"),
        (&["--use", "custom", "--llm", "m", "--base-url", "https://models.example/v1"], "models.example"),
    ] {
        let arguments = [&["judge"], arguments].concat();
        let refused = with(&model, home.viva(&arguments)).finish().fails_with(1);
        let said = format!("answers are not sent to {place} without your yes");
        assert!(refused.errors.contains(&said), "{refused:?}");
        let mut screen = Screen::of(with(&model, home.viva(&arguments)));
        screen.until(&format!("will be sent to {place}"), "n change nothing");
        screen.press("n");
        screen.ends();
        assert_eq!(settings_file(&home), None);
    }
    let agreed = home.viva(["judge", "--use", "ollama", "--llm", "gpt-oss:120b-cloud", "--yes"]);
    let agreed = with(&model, agreed).finish().success().output;
    assert!(agreed.contains("answers are judged by gpt-oss:120b-cloud at ollama.com"), "{agreed}");
}

#[test]
fn the_first_round_offers_a_model_of_this_machine_once() {
    let (home, model) = (Home::unmarked(), ollama());
    let mut screen = Screen::of(first_round(&home, &model).env("OPENAI_API_KEY", "sk-key"));
    let offer = screen.until("A language model runs on this machine", OFFER);
    assert!(offer.contains("small:1b"), "{offer}");
    assert!(offer.contains("OPENAI_API_KEY is set") && !offer.contains("sk-key"), "{offer}");
    screen.press("l");
    screen.until("", TYPING);
    screen.press("\u{3}");
    screen.ends();
    assert!(settings_file(&home).unwrap().contains("model = \"small:1b\""));

    home.viva(["judge", "--offline"]).finish().success();
    let mut screen = Screen::of(first_round(&home, &model));
    screen.until("Question 1", TYPING);
    screen.press("\u{3}");
    screen.ends();
    assert_eq!(settings_file(&home).as_deref(), Some(""));
}

#[test]
fn setup_offers_the_judge_again_and_names_the_one_that_is_set() {
    let (home, model) = (Home::empty(), ollama());
    let setup = || {
        let run = home.viva(["practice", "--setup", "--question", crate::QUESTION, "--typed", "--mute"]);
        let mut screen = Screen::of(with(&model, run));
        screen.until("What are you preparing for?", "Esc not now");
        screen.press("\u{1b}");
        screen
    };
    let mut screen = setup();
    screen.until("A language model runs on this machine", OFFER);
    screen.press("l");
    screen.until("", TYPING);
    screen.press("\u{3}");
    screen.ends();
    let mut screen = setup();
    screen.until("Your answers are judged by small:1b at 127.0.0.1. To change it:", TYPING);
    screen.press("\u{3}");
    screen.ends();
}

#[test]
fn ctrl_c_at_the_offer_ends_the_program_and_the_offer_comes_again() {
    let (home, model) = (Home::unmarked(), ollama());
    for _ in 0..2 {
        let mut screen = Screen::of(first_round(&home, &model));
        screen.until("A language model runs on this machine", OFFER);
        screen.press("\u{3}");
        screen.ends();
    }
    let sessions = home.viva(["review", "--json"]).finish().success().json();
    assert_eq!(sessions["sessions"], json!([]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_settings_folder_that_cannot_be_written_ends_no_round() {
    let (home, model) = (Home::unmarked(), ollama());
    // Nothing can be created there, by nobody.
    let run = first_round(&home, &model).env("XDG_CONFIG_HOME", "/proc/self/fdinfo");
    let mut screen = Screen::of(run);
    screen.until("A language model runs on this machine", OFFER);
    screen.press("l");
    let round = screen.until("Question 1", TYPING).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(round.contains("so it judges this round only"), "{round}");
    screen.press("\u{3}");
    screen.ends();
}
