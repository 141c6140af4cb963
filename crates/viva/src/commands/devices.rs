//! `viva devices`.

use capture::recording::Device;
use interview::wording::counted;
use toml_edit::value;

use super::output::{print, print_json_list};
use super::practice;
use crate::arguments::Devices;
use crate::failure::Failure;
use crate::microphones;
use crate::round::Microphone;
use crate::settings::Settings;
use crate::terminal::{Streams, Terminal};

pub async fn run(devices: &Devices, settings: Result<Settings, Failure>) -> Result<(), Failure> {
    if devices.check {
        return try_out(&settings?).await;
    }
    let found = microphones::list()?;
    if devices.json {
        return print_json_list("devices", &found);
    }
    if found.is_empty() {
        eprintln!("no microphone found");
    }
    let lines = found.iter().zip(1..).map(|(Device { name, id, is_default, rate, channels }, number)| {
        let mark = if *is_default { "*" } else { " " };
        let details = match (rate, channels) {
            (Some(rate), Some(channels)) => format!("{rate} Hz, {}", counted(*channels, "channel")),
            _ => "in use by another program".to_owned(),
        };
        format!("{mark} {number:>2}  {name}  ({id}, {details})\n")
    });
    print(&lines.collect::<String>())
}

async fn try_out(settings: &Settings) -> Result<(), Failure> {
    let streams = Streams::detect(settings.plain, false);
    if !streams.is_attended() {
        return Err(Failure::misuse("--check has you speak and press keys, which needs a terminal"));
    }
    let mut terminal = Terminal::open(streams)?;
    let recogniser = practice::load(settings, &mut terminal).await?;
    let mut microphone = Microphone { recogniser, device: settings.device.clone(), hands_free: false };
    check(&mut microphone, settings, &mut terminal).await.map(drop)
}

/// Has somebody try the microphone; another one that they choose is kept in the settings. Returns whether they quit the program.
pub(super) async fn check(
    microphone: &mut Microphone,
    settings: &Settings,
    terminal: &mut Terminal,
) -> Result<bool, Failure> {
    std::fs::create_dir_all(settings.data.path())?;
    let before = microphone.device.clone();
    let has_quit = microphone.check(&settings.data.path().join("microphone-check.wav"), terminal).await?;
    if let Some(device) = microphone.device.as_deref().filter(|device| Some(*device) != before.as_deref()) {
        match settings.change_file(|document| document["device"] = value(device)) {
            Ok(file) => terminal.say(format!("{file} has this microphone now.")),
            Err(failure) => terminal.warn(format!("This microphone is not kept: {}", failure.message())),
        }
    }
    Ok(has_quit)
}
