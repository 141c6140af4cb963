//! `viva judge`: who judges answers; finds language models, sets one up and tries it.

use coach::LlmCoach;
use coach::llm::{
    Calls, Connection, Enforcement, FoundModel, FoundServer, LlmSettings, Preset, Recommended, find_servers, recommend,
    runs_elsewhere,
};
use interview::wording::counted;
use serde_json::json;
use toml_edit::{DocumentMut, Item, Table, value};

use super::output::{agrees, print, print_json};
use crate::arguments::Judge;
use crate::failure::Failure;
use crate::memory;
use crate::settings::{Settings, set_mark};
use crate::terminal::{Choice, Line, Terminal, Tone};

/// The time in which feedback should be there, in seconds.
const COMFORTABLE: f64 = 60.0;

/// How often it is looked whether the model is being loaded.
const POLL: std::time::Duration = std::time::Duration::from_millis(500);

/// The most other models of a server that are named.
const MOST_NAMES: usize = 5;

/// Where Ollama passes on what is sent to models that run elsewhere.
const OLLAMA_CLOUD: &str = "ollama.com";

/// The file beside the settings that says that a judge was offered.
const OFFERED: &str = "judge-offered";

pub async fn run(judge: &Judge, settings: &Settings) -> Result<(), Failure> {
    if judge.offline {
        settings.change_file(|document| write(document, None))?;
        return print("answers are judged by the offline coach\n");
    }
    if let Some(preset) = judge.preset {
        return choose(judge, preset, settings).await;
    }
    let tried = if judge.test { Some(try_judging(settings.language_model()?).await?) } else { None };
    let found = find_servers().await;
    let recommended = recommend(&found, memory::available()).await;
    if judge.json {
        let server = |server: &FoundServer| {
            json!({
                "preset": server.preset.as_str(),
                "address": server.address(),
                "models": server.models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>(),
                "is_local": server.preset.is_local(),
            })
        };
        let suggestion = |Recommended { settings, replied_after, .. }: &Recommended| {
            json!({
                "preset": settings.preset.as_str(),
                "model": settings.model,
                "replied_after": replied_after.map(|after| after.as_secs_f64()),
            })
        };
        return print_json(&json!({
            "judge": judged_by(settings),
            "tried": tried,
            "found": found.iter().map(server).collect::<Vec<_>>(),
            "recommended": recommended.as_ref().map(suggestion),
        }));
    }
    let tried = tried.map(|tried| format!("  {tried}\n")).unwrap_or_default();
    let listed = listing(&found, recommended.as_ref(), settings);
    print(&format!("answers are judged by {}\n{tried}{listed}", judged_by(settings)))
}

fn judged_by(settings: &Settings) -> String {
    match &settings.llm {
        None => "the offline coach: a trained verifier and rules on this machine".to_owned(),
        Some(llm) => format!("{} at {}{}", llm.model, place(llm), details(llm)),
    }
}

/// The settings that change how the model judges, by their names, where they are set.
fn details(llm: &LlmSettings) -> String {
    let set = [
        llm.second_model.as_ref().map(|second| format!("second_model = {second}")),
        (llm.calls == Calls::PerPoint).then(|| "calls = per_point".to_owned()),
        llm.examples.map(|examples| format!("examples = {examples}")),
        llm.thinking.map(|thinking| format!("thinking = {}", thinking.as_str())),
    ];
    let set: Vec<String> = set.into_iter().flatten().collect();
    if set.is_empty() { String::new() } else { format!(" ({})", set.join(", ")) }
}

/// Where answers go.
fn place(llm: &LlmSettings) -> String {
    if llm.is_passed_on() {
        return OLLAMA_CLOUD.to_owned();
    }
    let preset = llm.preset.base_url().and_then(|address| address.parse().ok());
    let address = llm.base_url.clone().or(preset);
    address.as_ref().and_then(url::Url::host_str).unwrap_or("an unknown place").to_owned()
}

fn listing(found: &[FoundServer], recommended: Option<&Recommended>, settings: &Settings) -> String {
    if found.is_empty() {
        return "no model server was found on this machine's usual ports, and no key of a service in the environment\n"
            .to_owned();
    }
    let lines = found.iter().map(|server| {
        let preset = server.preset.as_str();
        let of_server = recommended.filter(|recommended| recommended.settings.preset == server.preset);
        let first = || server.models.iter().find(|model| model.can_judge_here()).map(|model| model.name.as_str());
        let model = of_server.map(|recommended| recommended.settings.model.as_str()).or_else(first).unwrap_or("MODEL");
        let has = match server.models.as_slice() {
            [] if server.preset.is_local() => "no models".to_owned(),
            [] => "a key is in the environment; answers would be sent there".to_owned(),
            models => format!("{}: {}", counted(models.len(), "model"), in_words(models)),
        };
        let command = settings.data.command(&format!("judge --use {preset} --llm {model}"));
        let advice =
            of_server.map(|recommended| format!("  recommended: {}\n", reasons(recommended))).unwrap_or_default();
        format!("\nfound {preset} at {} ({has})\n{advice}  {command}\n", server.address().trim_end_matches('/'))
    });
    lines.collect()
}

fn in_words(models: &[FoundModel]) -> String {
    let model = |model: &FoundModel| match (&model.remote_host, model.bytes) {
        (Some(host), _) => format!("{} (runs at {host})", model.name),
        (None, Some(bytes)) => format!("{} ({})", model.name, gigabytes(bytes)),
        (None, None) => model.name.clone(),
    };
    models.iter().map(model).collect::<Vec<_>>().join(", ")
}

/// Why a model is recommended.
fn reasons(recommended: &Recommended) -> String {
    let Recommended { settings, bytes, replied_after } = recommended;
    let memory = match (bytes, memory::available()) {
        (Some(bytes), Some(free)) => format!(", {} of {} free memory", gigabytes(*bytes), gigabytes(free)),
        (Some(bytes), None) => format!(", {}", gigabytes(*bytes)),
        (None, _) => String::new(),
    };
    let speed = match replied_after {
        Some(after) => format!("said a few words after {:.1} s", after.as_secs_f64()),
        None => "said nothing within some seconds, so judging may take minutes".to_owned(),
    };
    format!("{}{memory}, {speed}", settings.model)
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

/// Sets up a language model: asks before answers leave the machine, tries it, and writes it to the settings file.
async fn choose(judge: &Judge, preset: Preset, settings: &Settings) -> Result<(), Failure> {
    let mut found = if preset.is_local() && judge.base_url.is_none() { find_servers().await } else { Vec::new() };
    found.retain(|server| server.preset == preset);
    let mut llm = match (&judge.llm, preset.is_local()) {
        (Some(model), _) => {
            found.first().map_or_else(|| LlmSettings::new(preset, model), |server| server.settings(model))
        }
        (None, true) => match recommend(&found, memory::available()).await {
            Some(recommended) => recommended.settings,
            None => {
                return Err(Failure::new(format!(
                    "no {} server with a model that fits into the free memory answers at its usual address",
                    preset.as_str()
                ))
                .help("start it, or name the model with --llm and the address with --base-url"));
            }
        },
        (None, false) => {
            return Err(
                Failure::misuse("name the model with --llm").help("the service's documentation lists its models")
            );
        }
    };
    llm.base_url = judge.base_url.clone().or(llm.base_url);
    let elsewhere = runs_elsewhere(&llm).await;
    let stays_here = llm.is_local() && elsewhere.is_none();
    let place = elsewhere.unwrap_or_else(|| place(&llm));
    let sent = format!("The text of your answers will be sent to {place} to be judged. Recordings stay here.");
    if !stays_here && !judge.yes && !agrees(&sent, "send them there", "change nothing", settings).await? {
        return Err(Failure::new(format!("nothing was changed: answers are not sent to {place} without your yes"))
            .help(format!("--yes agrees to sending them to {place}")));
    }
    let tried = try_judging(&llm).await?;
    let file = settings.change_file(|document| write(document, Some(&llm)))?;
    let second = settings.llm.as_ref().and_then(|before| before.second_model.as_ref());
    let dropped = second.map(|second| format!("; the second model, {second}, was taken out")).unwrap_or_default();
    print(&format!("{tried}\nwritten to {file}: answers are judged by {} at {place}{dropped}\n", llm.model))
}

/// Offers a model of this machine as the judge and names services whose key is in the environment, once or when it is asked for, when there is no
/// judge but the offline coach. Returns the settings as they are then; none when the user quit.
pub(super) async fn offer(
    settings: &Settings,
    is_asked_for: bool,
    terminal: &mut Terminal,
) -> Result<Option<Settings>, Failure> {
    let mut settings = settings.clone();
    if is_asked_for && settings.llm.is_some() {
        terminal.say(format!("Your answers are judged by {}. To change it:", judged_by(&settings)));
        terminal.say_to_copy(settings.data.command("judge"));
    }
    let is_open = settings.llm.is_none() && settings.server.is_none() && terminal.is_attended();
    let offered = settings.mark(OFFERED).filter(|offered| is_open && (is_asked_for || !offered.exists()));
    let Some(offered) = offered else { return Ok(Some(settings)) };
    let found = find_servers().await;
    if found.iter().any(|server| server.preset.is_local()) {
        terminal.screen.draw(&[Line::toned("trying the language models of this machine", Tone::Quiet)]);
    }
    let recommended = tokio::select! {
        recommended = recommend(&found, memory::available()) => recommended,
        () = terminal.keyboard.interrupted() => return Ok(None),
    };
    terminal.screen.draw(&[]);
    let services: Vec<&FoundServer> = found.iter().filter(|server| !server.preset.is_local()).collect();
    if recommended.is_none() && services.is_empty() {
        if is_asked_for {
            let none = if found.is_empty() { "was found" } else { "is recommended" };
            terminal
                .say(format!("No language model {none} on this machine, so the offline coach judges your answers."));
        }
        return Ok(Some(settings));
    }
    for FoundServer { preset, .. } in services {
        let command = settings.data.command(&format!("judge --use {} --llm MODEL", preset.as_str()));
        terminal.say(format!(
            "{} is set. To have a model of {} judge your answers, which are then sent there:",
            preset.key_variable().unwrap_or_default(),
            place(&LlmSettings::new(*preset, ""))
        ));
        terminal.say_to_copy(command);
    }
    if let Some(recommended) = recommended {
        terminal.say(format!(
            "A language model runs on this machine: {} ({}). It understands more ways of saying a point than the offline coach, takes seconds to \
             minutes an answer, and nothing leaves this machine. To change this any time:",
            reasons(&recommended),
            recommended.settings.preset.as_str()
        ));
        terminal.say_to_copy(settings.data.command("judge"));
        match terminal.choose(&[("Enter", "keep the offline coach"), ("l", "let it judge")]).await {
            Choice::Interrupt => return Ok(None),
            Choice::Letter('l') => {
                if let Err(failure) = settings.change_file(|document| write(document, Some(&recommended.settings))) {
                    terminal.warn(format!("{}, so it judges this round only.", failure.message()));
                }
                settings.llm = Some(recommended.settings);
            }
            Choice::Letter(_) | Choice::Nothing => {}
        }
    }
    set_mark(&offered);
    Ok(Some(settings))
}

/// What could judge instead of the offline coach, and the command that sets it up; none when nothing is found.
pub(super) async fn alternative(settings: &Settings) -> Option<(String, String)> {
    let found = find_servers().await;
    let command =
        |preset: Preset, model: &str| settings.data.command(&format!("judge --use {} --llm {model}", preset.as_str()));
    if let Some(recommended) = recommend(&found, memory::available()).await {
        let LlmSettings { preset, model, .. } = &recommended.settings;
        let what = format!("{} on this machine ({})", reasons(&recommended), preset.as_str());
        return Some((what, command(*preset, model)));
    }
    let FoundServer { preset, models, .. } = found.first()?;
    let what = match preset.key_variable() {
        Some(key) => format!("a key in {key}"),
        None => format!("{} with {}", preset.as_str(), counted(models.len(), "model")),
    };
    Some((what, command(*preset, "MODEL")))
}

/// Has a sample answer judged; what was found, in a sentence or two.
pub(super) async fn try_judging(llm: &LlmSettings) -> Result<String, Failure> {
    let bank = server::question_files::bank(None)?.bank;
    // A question of middling length: neither the shortest prompt nor the longest.
    let mut questions: Vec<_> = bank.questions().iter().collect();
    questions.sort_by_key(|question| (question.key_points.len(), question.id.as_str().to_owned()));
    let question = questions.get(questions.len() / 2).ok_or_else(|| Failure::new("there are no questions"))?;
    let coach = LlmCoach::new(llm)?;
    Ok(report(&saying_when_loading(&coach, coach.check_connection(question, bank.questions())).await?))
}

/// What `work` comes to. Says meanwhile that the model is being loaded, once it is.
pub(super) async fn saying_when_loading<T>(coach: &LlmCoach, work: impl Future<Output = T>) -> T {
    let loading = async {
        while !coach.is_loading() {
            tokio::time::sleep(POLL).await;
        }
        eprintln!("the language model is being loaded");
        std::future::pending().await
    };
    tokio::select! {
        done = work => done,
        never = loading => never,
    }
}

fn report(connection: &Connection) -> String {
    let Connection { models, server, answered_as, available, enforcement, context_tokens, took, usage, remark } =
        connection;
    let seconds = took.as_secs_f64();
    let enforcement = match enforcement {
        Enforcement::Schema => "the server takes JSON schemas",
        Enforcement::Json => "the server takes no JSON schema, but holds replies to JSON",
        Enforcement::Described => "the server enforces no form, so replies may fail more often",
    };
    let context = context_tokens.map(|tokens| format!("; its context is {tokens} tokens")).unwrap_or_default();
    let first = usage.first_token_seconds / usage.total.replies.max(1) as f64;
    let advice = if seconds > COMFORTABLE { "; a smaller model or the offline coach is faster" } else { "" };
    let answered = answered_as.as_ref().filter(|name| !models.contains(name));
    let answered = answered.map(|name| format!(" (which calls it {name})")).unwrap_or_default();
    let others: Vec<&str> = available.iter().filter(|known| !models.contains(known)).map(String::as_str).collect();
    let (named, more) = others.split_at(others.len().min(MOST_NAMES));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    let others = if named.is_empty() { String::new() } else { format!("; it also has {}{more}", named.join(", ")) };
    let remark = remark.as_ref().map(|remark| format!(" {remark}")).unwrap_or_default();
    format!(
        "{} at {server}{answered} judged a sample answer in {seconds:.0} s; expect about as long for yours{advice}: {} ({} to correct one), first token after \
         {first:.1} s, {} tokens read ({} cached), {} written; {enforcement}{context}{others}.{remark}",
        models.join(" and "),
        counted(usize::try_from(usage.total.replies).unwrap_or_default(), "call"),
        usage.repairs,
        usage.total.input_tokens,
        usage.total.cached_tokens,
        usage.total.output_tokens,
    )
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

#[cfg(test)]
mod tests {
    use coach::llm::Thinking;

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
    fn a_trial_says_how_long_an_answer_takes_and_how_forms_are_enforced() {
        let connection = |enforcement| Connection {
            models: vec!["qwen3".to_owned()],
            server: "127.0.0.1:8080".to_owned(),
            answered_as: Some("qwen3.gguf".to_owned()),
            available: vec!["qwen3".to_owned(), "llama3".to_owned()],
            enforcement,
            context_tokens: Some(8192),
            took: std::time::Duration::from_secs(90),
            usage: coach::llm::Usage {
                total: coach::llm::Cost {
                    replies: 4,
                    input_tokens: 3000,
                    cached_tokens: 1000,
                    output_tokens: 500,
                    seconds: 0.0,
                },
                repairs: 1,
                first_token_seconds: 20.0,
                ..coach::llm::Usage::default()
            },
            remark: None,
        };
        assert_eq!(
            report(&connection(Enforcement::Schema)),
            "qwen3 at 127.0.0.1:8080 (which calls it qwen3.gguf) judged a sample answer in 90 s; expect about as long for yours; a smaller model or the \
             offline coach is faster: 4 calls (1 to correct one), first token after 5.0 s, 3000 tokens read (1000 cached), 500 written; \
             the server takes JSON schemas; its context is 8192 tokens; it also has llama3."
        );
        for (enforcement, said) in [
            (Enforcement::Json, "the server takes no JSON schema, but holds replies to JSON"),
            (Enforcement::Described, "the server enforces no form, so replies may fail more often"),
        ] {
            let report = report(&connection(enforcement));
            assert!(report.contains(said), "{report}");
        }
    }

    #[test]
    fn what_changes_how_a_model_judges_is_named_where_it_is_set() {
        let plain = LlmSettings::new(Preset::Ollama, "qwen3");
        assert_eq!(details(&plain), "");
        let set = LlmSettings {
            second_model: Some("llama3".to_owned()),
            calls: Calls::PerPoint,
            examples: Some(2),
            thinking: Some(Thinking::Off),
            ..plain
        };
        assert_eq!(details(&set), " (second_model = llama3, calls = per_point, examples = 2, thinking = off)");
    }

    #[test]
    fn the_place_that_answers_go_to_is_named() {
        assert_eq!(place(&LlmSettings::new(Preset::Ollama, "gpt-oss:120b-cloud")), "ollama.com");
        assert_eq!(place(&LlmSettings::new(Preset::Ollama, "gpt-oss:20b")), "127.0.0.1");
        assert_eq!(place(&LlmSettings::new(Preset::OpenAi, "m")), "api.openai.com");
        let elsewhere = Some("https://models.example/v1".parse().unwrap());
        assert_eq!(
            place(&LlmSettings { base_url: elsewhere, ..LlmSettings::new(Preset::Ollama, "m") }),
            "models.example"
        );
    }
}
