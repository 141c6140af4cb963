//! `viva model`.

use capture::models::{Model, Presence};
use serde_json::json;

use super::output::{print, print_json_list};
use crate::arguments::ModelCommand;
use crate::download;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::signals::end_requested;
use crate::terminal::{Screen, Streams, megabytes};

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
        let document = |(model, presence): &(&Model, Presence)| {
            let state = match presence {
                Presence::Absent => "absent",
                Presence::Partial(_) => "partial",
                Presence::Here => "here",
            };
            let path = folder.path_of(model);
            json!({
                "name": model.name,
                "bytes": model.bytes,
                "sha1": model.sha1,
                "state": state,
                "path": path.to_string_lossy(),
            })
        };
        return print_json_list("models", &listed.iter().map(document).collect::<Vec<_>>());
    }
    let lines = listed.iter().map(|(model, presence)| {
        let state = match presence {
            Presence::Absent => String::new(),
            Presence::Partial(bytes) => format!("partial, {}", megabytes(*bytes)),
            Presence::Here => "here".to_owned(),
        };
        let line = format!("{:<20} {:>9}  {state}", model.name, megabytes(model.bytes));
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
    let here = folder.list().into_iter().filter(|(_, presence)| *presence == Presence::Here);
    let names: Vec<String> = match name {
        Some(name) => vec![name.to_owned()],
        None => here.map(|(model, _)| model.name.to_owned()).collect(),
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
