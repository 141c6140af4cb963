//! What Linux says of a process.

use std::time::Duration;

/// Clock ticks a second, as every Linux port in use counts them.
const TICKS: f64 = 100.0;

/// The most memory that a process has held so far, for people.
pub fn peak_memory(process: u32) -> String {
    peak_kilobytes(process).map_or_else(|| "not known on this system".into(), megabytes)
}

/// The most memory that a process has held so far, in kilobytes; none once it has ended.
pub fn peak_kilobytes(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find(|line| line.starts_with("VmHWM"))?.split_whitespace().nth(1)?.parse().ok()
}

/// Kilobytes for people.
pub fn megabytes(kilobytes: f64) -> String {
    format!("{:.0} MiB", kilobytes / 1024.0)
}

/// How much processor time a process has used, and whether it has ended without having been waited for.
pub fn processor_time(process: u32) -> Option<(Duration, bool)> {
    let line = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in parentheses and may hold anything; what follows it does not.
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    let (user, system) = (ticks(11)?, ticks(12)?);
    Some((Duration::from_secs_f64((user + system) / TICKS), fields.first() == Some(&"Z")))
}
