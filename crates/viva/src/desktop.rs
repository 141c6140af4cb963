//! The programs of the desktop.

use std::ffi::OsStr;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// How long to wait for a program to say that it cannot start.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Opens a file or an address with the program that the desktop has for it.
pub async fn open(target: impl AsRef<OsStr>) -> std::io::Result<()> {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        // `start` would go through a shell; this takes the address as it is.
        let mut command = Command::new("rundll32.exe");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    command.arg(target).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match tokio::time::timeout(TIMEOUT, command.status()).await {
        Ok(status) if !status.as_ref().is_ok_and(|status| status.success()) => {
            Err(std::io::Error::other(status?.to_string()))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}
