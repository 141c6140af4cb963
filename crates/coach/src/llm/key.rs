//! Where a key comes from, and how it stays out of sight.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::settings::LlmSettings;
use crate::error::{CoachError, misconfigured};

/// The longest key that is accepted; what is longer is some other file.
const LONGEST_KEY: u64 = 4096;

/// The key that the settings point at: the file's, or the variable's, or none. Local servers need none; a service says so itself when it
/// wants one.
pub(super) fn find(
    settings: &LlmSettings,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<SecretString>, CoachError> {
    if let Some(file) = &settings.key_file {
        return read(file).and_then(|key| sound(key, &file.display().to_string())).map(Some);
    }
    if let Some(name) = &settings.key_variable {
        let missing = || misconfigured(format!("the environment variable {name} that holds the key is not set"));
        return variable(name).ok_or_else(missing).and_then(|key| sound(key, name)).map(Some);
    }
    let usual = settings.preset.key_variable();
    usual.and_then(|name| variable(name).map(|key| sound(key, name))).transpose()
}

/// `text` without the key, should a server have repeated it.
pub(super) fn without_key(text: &str, key: Option<&SecretString>) -> String {
    match key {
        Some(key) => text.replace(key.expose_secret(), "[key]"),
        None => text.to_owned(),
    }
}

fn read(file: &Path) -> Result<String, CoachError> {
    let unreadable =
        |error: std::io::Error| misconfigured(format!("cannot read the key file {}: {error}", file.display()));
    let size = std::fs::metadata(file).map_err(unreadable)?.len();
    if size > LONGEST_KEY {
        return Err(misconfigured(format!("{} is too long for a key file", file.display())));
    }
    std::fs::read_to_string(file).map_err(unreadable)
}

fn sound(key: String, place: &str) -> Result<SecretString, CoachError> {
    let key = key.trim();
    if key.is_empty() {
        return Err(misconfigured(format!("there is no key in {place}")));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(misconfigured(format!("what is in {place} is no key: it has characters that keys do not have")));
    }
    Ok(SecretString::from(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::settings::Preset;

    fn variables(name: &str) -> Option<String> {
        match name {
            "OPENAI_API_KEY" => Some(" sk-usual\n".to_owned()),
            "MINE" => Some("sk-mine".to_owned()),
            "EMPTY" => Some(" ".to_owned()),
            _ => None,
        }
    }

    fn found(settings: &LlmSettings) -> Option<String> {
        find(settings, variables).unwrap().map(|key| key.expose_secret().to_owned())
    }

    #[test]
    fn a_file_goes_before_a_named_variable_and_that_before_the_usual_one() {
        let mut settings = LlmSettings::new(Preset::OpenAi, "m");
        assert_eq!(found(&settings).as_deref(), Some("sk-usual"));
        settings.key_variable = Some("MINE".to_owned());
        assert_eq!(found(&settings).as_deref(), Some("sk-mine"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "sk-file\n").unwrap();
        settings.key_file = Some(file);
        assert_eq!(found(&settings).as_deref(), Some("sk-file"));
    }

    #[test]
    fn a_local_server_needs_no_key() {
        assert_eq!(found(&LlmSettings::new(Preset::Ollama, "m")), None);
    }

    #[test]
    fn a_key_that_was_promised_and_is_not_there_is_an_error_that_names_the_place() {
        for (variable, said) in [("NOWHERE", "NOWHERE that holds the key is not set"), ("EMPTY", "no key in EMPTY")] {
            let settings =
                LlmSettings { key_variable: Some(variable.to_owned()), ..LlmSettings::new(Preset::Custom, "m") };
            let error = find(&settings, variables).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_key_never_shows() {
        let key = SecretString::from("sk-secret");
        assert_eq!(without_key("wrong key sk-secret given", Some(&key)), "wrong key [key] given");
        assert!(!format!("{key:?}").contains("sk-secret"));
    }
}
