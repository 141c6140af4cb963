//! `viva doctor`: checks what the program needs on this machine, and says how to fix each fault.

mod bench;

use std::path::Path;

use interview::wording::counted;
use serde::Serialize;

use super::output::{print, print_json_list};
use super::serve::listen;
use crate::arguments::Doctor;
use crate::failure::Failure;
use crate::hearing::ModelAtHand;
use crate::interviewer::Interviewer;
use crate::microphones;
use crate::outbox::Outbox;
use crate::settings::Settings;
use crate::speaker::{Speaker, usual_folders};

/// The result of one check, as it is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    name: &'static str,
    state: State,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Good,
    /// The program works without it, with less.
    Missing,
    Bad,
}

/// What a check found: what is good, or what is missing and how to get it; a fault is the error.
type Outcome = Result<Check, Failure>;
/// The state, what was found, and the advice on what is missing.
type Check = (State, String, Option<String>);

impl Finding {
    fn new(name: &'static str, outcome: Outcome) -> Self {
        let (state, found, advice) = outcome
            .unwrap_or_else(|failure| (State::Bad, failure.message().to_owned(), failure.advice().map(str::to_owned)));
        Self { name, state, found, advice }
    }

    fn line(&self) -> String {
        let state = match self.state {
            State::Good => "ok     ",
            State::Missing => "missing",
            State::Bad => "FAULT  ",
        };
        let advice = self.advice.as_ref().map(|advice| format!("\n{:28}{advice}", "")).unwrap_or_default();
        format!("{state}  {:<17}  {}{advice}\n", self.name, self.found)
    }
}

/// Runs every check. Faults make the command fail; what is only missing does not.
pub async fn run(doctor: &Doctor, settings: Result<Settings, Failure>) -> Result<(), Failure> {
    if doctor.bench {
        return bench::run(doctor.json, &settings?).await;
    }
    let findings = match settings {
        Ok(settings) => check_all(&settings).await,
        Err(failure) => vec![Finding::new("settings", Err(failure))],
    };
    let faults = findings.iter().filter(|finding| finding.state == State::Bad).count();
    if doctor.json {
        print_json_list("findings", &findings)?;
    } else {
        print(&findings.iter().map(Finding::line).collect::<String>())?;
    }
    if faults == 0 { Ok(()) } else { Err(Failure::new(format!("{} to fix", counted(faults, "fault")))) }
}

/// In the order in which a round needs them.
async fn check_all(settings: &Settings) -> Vec<Finding> {
    vec![
        Finding::new("settings", Ok(settings_file(settings))),
        Finding::new("data folder", data_folder(settings).await),
        Finding::new("server, database", server(settings).await),
        Finding::new("outbox", outbox(settings)),
        Finding::new("questions", questions(settings)),
        Finding::new("speech model", model(settings).await),
        Finding::new("microphone", microphone(settings)),
        Finding::new("voice", Ok(voice(settings))),
        Finding::new("coach", coach(settings).await),
        Finding::new("address to serve", Ok(address(settings).await)),
    ]
}

fn good(found: impl Into<String>) -> Check {
    (State::Good, found.into(), None)
}

fn missing(what: impl Into<String>, advice: impl Into<String>) -> Check {
    (State::Missing, what.into(), Some(advice.into()))
}

fn settings_file(settings: &Settings) -> Check {
    match &settings.file {
        Some(path) if path.is_file() => good(format!("read from {}", path.display())),
        Some(path) => good(format!("defaults; to change them, create {}", path.display())),
        None => good("defaults"),
    }
}

async fn data_folder(settings: &Settings) -> Outcome {
    let folder = settings.data.path().to_owned();
    let written = tokio::task::spawn_blocking(move || try_writing(&folder)).await?;
    let shown = settings.data.path().display();
    written.map_err(|error| {
        Failure::new(format!("cannot write to {shown}: {error}"))
            .help("make it writable, or choose another folder with --data or VIVA_DATA")
    })?;
    Ok(good(shown.to_string()))
}

fn try_writing(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let probe = folder.join(".viva-doctor");
    std::fs::write(&probe, "written and removed by `viva doctor`")?;
    std::fs::remove_file(probe)
}

/// Starts the built-in server, which opens the database, or connects to the configured one.
async fn server(settings: &Settings) -> Outcome {
    // The language model has a check of its own.
    let settings = Settings { llm: None, ..settings.clone() };
    let interviewer = Interviewer::reach_to_read(&settings).await?;
    let ready = interviewer.client().ready().await;
    let found = match (interviewer.remote(), interviewer.running()) {
        (Some(address), _) => format!("{address} is ready"),
        (None, Some(address)) => format!("viva is running at {address}, and all commands use it"),
        (None, None) => "the built-in server starts and its database works".to_owned(),
    };
    interviewer.stop().await?;
    ready?;
    Ok(good(found))
}

fn outbox(settings: &Settings) -> Outcome {
    Ok(match Outbox::in_folder(settings.data.outbox()).left_behind()?.len() {
        0 => good("empty"),
        waiting => {
            let advice = format!("`{}` sends them", settings.data.command("practice"));
            missing(format!("{} not sent yet", counted(waiting, "answer")), advice)
        }
    })
}

fn questions(settings: &Settings) -> Outcome {
    let loaded = server::question_files::bank(settings.bank.as_deref())
        .map_err(|error| Failure::from(error).about("cannot read your own questions"))?;
    match loaded.faults.len() {
        0 => Ok(good(counted(loaded.bank.questions().len(), "question"))),
        faults => Err(Failure::new(format!("{} in your own questions", counted(faults, "error")))
            .help("`viva questions check DIR` lists them")),
    }
}

async fn model(settings: &Settings) -> Outcome {
    match ModelAtHand::of(settings)? {
        ModelAtHand::Here(path) => {
            let checked = path.clone();
            tokio::task::spawn_blocking(move || capture::models::check_structure(&checked)).await??;
            Ok(good(path.display().to_string()))
        }
        ModelAtHand::Missing(model) => {
            let pull = settings.data.command(&format!("model pull {}", model.name));
            Ok(missing(format!("{} is not installed, so answers are typed", model.name), format!("run `{pull}`")))
        }
    }
}

fn microphone(settings: &Settings) -> Outcome {
    match (microphones::find(settings.device.as_deref()), &settings.device) {
        (Ok(microphone), _) => Ok(good(microphone.name)),
        (Err(capture::Error::NoMicrophone), None) => Ok(missing("none found, so answers are typed", "plug one in")),
        (Err(error), _) => Err(error.into()),
    }
}

fn voice(settings: &Settings) -> Check {
    let folder = usual_folders().first().map(|folder| folder.display().to_string()).unwrap_or_default();
    let natural = format!("a natural voice needs the program piper and one of its English voices in {folder}");
    if let Some(voice) = settings.voice.as_deref().filter(|voice| !voice.is_file()) {
        return missing(format!("there is no voice {}", voice.display()), "change the setting `voice`");
    }
    match Speaker::find(settings.voice.as_deref()) {
        Some(speaker) if speaker.is_natural() => good(format!("{} reads questions aloud", speaker.name())),
        Some(speaker) => good(format!("{} reads questions aloud; {natural}", speaker.name())),
        None => missing(
            "no speech program, so questions are only shown",
            format!("install speech-dispatcher or espeak-ng; {natural}"),
        ),
    }
}

async fn coach(settings: &Settings) -> Outcome {
    let Some(llm) = &settings.llm else {
        return Ok(match super::judge::alternative(settings).await {
            None => good("offline: a trained verifier and rules on this machine, no language model found"),
            Some((found, command)) => missing(
                format!("the offline coach judges, no language model is set up; found {found}"),
                format!("`{command}` has it judge"),
            ),
        });
    };
    Ok(good(format!("language model: {}", super::judge::try_judging(llm).await?)))
}

async fn address(settings: &Settings) -> Check {
    match listen(settings.bind).await {
        Ok(_) => good(format!("{} is free for `viva serve`", settings.bind)),
        Err(_) => missing(
            format!("{} is in use, perhaps by `viva serve`", settings.bind),
            "to use another address, pass --bind to `viva serve`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_what_to_do() {
        let finding = Finding::new("voice", Ok(missing("no speech program", "install espeak-ng")));
        assert_eq!(
            finding.line(),
            "missing  voice              no speech program\n                            install espeak-ng\n"
        );
        let fault = Finding::new("data folder", Err(Failure::new("the disk is full").help("make room")));
        assert!(fault.line().starts_with("FAULT    data folder        the disk is full\n"));
    }
}
