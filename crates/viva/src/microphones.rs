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
    let _silence = SoundSystemSilence::begin();
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

/// Opens a microphone by its name or id, or the system's default one, and waits for its first sound.
///
/// # Errors
/// When there is none, or it does not work.
#[cfg(feature = "microphone")]
pub fn open(name: Option<&str>) -> Result<capture::recording::Microphone, capture::Error> {
    let _silence = SoundSystemSilence::begin();
    capture::recording::Microphone::open(name)
}

/// Whether there is a microphone, or the one of that name if there is one.
pub fn exists(name: Option<&str>) -> bool {
    let is_meant = |microphone: &Microphone| name.is_none_or(|name| microphone.id == name || microphone.name == name);
    list().is_ok_and(|microphones| microphones.iter().any(is_meant))
}

/// While it lives, what is written to standard error is dropped: the libraries of Linux's sound systems complain there about every
/// system that is not installed, in the middle of the screen.
#[cfg(feature = "microphone")]
struct SoundSystemSilence {
    #[cfg(unix)]
    errors: Option<std::os::fd::OwnedFd>,
}

#[cfg(all(feature = "microphone", unix))]
impl SoundSystemSilence {
    fn begin() -> Self {
        let nowhere = std::fs::OpenOptions::new().write(true).open("/dev/null");
        let errors = rustix::io::dup(std::io::stderr()).ok();
        let errors = errors.filter(|_| nowhere.is_ok_and(|nowhere| rustix::stdio::dup2_stderr(nowhere).is_ok()));
        Self { errors }
    }
}

#[cfg(all(feature = "microphone", not(unix)))]
impl SoundSystemSilence {
    fn begin() -> Self {
        Self {}
    }
}

#[cfg(all(feature = "microphone", unix))]
impl Drop for SoundSystemSilence {
    fn drop(&mut self) {
        if let Some(errors) = self.errors.take() {
            let _it_was_there_before = rustix::stdio::dup2_stderr(errors);
        }
    }
}
