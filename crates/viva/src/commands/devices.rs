//! `viva devices`.

use capture::recording::Device;
use interview::wording::counted;
use serde::Serialize;

use super::output::{print, print_json};
use crate::arguments::Devices;
use crate::failure::Failure;
use crate::microphones;

#[derive(Serialize)]
struct Document {
    devices: Vec<Device>,
}

/// Lists the microphones.
pub fn run(devices: &Devices) -> Result<(), Failure> {
    let found = microphones::list()?;
    if devices.json {
        return print_json(&Document { devices: found });
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
