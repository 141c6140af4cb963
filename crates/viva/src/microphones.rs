//! The microphones of this machine. A program built without the feature `microphone` has none.

use std::path::PathBuf;

use capture::Error;
use capture::recognise::RecognitionStream;
use capture::recording::{Device, Recorder};

/// The microphones, the default one first.
pub fn list() -> Result<Vec<Device>, Error> {
    #[cfg(feature = "microphone")]
    {
        let _silence = SilencedErrors::begin();
        capture::recording::devices()
    }
    #[cfg(not(feature = "microphone"))]
    {
        Ok(Vec::new())
    }
}

/// The microphone of that name, or the default one.
pub fn find(name: Option<&str>) -> Result<Device, Error> {
    let devices = list()?;
    match name {
        Some(name) => Device::find(&devices, name).cloned(),
        None => devices.into_iter().next().ok_or(Error::NoMicrophone),
    }
}

/// Starts to record from the microphone of that name, or from the default one, into `file`.
#[cfg(feature = "microphone")]
pub fn record(name: Option<String>, recognition: RecognitionStream, file: PathBuf) -> Result<Recorder, Error> {
    let shown = name.as_deref().unwrap_or("default");
    let settings = capture::recording::RecorderSettings::new(shown, file);
    let patience = settings.patience;
    let open = move || {
        let _silence = SilencedErrors::begin();
        capture::recording::Microphone::open(name.as_deref(), patience)
    };
    Recorder::start(open, recognition, settings)
}

/// Fails: this program has no microphones.
#[cfg(not(feature = "microphone"))]
pub fn record(_: Option<String>, _: RecognitionStream, _: PathBuf) -> Result<Recorder, Error> {
    Err(Error::NoMicrophone)
}

/// Discards what is written to standard error while it lives: the sound libraries of Linux complain there, in the middle of the
/// screen, about every sound system that is not installed.
#[cfg(feature = "microphone")]
pub struct SilencedErrors {
    #[cfg(unix)]
    errors: Option<std::os::fd::OwnedFd>,
}

#[cfg(feature = "microphone")]
impl SilencedErrors {
    #[cfg(unix)]
    pub fn begin() -> Self {
        let null = std::fs::OpenOptions::new().write(true).open("/dev/null");
        let errors = rustix::io::dup(std::io::stderr()).ok();
        let errors = errors.filter(|_| null.is_ok_and(|null| rustix::stdio::dup2_stderr(null).is_ok()));
        Self { errors }
    }

    #[cfg(not(unix))]
    pub fn begin() -> Self {
        Self {}
    }
}

#[cfg(all(feature = "microphone", unix))]
impl Drop for SilencedErrors {
    fn drop(&mut self) {
        if let Some(errors) = self.errors.take() {
            rustix::stdio::dup2_stderr(errors).ok();
        }
    }
}
