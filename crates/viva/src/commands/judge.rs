//! `viva judge`: who judges answers; finds language models, sets one up and tries it.

use std::path::Path;

use coach::LlmCoach;
use coach::llm::{Connection, Enforcement, FoundServer, LlmSettings, Preset, find_servers};
use interview::wording::counted;
use serde::Serialize;
use toml_edit::{DocumentMut, Item, Table, value};

use super::output::{print, print_json};
use crate::arguments::Judge;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::terminal::{Choice, Streams, Terminal};

/// The time in which feedback should be there, in seconds.
const COMFORTABLE: f64 = 60.0;

/// The file beside the settings that says that a judge was offered.
const OFFERED: &str = "judge-offered";

#[derive(Serialize)]
struct Document {
    judge: String,
    /// What was measured, when the judge was tried.
    tried: Option<String>,
    found: Vec<Found>,
}

#[derive(Serialize)]
struct Found {
    preset: &'static str,
    address: &'static str,
    models: Vec<String>,
    is_local: bool,
}

/// Shows, changes or tries the judge.
pub async fn run(judge: &Judge, settings: &Settings) -> Result<(), Failure> {
    if judge.offline {
        change(settings, None)?;
        return print("answers are judged by the offline coach\n");
    }
    if let Some(preset) = judge.preset {
        return choose(judge, preset, settings).await;
    }
    let tried = match &settings.llm {
        Some(llm) if judge.test => Some(try_judging(llm).await?),
        _ => None,
    };
    let found = find_servers().await;
    if judge.json {
        let found = found.into_iter().map(Found::of).collect();
        return print_json(&Document { judge: judged_by(settings), tried, found });
    }
    let tried = tried.map(|tried| format!("  {tried}\n")).unwrap_or_default();
    print(&format!("answers are judged by {}\n{tried}{}", judged_by(settings), listing(&found, settings)))
}

fn judged_by(settings: &Settings) -> String {
    match &settings.llm {
        None => "the offline coach: a trained verifier and rules on this machine".to_owned(),
        Some(llm) => format!("{} at {}", llm.model, place(llm)),
    }
}

/// Where answers go.
fn place(llm: &LlmSettings) -> String {
    let preset = llm.preset.base_url().and_then(|address| address.parse().ok());
    let address = llm.base_url.clone().or(preset);
    address.as_ref().and_then(url::Url::host_str).unwrap_or("an unknown place").to_owned()
}

fn listing(found: &[FoundServer], settings: &Settings) -> String {
    if found.is_empty() {
        return "no model server was found on this machine's usual ports, and no key of a service in the environment\n"
            .to_owned();
    }
    let lines = found.iter().map(|server| {
        let preset = server.preset.as_str();
        let model = server.models.first().map_or("MODEL", String::as_str);
        let has = match server.models.as_slice() {
            [] if server.preset.is_local() => "no models".to_owned(),
            [] => "a key is in the environment; answers would be sent there".to_owned(),
            models => format!("{}: {}", counted(models.len(), "model"), models.join(", ")),
        };
        let command = settings.data.command(&format!("judge --use {preset} --llm {model}"));
        format!("\nfound {preset} at {} ({has})\n  {command}\n", server.address())
    });
    lines.collect()
}

/// Sets up a language model: asks before answers leave the machine, tries it, and writes it to the settings file.
async fn choose(judge: &Judge, preset: Preset, settings: &Settings) -> Result<(), Failure> {
    let model = match (&judge.llm, preset.is_local()) {
        (Some(model), _) => model.clone(),
        (None, true) => first_model(preset).await?,
        (None, false) => {
            return Err(
                Failure::misuse("name the model with --llm").help("the service's documentation lists its models")
            );
        }
    };
    let llm = LlmSettings { base_url: judge.base_url.clone(), ..LlmSettings::new(preset, model) };
    let place = place(&llm);
    if !llm.is_local() && !judge.yes && !agrees(&place, settings).await? {
        return Err(Failure::new(format!("nothing was changed: answers are not sent to {place} without your yes"))
            .help(format!("--yes agrees to sending them to {place}")));
    }
    let tried = try_judging(&llm).await?;
    let file = change(settings, Some(&llm))?;
    print(&format!("{tried}\nwritten to {file}: answers are judged by {} at {place}\n", llm.model))
}

async fn first_model(preset: Preset) -> Result<String, Failure> {
    let found = find_servers().await.into_iter().find(|found| found.preset == preset);
    found.and_then(|found| found.models.into_iter().next()).ok_or_else(|| {
        Failure::new(format!("no {} server with a model answers at its usual address", preset.as_str()))
            .help("start it, or name the model with --llm and the address with --base-url")
    })
}

/// Whether the user says yes to sending answers to this place.
async fn agrees(place: &str, settings: &Settings) -> Result<bool, Failure> {
    let streams = Streams::detect(settings.plain, false);
    if !streams.is_attended() {
        return Ok(false);
    }
    let mut terminal = Terminal::open(streams)?;
    terminal.say(format!("The text of your answers will be sent to {place} to be judged. Recordings stay here."));
    Ok(terminal.choose(&[("y", "send them there"), ("n", "change nothing")]).await == Choice::Letter('y'))
}

/// Offers a model server of this machine as the judge, once, when there is no judge but the offline coach; returns the settings as they
/// are then.
pub(super) async fn offer_once(settings: &Settings, terminal: &mut Terminal) -> Result<Settings, Failure> {
    let is_open = settings.llm.is_none() && settings.server.is_none() && terminal.is_attended();
    let folder =
        settings.file.as_deref().and_then(Path::parent).filter(|folder| is_open && !folder.join(OFFERED).exists());
    let Some(folder) = folder else { return Ok(settings.clone()) };
    let local = find_servers().await.into_iter().find(|found| found.preset.is_local() && !found.models.is_empty());
    let Some(FoundServer { preset, models }) = local else { return Ok(settings.clone()) };
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(OFFERED), "")?;
    let model = models.first().cloned().unwrap_or_default();
    terminal.say(format!(
        "A language model runs on this machine: {model} ({}). It understands more ways of saying a point than the offline coach, takes seconds to \
         minutes an answer, and nothing leaves this machine. `viva judge` changes this any time.",
        preset.as_str()
    ));
    let mut settings = settings.clone();
    if terminal.choose(&[("Enter", "keep the offline coach"), ("l", "let it judge")]).await == Choice::Letter('l') {
        let llm = LlmSettings::new(preset, model);
        change(&settings, Some(&llm))?;
        settings.llm = Some(llm);
    }
    Ok(settings)
}

/// Has a sample answer judged; what was found, in a sentence or two.
pub(super) async fn try_judging(llm: &LlmSettings) -> Result<String, Failure> {
    let bank = server::question_files::bank(None)?.bank;
    // A question of middling length: neither the shortest prompt nor the longest.
    let mut questions: Vec<_> = bank.questions().iter().collect();
    questions.sort_by_key(|question| (question.key_points.len(), question.id.as_str().to_owned()));
    let question = questions.get(questions.len() / 2).ok_or_else(|| Failure::new("there are no questions"))?;
    let coach = LlmCoach::new(llm)?;
    Ok(report(&coach.check_connection(question).await?))
}

fn report(connection: &Connection) -> String {
    let Connection { models, server, answered_as, enforcement, context_tokens, took, usage, remark, .. } = connection;
    let seconds = took.as_secs_f64();
    let enforcement = match enforcement {
        Enforcement::Schema => "the server takes JSON schemas",
        Enforcement::Json => "the server takes no JSON schema, but holds replies to JSON",
        Enforcement::Described => "the server enforces no form, so replies may fail more often",
    };
    let context = context_tokens.map(|tokens| format!("; its context is {tokens} tokens")).unwrap_or_default();
    let first = usage.first_token_seconds / usage.replies.max(1) as f64;
    let advice = if seconds > COMFORTABLE { "; a smaller model or the offline coach is faster" } else { "" };
    let answered = answered_as.as_ref().filter(|name| !models.contains(name));
    let answered = answered.map(|name| format!(" (which calls it {name})")).unwrap_or_default();
    let remark = remark.as_ref().map(|remark| format!(" {remark}")).unwrap_or_default();
    format!(
        "{} at {server}{answered} judged a sample answer in {seconds:.0} s; expect about as long for yours{advice}: {} ({} to correct one), first token after \
         {first:.1} s, {} tokens read ({} cached), {} written; {enforcement}{context}.{remark}",
        models.join(" and "),
        counted(usize::try_from(usage.replies).unwrap_or_default(), "call"),
        usage.repairs,
        usage.input_tokens,
        usage.cached_tokens,
        usage.output_tokens,
    )
}

/// Writes the judge to the settings file; returns its path.
fn change(settings: &Settings, llm: Option<&LlmSettings>) -> Result<String, Failure> {
    settings.change_file(|document| write(document, llm))
}

/// Sets the judge. Limits and other settings of the table `[llm]` stay.
fn write(document: &mut DocumentMut, llm: Option<&LlmSettings>) {
    let Some(llm) = llm else {
        document.remove("llm");
        return;
    };
    let table = document.entry("llm").or_insert(Item::Table(Table::new()));
    table["preset"] = value(llm.preset.as_str());
    table["model"] = value(llm.model.as_str());
    if let Some(table) = table.as_table_like_mut() {
        for other in ["second_model", "key_file", "key_variable", "base_url"] {
            table.remove(other);
        }
        if let Some(address) = &llm.base_url {
            table.insert("base_url", value(address.as_str()));
        }
    }
}

impl Found {
    fn of(server: FoundServer) -> Self {
        let (preset, address, is_local) = (server.preset.as_str(), server.address(), server.preset.is_local());
        Self { preset, address, models: server.models, is_local }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_is_written_beside_what_is_there() {
        let before = "# mine\nmute = true\n\n[llm]\npreset = \"openai\"\nmodel = \"gpt\"\nkey_file = \"key\"\nretries = 1 # few\n";
        let llm = LlmSettings::new(Preset::Ollama, "qwen3");
        let written = |before: &str, llm| {
            let mut document: DocumentMut = before.parse().unwrap();
            write(&mut document, llm);
            document.to_string()
        };
        assert_eq!(
            written(before, Some(&llm)),
            "# mine\nmute = true\n\n[llm]\npreset = \"ollama\"\nmodel = \"qwen3\"\nretries = 1 # few\n"
        );
        assert_eq!(written("", Some(&llm)), "[llm]\npreset = \"ollama\"\nmodel = \"qwen3\"\n");
        assert_eq!(written(before, None), "# mine\nmute = true\n");
    }

    #[test]
    fn the_place_that_answers_go_to_is_named() {
        assert_eq!(place(&LlmSettings::new(Preset::OpenAi, "m")), "api.openai.com");
        let elsewhere = Some("https://models.example/v1".parse().unwrap());
        assert_eq!(
            place(&LlmSettings { base_url: elsewhere, ..LlmSettings::new(Preset::Ollama, "m") }),
            "models.example"
        );
    }
}
