//! Which source of settings counts.

use std::num::NonZeroU64;

use coach::llm::{OnFailure, Preset};

use super::*;

/// The documented sample: it shows every setting with its default.
const SAMPLE: &str = include_str!("../../../../docs/config.toml");

fn model(name: &str) -> Layer {
    Layer { model: Some(name.to_owned()), data: Some("/data".into()), ..Layer::default() }
}

fn environment(variables: &[(&str, &str)]) -> Result<Layer, Failure> {
    Layer::of_environment(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
}

fn resolved(layer: Layer) -> Settings {
    Settings::of(layer, None).unwrap()
}

#[test]
fn flags_override_variables_which_override_the_file() {
    let file = Layer { mute: Some(true), threads: NonZeroUsize::new(3), ..model("small.en") };
    let variables = environment(&[("VIVA_MODEL", "base.en"), ("VIVA_THREADS", "2")]).unwrap();
    let settings = resolved(model("tiny.en").over(variables.clone()).over(file.clone()));
    assert_eq!(settings.speech.model.as_deref(), Some("tiny.en"));
    assert_eq!(settings.speech.whisper.threads.get(), 2);
    assert!(settings.mute);
    assert_eq!(resolved(variables.over(file)).speech.model.as_deref(), Some("base.en"));
}

#[test]
fn everything_has_a_default() {
    let settings = resolved(Layer { data: Some("/data".into()), ..Layer::default() });
    assert_eq!(settings.bind.to_string(), "127.0.0.1:7878");
    assert!(!settings.mute && !settings.plain && settings.server.is_none() && settings.speech.model.is_none());
    assert_eq!(settings.speech.source.as_str(), capture::models::DEFAULT_SOURCE);
}

#[test]
fn switches_in_variables_may_be_1_or_0() {
    let layer = environment(&[("VIVA_MUTE", "1"), ("VIVA_PLAIN", "false"), ("VIVA_GLOSSARY", "0")]).unwrap();
    assert_eq!((layer.mute, layer.plain, layer.glossary), (Some(true), Some(false), Some(false)));
    for wrong in [("VIVA_MUTE", "perhaps"), ("VIVA_THREADS", "0"), ("VIVA_THREADS", "many")] {
        assert!(format!("{:?}", environment(&[wrong]).unwrap_err()).contains(wrong.0), "{wrong:?}");
    }
}

#[test]
fn a_setting_that_does_not_exist_is_named_with_its_line() {
    let failure = Layer::of_toml("mute = true\nmodle = \"base.en\"\n", Path::new("/etc/viva/config.toml")).unwrap_err();
    let told = format!("{failure:?}");
    assert!(told.contains("/etc/viva/config.toml:2") && told.contains("modle"), "{told}");
}

#[test]
fn paths_in_the_file_are_relative_to_its_folder() {
    let file = "questions = \"mine\"\n[llm]\nkey_file = \"key\"\nprompts = \"/elsewhere\"\n";
    let layer = Layer::of_toml(file, Path::new("/etc/viva/config.toml")).unwrap();
    assert_eq!(layer.questions.as_deref(), Some(Path::new("/etc/viva/mine")));
    let llm = layer.llm.unwrap();
    assert_eq!(llm["key_file"].as_str(), Some("/etc/viva/key"));
    assert_eq!(llm["prompts"].as_str(), Some("/elsewhere"));
}

#[test]
fn the_sample_shows_every_setting_with_its_default() {
    let assigned = SAMPLE.lines().filter_map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')));
    let text: String = assigned.map(|line| format!("{line}\n")).collect();
    let sample = Layer::of_toml(&text, Path::new("config.toml")).unwrap();
    let shown = format!("{sample:?}");
    assert!(!shown.contains("None"), "every setting is shown: {shown}");
    let settings = resolved(sample);
    let defaults = resolved(Layer { data: Some("/data".into()), ..Layer::default() });
    assert_eq!(settings.bind, defaults.bind);
    assert_eq!(settings.speech.source, defaults.speech.source);
    assert_eq!(settings.speech.whisper.language, defaults.speech.whisper.language);
    assert_eq!((settings.mute, settings.plain), (defaults.mute, defaults.plain));
}

#[test]
fn the_environment_changes_single_settings_of_the_language_model() {
    let file = "[llm]\npreset = \"ollama\"\nmodel = \"small\"\n";
    let file = Layer::of_toml(file, Path::new("config.toml")).unwrap();
    let variables = environment(&[("VIVA_LLM_MODEL", "large")]).unwrap();
    let llm = resolved(variables.over(file).over(model("tiny"))).llm.unwrap();
    assert_eq!(llm.model, "large");
    assert_eq!(llm.preset, coach::llm::Preset::Ollama);
    let nonsense = environment(&[("VIVA_LLM_PRESET", "crystal-ball"), ("VIVA_LLM_MODEL", "large")]).unwrap();
    assert!(Settings::of(nonsense.over(model("tiny")), None).is_err());
    let nameless = environment(&[("VIVA_LLM_PRESET", "ollama")]).unwrap();
    let refused = Settings::of(nameless.over(model("tiny")), None).err().unwrap();
    assert!(refused.message().contains("missing field `model`"), "{refused:?}");
}

#[test]
fn every_setting_of_the_language_model_is_a_variable_too() {
    let variables = [
        ("VIVA_LLM_MODEL", "large"),
        ("VIVA_LLM_SECOND_MODEL", "other"),
        ("VIVA_LLM_KEY_FILE", "/run/key"),
        ("VIVA_LLM_ON_FAILURE", "offline"),
        ("VIVA_LLM_PROMPTS", "/etc/prompts"),
        ("VIVA_LLM_TEMPERATURE", "0.5"),
        ("VIVA_LLM_RETRIES", "0"),
    ];
    let llm = resolved(environment(&variables).unwrap().over(model("tiny"))).llm.unwrap();
    assert_eq!((llm.second_model.as_deref(), llm.temperature, llm.retries), (Some("other"), Some(0.5), 0));
    assert_eq!((llm.on_failure, llm.key_file.as_deref()), (OnFailure::Offline, Some(Path::new("/run/key"))));
    assert_eq!(llm.prompts.as_deref(), Some(Path::new("/etc/prompts")));
    let wrong = environment(&[("VIVA_LLM_RETRIES", "often")]).unwrap_err();
    assert!(wrong.message().contains("VIVA_LLM_RETRIES"), "{wrong:?}");
}

#[test]
fn what_is_prepared_for_comes_from_the_file_or_a_variable() {
    let file = "[practice]\nsubjects = [\"go\"]\nlevels = [\"senior\", \"staff\"]\n";
    let file = Layer::of_toml(file, Path::new("config.toml")).unwrap();
    assert_eq!(file.practice.as_ref().unwrap().levels.len(), 2);
    let variables = environment(&[("VIVA_PRACTICE", "{ subjects = [\"rust\"] }")]).unwrap();
    assert_eq!(resolved(variables.over(file).over(model("tiny"))).practice.unwrap().subjects, ["rust"]);
    assert!(environment(&[("VIVA_PRACTICE", "rust")]).is_err());
    assert!(Layer::of_toml("[practice]\nlevels = [\"guru\"]\n", Path::new("config.toml")).is_err());
}

#[test]
fn invalid_values_are_refused() {
    for layer in [
        Layer { server: Some("ftp://somewhere".to_owned()), ..model("tiny") },
        Layer { bind: Some("7878".to_owned()), ..model("tiny") },
        Layer { language: Some("klingon".to_owned()), ..model("tiny") },
    ] {
        assert!(Settings::of(layer.clone(), None).is_err(), "{layer:?}");
    }
}

#[test]
fn whoever_waits_for_feedback_waits_longer_than_an_answer_may_be_judged() {
    for seconds in [None, Some(60), Some(5000)] {
        let llm = seconds.map(|seconds| LlmSettings {
            judging_seconds: NonZeroU64::new(seconds).unwrap(),
            ..LlmSettings::new(Preset::LlamaCpp, "m")
        });
        let settings = Settings { llm, ..resolved(Layer { data: Some("/data".into()), ..Layer::default() }) };
        let judging = Duration::from_secs(seconds.unwrap_or_default()).max(LONGEST_JUDGING);
        assert!(settings.longest_judging() > judging, "{seconds:?}");
    }
}
