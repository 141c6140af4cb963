//! The single looks at this machine.

use std::path::Path;

use coach::LlmCoach;
use coach::llm::Connection;
use interview::wording::counted;

use super::Finding;
use crate::commands::serve::listen;
use crate::failure::Failure;
use crate::hearing::ModelAtHand;
use crate::interviewer::Interviewer;
use crate::microphones;
use crate::outbox::Outbox;
use crate::settings::Settings;
use crate::speaker::Speaker;

/// Looks at everything, in the order in which a round needs it.
pub(super) async fn all(settings: &Settings) -> Vec<Finding> {
    vec![
        settings_file(settings),
        data_folder(settings).await,
        server(settings).await,
        outbox(settings),
        questions(settings),
        model(settings).await,
        microphone(settings),
        voice(),
        coach(settings).await,
        address(settings).await,
    ]
}

fn settings_file(settings: &Settings) -> Finding {
    match &settings.file {
        Some(path) if path.is_file() => Finding::good("settings", format!("read from {}", path.display())),
        Some(path) => Finding::good("settings", format!("defaults; a file would stand at {}", path.display())),
        None => Finding::good("settings", "defaults"),
    }
}

async fn data_folder(settings: &Settings) -> Finding {
    const NAME: &str = "data folder";
    let folder = settings.data.path().to_owned();
    let tried = tokio::task::spawn_blocking(move || try_writing(&folder)).await;
    match tried.map_err(std::io::Error::other).flatten() {
        Ok(()) => Finding::good(NAME, settings.data.path().display().to_string()),
        Err(error) => {
            let what = format!("cannot write to {}: {error}", settings.data.path().display());
            Finding::bad(
                NAME,
                &Failure::new(what).help("make it writable, or name another folder with --data or VIVA_DATA"),
            )
        }
    }
}

fn try_writing(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let probe = folder.join(".viva-doctor");
    std::fs::write(&probe, "written by `viva doctor`, and removed again")?;
    std::fs::remove_file(probe)
}

/// The server inside the program opens the database; one elsewhere is reached.
async fn server(settings: &Settings) -> Finding {
    const NAME: &str = "server, database";
    // The language model is looked at by itself.
    let settings = Settings { llm: None, ..settings.clone() };
    let reached = match Interviewer::reach(&settings, None).await {
        Ok(interviewer) => {
            let ready = interviewer.client().ready().await.map_err(Failure::from);
            let left = interviewer.leave().await;
            ready.and(left)
        }
        Err(failure) => Err(failure),
    };
    match (reached, &settings.server) {
        (Ok(()), Some(address)) => Finding::good(NAME, format!("{address} is ready")),
        (Ok(()), None) => Finding::good(NAME, "the server inside the program starts, and its database answers"),
        (Err(failure), _) => Finding::bad(NAME, &failure),
    }
}

fn outbox(settings: &Settings) -> Finding {
    const NAME: &str = "outbox";
    match Outbox::in_folder(settings.data.outbox()).left_behind().map(|left| left.len()) {
        Ok(0) => Finding::good(NAME, "no answer waits"),
        Ok(waiting) => {
            let advice = format!("`{}` sends them", settings.data.command("practice"));
            Finding::missing(NAME, format!("{} to send to the server", counted(waiting, "answer")), advice)
        }
        Err(error) => Finding::bad(NAME, &error.into()),
    }
}

fn questions(settings: &Settings) -> Finding {
    const NAME: &str = "questions";
    match server::question_files::bank(settings.bank.as_deref()) {
        Ok(loaded) if loaded.faults.is_empty() => {
            Finding::good(NAME, format!("{} in the bank", loaded.bank.questions().len()))
        }
        Ok(loaded) => {
            let what = format!("{} in your own questions", counted(loaded.faults.len(), "fault"));
            Finding::bad(NAME, &Failure::new(what).help("`viva questions check DIR` tells them all"))
        }
        Err(error) => Finding::bad(NAME, &Failure::from(error).about("your own questions cannot be read")),
    }
}

async fn model(settings: &Settings) -> Finding {
    const NAME: &str = "speech model";
    match ModelAtHand::of(settings) {
        Ok(ModelAtHand::Here(path)) => {
            let checked = path.clone();
            let check = move || capture::models::check_structure(&checked);
            let sound = tokio::task::spawn_blocking(check).await;
            match sound.map_err(Failure::from).and_then(|checked| checked.map_err(Failure::from)) {
                Ok(()) => Finding::good(NAME, path.display().to_string()),
                Err(failure) => Finding::bad(NAME, &failure),
            }
        }
        Ok(ModelAtHand::Missing(model)) => {
            let pull = settings.data.command(&format!("model pull {}", model.name));
            Finding::missing(NAME, format!("{} is not here, so answers are typed", model.name), format!("run `{pull}`"))
        }
        Err(failure) => Finding::bad(NAME, &failure),
    }
}

fn microphone(settings: &Settings) -> Finding {
    const NAME: &str = "microphone";
    let found = match microphones::list() {
        Ok(found) => found,
        Err(failure) => return Finding::bad(NAME, &failure),
    };
    let is_meant = |microphone: &&microphones::Microphone| match &settings.device {
        Some(name) => microphone.id == *name || microphone.name == *name,
        None => true,
    };
    match (found.iter().find(is_meant), &settings.device) {
        (Some(microphone), _) => Finding::good(NAME, microphone.name.clone()),
        (None, Some(name)) => {
            let failure =
                Failure::new(format!("there is no microphone `{name}`")).help("`viva devices` lists those there are");
            Finding::bad(NAME, &failure)
        }
        (None, None) => Finding::missing(NAME, "none is there, so answers are typed", "plug one in"),
    }
}

fn voice() -> Finding {
    const NAME: &str = "voice";
    match Speaker::find() {
        Some(speaker) => Finding::good(NAME, format!("{} reads questions aloud", speaker.name())),
        None => Finding::missing(
            NAME,
            "no program that speaks, so questions are only shown",
            "install speech-dispatcher or espeak-ng",
        ),
    }
}

async fn coach(settings: &Settings) -> Finding {
    const NAME: &str = "coach";
    let Some(llm) = &settings.llm else {
        return Finding::good(NAME, "offline: rules on this machine, no language model");
    };
    let tried = match LlmCoach::new(llm) {
        Ok(coach) => coach.check_connection().await,
        Err(error) => Err(error),
    };
    match tried {
        Ok(Connection { models, server, took }) => {
            let (models, seconds) = (models.join(" and "), took.as_secs_f64());
            Finding::good(NAME, format!("language model: {models} answers at {server}, in {seconds:.1} s"))
        }
        Err(error) => Finding::bad(NAME, &error.into()),
    }
}

async fn address(settings: &Settings) -> Finding {
    const NAME: &str = "address to serve";
    match listen(settings.bind).await {
        Ok(_) => Finding::good(NAME, format!("{} is free for `viva serve`", settings.bind)),
        Err(_) => {
            let what = format!("{} is taken, perhaps by `viva serve`", settings.bind);
            Finding::missing(NAME, what, "choose another one with --bind if that is not meant")
        }
    }
}
