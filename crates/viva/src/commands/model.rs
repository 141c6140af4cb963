//! `viva model`.

use capture::models::{Model, Presence};
use serde::Serialize;

use super::output::{print, print_json};
use crate::arguments::ModelCommand;
use crate::download;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::signals::end_requested;
use crate::terminal::{Screen, Streams, megabytes};

#[derive(Serialize)]
struct Document {
    models: Vec<ModelDocument>,
}

#[derive(Serialize)]
struct ModelDocument {
    name: &'static str,
    bytes: u64,
    sha1: &'static str,
    state: &'static str,
    path: String,
}

/// Lists, downloads, checks or finds models.
pub async fn run(command: &ModelCommand, settings: &Settings) -> Result<(), Failure> {
    match command {
        ModelCommand::List { json } => list(settings, *json),
        ModelCommand::Pull { name } => pull(name, settings).await,
        ModelCommand::Verify { name } => verify(name.as_deref(), settings).await,
        ModelCommand::Path { name } => print(&format!("{}\n", settings.data.models().find(name)?.display())),
    }
}

fn list(settings: &Settings, json: bool) -> Result<(), Failure> {
    let folder = settings.data.models();
    let listed = folder.list();
    if json {
        let document = |listed: &capture::models::Listed| ModelDocument {
            name: listed.model.name,
            bytes: listed.model.bytes,
            sha1: listed.model.sha1,
            state: match listed.presence {
                Presence::Absent => "absent",
                Presence::Partial(_) => "partial",
                Presence::Here(_) => "here",
            },
            path: folder.path_of(listed.model).to_string_lossy().into_owned(),
        };
        return print_json(&Document { models: listed.iter().map(document).collect() });
    }
    let lines = listed.iter().map(|listed| {
        let state = match listed.presence {
            Presence::Absent => String::new(),
            Presence::Partial(bytes) => format!("partial, {}", megabytes(bytes)),
            Presence::Here(_) => "here".to_owned(),
        };
        let line = format!("{:<20} {:>9}  {state}", listed.model.name, megabytes(listed.model.bytes));
        line.trim_end().to_owned() + "\n"
    });
    print(&lines.collect::<String>())
}

async fn pull(name: &str, settings: &Settings) -> Result<(), Failure> {
    let model = Model::named(name).ok_or_else(|| {
        let known: Vec<&str> = capture::models::CATALOGUE.iter().map(|model| model.name).collect();
        Failure::new(format!("there is no model `{name}` to download"))
            .help(format!("choose one of {}", known.join(", ")))
    })?;
    let mut screen = Screen::new(Streams::detect(settings.plain, false));
    let pulled = tokio::select! {
        pulled = download::pull(model, settings, &mut screen) => Some(pulled?),
        () = end_requested() => None,
    };
    // Restores the cursor before anything else is written.
    drop(screen);
    match pulled {
        Some(path) => print(&format!("{}\n", path.display())),
        None => Err(Failure::new("the download was interrupted").help(format!("`viva model pull {name}` resumes it"))),
    }
}

/// Checks one model, or every one that is here, and reports every fault.
async fn verify(name: Option<&str>, settings: &Settings) -> Result<(), Failure> {
    let folder = settings.data.models();
    let is_here = |listed: &capture::models::Listed| matches!(listed.presence, Presence::Here(_));
    let names: Vec<String> = match name {
        Some(name) => vec![name.to_owned()],
        None => {
            folder.list().iter().filter(|listed| is_here(listed)).map(|listed| listed.model.name.to_owned()).collect()
        }
    };
    if names.is_empty() {
        return Err(Failure::new("no model on this machine").help("run `viva model pull base.en`"));
    }
    let mut damaged = None;
    for name in names {
        let (folder, asked) = (folder.clone(), name.clone());
        match tokio::task::spawn_blocking(move || folder.verify(&asked)).await? {
            Ok(path) => print(&format!("{name}: complete  ({})\n", path.display()))?,
            Err(error) => {
                let failure = Failure::from(error);
                if let Some(earlier) = damaged.replace(failure) {
                    eprintln!("viva: {}", earlier.message());
                }
            }
        }
    }
    damaged.map_or(Ok(()), Err)
}
