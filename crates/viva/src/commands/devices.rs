//! `viva devices`.

use interview::wording::counted;
use serde::Serialize;

use super::output::{print, print_json};
use crate::arguments::Devices;
use crate::failure::Failure;
use crate::microphones::{self, Microphone};

#[derive(Serialize)]
struct Document {
    devices: Vec<Microphone>,
}

/// Lists the microphones.
///
/// # Errors
/// When the sound system cannot be asked.
pub fn run(devices: &Devices) -> Result<(), Failure> {
    let found = microphones::list()?;
    if devices.json {
        return print_json(&Document { devices: found });
    }
    if found.is_empty() {
        eprintln!("there is no microphone on this machine");
    }
    let lines = found.iter().map(|microphone| {
        let mark = if microphone.is_default { "*" } else { " " };
        let Microphone { name, id, rate, channels, .. } = microphone;
        format!("{mark} {name}  ({id}, {rate} Hz, {})\n", counted(*channels, "channel"))
    });
    print(&lines.collect::<String>())
}
