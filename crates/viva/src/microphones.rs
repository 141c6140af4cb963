//! The microphones of this machine, as far as the program was built to use them.

use serde::Serialize;

use crate::failure::Failure;

/// A microphone that could be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Microphone {
    /// What the system calls it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether it is used when none is chosen.
    pub is_default: bool,
    /// Samples a second.
    pub rate: u32,
    /// How many channels it has.
    pub channels: u16,
}

/// The microphones, the default one first. A program that was built without sound devices has none.
///
/// # Errors
/// When the sound system cannot be asked.
#[cfg(feature = "microphone")]
pub fn list() -> Result<Vec<Microphone>, Failure> {
    let microphone = |device: capture::recording::Device| Microphone {
        id: device.id,
        name: device.name,
        is_default: device.is_default,
        rate: device.rate,
        channels: device.channels,
    };
    Ok(capture::recording::devices()?.into_iter().map(microphone).collect())
}

/// The microphones: none, because the program was built without sound devices.
///
/// # Errors
/// Never.
#[cfg(not(feature = "microphone"))]
pub fn list() -> Result<Vec<Microphone>, Failure> {
    Ok(Vec::new())
}

/// Whether there is a microphone, or the one of that name if there is one.
pub fn exists(name: Option<&str>) -> bool {
    let is_meant = |microphone: &Microphone| name.is_none_or(|name| microphone.id == name || microphone.name == name);
    list().is_ok_and(|microphones| microphones.iter().any(is_meant))
}
